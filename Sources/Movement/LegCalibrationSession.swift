// The functional step for thigh and shank sensors: a stand, then marching, with proof of the side.

import Kinematics

/// What the person is asked to do now.
package enum LegCalibrationStep: String, Sendable, CaseIterable {
    case stand, march, done, refused
}

/// Why leg sensors were refused, with what to do about it.
package enum LegCalibrationRefusal: Error, Sendable, Equatable {
    case noPelvis
    case notQuiet(sensor: String)
    case noData(sensor: String)
    case noLifts(sensor: String, seen: Int)
    case axisUnclear(sensor: String, varianceExplained: Double)
    case noTip(sensor: String)
    case sidesSwapped
    case sideNotSeen

    /// One sentence of what happened and one of what to do.
    package var message: String {
        switch self {
        case .noPelvis:
            "the pelvis sensor is not calibrated, so the side of a leg cannot be proved. Calibrate "
                + "the pelvis first, then the legs."
        case .notQuiet(let sensor):
            "the stand was not quiet: the \(sensor) sensor moved. Stand with both feet down, hands "
                + "at rest, and start again."
        case .noData(let sensor):
            "the \(sensor) sensor sent no samples. Check that it is on and near, then start again."
        case .noLifts(let sensor, let seen):
            "\(seen) of \(LegAxis.wanted) lifts were seen by the \(sensor) sensor in time. March "
                + "slowly on the spot, thighs up by about 40 degrees, and start again."
        case .axisUnclear(let sensor, let share):
            "marching turned the \(sensor) sensor about more than one axis (\(percent(share)) % "
                + "about the main one, 90 % is needed). Tighten the strap, lift the knees straight "
                + "forward, and start again."
        case .noTip(let sensor):
            "marching did not tip the \(sensor) sensor. Lift the knees higher and start again."
        case .sidesSwapped:
            "the left sensor rose when the weight went over the left leg: the leg sensors are likely "
                + "on each other's leg. Swap them, or assign them to the other side, and start again."
        case .sideNotSeen:
            "no shift of weight was seen while marching, so the sides are not proved. March more "
                + "slowly, lift each knee for a second, and start again."
        }
    }
}

/// Aligns thighs and shanks from motion frames, after the pelvis has been aligned and its sides proved.
///
/// Pure, as `CalibrationSession`.
///
/// When a left knee rises the pelvis is over the right foot. A sensor whose lifts fall more often into the
/// other side's shifts is on the other leg.
package struct LegCalibrationSession: Sendable {
    private struct Track {
        var participant: CalibrationSession.Participant
        var stand = QuietStand()
        var axis: LegAxis?
        var wasLifted = false
        var agreed = 0
        var disagreed = 0

        var side: Side {
            participant.segment == .leftThigh || participant.segment == .leftShank ? .left : .right
        }
    }

    package private(set) var step = LegCalibrationStep.stand
    package private(set) var refusal: LegCalibrationRefusal?
    package private(set) var results: [CalibratedSensor] = []
    package private(set) var stepStart: Int64 = 0
    private var now: Int64 = 0
    private var tracks: [Track]
    private let pelvisChannel: UInt8
    private let pelvis: SensorAlignment
    private var shift = LateralShift()
    private var lastShift: Side?

    /// s for all the lifts [engineering default].
    private static let marchLimit = 45.0

    /// `participants`: thigh and shank sensors; `pelvis`: the pelvis sensor's channel and alignment.
    package init(
        participants: [CalibrationSession.Participant], pelvisChannel: UInt8,
        pelvis: SensorAlignment
    ) {
        tracks = participants.filter { $0.segment != .pelvis && $0.segment != .trunk }
            .map { Track(participant: $0) }
        self.pelvisChannel = pelvisChannel
        self.pelvis = pelvis
    }

    package var isOver: Bool { step == .done || step == .refused }

    /// s since the present step began.
    package var elapsed: Double { seconds(fromNanoseconds: now - stepStart) }

    /// Lifts completed by the sensor that has the fewest.
    package var liftsSeen: Int { tracks.map { $0.axis?.count ?? 0 }.min() ?? 0 }

    /// How far the present step has come, 0 to 1.
    package var progress: Double {
        switch step {
        case .stand: min(1, elapsed / QuietStand.length)
        case .march: min(1, Double(liftsSeen) / Double(LegAxis.wanted))
        case .done, .refused: 1
        }
    }

    /// What to say to the person.
    package var instruction: String {
        switch step {
        case .stand: "Stand still."
        case .march: "March slowly on the spot, knees up."
        case .done: "Leg sensors calibrated."
        case .refused: refusal?.message ?? "Not calibrated."
        }
    }

    /// Takes a frame of any sensor; true where a person would notice a change.
    package mutating func add(_ frame: MotionFrame) -> Bool {
        guard !isOver else { return false }
        if frame.channel == pelvisChannel {
            now = max(now, frame.time)
            if stepStart == 0 { stepStart = frame.time }
            followPelvis(frame)
            return checkTime()
        }
        guard let index = tracks.firstIndex(where: { $0.participant.channel == frame.channel })
        else { return false }
        let up = frame.worldFromSensor.destinationZInSource
        switch step {
        case .stand: tracks[index].stand.add(frame.sample, up: up, sigma: frame.sigma)
        case .march:
            tracks[index].axis?.add(frame.sample, up: up)
            proveSide(index)
        case .done, .refused: break
        }
        return false
    }

    private mutating func followPelvis(_ frame: MotionFrame) {
        let up = pelvis.segmentFromSensor.apply(frame.worldFromSensor.destinationZInSource)
        let event = shift.step(
            up: up, specificForce: pelvis.segmentFromSensor.apply(frame.sample.specificForce),
            interval: frame.sample.interval, time: frame.time)
        switch event {
        case .toRight: lastShift = .right
        case .toLeft: lastShift = .left
        case .none: break
        }
    }

    /// At each lift the pelvis must be over the other foot.
    private mutating func proveSide(_ index: Int) {
        guard let axis = tracks[index].axis else { return }
        defer { tracks[index].wasLifted = axis.isLifted }
        guard axis.isLifted, !tracks[index].wasLifted, let lastShift else { return }
        if lastShift == tracks[index].side.opposite {
            tracks[index].agreed += 1
        } else {
            tracks[index].disagreed += 1
        }
    }

    private mutating func checkTime() -> Bool {
        switch step {
        case .stand: return elapsed >= QuietStand.length ? finishStand() : false
        case .march:
            let unfinished = tracks.first { ($0.axis?.count ?? 0) < LegAxis.wanted }
            guard let unfinished else { return finishMarch() }
            guard elapsed > LegCalibrationSession.marchLimit else { return false }
            return refuse(
                .noLifts(sensor: unfinished.participant.name, seen: unfinished.axis?.count ?? 0))
        case .done, .refused: return false
        }
    }

    private mutating func enter(_ next: LegCalibrationStep) -> Bool {
        step = next
        stepStart = now
        return true
    }

    private mutating func refuse(_ reason: LegCalibrationRefusal) -> Bool {
        refusal = reason
        return enter(.refused)
    }

    private mutating func finishStand() -> Bool {
        for index in tracks.indices {
            let stand = tracks[index].stand
            let name = tracks[index].participant.name
            guard let up = stand.up, stand.count >= 20 else { return refuse(.noData(sensor: name)) }
            guard stand.isQuiet else { return refuse(.notQuiet(sensor: name)) }
            tracks[index].axis = LegAxis(
                segment: tracks[index].participant.segment, standUp: up, offset: stand.meanRate)
        }
        return enter(.march)
    }

    private mutating func finishMarch() -> Bool {
        let agreed = tracks.reduce(0) { $0 + $1.agreed }
        let disagreed = tracks.reduce(0) { $0 + $1.disagreed }
        if disagreed > agreed { return refuse(.sidesSwapped) }
        if agreed < LegAxis.wanted || tracks.contains(where: { $0.agreed == 0 }) {
            return refuse(.sideNotSeen)
        }
        var found: [CalibratedSensor] = []
        for track in tracks {
            let name = track.participant.name
            guard let axis = track.axis else { return refuse(.noData(sensor: name)) }
            do throws(LegAxis.Failure) {
                let result = try axis.result()
                found.append(
                    CalibratedSensor(
                        channel: track.participant.channel, segment: track.participant.segment,
                        alignment: SensorAlignment(
                            segmentFromSensor: result.segmentFromSensor,
                            neutral: track.stand.neutral(
                                segmentFromSensor: result.segmentFromSensor),
                            calmJerk: track.stand.calmJerk, standSigma: track.stand.sigma),
                        varianceExplained: result.varianceExplained,
                        forceNorm: track.stand.forceNorm))
            } catch {
                switch error {
                case .tooFewSamples: return refuse(.noData(sensor: name))
                case .axisUnclear(let share):
                    return refuse(.axisUnclear(sensor: name, varianceExplained: share))
                case .noTip: return refuse(.noTip(sensor: name))
                }
            }
        }
        results = found
        return enter(.done)
    }
}

private func percent(_ share: Double) -> Int {
    share.isFinite ? Int((max(0, min(1, share)) * 100).rounded()) : 0
}
