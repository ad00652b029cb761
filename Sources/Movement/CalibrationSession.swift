// The calibration as a conversation: get ready, stand, bow, lift a foot, done or refused.

package import Kinematics

/// What the person is asked to do now.
package enum CalibrationStep: String, Sendable, CaseIterable {
    case getReady = "get_ready"
    case stand, bow, lift
    case repeatLift = "repeat_lift"
    case done, refused
}

/// Why a calibration was refused, with what to do about it.
package enum CalibrationRefusal: Error, Sendable, Equatable {
    case notQuiet(sensor: String, rateDegreesPerSecond: Double, force: Double)
    case noData(sensor: String)
    case noBows(seen: Int)
    case axisUnclear(sensor: String, varianceExplained: Double)
    case noForwardTip(sensor: String)
    case proofDisagreed
    case proofNotSeen
    case dataLost(sensor: String)

    /// One sentence of what happened and one of what to do.
    package var message: String {
        switch self {
        case .notQuiet(let sensor, let rate, let force):
            "the stand was not quiet: the \(sensor) sensor turned at \(oneDecimal(rate)) deg/s and "
                + "shook by \(oneDecimal(force)) m/s². Stand with both feet down, hands at rest, "
                + "and start the calibration again."
        case .noData(let sensor):
            "the \(sensor) sensor sent no samples. Check that it is on and near, then start again."
        case .noBows(let seen):
            "\(seen) of \(BowAxis.wanted) bows were seen in time. Bow slowly from the hips by "
                + "about 30 degrees and come all the way up each time; then start again."
        case .axisUnclear(let sensor, let share):
            "the bows turned the \(sensor) sensor about more than one axis "
                + "(\(percent(share)) % about the main one, 90 % is needed). Tighten the belt, "
                + "bow straight forward with the hands free, and start again."
        case .noForwardTip(let sensor):
            "the bows did not tip the \(sensor) sensor forward. Bow from the hips, not from the "
                + "upper back, and start again."
        case .proofDisagreed:
            "lifting the left foot moved the pelvis the way a left stance moves, twice. Check that "
                + "it was the left foot; put the sensor on as the guide shows and start again."
        case .proofNotSeen:
            "no shift of weight was seen when the foot was to be lifted. Stand on both feet, then "
                + "lift the left foot clear of the floor for three seconds; start again."
        case .dataLost(let sensor):
            "samples of the \(sensor) sensor were lost during the calibration. Move nearer to the "
                + "computer and start again."
        }
    }
}

/// One sensor's part in a calibration.
package struct CalibratedSensor: Sendable, Equatable {
    package var channel: UInt8
    package var segment: Segment
    package var alignment: SensorAlignment
    package var varianceExplained: Double
    /// |specific force| in the stand, m/s².
    package var forceNorm: Double
}

/// Runs a calibration from motion frames.
///
/// Pure: time is the samples' own, nothing is read or written.
///
/// The pelvis sensor leads; a trunk sensor is aligned by the same stand and bows. Thigh and shank
/// sensors need a functional movement of their own and stay uncalibrated here.
package struct CalibrationSession: Sendable {
    /// A sensor that takes part.
    package struct Participant: Sendable {
        package var channel: UInt8
        package var segment: Segment
        package var name: String

        package init(channel: UInt8, segment: Segment, name: String) {
            self.channel = channel
            self.segment = segment
            self.name = name
        }
    }

    private struct Track {
        var participant: Participant
        var stand = QuietStand()
        var bows: BowAxis?
        var result: BowAxis.Result?
    }

    package private(set) var step = CalibrationStep.getReady
    package private(set) var refusal: CalibrationRefusal?
    package private(set) var results: [CalibratedSensor] = []
    package private(set) var disagreements = 0
    /// Host time at which the present step began, ns.
    package private(set) var stepStart: Int64 = 0
    private var now: Int64 = 0
    private var tracks: [Track]
    private let leadIn: Double
    private var shift = LateralShift()
    /// The newest shift of weight, and when it was seen, host ns; 0 before the first.
    private var lastShift = ShiftEvent.none
    private var lastShiftTime: Int64 = 0
    /// When the weight went to the right, host ns; 0 while it has not.
    ///
    /// Its way back makes the proof.
    private var rightSince: Int64 = 0
    /// After a lift of the other foot, its lowering shifts the weight to the right: not a new lift.
    private var awaitsReturn = false
    /// The pelvis went to the left, if too slowly for a shift: what follows to the right may be its way
    /// back, and must not pass for the proof.
    private var wentLeft = false

    /// Longest time for the bows and for one foot lift, s [engineering defaults].
    private static let bowLimit = 40.0
    private static let liftLimit = 12.0
    /// s of quiet wanted before a foot lift is judged, so that the last bow is not taken for it.
    private static let liftPause = 1.0
    /// m/s to the left from which on the next shift to the right proves nothing; two-legged sway stays
    /// below half of it [engineering default].
    private static let leftSpeed = 0.035
    /// s after a shift in which one the other way is not believed: a foot is lifted for longer.
    private static let echoTime = 1.2

    /// `leadIn`: s to get ready before the stand.
    ///
    /// The pelvis must be among the participants.
    package init(participants: [Participant], leadIn: Double) {
        tracks = participants.map { Track(participant: $0) }
        self.leadIn = max(0, min(leadIn, 60))
    }

    package var isOver: Bool { step == .done || step == .refused }

    /// s since the present step began.
    package var elapsed: Double { seconds(fromNanoseconds: now - stepStart) }

    /// s the present step lasts, where that is fixed.
    package var length: Double? {
        switch step {
        case .getReady: leadIn
        case .stand: QuietStand.length
        default: nil
        }
    }

    /// Bows completed by the pelvis.
    package var bowsSeen: Int { pelvis?.bows?.count ?? 0 }

    /// How far the present step has come, 0 to 1.
    package var progress: Double {
        switch step {
        case .getReady, .stand: min(1, elapsed / max(length ?? 1, 0.001))
        case .bow: min(1, Double(bowsSeen) / Double(BowAxis.wanted))
        case .lift, .repeatLift: min(1, elapsed / CalibrationSession.liftLimit)
        case .done, .refused: 1
        }
    }

    /// What to say to the person.
    package var instruction: String {
        switch step {
        case .getReady: "Stand with both feet down, hip-wide, looking ahead."
        case .stand: "Stand still."
        case .bow: "Bow slowly from the hips, three times, hands free."
        case .lift: "Lift your left foot."
        case .repeatLift: "Both feet down. Now lift your left foot once more."
        case .done: "Calibrated."
        case .refused: refusal?.message ?? "Not calibrated."
        }
    }

    private var pelvis: Track? { tracks.first { $0.participant.segment == .pelvis } }

    /// Takes a frame; true where something a person would notice changed.
    package mutating func add(_ frame: MotionFrame) -> Bool {
        guard !isOver,
            let index = tracks.firstIndex(where: { $0.participant.channel == frame.channel })
        else { return false }
        let isPelvis = tracks[index].participant.segment == .pelvis
        if stepStart == 0 { stepStart = frame.time }
        now = max(now, frame.time)
        if frame.sample.interval > 0.5 {
            return refuse(.dataLost(sensor: tracks[index].participant.name))
        }
        let up = frame.worldFromSensor.destinationZInSource
        switch step {
        case .getReady:
            if isPelvis, elapsed >= leadIn { return enter(.stand) }
        case .stand:
            tracks[index].stand.add(frame.sample, up: up, sigma: frame.sigma)
            if isPelvis, elapsed >= QuietStand.length { return finishStand() }
        case .bow:
            tracks[index].bows?.add(frame.sample, up: up)
            if isPelvis { return checkBows() }
        case .lift, .repeatLift:
            if isPelvis { return checkLift(frame, up: up, track: tracks[index]) }
        case .done, .refused:
            return false
        }
        return false
    }

    private mutating func enter(_ next: CalibrationStep) -> Bool {
        step = next
        stepStart = now
        return true
    }

    private mutating func refuse(_ reason: CalibrationRefusal) -> Bool {
        refusal = reason
        return enter(.refused)
    }

    private mutating func finishStand() -> Bool {
        for index in tracks.indices {
            let stand = tracks[index].stand
            let name = tracks[index].participant.name
            guard let up = stand.up, stand.count >= 20 else { return refuse(.noData(sensor: name)) }
            guard stand.isQuiet else {
                return refuse(
                    .notQuiet(
                        sensor: name,
                        rateDegreesPerSecond: stand.rateSpread * degreesPerRadian,
                        force: stand.forceSpread))
            }
            tracks[index].bows = BowAxis(standUp: up, offset: stand.meanRate)
        }
        return enter(.bow)
    }

    private mutating func checkBows() -> Bool {
        let seen = bowsSeen
        guard seen >= BowAxis.wanted else {
            return elapsed > CalibrationSession.bowLimit ? refuse(.noBows(seen: seen)) : false
        }
        for index in tracks.indices {
            let name = tracks[index].participant.name
            guard let bows = tracks[index].bows else { return refuse(.noData(sensor: name)) }
            do throws(BowAxis.Failure) {
                tracks[index].result = try bows.result()
            } catch {
                switch error {
                case .tooFewSamples: return refuse(.noData(sensor: name))
                case .axisUnclear(let share):
                    return refuse(.axisUnclear(sensor: name, varianceExplained: share))
                case .noForwardTip: return refuse(.noForwardTip(sensor: name))
                }
            }
        }
        shift = LateralShift()
        return enter(.lift)
    }

    /// On the left foot's lift the weight must move to the right, and back when it is lowered.
    ///
    /// The way back is wanted too, since a shift to the right alone may be the end of one to the left
    /// that was too slow to be seen: with the sensor put on the wrong way round, that would prove the
    /// opposite of what is so.
    private mutating func checkLift(_ frame: MotionFrame, up: Vector3, track: Track) -> Bool {
        guard let result = track.result else { return false }
        let event = shift.step(
            up: result.segmentFromSensor.apply(up),
            specificForce: result.segmentFromSensor.apply(frame.sample.specificForce),
            interval: frame.sample.interval, time: frame.time)
        if disagreements == 0, rightSince == 0, shift.velocity < -CalibrationSession.leftSpeed {
            wentLeft = true
        }
        switch withoutEcho(event, time: frame.time) {
        case .toRight: return weightWentRight(time: frame.time)
        case .toLeft: return weightWentLeft()
        case .none:
            let limit = CalibrationSession.liftLimit
            let hasBegun = rightSince != 0 && seconds(fromNanoseconds: now - rightSince) < limit
            guard elapsed > limit, !hasBegun else { return false }
            return step == .lift ? askAgain() : refuse(.proofNotSeen)
        }
    }

    /// The filters behind a wide shift see it come back a little at once: no movement of the person's.
    private mutating func withoutEcho(_ event: ShiftEvent, time: Int64) -> ShiftEvent {
        guard event != .none else { return .none }
        let sinceLast = seconds(fromNanoseconds: time - lastShiftTime)
        if lastShiftTime != 0, event != lastShift, sinceLast < CalibrationSession.echoTime {
            return .none
        }
        lastShift = event
        lastShiftTime = time
        return event
    }

    private mutating func weightWentRight(time: Int64) -> Bool {
        if awaitsReturn || wentLeft {
            awaitsReturn = false
            wentLeft = false
        } else if rightSince == 0, elapsed > CalibrationSession.liftPause {
            rightSince = time
        }
        return false
    }

    private mutating func weightWentLeft() -> Bool {
        if rightSince != 0 {
            finish()
            return enter(.done)
        }
        guard elapsed > CalibrationSession.liftPause else { return false }
        disagreements += 1
        let again = askAgain()
        awaitsReturn = true
        return disagreements >= 2 ? refuse(.proofDisagreed) : again
    }

    private mutating func askAgain() -> Bool {
        rightSince = 0
        awaitsReturn = false
        wentLeft = false
        return enter(.repeatLift)
    }

    private mutating func finish() {
        results = tracks.compactMap { track in
            guard let result = track.result else { return nil }
            return CalibratedSensor(
                channel: track.participant.channel, segment: track.participant.segment,
                alignment: SensorAlignment(
                    segmentFromSensor: result.segmentFromSensor,
                    neutral: track.stand.neutral(segmentFromSensor: result.segmentFromSensor),
                    calmJerk: track.stand.calmJerk, standSigma: track.stand.sigma),
                varianceExplained: result.varianceExplained, forceNorm: track.stand.forceNorm)
        }
    }
}

private func oneDecimal(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e9 else { return "?" }
    let tenths = Int((abs(value) * 10).rounded())
    return "\(value < 0 && tenths > 0 ? "-" : "")\(tenths / 10).\(tenths % 10)"
}

private func percent(_ share: Double) -> Int {
    share.isFinite ? Int((max(0, min(1, share)) * 100).rounded()) : 0
}
