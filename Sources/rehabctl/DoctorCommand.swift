// `rehabctl doctor`: what could stand between a person and their sensors, each with its cure.

import ArgumentParser
import Control

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check what rehabd needs, and say how to put it right.",
        discussion: """
            Looks at versions, settings, units, sandbox, permissions, real-time rights, locked memory, \
            sound and its measured delay, disk, clock and Bluetooth. Each finding is ok, a warning or a \
            failure, with what to do. The exit code is 1 where there is a failure.
            """,
        subcommands: [AllDoctorCommand.self, BluetoothDoctorCommand.self],
        defaultSubcommand: AllDoctorCommand.self)
}

struct AllDoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all", abstract: "Check everything (the default).")

    @OptionGroup var daemon: DaemonOptions
    @Flag(name: .long, help: "Leave the sound device alone: its delay is not measured.")
    var silent = false

    func run() throws { try report(checks(), json: daemon.json) }

    func checks() -> [Check] {
        var status: Rehab1.Status?
        if var client = try? ControlClient(socket: daemon.socket) {
            status = try? client.call(Rehab1.GetStatus()).status
        }
        return MachineDoctor(status: status, listens: !silent).checks()
            + BluetoothDoctorCommand.checks(daemon)
    }
}

/// One thing that was looked at.
struct Check: Encodable {
    enum State: String, Encodable {
        case ok, warning, failure
    }

    var name: String
    var state: State
    var finding: String
    /// What to do; nil where all is well.
    var cure: String?
}

/// Prints checks; the exit code is 1 where one failed.
func report(_ checks: [Check], json: Bool) throws {
    if json {
        try printJSON(checks)
    } else {
        let style = Style.standardOutput()
        var columns = Columns()
        for check in checks {
            columns.add(check.state.rawValue, check.name, visible(check.finding))
        }
        for (check, line) in zip(checks, columns.lines()) {
            switch check.state {
            case .ok: print(line)
            case .warning: print(style.notice(line))
            case .failure: print(style.alarm(line))
            }
            if let cure = check.cure { print("         do: \(visible(cure))") }
        }
    }
    if checks.contains(where: { $0.state == .failure }) { throw ExitCode(1) }
}

struct BluetoothDoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bluetooth", abstract: "Check adapter, BlueZ, rights and the link helper.")

    @OptionGroup var daemon: DaemonOptions

    func run() throws { try report(BluetoothDoctorCommand.checks(daemon), json: daemon.json) }

    static func checks(_ daemon: DaemonOptions) -> [Check] {
        var checks = BluetoothMachine.checks()
        if var client = try? ControlClient(socket: daemon.socket),
            let told = try? client.call(Rehab1.GetBluetooth()).bluetooth
        {
            checks += BluetoothDoctorCommand.checks(told)
        } else {
            checks.append(
                Check(
                    name: "rehabd", state: .failure, finding: "is not running",
                    cure: "start it: systemctl --user start rehabd, or rehabd in a terminal"))
        }
        return checks
    }

    /// What the daemon says of its side.
    static func checks(_ told: Rehab1.Bluetooth) -> [Check] {
        var checks = [
            Check(
                name: "rehabd", state: told.condition == .ready ? .ok : .failure,
                finding: told.condition == .ready
                    ? "speaks with BlueZ" : told.condition.rawValue.replacing("_", with: " "),
                cure: told.cure)
        ]
        for adapter in told.adapters {
            checks.append(
                Check(
                    name: "adapter", state: adapter.powered ? .ok : .failure,
                    finding: adapter.powered
                        ? "on" + (adapter.inUse ? ", in use" : "")
                        : adapter.blocked ? "blocked" : "off",
                    cure: adapter.powered
                        ? nil
                        : adapter.blocked
                            ? "rfkill unblock bluetooth" : "bluetoothctl power on"))
        }
        checks.append(
            Check(
                name: "rehab-link", state: told.linkHelper ? .ok : .warning,
                finding: told.linkHelperNote.isEmpty
                    ? "not asked: rehabd uses no Bluetooth adapter" : told.linkHelperNote,
                cure: told.linkHelper ? nil : told.linkHelperCure ?? "see rehab-link(8)"))
        if told.forgedSignals > 0 {
            checks.append(
                Check(
                    name: "bus", state: .warning,
                    finding:
                        "\(told.forgedSignals) signals in BlueZ's name came from another program "
                        + "and were refused",
                    cure: "see who is on the bus: busctl list"))
        }
        return checks
    }
}
