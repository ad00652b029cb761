// Motion frames, alerts and sets as they are told over the control socket: here radians become degrees.

import Control
import Exercises
import Kinematics
import Movement

/// A finite angle in degrees; nil for "not measured".
private func degrees(_ radians: Double) -> Double? {
    radians.isFinite ? radians * degreesPerRadian : nil
}

extension MotionFrame {
    /// The frame for clients.
    ///
    /// `set` adds what only the running set knows.
    func told(set: SetRecord?) -> Rehab1.Frame {
        var rules: [String] = []
        if let set {
            for index in 0..<set.plan.ruleCount where activeRules & (1 << UInt32(index)) != 0 {
                rules.append(set.plan.rules[index].id.name)
            }
        }
        let phase: Rehab1.Frame.Phase =
            switch self.phase {
            case .idle: .idle
            case .waiting: .waiting
            case .holding: .holding
            case .lost: .lost
            }
        return Rehab1.Frame(
            time: time, posture: posture.name, obliquityDegrees: degrees(obliquity),
            anteriorTiltDegrees: degrees(anteriorTilt), trunkLeanDegrees: degrees(trunkLean),
            dropDegrees: degrees(drop), sigmaDegrees: degrees(sigma),
            stanceSide: stanceSide?.name, stanceSource: stanceSource.name, phase: phase,
            holdSeconds: holdSeconds, shareInBand: set?.presentShareInBand,
            dropOnDegrees: set?.plan.threshold(of: .drop).flatMap(degrees),
            hikeOnDegrees: set?.plan.threshold(of: .hike).flatMap(degrees),
            activeRules: rules, gates: gates.names,
            quaternion: [
                worldFromSensor.w, worldFromSensor.x, worldFromSensor.y, worldFromSensor.z,
            ])
    }
}

extension Alert {
    /// The cue for clients.
    ///
    /// `presented`: host time at which the outputs had it; `latency`: ns from the deciding sample
    /// until then.
    func told(presented: Int64?, latency: Int64?, heard: Bool) -> Rehab1.Cue {
        let words = CueText(rule: rule)
        return Rehab1.Cue(
            time: time, rule: rule.name, signal: signal.name,
            valueDegrees: signal.isAngle ? value * degreesPerRadian : value,
            side: stanceSide?.name, text: words?.shown ?? rule.name,
            spoken: words?.spoken ?? "", crossed: crossed, presented: presented,
            latencyMilliseconds: latency.map { Double($0) * 1e-6 }, heard: heard)
    }
}

extension Exercise {
    /// The exercise for clients; `segments` are the ones worn now.
    func told(worn segments: Set<Segment>) -> Rehab1.Exercise {
        Rehab1.Exercise(
            id: id, title: title, version: Int64(version), posture: posture.name,
            sensorsNeeded: sensorsNeeded, sensorsBetter: sensorsBetter, cue: cue,
            rules: rules.map { rule in
                let unit = rule.signal.isAngle ? degreesPerRadian : 1
                return Rehab1.Rule(
                    id: rule.id.name, signal: rule.signal.name, onDegrees: rule.on * unit,
                    offDegrees: rule.off * unit, minOnSeconds: rule.minimumOn,
                    measured: rule.signal.isMeasurable(with: segments))
            })
    }
}

extension Signal {
    /// The signal in words for "not measured" lists.
    var plainName: String { plainWords }
}
