// How the running set goes besides its movement: pauses, changes of side, thresholds of the person's own.

import Control
import Exercises
import Kinematics
import Movement

/// The course of a set.
struct SetCourse {
    enum End: String {
        case asked
        case sensorLost = "sensor-lost"
        case sensorGone = "sensor-gone"
    }

    /// Why a set is paused.
    enum Pause: Equatable {
        case asked
        /// The place on the body whose sensor sends nothing.
        case sensor(String)
        /// The person gets ready until then, host ns; no pause of the set's own.
        case leadIn(until: Int64)

        var text: String {
            switch self {
            case .asked: "asked"
            case .sensor(let place): "the sensor on the \(place) sends nothing"
            case .leadIn: "getting ready"
            }
        }
    }

    let thresholds: [Rehab1.Threshold]
    private(set) var pause: Pause?
    private var pausedAt: Int64 = 0
    private var pauses = 0
    private var paused: Int64 = 0
    var sideChanges = 0
    /// The estimator was told to end; it begins again with its next sample.
    var isBeginningAgain = false
    private var end = End.asked

    init(thresholds: [Rehab1.Threshold]) { self.thresholds = thresholds }

    mutating func begin(_ reason: Pause, at now: Int64) {
        if pause == nil { pausedAt = now }
        if !isLeadIn(reason), pause == nil || isLeadIn(pause) { pauses += 1 }
        pause = reason
    }

    mutating func goOn(at now: Int64) {
        guard pause != nil else { return }
        if !isLeadIn(pause) { paused += max(0, now - pausedAt) }
        pause = nil
    }

    private func isLeadIn(_ reason: Pause?) -> Bool {
        if case .leadIn = reason { true } else { false }
    }

    /// ns of the present pause; 0 outside one.
    func pausedFor(at now: Int64) -> Int64 { pause == nil ? 0 : max(0, now - pausedAt) }

    mutating func close(by end: End, at now: Int64) {
        goOn(at: now)
        self.end = end
    }

    var told: Rehab1.Course {
        Rehab1.Course(
            endedBy: end.rawValue, pauses: Int64(pauses), pausedSeconds: Double(paused) * 1e-9,
            sideChanges: Int64(sideChanges), thresholds: thresholds)
    }
}

extension RunningExercise {
    /// What the status says of the set.
    var told: Rehab1.RunningSet {
        Rehab1.RunningSet(
            side: side?.name, paused: course.pause?.text, probe: isProbe,
            thresholds: course.thresholds)
    }
}

extension MotionFrame {
    /// What a live picture shows besides the pelvis.
    func view(of set: SetRecord) -> Rehab1.FrameView {
        func degrees(_ signal: Signal) -> Double? {
            signals.value(signal).map { $0 * degreesPerRadian }
        }
        return Rehab1.FrameView(
            stanceThighDegrees: degrees(.femurAdduction),
            hipAdductionDegrees: degrees(.hipAdduction), legLeanDegrees: degrees(.legLean),
            strip: set.strip, silent: set.plan.mayCue && isSilentPart ? true : nil,
            otherSide: set.otherLegCount > 0 ? Int64(set.otherLegCount) : nil)
    }
}

extension SetRecord {
    /// Share of a hold in band from which it counts as clean (programme 2: drop in band at least 90 %).
    private static let cleanHold = 0.9
    private static let stripLength = 60

    /// One letter for each repetition, hold or landing.
    var strip: String {
        let letters: [Character]
        switch plan.task {
        case .singleLegHold:
            letters = holds.map { hold in
                hold.shareInBand.map { $0 >= SetRecord.cleanHold ? "c" : "o" } ?? "u"
            }
        case .landings: letters = landings.map { $0.steadyAfter.isFinite ? "c" : "o" }
        default:
            letters = repetitions.map { one in
                !one.isJudged ? "n" : one.isClean ? (one.repetition.isSeen ? "c" : "u") : "o"
            }
        }
        return String(letters.suffix(SetRecord.stripLength))
    }
}

extension Exercise {
    var toldDose: Rehab1.Dose {
        Rehab1.Dose(
            sets: Int64(dose.sets), repetitions: Int64(dose.repetitions),
            targetSeconds: dose.targetSeconds,
            tempoSeconds: [tempo.raise, tempo.hold, tempo.lower, tempo.rest], effort: dose.effort,
            text: dose.text, asksForSide: asksForSide)
    }
}
