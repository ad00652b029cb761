// The pace of repetitions that no sensor shows: when a beat is due, by the phases that the estimator's clock tells.

import Alerts
import Kinematics
import Movement

/// Finds the moments at which the way out and the way back of a repetition begin by the clock.
///
/// Pure: frames in, beats out. In a pause, before the person is in place and after the last repetition the clock
/// stands still, and nothing beats. That a set or a part of one is without cues changes nothing: a pace is none.
struct PaceBeat {
    /// Whether the clock is on the way out, or out; nil where it stands still, or the movement is seen.
    private var isOut: Bool?

    /// Phases go by the clock at present.
    var isRunning: Bool { isOut != nil }

    mutating func take(_ frame: MotionFrame) -> Notice? {
        guard frame.segment == .pelvis, frame.command == 0 else { return nil }
        let before = isOut
        isOut = PaceBeat.isOut(frame)
        switch (before, isOut) {
        case (nil, true), (false, true): return .raise
        case (true, false): return .lower
        default: return nil
        }
    }

    private static func isOut(_ frame: MotionFrame) -> Bool? {
        guard frame.phase != .idle, !frame.isPhaseSeen else { return nil }
        switch frame.repetitionPhase {
        case .raise, .hold: return true
        case .lower, .rest: return false
        case .none: return nil
        }
    }
}
