// When a set is over: the repetitions are done, the time is up, or nothing has moved for long.

import Control

/// What a set asks for, and how far it has come.
///
/// Pure: frames and times in, a verdict out.
struct SetGoal {
    enum Verdict: Equatable {
        case goOn
        case reached
        /// Nothing has moved for this many seconds.
        case still(Int)
    }

    /// Repetitions, holds, steps or landings; 0: not counted.
    let count: Int64
    /// s of the bout; 0: no limit.
    let seconds: Double
    /// s without anything new after which the set is closed.
    let stillAfter: Double

    private var spent = 0.0
    private var last: Int64 = 0
    private var lastNews: Int64 = 0
    private var seen: Int64 = -1
    private var seenOnOther: Int64 = 0
    private let isHolds: Bool
    /// Holds that were long enough to be one, and the seconds of the newest.
    private var held: Int64 = 0
    private var holdSeconds = 0.0

    /// s below which a hold does not end the set: the person is still finding it (engineering default).
    private static let shortestHold = 3.0

    init(
        _ exercise: Rehab1.Exercise, count: Int? = nil, seconds: Double? = nil,
        stillAfter: Double = 60
    ) {
        isHolds = exercise.task == "single-leg-hold"
        let dose = exercise.dose
        let repetitions = dose?.repetitions ?? 0
        let target = dose?.targetSeconds ?? 0
        switch exercise.task {
        case "single-leg-hold":
            self.count = Int64(count ?? 1)
            self.seconds = seconds ?? 0
        case "steps", "habits":
            self.count = count.map(Int64.init) ?? (target > 0 ? 0 : repetitions)
            self.seconds = seconds ?? (count == nil ? target : 0)
        default:
            self.count = count.map(Int64.init) ?? repetitions
            self.seconds = seconds ?? 0
        }
        let round = dose?.tempoSeconds.reduce(0, +) ?? 0
        self.stillAfter = exercise.task == "habits" ? .infinity : max(stillAfter, 4 * round)
    }

    /// Takes a frame; `paused` time counts for nothing.
    mutating func take(_ frame: Rehab1.Frame, paused: Bool) -> Verdict {
        let step = last == 0 ? 0 : min(1, Double(max(0, frame.time - last)) * 1e-9)
        last = frame.time
        if paused || frame.phase == .idle {
            lastNews = frame.time
            return .goOn
        }
        spent += step
        let isHolding = frame.phase == .holding && frame.holdSeconds > 0
        if isHolding { holdSeconds = frame.holdSeconds }
        if isHolds, seen >= 0, frame.count > seen {
            held += holdSeconds >= SetGoal.shortestHold ? frame.count - seen : 0
            holdSeconds = 0
        }
        // Whoever moves the other leg is told so, and has not stopped.
        let onOther = frame.view?.otherSide ?? seenOnOther
        if frame.count != seen || onOther != seenOnOther || isHolding || lastNews == 0 {
            seen = frame.count
            seenOnOther = onOther
            lastNews = frame.time
        }
        if count > 0, (isHolds ? held : frame.count) >= count { return .reached }
        if seconds > 0, spent >= seconds { return .reached }
        let still = Double(frame.time - lastNews) * 1e-9
        return still >= stillAfter ? .still(Int(still)) : .goOn
    }
}
