// Whether the daemon that runs is the one that is installed, and how to start the installed one.

import Control
import Daemon
import Plumbing

/// After an upgrade a login's daemon goes on as it was: a package may restart the system's services only.
struct RunningVersion {
    let running: String
    let installed: String
    /// What started it, from its control group; nil where that is not to be seen.
    let unit: Unit?

    enum Unit: Equatable {
        case login, system, terminal
    }

    init(_ status: Rehab1.Status, installed: String = programVersion) {
        running = status.version
        self.installed = installed
        let path = "/proc/\(status.processID)/cgroup"
        let bytes = try? FileStore.read(path, limit: 4096)
        unit = bytes.map { RunningVersion.unit(cgroup: String(decoding: $0, as: UTF8.self)) }
    }

    /// The unit that a line such as "0::/user.slice/…/user@1000.service/app.slice/rehabd.service" tells of.
    static func unit(cgroup: String) -> Unit {
        let parts = cgroup.split { $0 == "/" || $0 == "\n" }
        guard parts.contains("rehabd.service") else { return .terminal }
        let isLogin = parts.contains { $0.hasPrefix("user@") && $0.hasSuffix(".service") }
        return isLogin ? .login : .system
    }

    /// Nil where both are the same.
    var finding: String? {
        running == installed
            ? nil
            : "rehabd \(running) runs, \(installed) is installed: it goes on as it was until it is "
                + "started anew"
    }

    /// A restart in mid-workout goes on with its recording and its set.
    var cure: String {
        switch unit {
        case .login, nil: "systemctl --user restart rehabd"
        case .system: "sudo systemctl restart rehabd"
        case .terminal: "stop it, then start the installed one: rehabd"
        }
    }
}
