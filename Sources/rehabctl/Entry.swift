// One file, two programs: started under the name rehabd it is the daemon.
//
// Each program linked by itself would carry the Swift runtime and nearly the same rooms again.

import ArgumentParser
import Daemon
import Glibc

@main
enum Entry {
    static func main() {
        if let name = CommandLine.arguments.first, DaemonProgram.isMeant(by: name) {
            exit(DaemonProgram.run(arguments: Array(CommandLine.arguments.dropFirst())))
        }
        Rehabctl.main()
    }
}
