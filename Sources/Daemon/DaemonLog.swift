// Lines for the journal: to standard error, with the priority mark that journald understands.

import Plumbing

/// Writes log lines.
///
/// Never called from intake, estimator or alert threads, which count instead. Device addresses and
/// names are left out.
enum DaemonLog {
    static func note(_ text: String) { write(6, text) }
    static func warning(_ text: String) { write(4, text) }
    static func error(_ text: String) { write(3, text) }

    /// Priority marks only where nobody reads a terminal: sd-daemon(3).
    private static let marks = !Terminal.errorIsTerminal

    private static func write(_ priority: Int, _ text: String) {
        Terminal.write((marks ? "<\(priority)>" : "rehabd: ") + text + "\n", toError: true)
    }
}
