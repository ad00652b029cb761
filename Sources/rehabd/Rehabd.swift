// The daemon's main: settings from the environment, run, exit code.

import Daemon
import FoundationEssentials
import Glibc
import Plumbing

@main
struct Rehabd {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        switch arguments.first {
        case nil: break
        case "--version":
            print("rehabd \(programVersion)")
            return
        default:
            Terminal.write(usage, toError: true)
            exit(64)
        }
        let settings = DaemonSettings(environment: ProcessInfo.processInfo.environment)
        do throws(DaemonError) {
            try Daemon.run(settings)
        } catch {
            Terminal.write("rehabd: \(error.description)\n", toError: true)
            exit(error.exitCode)
        }
    }

    /// The daemon takes no options: everything is asked over its socket.
    private static let usage = """
        usage: rehabd [--version]

        rehabd takes no options. It answers on a Unix socket: use rehabctl.
          REHABD_SOCKET     path of the control socket
          REHABD_AUDIO      ALSA device for tones, "none" for silence (default: "default")
          REHABD_BLUETOOTH  "no" stays away from Bluetooth
          REHABD_ADAPTER    address of the Bluetooth adapter to use (default: the first one that is on)
          REHABD_REALTIME   "no" keeps all threads at normal priority
          XDG_STATE_HOME    parent of the directory for recordings and calibrations

        """
}
