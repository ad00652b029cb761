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
    /// Whether the journal may hold names and addresses of sensors.
    package var logsNames = false
    /// Address of the desktop's bus, for reminders; nil where there is none.
    package var sessionBus: String?
    package var version = programVersion

    package init(paths: StatePaths) { self.paths = paths }

    /// What the file said; the environment goes before it.
    package private(set) var configuration = Configuration()
    /// The file that is read again on request; nil: none.
    package var configurationPath: String?
    private var environment: [String: String] = [:]

    package init(environment: [String: String]) {
        self.init(environment: environment, configuration: Configuration())
    }

    package init(environment: [String: String], configuration: Configuration) {
        paths = StatePaths(environment: environment)
        self.environment = environment
        adopt(configuration)
    }

    /// Takes another file's settings; those that hold from the next start on come with the rest.
    package mutating func adopt(_ configuration: Configuration) {
        self.configuration = configuration
        realtime = environment["REHABD_REALTIME"].map { $0 != "no" } ?? configuration.realtime
        var device = configuration.soundDevice
        if let chosen = environment["REHABD_AUDIO"], !chosen.isEmpty { device = chosen }
        audioDevice = device == "none" ? nil : device
        logsNames = configuration.logsNames
        if let address = environment["DBUS_SESSION_BUS_ADDRESS"], !address.isEmpty {
            sessionBus = address
        } else if let directory = environment["XDG_RUNTIME_DIR"], directory.hasPrefix("/") {
            sessionBus = "unix:path=\(directory)/bus"
        }
        bluetooth = nil
        guard environment["REHABD_BLUETOOTH"].map({ $0 != "no" }) ?? configuration.bluetooth else {
            return
        }
        var bluetooth = CentralSettings()
        bluetooth.linkHelper = configuration.linkHelper.isEmpty ? nil : configuration.linkHelper
        bluetooth.adapter = DeviceAddress(configuration.adapter)
        bluetooth.notifyPath = NotifyPath(rawValue: configuration.notifyPath)
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
