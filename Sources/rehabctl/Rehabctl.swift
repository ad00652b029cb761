// The command line: the list of commands, and what they share.

import ArgumentParser
import Control
import Daemon
import FoundationEssentials
import Plumbing

struct Rehabctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rehabctl",
        abstract: "Practise hip exercises with real-time feedback from a motion sensor.",
        discussion: """
            rehabctl asks a running rehabd over its Unix socket. rehabd measures movement and keeps \
            a log of practice; it is not a medical device and names no diagnosis.
            """,
        version: "rehabctl \(programVersion)",
        subcommands: [
            SetupCommand.self, StatusCommand.self, ScanCommand.self, SensorsCommand.self,
            LiveCommand.self, CalibrateCommand.self,
            ExercisesCommand.self, StartCommand.self, StopCommand.self, TestCommand.self,
            WorkoutCommand.self, PainCommand.self, LogCommand.self, ProgressCommand.self,
            ProgrammeCommand.self, ThresholdsCommand.self, RecordingsCommand.self,
            ReplayCommand.self,
            SimulateCommand.self, DemoCommand.self, EstimateCommand.self, DecodeCommand.self,
            SoundCommand.self, FadingCommand.self, BreatheCommand.self, BreaksCommand.self,
            DoctorCommand.self, ConfigCommand.self, ReportBugCommand.self, VersionCommand.self,
        ])
}

/// Options of every command that speaks with the daemon.
struct DaemonOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("The daemon's control socket.", valueName: "path"))
    var socket: String?

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    /// A connection to the daemon.
    func connect() throws -> ControlClient {
        do throws(ControlError) {
            return try ControlClient(socket: socket)
        } catch {
            throw complaint(error)
        }
    }
}

/// Runs `body` and turns an error of the control socket into a message and an exit code.
func withDaemon<Result>(_ body: () throws(ControlError) -> Result) throws -> Result {
    do throws(ControlError) {
        return try body()
    } catch {
        throw complaint(error)
    }
}

/// Says what went amiss on standard error; the returned value is the exit code (sysexits.h): 69 the
/// daemon is not there, 77 not allowed, 75 busy, 65 anything else it refused.
func complaint(_ error: ControlError) -> ExitCode {
    complain(error.sentence, cure: error.cure)
    switch error {
    case .notRunning, .disconnected, .stopped, .timedOut, .socket, .pathTooLong: return ExitCode(69)
    case .notPermitted, .refused(.permissionDenied), .refused(.denied): return ExitCode(77)
    case .refused(.busy): return ExitCode(75)
    case .refused, .notUnderstood: return ExitCode(65)
    }
}

/// One message on standard error: what happened, then what to do.
func complain(_ sentence: String, cure: String? = nil) {
    var text = "rehabctl: \(sentence).\n"
    if let cure { text += "          \(cure.prefix(1).uppercased())\(cure.dropFirst()).\n" }
    let width = Terminal.errorIsTerminal ? terminalWidth() : nil
    let rows = text.split(separator: "\n").flatMap { wrapped(String($0), to: width) }
    Terminal.write(rows.joined(separator: "\n") + "\n", toError: true)
}

/// Prints a value as one JSON document with sorted keys.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
    // One document a line, at once: whoever reads a pipe or a file follows as it goes.
    Terminal.flush()
}

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print the versions of rehabctl and of the daemon.")

    @OptionGroup var daemon: DaemonOptions

    private struct Versions: Encodable {
        let rehabctl: String
        let rehabd: String?
    }

    func run() throws {
        var running: String?
        var status: Rehab1.Status?
        if var client = try? ControlClient(socket: daemon.socket) {
            running = try? client.serviceInfo().version
            status = try? client.call(Rehab1.GetStatus()).status
        }
        if daemon.json {
            try printJSON(Versions(rehabctl: programVersion, rehabd: running))
        } else {
            print("rehabctl \(programVersion)")
            print("rehabd   \(running ?? "not running")")
            if let status {
                let version = RunningVersion(status)
                if let finding = version.finding { complain(finding, cure: version.cure) }
            }
        }
    }
}
