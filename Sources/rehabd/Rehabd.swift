// The daemon as a program of its own, for building and testing; installed, rehabctl is both.

import Daemon
import Glibc

@main
struct Rehabd {
    static func main() {
        exit(DaemonProgram.run(arguments: Array(CommandLine.arguments.dropFirst())))
    }
}
