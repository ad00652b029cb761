// Makes the recordings that REHAB_RECORD names from their scripts; such a run is not a pass.

import Exercises
import FakeWearable
import Foundation
import Kinematics
import Movement
import Pipeline
import Plumbing
import Recording
import Synthetic
import Testing
import Wearables

@Suite("Making recordings", .enabled(if: Golden.isRecording), .serialized)
struct ExerciseRecordingMaker {
    @Test(
        "is written from its script",
        arguments: ExerciseScript.names.filter { Golden.isRecording($0) })
    func write(name: String) throws {
        let script = try ExerciseScript(name)
        let recording = try Self.make(script)
        let path = Golden.folder.appending(path: "\(name).recording")
        let bytes = Self.text(recording)
        try Data(bytes).write(to: path)
        let again = try RecordingReader.parse(bytes, file: name)
        try Golden.check(try Golden.text(again, name: name), name: name)
        Issue.record("\(name).recording was written (\(bytes.count) bytes): no pass")
    }

    /// Packets of the script's sensors, aligned as a calibration's stand would, and the exercise begun.
    static func make(_ script: ExerciseScript) throws -> Recording {
        var recording = try packets(script)
        let begin = script.startTime
        let before = UInt64(recording.packets.count { $0.stamp < begin })
        for (channel, alignment) in try alignments(script, recording, until: begin) {
            recording.commands.append(
                RecordedCommand(
                    after: before,
                    text: EstimatorAction.align(channel: channel, alignment: alignment).text))
        }
        let exercise = try #require(
            try Catalogue.load().first { $0.id == script.motion.kind.rawValue })
        let side = script.motion.side
        var plan = exercise.plan(side: exercise.side == .moving ? side.opposite : side)
        if exercise.task == .repetitions {
            plan.repetitions = UInt16(clamping: script.motion.phases.count)
        }
        recording.commands.append(
            RecordedCommand(after: before, text: EstimatorAction.begin(plan: plan).text))
        return recording
    }

    private static func packets(_ script: ExerciseScript) throws -> Recording {
        let motion = try script.script.motion()
        let sensors = script.script.sensors
        let indices = try sensors.map { worn in
            try #require(MovellaDot.identity.index(of: worn.mode.characteristic)).rawValue
        }
        let worn = sensors.map { "\($0.segment.name) \(Int($0.sensor.rate)) Hz" }
        return PacketRecording.make(
            Ensemble(
                motion: motion, sources: sensors.map { .worn($0) }, end: Int64(motion.end * 1e9)),
            sensors: try FakeWearable(playing: script.script, pace: .asFastAsItGoes).channels,
            characteristics: indices,
            head: [
                ("date", "2026-11-26T00:00:00Z"), ("program", "ReplayTests, REHAB_RECORD=1"),
                ("device", "simulated movella-dot, rate quantities"),
                ("placement", worn.joined(separator: ", ")), ("who", "synthetic person"),
                ("notes", "made from \(script.name).toml; alignment: true mounting, stand of 5 s"),
            ])
    }

    /// The stand as the estimator sees it gives each sensor its neutral and its calm.
    private static func alignments(
        _ script: ExerciseScript, _ recording: Recording, until end: Int64
    ) throws -> [(UInt8, SensorAlignment)] {
        let pipeline = OfflinePipeline()
        for (index, sensor) in recording.sensors.enumerated() {
            pipeline.attach(
                MovellaDot.self, channel: UInt8(index), rateHertz: sensor.rateHertz)
        }
        for (index, command) in recording.commands.enumerated() {
            pipeline.queue(
                EstimatorCommand(
                    number: UInt32(index + 1), after: command.after,
                    action: try #require(EstimatorAction(text: command.text))))
        }
        var stands = recording.sensors.map { _ in QuietStand() }
        for packet in recording.packets where packet.stamp < end {
            pipeline.accept(
                packet.bytes, channel: packet.channel,
                characteristic: CharacteristicIndex(rawValue: packet.characteristic),
                arrival: packet.stamp,
                emit: { frame, _ in
                    stands[Int(frame.channel)].add(
                        frame.sample, up: frame.worldFromSensor.destinationZInSource,
                        sigma: frame.sigma)
                })
        }
        return stands.enumerated().map { index, stand in
            let mounted = script.script.sensors[index].sensor.sensorFromSegment.inverse
            return (
                UInt8(index),
                SensorAlignment(
                    segmentFromSensor: mounted, neutral: stand.neutral(segmentFromSensor: mounted),
                    calmJerk: stand.calmJerk, standSigma: stand.sigma)
            )
        }
    }

    /// The recording's bytes, without frames and cues: the golden has them.
    private static func text(_ recording: Recording) -> [UInt8] {
        var writer = RecordingWriter()
        writer.head(recording.head)
        for sensor in recording.sensors { writer.sensor(sensor) }
        var commands = recording.commands[...]
        for (index, packet) in recording.packets.enumerated() {
            while let command = commands.first, command.after <= UInt64(index) {
                writer.command(after: command.after, text: command.text)
                commands.removeFirst()
            }
            writer.packet(
                PacketHead(
                    stamp: packet.stamp, channel: packet.channel,
                    characteristic: packet.characteristic), packet.bytes[...])
        }
        writer.end()
        return writer.take()
    }
}
