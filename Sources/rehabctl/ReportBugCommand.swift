// `rehabctl report-bug`: one text file with what a developer needs, shown before it is written.

import ArgumentParser
import Control
import Daemon
import FoundationEssentials
import Plumbing
import Recording

struct ReportBugCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report-bug",
        abstract: "Collect versions, status, checks and, if you choose, a recording into one file.",
        discussion: """
            Addresses and names of sensors are taken out. What the file holds is shown first; nothing \
            is sent anywhere. A recording holds how you moved, as raw sensor readings.
            """)

    @OptionGroup var daemon: DaemonOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A recording to add, as rehabctl recordings lists it.", valueName: "name"))
    var recording: String?

    @Option(name: .long, help: ArgumentHelp("The file to write.", valueName: "file"))
    var output: String?

    @Flag(name: .long, help: "Write it without asking.")
    var yes = false

    func run() throws {
        let parts = try BugReport(daemon: daemon, recording: recording).parts()
        print("The report holds:")
        var columns = Columns()
        for part in parts {
            columns.add(part.title, "\(part.text.utf8.count) bytes", part.about)
        }
        columns.lines(indent: "  ").forEach { print($0) }
        for part in parts where !part.isLong {
            print("")
            print("--- \(part.title)")
            print(part.text)
        }
        guard try mayWrite() else { return print("Nothing was written.") }
        let path = output ?? "rehabd-report.txt"
        let text = parts.map { "=== \($0.title) (\($0.about))\n\($0.text)\n" }.joined(
            separator: "\n")
        do throws(PlumbingError) {
            try FileStore.replace(path, with: Array(text.utf8), mode: 0o600)
        } catch {
            complain(error.description, cure: "name another place with --output")
            throw ExitCode(73)
        }
        print("Written to \(path). Look at it before you give it away.")
    }

    private func mayWrite() throws -> Bool {
        if yes { return true }
        print("")
        print("Write it? [y/N]", terminator: " ")
        Terminal.flush()
        return readLine().map { trimmed($0).lowercased().hasPrefix("y") } ?? false
    }
}

/// The parts of a report, without addresses and names.
struct BugReport {
    struct Part {
        var title: String
        var about: String
        var text: String
        /// Too long to be shown.
        var isLong = false
    }

    let daemon: DaemonOptions
    let recording: String?

    func parts() throws -> [Part] {
        var status: Rehab1.Status?
        var file: Rehab1.Recording?
        if var client = try? ControlClient(socket: daemon.socket) {
            status = try? client.call(Rehab1.GetStatus()).status
            if let recording {
                file = try? client.call(Rehab1.ListRecordings()).recordings
                    .first { $0.name == recording }
            }
        }
        var hidden: [String: String] = [:]
        for (number, sensor) in (status?.sensors ?? []).enumerated() {
            let word = sensor.segment ?? "sensor-\(number + 1)"
            hidden[sensor.name] = word
            if let address = sensor.link?.address { hidden[address] = word }
        }
        var parts = [
            Part(title: "versions", about: "programs and system", text: versions(status)),
            Part(title: "status", about: "rehabctl status --json", text: told(status)),
            Part(title: "checks", about: "rehabctl doctor", text: checks(status)),
            Part(title: "settings", about: "rehabctl config show", text: settings()),
            Part(title: "log", about: "the last 100 lines", text: log(), isLong: true),
        ]
        for index in parts.indices {
            parts[index].text = Anonymity.remove(from: parts[index].text, hidden: hidden)
        }
        if let recording { parts.append(try recorded(recording, file, status, hidden)) }
        return parts
    }

    private func versions(_ status: Rehab1.Status?) -> String {
        var lines = ["rehabctl \(programVersion)", "rehabd \(status?.version ?? "not running")"]
        for path in ["/proc/version", "/etc/debian_version"] {
            if let bytes = try? FileStore.read(path, limit: 4096) {
                lines.append(trimmed(String(decoding: bytes, as: UTF8.self)))
            }
        }
        return lines.joined(separator: "\n")
    }

    private func told(_ status: Rehab1.Status?) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        guard let status, let data = try? encoder.encode(status) else {
            return "rehabd is not running"
        }
        return String(decoding: data, as: UTF8.self)
    }

    private func checks(_ status: Rehab1.Status?) -> String {
        let checks =
            MachineDoctor(status: status, listens: false).checks()
            + BluetoothDoctorCommand.checks(daemon)
        return checks.map { "\($0.state.rawValue): \($0.name): \($0.finding)" }
            .joined(separator: "\n")
    }

    private func settings() -> String {
        let path = Configuration.path(environment: ProcessInfo.processInfo.environment)
        guard let read = try? Configuration.read(path) else {
            return "no file, or one with a fault"
        }
        return read.values.map { "\($0.key) = \($0.value)" }.joined(separator: "\n")
    }

    private func log() -> String {
        for scope in [["--user"], []] {
            let words =
                scope + [
                    "-u", "rehabd.service", "-n", "100", "--no-pager", "-o", "short-iso",
                    "--no-hostname",
                ]
            if let told = ProgramOutput.lines(of: "/usr/bin/journalctl", words), told.status == 0,
                told.lines.count > 1
            {
                return told.lines.joined(separator: "\n")
            }
        }
        return "no entries, or not readable"
    }

    /// The recording with its sensors' names replaced and addresses in the drivers' replies zeroed.
    private func recorded(
        _ name: String, _ told: Rehab1.Recording?, _ status: Rehab1.Status?,
        _ hidden: [String: String]
    ) throws -> Part {
        let (path, parsed) = try RecordingFile.load(name, daemon: daemon, lenient: true)
        let bytes: [UInt8]
        do throws(PlumbingError) {
            bytes = try FileStore.read(path, limit: RecordingFormat.readLimit)
        } catch {
            complain(error.description)
            throw ExitCode(66)
        }
        var names = hidden
        for sensor in parsed.sensors {
            names[sensor.name] = sensor.segment ?? "sensor-\(sensor.channel)"
        }
        var text = Anonymity.remove(from: String(decoding: bytes, as: UTF8.self), hidden: names)
        // A driver's replies may hold the address as bytes, in either order.
        for address in (status?.sensors ?? []).compactMap(\.link?.address) {
            let pairs = address.lowercased().split(separator: ":").map(String.init)
            for form in [pairs.joined(), pairs.reversed().joined()] where form.count == 12 {
                text = text.replacing(form, with: "000000000000")
            }
        }
        return Part(
            title: "recording",
            about: "\(name): \(parsed.packets.count) packets of raw readings, "
                + "\(parsed.frames.count) frames", text: text, isLong: true)
    }
}
