// The readers of exercises and of motion scripts.

import Exercises
import Kinematics
import Movement
import Synthetic
import TomlReading

/// Input: an exercise file.
enum ExerciseFuzz {
    static func run(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(TomlError) {
            check(try ExerciseFile.parse(text, file: "fuzz.toml"))
        } catch {
            promise(error.description.hasPrefix("fuzz.toml"), "an error without its file")
            promise(!error.message.isEmpty, "an error without words")
            if let line = error.line {
                // CR, LF and CR LF all end lines for one or the other reader.
                let lines = bytes.count { $0 == 10 || $0 == 13 } + 1
                promise((1...lines).contains(line), "line \(line) of \(lines)")
            }
        }
    }

    private static func check(_ exercise: Exercise) {
        promise(!exercise.rules.isEmpty && exercise.rules.count <= 32, "too few or many rules")
        for rule in exercise.rules {
            promise(rule.on.isFinite && rule.off.isFinite, "a threshold is no number")
            promise(rule.off < rule.on, "a rule would flicker")
            promise(rule.minimumOn >= 0 && rule.minimumOn <= 60, "a minimum time")
            promise(rule.refractory >= 0.5 && rule.refractory <= 600, "a refractory time")
        }
        let plan = exercise.plan(stanceSide: .left)
        promise(plan.ruleCount == exercise.rules.count, "the plan lost a rule")
        promise(plan.targetHold >= 1 && plan.targetHold <= 600, "a hold of \(plan.targetHold) s")
    }
}

/// Input: a motion script.
enum ScriptFuzz {
    /// Things that happen at most in a run of the script.
    private static let happenings = 200

    static func run(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(SyntheticError) {
            let script = try Script(toml: text)
            promise(!script.sensors.isEmpty && !script.tasks.isEmpty, "an empty script")
            try play(script)
        } catch {
            promise(!error.description.isEmpty, "an error without words")
        }
    }

    private static func play(_ script: Script) throws(SyntheticError) {
        let motion = try script.motion()
        promise(motion.end.isFinite && motion.end >= 0, "a motion of \(motion.end) s")
        promise(motion.end <= 86_400 + 1, "a motion of more than a day")
        var ensemble = Ensemble(
            motion: motion, sources: script.sensors.map { .worn($0) },
            end: Int64(motion.end * 1e9))
        var lastArrival = [Int64](repeating: .min, count: script.sensors.count)
        for _ in 0..<happenings {
            guard let step = ensemble.advance() else { return }
            switch step {
            case .sampled(let channel, let reading, let truth):
                promise(reading.specificForce.isFinite, "a force is no number")
                promise(reading.angularRate.isFinite, "a rate is no number")
                promise(script.sensors.indices.contains(channel), "a channel that is not there")
                if let truth { promise(!truth.body.pelvicObliquity.isInfinite, "the truth") }
            case .delivered(let channel, let delivery):
                let mode = script.sensors[channel].mode
                promise(delivery.packet.count == mode.size, "a packet of another size")
                promise(delivery.arrival >= lastArrival[channel], "arrivals fall")
                lastArrival[channel] = delivery.arrival
            }
        }
    }
}
