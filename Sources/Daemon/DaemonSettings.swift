// What can be chosen about a daemon before it starts.

package import Bluetooth
import DBus
import Plumbing
import Wearables

/// Settings taken from the environment; everything else is asked over the control socket.
package struct DaemonSettings: Sendable {
    package var paths: StatePaths
    /// False: the threads stay at normal priority (`REHABD_REALTIME=no`).
    package var realtime = true
    /// ALSA device for tones; nil: none (`REHABD_AUDIO`, default "default", "none" for silence).
    package var audioDevice: String? = "default"
    /// Nil: rehabd stays away from the bus (`REHABD_BLUETOOTH=no`).
    package var bluetooth: CentralSettings?
    /// Address of the desktop's bus, for reminders; nil where there is none.
    package var sessionBus: String?
    package var version = programVersion

    package init(paths: StatePaths) { self.paths = paths }

    package init(environment: [String: String]) {
        paths = StatePaths(environment: environment)
        realtime = environment["REHABD_REALTIME"] != "no"
        if let device = environment["REHABD_AUDIO"], !device.isEmpty {
            audioDevice = device == "none" ? nil : device
        }
        if let address = environment["DBUS_SESSION_BUS_ADDRESS"], !address.isEmpty {
            sessionBus = address
        } else if let directory = environment["XDG_RUNTIME_DIR"], directory.hasPrefix("/") {
            sessionBus = "unix:path=\(directory)/bus"
        }
        guard environment["REHABD_BLUETOOTH"] != "no" else { return }
        var bluetooth = CentralSettings()
        if let path = environment["REHAB_LINK_SOCKET"], path.hasPrefix("/") {
            bluetooth.linkHelper = path
        }
        if let text = environment["REHABD_ADAPTER"], let address = DeviceAddress(text) {
            bluetooth.adapter = address
        }
        if let text = environment["REHABD_NOTIFY_PATH"] {
            bluetooth.notifyPath = NotifyPath(rawValue: text)
        }
        self.bluetooth = bluetooth
    }

    /// Asks rtkit for the calling thread's rights.
    var realtimeBroker: @Sendable (Int32) -> Bool {
        { thread in RealtimeKit.makeRealtime(thread: thread) }
    }
}

/// The version of this program.
package let programVersion = "0.1.0"
