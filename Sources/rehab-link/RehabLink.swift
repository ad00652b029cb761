// rehab-link: the helper that alone may change a live link's parameters.

import CBluetooth
import Glibc
import Plumbing

/// Listens where told, or at the socket that systemd passes, until it is ended.
@main
enum RehabLink {
    static func main() {
        guard let arguments = Arguments(Array(CommandLine.arguments.dropFirst())) else {
            say("usage: rehab-link [SOCKET] [--allow-uid N] [--allow-gid N]")
            exit(64)
        }
        do throws(PlumbingError) {
            let listener = try listener(arguments)
            try listener.setNonblocking(true)
            let poller = try Poller(capacity: 16)
            try poller.add(listener.rawValue, .readable, token: 0)
            var server = Server(listener: listener, poller: poller, arguments: arguments)
            while true { server.turn() }
        } catch {
            say("rehab-link: \(error.description)")
            exit(71)
        }
    }

    private static func listener(_ arguments: Arguments) throws(PlumbingError) -> Descriptor {
        if let path = arguments.path {
            return try UnixSocket.listen(path: path, mode: 0o660, backlog: 8)
        }
        guard rehab_passed_sockets() == 1 else {
            say("rehab-link: no socket was passed; name one, or start rehab-link.socket")
            exit(64)
        }
        return Descriptor(owning: 3)
    }

    private static func say(_ text: String) { Terminal.write(text + "\n", toError: true) }
}
