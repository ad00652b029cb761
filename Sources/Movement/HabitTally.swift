// What was seen of a day's sitting and standing (EX22), added up from the frames of the habits task.

import Kinematics

/// The sums of a day.
package struct HabitTally: Sendable, Equatable {
    /// s in which the sensor on a thigh showed whether the person sits, and of sittings marked by hand.
    package private(set) var watchedSitting = 0.0
    /// s of the longest sitting that was seen without an end.
    package private(set) var longestSitting = 0.0
    /// Sittings ended by standing up.
    package private(set) var breaks = 0
    /// s of standing still, and those of them hung on one hip (C17).
    package private(set) var standing = 0.0
    package private(set) var hanging = 0.0
    /// s of hanging in which the pelvis showed on which leg: the higher side's.
    package private(set) var hangingLeft = 0.0
    package private(set) var hangingRight = 0.0
    private var sitting = 0.0

    package init() {}

    /// Adds a sitting of so many s that the person marked by hand and ended by standing up.
    package mutating func addMarked(sitting seconds: Double) {
        guard seconds.isFinite, seconds > 0 else { return }
        watchedSitting += seconds
        longestSitting = max(longestSitting, seconds)
        breaks += 1
    }

    package mutating func add(_ frame: MotionFrame) {
        let interval = frame.sample.interval
        guard frame.task == .habits, frame.segment == .pelvis, frame.command == 0, interval > 0,
            interval < 2
        else { return }
        if let now = frame.signals.value(.sittingTime) {
            watchedSitting += interval
            longestSitting = max(longestSitting, now)
            // A plan that begins anew while the person sits counts from that moment, not from none.
            if now == 0, sitting > 0 { breaks += 1 }
            sitting = now
        }
        guard let hang = frame.signals.value(.hang) else { return }
        standing += interval
        guard hang >= HabitWatch.hangAngle else { return }
        hanging += interval
        // The right side lower: it hangs from the left hip.
        if frame.obliquity >= HabitWatch.hangAngle { hangingLeft += interval }
        if frame.obliquity <= -HabitWatch.hangAngle { hangingRight += interval }
    }
}
