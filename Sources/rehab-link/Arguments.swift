// How the helper is told where to listen and whom to serve.

import Glibc

/// The command line: `rehab-link [PATH] [--allow-uid N]… [--allow-gid N]…`.
struct Arguments {
    /// Nil: the socket that systemd passes as descriptor 3.
    var path: String?
    /// Root and the helper's own user are served always.
    var users: Set<UInt32> = [0, getuid()]
    var groups: Set<UInt32> = []

    /// Whether a peer is served.
    ///
    /// A socket that systemd made has an owner, a group and a mode, and the kernel lets nobody else
    /// connect: whoever could is meant to. A socket of our own making asks who calls.
    func serves(user: UInt32, group: UInt32) -> Bool {
        path == nil || users.contains(user) || groups.contains(group)
    }

    /// Nil for words that are not understood.
    init?(_ words: [String]) {
        var rest = words[...]
        while let word = rest.popFirst() {
            switch word {
            case "--allow-uid":
                guard let number = rest.popFirst().flatMap({ UInt32($0) }) else { return nil }
                users.insert(number)
            case "--allow-gid":
                guard let number = rest.popFirst().flatMap({ UInt32($0) }) else { return nil }
                groups.insert(number)
            default:
                guard path == nil, !word.hasPrefix("-"), !word.isEmpty else { return nil }
                path = word
            }
        }
    }
}
