// CPU and memory of a real rehabd with sensors that send in real time.

import Control
import FakeWearable
import Foundation
import Kinematics
import Plumbing
import Synthetic

/// The sensors are a synthetic person's, played from a thread of this process, which is not counted.
///
/// One of them is on the pelvis and calibrated; a one-leg stand runs; everything is recorded; nobody
/// watches; no sound device is open (its cost is a figure of its own).
enum DaemonBench {
    /// Megabytes are 10^6 bytes.
    private static let memoryGoal = 25.0
    private static let processorGoal = 1.0

    /// What was seen of one setting.
    private struct Reading {
        var percent: Double
        var megabytes: Double
        var details: [String: Double]
        var remarks: [String]
    }

    static func run(_ options: BenchOptions) throws -> [Figure] {
        let seconds = options.quick ? 1.0 : 11
        let idle = try read(options, sensors: 0, rateHertz: 60, seconds: options.quick ? 1 : 6)
        var figures = [
            Figure(
                "start-up", "rehabd start until its first answer",
                (idle.details["start_s"] ?? .nan) * 1000, .milliseconds),
            Figure(
                "cpu-idle", "CPU of rehabd, no sensor", idle.percent, .percent,
                details: idle.details),
            Figure("memory-idle", "memory of rehabd, no sensor", idle.megabytes, .megabytes),
        ]
        // The floor before and after: what the host does changes within a minute.
        var floor = try FloorReading(sensors: 3, rateHertz: 60, seconds: seconds / 2)
        let wanted = try read(options, sensors: 3, rateHertz: 60, seconds: seconds)
        floor.add(try FloorReading(sensors: 3, rateHertz: 60, seconds: seconds / 2))
        figures += [
            Figure(
                "cpu-3x60", "CPU of rehabd, 3 sensors at 60 Hz", wanted.percent, .percent,
                .atMost(processorGoal), details: wanted.details),
            Figure(
                "memory-3x60", "memory of rehabd, 3 sensors at 60 Hz", wanted.megabytes,
                .megabytes, .atMost(memoryGoal), note: note(wanted, seconds: seconds)),
            Figure(
                "cpu-3x60-over-floor",
                "CPU of rehabd, 3 sensors at 60 Hz, beside its system calls alone", wanted.percent,
                .percent, .beside("two empty threads", floor.percent),
                note: floor.text, details: floor.details),
        ]
        var readings: [Int: Reading] = [:]
        for sensors in [1, 3, 7, 32] {
            let reading = try read(options, sensors: sensors, rateHertz: 100, seconds: seconds)
            readings[sensors] = reading
            let title = "\(sensors) sensor\(sensors == 1 ? "" : "s") at 100 Hz"
            figures += [
                Figure(
                    "cpu-\(sensors)x100", "CPU of rehabd, \(title)", reading.percent, .percent,
                    details: reading.details),
                Figure(
                    "memory-\(sensors)x100", "memory of rehabd, \(title)", reading.megabytes,
                    .megabytes,
                    note: reading.remarks.isEmpty ? nil : reading.remarks.joined(separator: "; ")),
            ]
        }
        return figures + growth(readings)
    }

    /// Whether a sensor costs the same however many there are.
    private static func growth(_ readings: [Int: Reading]) -> [Figure] {
        guard let one = readings[1], let seven = readings[7], let most = readings[32] else {
            return []
        }
        let low = (seven.percent - one.percent) / 6
        let high = (most.percent - seven.percent) / 25
        return [
            Figure(
                "cpu-growth", "CPU a sensor, with 32 against with 1",
                most.percent / 32 / one.percent, .times, .atMost(1.1),
                note: String(
                    format:
                        "each further sensor of 100 Hz costs %.3f %% from 1 to 7 and %.3f %% from 7 "
                        + "to 32", low, high),
                details: [
                    "percent_a_sensor_at_1": one.percent,
                    "percent_a_sensor_at_7": seven.percent / 7,
                    "percent_a_sensor_at_32": most.percent / 32,
                    "further_sensor_1_to_7": low, "further_sensor_7_to_32": high,
                ]),
            Figure(
                "memory-growth", "memory a sensor, from 1 to 32",
                (most.megabytes - one.megabytes) / 31, .megabytes),
        ]
    }

    private static func note(_ reading: Reading, seconds: Double) -> String {
        let threads = reading.details.filter { $0.key.hasPrefix("cpu_percent_") }
            .sorted { $0.value > $1.value }
            .map { "\($0.key.dropFirst(12)) \(String(format: "%.2f", $0.value)) %" }
        return
            (["over \(Int(seconds)) s, recording, one-leg stand running, no sound device"]
            + reading.remarks + ["of it " + threads.joined(separator: ", ")])
            .joined(separator: "; ")
    }

    private static func read(
        _ options: BenchOptions, sensors: Int, rateHertz: Double, seconds: Double
    ) throws -> Reading {
        let daemon = try DaemonProcess(rehabd: options.rehabd, calibrated: ["bench-0"])
        defer { daemon.stop() }
        var remarks: [String] = []
        var wearable: FakeWearable?
        if sensors > 0 {
            let script = try BenchPerson.script(
                sensors: sensors, rateHertz: rateHertz, stands: Int(seconds / 12) + 2)
            let playing = try FakeWearable(playing: script, pace: .realTime)
            try attach(playing, to: daemon)
            try playing.start()
            wearable = playing
            // Streaming, and past the first allocations.
            MonotonicClock.sleep(
                until: MonotonicClock.now() + (options.quick ? 300_000_000 : 1_000_000_000))
            if let refusal = startExercise(daemon) { remarks.append(refusal) }
        }
        MonotonicClock.sleep(until: MonotonicClock.now() + 500_000_000)
        var reading = try watch(daemon, seconds: seconds)
        reading.details["start_s"] = daemon.startSeconds
        if let report = wearable?.finish() {
            let refused = report.channels.reduce(0) { $0 + $1.refused }
            if refused > 0 { remarks.append("\(refused) packets were not taken") }
            reading.details["packets_sent"] = Double(
                report.channels.reduce(0) { $0 + $1.sent })
        }
        reading.remarks = remarks
        return reading
    }

    private static func watch(_ daemon: DaemonProcess, seconds: Double) throws -> Reading {
        let before = daemon.threadTimes()
        let ticks = daemon.processTime()
        let begin = MonotonicClock.now()
        MonotonicClock.sleep(until: begin + Int64(seconds * 1e9))
        let after = daemon.threadTimes()
        let elapsed = Double(MonotonicClock.now() - begin)
        let memory = daemon.memory()
        guard !after.isEmpty, let resident = memory["VmRSS"] else {
            throw BenchError("rehabd ended while it was watched")
        }
        var details: [String: Double] = [
            "seconds": elapsed * 1e-9,
            "process_percent_by_ticks": 100 * (daemon.processTime() - ticks) / elapsed,
        ]
        for (name, time) in after {
            details["cpu_percent_\(name)"] = 100 * (time - (before[name] ?? 0)) / elapsed
        }
        for (field, bytes) in memory where field.hasPrefix("Rss") || field == "VmLck" {
            details["\(field)_mb"] = bytes * 1e-6
        }
        let total = after.reduce(0) { $0 + $1.value - (before[$1.key] ?? 0) }
        return Reading(
            percent: 100 * total / elapsed, megabytes: resident * 1e-6, details: details,
            remarks: [])
    }

    private static func attach(_ wearable: FakeWearable, to daemon: DaemonProcess) throws {
        for (index, channel) in wearable.channels.enumerated() {
            guard let sink = wearable.takeSink(index) else { continue }
            var client = try daemon.client()
            _ = try client.call(
                Rehab1.AttachSensor(
                    name: "bench-\(index)", kind: "movella-dot",
                    segment: index < Segment.count ? channel.segment?.name : nil,
                    rateHertz: channel.nominalRate, characteristics: [channel.characteristic]),
                descriptors: [sink.rawValue])
        }
    }

    /// Starts a set; a sentence where the daemon refuses, since its cost is then left out.
    private static func startExercise(_ daemon: DaemonProcess) -> String? {
        do throws(ControlError) {
            var client = try daemon.client()
            _ = try client.call(Rehab1.StartExercise(exercise: "one-leg-stand"))
            return nil
        } catch {
            return "no exercise ran (\(error))"
        }
    }
}

/// Processor time of `SystemCallFloor` under the same sensors.
private struct FloorReading {
    private var nanoseconds = 0.0
    private var elapsed = 0.0
    private var packets = 0

    init(sensors: Int, rateHertz: Double, seconds: Double) throws {
        let script = try BenchPerson.script(
            sensors: sensors, rateHertz: rateHertz, stands: Int(seconds / 12) + 1)
        let wearable = try FakeWearable(playing: script, pace: .realTime)
        let floor = try SystemCallFloor(
            reading: (0..<sensors).compactMap { wearable.takeSink($0) })
        try wearable.start()
        let begin = MonotonicClock.now()
        MonotonicClock.sleep(until: begin + Int64(seconds * 1e9))
        let cost = floor.finish()
        elapsed = Double(MonotonicClock.now() - begin)
        nanoseconds = cost.nanoseconds
        packets = cost.packets
        _ = wearable.finish()
    }

    mutating func add(_ other: FloorReading) {
        nanoseconds += other.nanoseconds
        elapsed += other.elapsed
        packets += other.packets
    }

    var percent: Double { 100 * nanoseconds / elapsed }

    var text: String {
        String(
            format: "%d packets by the same sender, before and after: %.1f µs of processor each",
            packets, packets > 0 ? nanoseconds * 1e-3 / Double(packets) : .nan)
    }

    var details: [String: Double] {
        ["floor_percent": percent, "floor_packets": Double(packets)]
    }
}
