// How the helper is told where to listen and whom to serve.

import Glibc

/// The command line: `rehab-link [PATH] [--allow-uid N]… [--allow-gid N]…`.
struct Arguments {
    /// Nil: the socket that systemd passes as descriptor 3.
    var path: String?
    /// Root and the helper's own user are served always.
    var users: Set<UInt32> = [0, getuid()]
    var groups: Set<UInt32> = []

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
