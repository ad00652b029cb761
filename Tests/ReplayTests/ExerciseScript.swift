// The scripts beside the recordings: what the synthetic person of a recording did, and the truth of it.

import FakeWearable
import Foundation
import Kinematics
import Movement
import Pipeline
import Recording
import Synthetic
import Testing
import Wearables

/// One run of an exercise, clean or with a planted fault.
struct ExerciseScript: Sendable, CustomTestStringConvertible {
    /// File name without its ending: "clam-fault".
    let name: String
    let script: Script
    let motion: ExerciseMotion
    /// s from the beginning to the set.
    let start: Double
    var testDescription: String { name }

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: Golden.folder.path)) ?? []
        return files.filter { $0.hasSuffix(".toml") }.map { String($0.dropLast(5)) }.sorted()
    }()

    struct Odd: Error { let problem: String }

    init(_ name: String) throws {
        let file = Golden.folder.appending(path: "\(name).toml")
        script = try Script(toml: String(contentsOf: file, encoding: .utf8))
        let motion = try script.motion()
        guard let place = motion.scheduled.last, case .exercise(let exercise) = place.task else {
            throw Odd(problem: "\(name).toml does not end with an exercise")
        }
        self.name = name
        self.motion = exercise
        start = place.start
    }

    var isFault: Bool { motion.pattern != .level }
    /// Host time of the set's beginning in a made recording, ns.
    var startTime: Int64 { PacketRecording.origin + Int64(start * 1e9) }

    /// The truth of each repetition or step.
    var truth: [RepetitionTruth] { motion.truth(from: start) }

    /// Host time at which the first planted repetition begins, ns.
    var firstFault: Int64? {
        truth.first { $0.size > 0 }.map { PacketRecording.origin + Int64($0.start * 1e9) }
    }

    /// Rules whose cue names the planted pattern (compensations, sections 4 and 4.1).
    var wantedRules: Set<UInt8> {
        switch motion.pattern {
        case .level: []
        case .drop where motion.kind == .habits: [17]
        // Lying, a sagging side is C01 or the tipping of C08, whichever the exercise watches.
        case .drop: motion.kind.isSupine ? [1, 8] : [1]
        case .lean: [2]
        case .dropAndLean: [1, 2]
        case .leanAway: [3]
        case .shift: [5, 6]
        case .hike: [4]
        case .rollBack: [7]
        case .fastLowering: [11]
        case .fatigue: [16, 1]
        }
    }
}

/// What the whole path made of a recording.
struct ExerciseReplay {
    var record: SetRecord
    var alerts: [Alert] = []

    /// Packets in, frames out, summed up as the daemon does.
    init(_ recording: Recording) throws {
        var plan: MovementPlan?
        let pipeline = OfflinePipeline()
        for sensor in recording.sensors {
            guard let family = wearable(named: sensor.kind) else {
                throw ExerciseScript.Odd(problem: "unknown kind \(sensor.kind)")
            }
            pipeline.attach(family, channel: sensor.channel, rateHertz: sensor.rateHertz)
        }
        for (index, command) in recording.commands.enumerated() {
            guard let action = EstimatorAction(text: command.text) else {
                throw ExerciseScript.Odd(problem: "unknown command \(command.text)")
            }
            if case .begin(let begun) = action { plan = begun }
            pipeline.queue(
                EstimatorCommand(number: UInt32(index + 1), after: command.after, action: action))
        }
        guard let plan else { throw ExerciseScript.Odd(problem: "no exercise begins") }
        var record = SetRecord(plan: plan)
        var alerts: [Alert] = []
        var last: Int64 = 0
        for packet in recording.packets {
            pipeline.accept(
                packet.bytes, channel: packet.channel,
                characteristic: CharacteristicIndex(rawValue: packet.characteristic),
                arrival: packet.stamp,
                emit: { frame, alert in
                    record.add(copy frame)
                    last = frame.time
                    if let alert { alerts.append(alert) }
                })
        }
        record.finish(at: last)
        self.record = record
        self.alerts = alerts
    }
}
