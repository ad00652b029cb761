// Who may call what.

package import Control
package import Plumbing

/// The rule that decides whether a caller may use a method.
///
/// Whoever reached the socket passed its file permissions, which is the check for everything that
/// can be undone.
package struct Authorisation: Sendable {
    /// The user the daemon runs as.
    package let owner: UInt32

    package init(owner: UInt32) { self.owner = owner }

    package func allows(_ method: Rehab1.Method, to caller: PeerCredentials) -> Bool {
        switch method.access {
        case .read, .change: true
        case .owner: caller.userID == owner || caller.userID == 0
        }
    }
}
