// Motion frames, alerts and sets as they are told over the control socket: here radians become degrees.

import Assessment
import Control
import Exercises
import Kinematics
import Movement

/// A finite angle in degrees; nil for "not measured".
private func degrees(_ radians: Double) -> Double? {
    radians.isFinite ? radians * degreesPerRadian : nil
}

/// A stated uncertainty in degrees as it is meant: 3 and not 3.0000000000000004.
private func uncertainty(_ radians: Double) -> Double {
    (radians * degreesPerRadian * 1e6).rounded() / 1e6
}

extension MotionFrame {
    /// The frame for clients.
    ///
    /// `set` adds what only the running set knows, `focus` what to think of now where that changes.
    func told(set: SetRecord?, focus: String? = nil) -> Rehab1.Frame {
        var view = set.map { self.view(of: $0) }
        view?.focus = focus
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
            holdSeconds: holdSeconds,
            shareInBand: task == .singleLegHold ? set?.presentShareInBand : nil,
            dropOnDegrees: set?.plan.bandThreshold(of: .drop).flatMap(degrees),
            hikeOnDegrees: set?.plan.bandThreshold(of: .hike).flatMap(degrees),
            activeRules: rules, gates: gates.names,
            quaternion: [
                worldFromSensor.w, worldFromSensor.x, worldFromSensor.y, worldFromSensor.z,
            ],
            count: Int64(set?.count ?? 0),
            repetitionPhase: repetitionPhase == .none ? nil : repetitionPhase.name,
            wayShare: wayShare.isFinite ? wayShare : nil, phaseSeen: isPhaseSeen,
            view: view)
    }
}

extension Alert {
    /// The cue for clients.
    ///
    /// `presented`: host time at which the outputs had it; `latency`: ns from the deciding sample
    /// until then.
    func told(presented: Int64?, latency: Int64?, heard: Bool) -> Rehab1.Cue {
        let words = CueText(rule: rule, signal: signal)
        return Rehab1.Cue(
            time: time, rule: rule.name, signal: signal.name,
            valueDegrees: signal.isAngle ? value * degreesPerRadian : value,
            side: stanceSide?.name, text: words?.shown ?? rule.name,
            spoken: words?.spoken ?? "", crossed: crossed, presented: presented,
            latencyMilliseconds: latency.map { Double($0) * 1e-6 }, heard: heard)
    }
}

extension Exercise {
    /// The exercise for clients; `segments` are the ones worn now, nil where that is not known.
    ///
    /// `cueing`: how cues are given in the set that was started; `silentPart`: what of it is without.
    func told(
        worn segments: Set<Segment>?, cueing: Cueing? = nil, silentPart: SilentPart? = nil
    ) -> Rehab1.Exercise {
        Rehab1.Exercise(
            id: id, title: title, version: Int64(version), posture: posture.name,
            sensorsNeeded: sensorsNeeded, sensorsBetter: sensorsBetter, cue: cue,
            rules: rules.map { rule in
                // Rounded to what a file can have meant: 3 and not 3.0000000000000004.
                func told(_ value: Double) -> Double {
                    let unit = rule.signal.isAngle ? degreesPerRadian : 1
                    return (value * unit * 1e6).rounded() / 1e6
                }
                return Rehab1.Rule(
                    id: rule.id.name, signal: rule.signal.name, onDegrees: told(rule.on),
                    offDegrees: told(rule.off), minOnSeconds: rule.minimumOn,
                    measured: rule.signal.isMeasurable(with: segments ?? Set(Segment.allCases)))
            }, number: Int64(number), stages: [Int64(stages.lowerBound), Int64(stages.upperBound)],
            task: task.name, side: side?.rawValue, instruction: instruction, caution: caution,
            file: file, text: ExerciseText.show(self, worn: segments), cueing: cueing?.rawValue,
            dose: toldDose,
            sideMeasured: segments.flatMap { showsSide(with: $0) ? nil : false },
            silentPart: silentPart?.text, cues: cues)
    }
}

extension Signal {
    /// The signal in words for "not measured" lists.
    var plainName: String { plainWords }
}

extension SetRecord {
    /// Repetitions, steps, landings or finished holds so far.
    var count: Int {
        switch plan.task {
        case .singleLegHold: holds.count
        case .repetitions: repetitions.count
        case .steps: steps.left.count + steps.right.count
        case .landings: landings.count
        case .habits: 0
        }
    }
}

extension HoldRecord {
    func told() -> Rehab1.Hold {
        Rehab1.Hold(
            side: side.name, startSeconds: start, durationSeconds: duration,
            shareInBand: shareInBand, meanDropDegrees: meanDrop.flatMap(degrees),
            maxDropDegrees: maxDrop.flatMap(degrees), maxHikeDegrees: maxHike.flatMap(degrees),
            endedBy: endedBy.name, seen: isSeen ? nil : false, label: text,
            uncertaintyDegrees: uncertainty(TestMeasure.gaitUncertainty))
    }
}

extension RepetitionRecord {
    /// `inMetres`: the way was the pelvis' height, where the repetition itself does not know.
    func told(inMetres: Bool) -> Rehab1.Repetition {
        let tempo = repetition.tempo
        let inMetres =
            repetition.source == .none ? inMetres : repetition.source == .height
        let range = inMetres ? repetition.range * 100 : repetition.range * degreesPerRadian
        return Rehab1.Repetition(
            number: Int64(repetition.number), side: repetition.side?.name,
            seen: repetition.isSeen, raiseSeconds: tempo.raise, holdSeconds: tempo.hold,
            lowerSeconds: tempo.lower, restSeconds: tempo.rest,
            timed: repetition.isSeen && !repetition.isTimed ? false : nil,
            range: repetition.isSeen && range.isFinite ? range : nil,
            rangeUnit: repetition.isSeen ? (inMetres ? "cm" : "degrees") : nil,
            meanDropDegrees: meanDrop.flatMap(degrees), maxDropDegrees: maxDrop.flatMap(degrees),
            label: text, clean: isClean, judged: isJudged ? nil : false,
            uncertaintyDegrees: uncertainty(TestMeasure.stepUncertainty))
    }
}

extension StepSummary {
    /// `trunkLag`: s by which the trunk follows the pelvis; nil where that is not told.
    func told(trunkLag: Double?) -> Rehab1.Steps {
        Rehab1.Steps(
            left: told(left), right: told(right),
            cadence: left.count + right.count < ReportedMean.leastSteps ? nil : cadence,
            timeRatio: timeRatio, trunkLagSeconds: trunkLag,
            uncertaintyDegrees: uncertainty(TestMeasure.gaitUncertainty))
    }

    private func told(_ side: StepSide) -> Rehab1.StepSide {
        guard side.count >= ReportedMean.leastSteps else {
            return Rehab1.StepSide(count: Int64(side.count))
        }
        return Rehab1.StepSide(
            count: Int64(side.count), meanSeconds: side.meanTime,
            meanDropDegrees: side.meanDrop.flatMap(degrees),
            meanLeanDegrees: side.meanLean.flatMap(degrees))
    }
}

extension Landing {
    func told() -> Rehab1.Landing {
        Rehab1.Landing(
            number: Int64(number), peak: peak, deceleration: deceleration,
            steadySeconds: steadyAfter.isFinite ? steadyAfter : nil)
    }
}
