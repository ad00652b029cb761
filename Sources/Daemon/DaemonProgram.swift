// The program rehabd: arguments, settings, run, exit code. Installed, rehabctl carries it under that name.

import FoundationEssentials
import Glibc
import Plumbing

package enum DaemonProgram {
    /// The name under which the installed program is the daemon.
    package static let name = "rehabd"

    /// Whether a program that was started as `path` is to be the daemon.
    package static func isMeant(by path: String) -> Bool {
        path == name || path.hasSuffix("/" + name)
    }

    /// Runs to the end; the result is the exit code.
    package static func run(arguments: [String]) -> Int32 {
        switch arguments.first {
        case nil: break
        case "--version":
            Terminal.write("rehabd \(programVersion)\n")
            return 0
        default:
            Terminal.write(usage, toError: true)
            return 64
        }
        do throws(DaemonError) {
            let settings = try DaemonSettings.read(
                environment: ProcessInfo.processInfo.environment)
            try Daemon.run(settings)
            return 0
        } catch {
            DaemonLog.event(.notStarted, error.description, priority: 3)
            return error.exitCode
        }
    }

    /// The daemon takes no options: everything is asked over its socket.
    private static let usage = """
        usage: rehabd [--version]

        rehabd takes no options. It answers on a Unix socket: use rehabctl. Settings are in rehabd.toml:
        see rehabctl config. The environment goes before them:
          REHABD_CONFIG     path of the settings
          REHABD_SOCKET     path of the control socket
          REHABD_AUDIO      ALSA device for tones, "none" for silence (default: "default")
          REHABD_BLUETOOTH  "no" stays away from Bluetooth
          REHABD_ADAPTER    address of the Bluetooth adapter to use (default: the first one that is on)
          REHABD_REALTIME   "no" keeps all threads at normal priority
          XDG_STATE_HOME    parent of the directory for recordings and calibrations

        """
}
