// `rehabctl recordings`: list, show, remove.

import ArgumentParser
import Control
import Plumbing
import Recording

struct RecordingsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recordings", abstract: "List, show and remove recordings.",
        subcommands: [List.self, Show.self, Remove.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the recordings.")

        @OptionGroup var daemon: DaemonOptions

        func run() throws {
            var client = try daemon.connect()
            let recordings: [Rehab1.Recording]
            do throws(ControlError) {
                recordings = try client.call(Rehab1.ListRecordings()).recordings
            } catch {
                throw complaint(error)
            }
            if daemon.json {
                try printJSON(recordings)
                return
            }
            guard !recordings.isEmpty else {
                print("no recording yet: one is kept whenever you calibrate or exercise")
                return
            }
            var columns = Columns()
            columns.add("name", "length", "size", "sensors", "exercise", "end")
            for recording in recordings {
                columns.add(
                    visible(recording.name),
                    recording.durationSeconds.map { decimal($0, 0, unit: " s") } ?? "-",
                    decimal(Double(recording.bytes) / 1e6, 1, unit: " MB"),
                    visible(recording.sensors.joined(separator: ",")),
                    visible(recording.exercise ?? "-"),
                    recording.complete ? "complete" : "open or cut")
            }
            columns.lines().forEach { print($0) }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a recording holds.")

        @OptionGroup var daemon: DaemonOptions

        @Argument(help: "A recording's name or file.")
        var recording: String

        private struct Content: Encodable {
            let head: [String: String]
            let sensors: [String]
            let packets: Int
            let frames: Int
            let cues: [String]
            let marks: [String]
            let missing: [String]
            let durationSeconds: Double?
            let complete: Bool
            let lastLineTorn: Bool

            private enum CodingKeys: String, CodingKey {
                case head, sensors, packets, frames, cues, marks, missing, complete
                case durationSeconds = "duration_s"
                case lastLineTorn = "last_line_torn"
            }
        }

        func run() throws {
            let whole = try RecordingFile.load(recording, daemon: daemon, lenient: true).recording
            for (number, part) in whole.parts.enumerated() {
                if number > 0 && !daemon.json {
                    print(part.isMidStream ? "\nafter a rest" : "\nafter a restart of rehabd")
                }
                try show(part)
            }
        }

        private func show(_ found: Recording) throws {
            if daemon.json {
                try printJSON(
                    Content(
                        head: Dictionary(
                            found.head.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }),
                        sensors: found.sensors.map(\.name), packets: found.packets.count,
                        frames: found.frames.count, cues: found.cues, marks: found.marks,
                        missing: found.missing, durationSeconds: found.duration,
                        complete: found.isComplete, lastLineTorn: found.lastLineTorn))
                return
            }
            var columns = Columns()
            for entry in found.head { columns.add(visible(entry.key), visible(entry.value)) }
            for sensor in found.sensors {
                columns.add(
                    "sensor",
                    "\(visible(sensor.name)) (\(sensor.kind)), worn: "
                        + "\(sensor.segment ?? "nowhere"), \(decimal(sensor.rateHertz, 1)) Hz")
            }
            columns.add("length", found.duration.map { decimal($0, 1, unit: " s") } ?? "-")
            columns.add("packets", "\(found.packets.count)")
            columns.add("frames", "\(found.frames.count)")
            columns.add("cues", "\(found.cues.count)")
            for mark in found.marks { columns.add("remark", visible(mark)) }
            for missing in found.missing { columns.add("not recorded", visible(missing)) }
            columns.add(
                "end",
                found.isComplete
                    ? "complete" : "cut" + (found.lastLineTorn ? ", last line torn" : ""))
            columns.lines().forEach { print($0) }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a recording for good.")

        @OptionGroup var daemon: DaemonOptions

        @Argument(help: "The recording's name.")
        var name: String

        func run() throws {
            var client = try daemon.connect()
            do throws(ControlError) {
                _ = try client.call(Rehab1.RemoveRecording(name: name))
            } catch {
                throw complaint(error)
            }
            if daemon.json { print("{}") } else { print("removed \(visible(name))") }
        }
    }
}

/// Finding and reading a recording by name or by file.
enum RecordingFile {
    static func load(
        _ name: String, daemon: DaemonOptions, lenient: Bool
    ) throws -> (path: String, recording: Recording) {
        let path = try path(of: name, daemon: daemon)
        let bytes: [UInt8]
        do throws(PlumbingError) {
            bytes = try FileStore.read(path, limit: RecordingFormat.readLimit)
        } catch {
            complain(
                error.description, cure: "list the recordings with: rehabctl recordings list")
            throw ExitCode(66)
        }
        do throws(RecordingError) {
            return (path, try RecordingReader.parse(bytes, file: path, lenient: lenient))
        } catch {
            complain(error.description)
            throw ExitCode(65)
        }
    }

    private static func path(of name: String, daemon: DaemonOptions) throws -> String {
        if name.contains("/") || FileStore.attributes(name) != nil { return name }
        var client = try daemon.connect()
        let known: [Rehab1.Recording]
        do throws(ControlError) {
            known = try client.call(Rehab1.ListRecordings()).recordings
        } catch {
            throw complaint(error)
        }
        return known.first { $0.name == name }?.path ?? name
    }
}
