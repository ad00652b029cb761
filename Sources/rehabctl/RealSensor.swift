// A real pelvis sensor's recording through the running daemon, and what it shows over time.

import ArgumentParser
import FakeWearable
import FoundationEssentials
import Kinematics
import Movement
import Plumbing
import Recording
import SensorTable

/// A sensor axis by name: "z", "-x".
struct SensorAxis {
    let vector: Vector3

    init?(name: String) {
        switch name {
        case "x": vector = Vector3(1, 0, 0)
        case "-x": vector = Vector3(-1, 0, 0)
        case "y": vector = Vector3(0, 1, 0)
        case "-y": vector = Vector3(0, -1, 0)
        case "z": vector = Vector3(0, 0, 1)
        case "-z": vector = Vector3(0, 0, -1)
        default: return nil
        }
    }
}

struct RealSensor {
    let daemon: DaemonOptions
    let style: Style

    /// Lines of the table that is printed.
    private static let rows = 12.0

    func show(file: String, rateHertz: Double, forward: SensorAxis) throws {
        print("")
        print(style.bold("A real pelvis sensor through the same daemon"))
        print(
            "  Recorded: \(fileName(file)), \(decimal(rateHertz, 1)) Hz. Not "
                + "simulated: every reading is the sensor's.")
        print(
            "  Alignment: from the first \(decimal(TableRecording.standSeconds, 0)) s of standing and "
                + "the stated mounting; no bows, so left and right are not proved.")
        let recording = try load(file, rateHertz: rateHertz, forward: forward)
        let began = MonotonicClock.now()
        let bytes = try OnlineReplay(daemon: daemon, factor: nil).run(
            recording, name: "real sensor")
        let elapsed = Double(MonotonicClock.now() - began) * 1e-9
        let again = try RecordingReading.parse(bytes)
        try print(again.frames.compactMap(FrameLine.init), every: recording.duration ?? 0)
        print(
            "  \(recording.packets.count) packets, \(again.frames.count) frames in "
                + "\(decimal(elapsed, 2, unit: " s"))")
        let offline = try RecordingReading.parse(
            try RecordingReading.replayOffline(recording))
        guard offline.frames == again.frames else {
            complain("the threads and the offline run differ for this recording")
            throw ExitCode(1)
        }
        print("  the offline run gives the same frames, bit for bit")
    }

    private func load(
        _ file: String, rateHertz: Double, forward: SensorAxis
    ) throws -> Recording {
        do {
            let data = try TableFile.read(file)
            let table = try SensorTable(parsing: [UInt8](data).span, file: file)
            return try TableRecording.make(
                angularRate: table.readings.map(\.angularRate),
                specificForce: table.readings.map(\.specificForce), rateHertz: rateHertz,
                forward: forward.vector, name: "recorded-pelvis",
                source: fileName(file))
        } catch {
            complain("\(error)")
            throw ExitCode(65)
        }
    }

    private func print(_ frames: [FrameLine], every duration: Double) throws {
        guard let first = frames.first else { return }
        var columns = Columns()
        columns.add("time", "posture", "obliquity", "tilt", "sigma")
        let spacing = max(1, (duration / RealSensor.rows).rounded(.up))
        var due = spacing
        for frame in frames {
            let time = Double(frame.time - first.time) * 1e-9
            guard time >= due, let body = frame.body else { continue }
            due += spacing
            columns.add(
                decimal(time, 0, unit: " s"), plain(body.posture),
                decimal(body.obliquity.map { $0 * degreesPerRadian }, 1, unit: " deg"),
                decimal(body.anteriorTilt.map { $0 * degreesPerRadian }, 1, unit: " deg"),
                decimal(frame.sigma * degreesPerRadian, 2, unit: " deg"))
        }
        columns.lines(indent: "  ").forEach { Swift.print($0) }
    }

    private func print(_ line: String) { Swift.print(line) }
}
