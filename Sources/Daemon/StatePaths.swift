// Where the daemon keeps things: systemd's directories where it gives them, XDG's otherwise.

import Glibc

/// Paths of one daemon.
///
/// Taken from the environment once, at start.
package struct StatePaths: Sendable, Equatable {
    /// The control socket.
    package var socket: String
    /// Directory for what must survive: recordings, calibrations.
    package var state: String

    /// Directory of the person's own descriptions: sensors, exercises.
    package var configuration = "/etc/rehabd"

    /// Descriptions of a person's own sensor boards.
    package var wearables: String { configuration + "/wearables" }
    package var recordings: String { state + "/recordings" }
    package var calibrations: String { state + "/calibrations" }
    /// The sensors that were added.
    package var sensorBook: String { state + "/sensors.json" }
    package var socketDirectory: String {
        let parts = socket.split(separator: "/").dropLast()
        return "/" + parts.joined(separator: "/")
    }

    package init(socket: String, state: String) {
        self.socket = socket
        self.state = state
    }

    /// The paths that an environment asks for.
    ///
    /// Socket: `REHABD_SOCKET`, else `control` in systemd's `RUNTIME_DIRECTORY`, else
    /// `rehabd/control` in `XDG_RUNTIME_DIR`, else `/run/rehabd/control`. State: systemd's
    /// `STATE_DIRECTORY`, else `rehabd` in `XDG_STATE_HOME`, else `~/.local/state/rehabd`, else
    /// `/var/lib/rehabd`. Configuration: systemd's `CONFIGURATION_DIRECTORY`, else `rehabd` in
    /// `XDG_CONFIG_HOME`, else `~/.config/rehabd`, else `/etc/rehabd`.
    package init(environment: [String: String]) {
        func value(_ name: String) -> String? {
            guard let text = environment[name], text.hasPrefix("/") else { return nil }
            return text
        }
        if let path = value("REHABD_SOCKET") {
            socket = path
        } else if let directory = value("RUNTIME_DIRECTORY") {
            socket = directory + "/control"
        } else if let directory = value("XDG_RUNTIME_DIR") {
            socket = directory + "/rehabd/control"
        } else {
            socket = "/run/rehabd/control"
        }
        if let directory = value("STATE_DIRECTORY") {
            state = directory
        } else if let directory = value("XDG_STATE_HOME") {
            state = directory + "/rehabd"
        } else if let home = value("HOME") {
            state = home + "/.local/state/rehabd"
        } else {
            state = "/var/lib/rehabd"
        }
        if let directory = value("CONFIGURATION_DIRECTORY") {
            configuration = directory
        } else if let directory = value("XDG_CONFIG_HOME") {
            configuration = directory + "/rehabd"
        } else if let home = value("HOME") {
            configuration = home + "/.config/rehabd"
        }
    }
}
