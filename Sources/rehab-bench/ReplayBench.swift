// How much faster than life recordings are replayed, by the programs that people run.

import Foundation
import Pipeline
import Plumbing
import Recording
import Wearables

/// `rehabctl replay` from its start to its end: it reads, computes every frame, and compares.
///
/// The recording is a synthetic person's.
enum ReplayBench {
    /// Times real time (the project's figure).
    private static let goal = 500.0

    static func run(_ options: BenchOptions) throws -> [Figure] {
        guard FileManager.default.isExecutableFile(atPath: options.rehabctl) else {
            throw BenchError("\(options.rehabctl) is not there; make bench builds it")
        }
        let directory =
            NSTemporaryDirectory()
            + "/rehab-bench-\(ProcessInfo.processInfo.processIdentifier)-replay"
        try FileStore.makeDirectory(directory, mode: 0o700)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var figures: [Figure] = []
        for sensors in [1, 7] {
            figures += try measure(sensors, directory, options)
        }
        return figures
    }

    private static func measure(
        _ sensors: Int, _ directory: String, _ options: BenchOptions
    ) throws -> [Figure] {
        let stands = options.quick ? 5 : sensors == 1 ? 25 : 8
        let script = try BenchPerson.script(sensors: sensors, rateHertz: 60, stands: stands)
        let commands = try BenchPlan.actions(sensors: sensors, rateHertz: 60)
            // Attaching is written by the recording itself.
            .filter { if case .attach = $0 { false } else { true } }
            .map { RecordedCommand(after: 0, text: $0.text) }
        let recording = try BenchPerson.recording(script, commands: commands)
        let seconds = recording.duration ?? 0
        let path = "\(directory)/\(sensors).recording"
        try FileStore.replace(path, with: recorded(recording))
        let title = "\(sensors) sensor\(sensors == 1 ? "" : "s")"
        var figures = try row(
            "replay-offline-\(sensors)", "offline replay, \(title) at 60 Hz", seconds,
            sensors == 1 ? .atLeast(goal) : nil, options,
            ["replay", path, "--offline", "--json"], recording.packets.count)
        let daemon = try DaemonProcess(rehabd: options.rehabd)
        defer { daemon.stop() }
        figures += try row(
            "replay-daemon-\(sensors)", "replay through the daemon, \(title)", seconds, nil,
            options,
            ["replay", path, "--json", "--socket", daemon.socket], recording.packets.count)
        return figures
    }

    private static func row(
        _ id: String, _ title: String, _ seconds: Double, _ measure: Measure?,
        _ options: BenchOptions, _ arguments: [String], _ packets: Int
    ) throws -> [Figure] {
        var times: [Double] = []
        var isSame = true
        for _ in 0..<(options.quick ? 1 : 3) {
            let run = try Run(options.rehabctl, arguments)
            times.append(run.seconds)
            isSame = isSame && run.told?["same"] as? Bool == true
        }
        let best = Sorted(times).minimum
        return [
            Figure(
                id, title, isSame ? seconds / best : nil, .times, measure,
                note: isSame
                    ? "\(Int(seconds)) s of movement, \(packets) packets, in "
                        + String(format: "%.2f s; frames and cues the same, bit for bit", best)
                    : "not measured: the replay differs from the recording",
                details: [
                    "seconds": best, "packets": Double(packets),
                    "microseconds_a_packet": best * 1e6 / Double(max(packets, 1)),
                ])
        ]
    }

    /// The packets with the decisions that they lead to, as the daemon writes them side by side.
    private static func recorded(_ recording: Recording) throws -> [UInt8] {
        let pipeline = OfflinePipeline()
        var writer = RecordingWriter()
        writer.head(recording.head)
        for sensor in recording.sensors {
            writer.sensor(sensor)
            pipeline.attach(
                MovellaDot.self, channel: sensor.channel, rateHertz: sensor.rateHertz)
        }
        for (index, command) in recording.commands.enumerated() {
            guard let action = EstimatorAction(text: command.text) else {
                throw BenchError("the command \(command.text) cannot be read")
            }
            pipeline.queue(
                EstimatorCommand(
                    number: UInt32(index + 1), after: command.after, action: action))
        }
        for packet in recording.packets {
            let head = PacketHead(
                stamp: packet.stamp, channel: packet.channel, characteristic: packet.characteristic)
            writer.packet(head, packet.bytes[...])
            pipeline.accept(
                packet.bytes, channel: packet.channel,
                characteristic: CharacteristicIndex(rawValue: packet.characteristic),
                arrival: packet.stamp,
                applied: { writer.command(after: $1, text: $0.action.text) },
                emit: { frame, _ in writer.frame(frame) })
        }
        writer.end()
        return writer.take()
    }
}

/// A program run to its end.
private struct Run {
    let seconds: Double
    /// Its output as a JSON object, where it is one.
    let told: [String: Any]?

    init(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        let begin = MonotonicClock.now()
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        seconds = Double(MonotonicClock.now() - begin) * 1e-9
        told = try? JSONSerialization.jsonObject(with: text) as? [String: Any]
        // 1 says that frames differ, which the JSON tells too.
        guard process.terminationStatus <= 1 else {
            throw BenchError(
                "\(arguments.prefix(2).joined(separator: " ")) ended with "
                    + "\(process.terminationStatus)")
        }
    }
}
