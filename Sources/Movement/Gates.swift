// Reasons to say nothing: a missing reading is better than a misleading one.

import Kinematics

/// Why no cue may be given at a moment (compensations 7).
///
/// Empty: cues may be given.
package struct Gates: OptionSet, Sendable, BitwiseCopyable {
    package let rawValue: UInt16

    @_noLocks
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static var none: Gates { @_noLocks get { Gates(rawValue: 0) } }
    /// No valid calibration for the pelvis sensor.
    package static var uncalibrated: Gates { @_noLocks get { Gates(rawValue: 1) } }
    /// The sample was more than 150 ms old when it came: too late for a cue.
    package static var stale: Gates { @_noLocks get { Gates(rawValue: 2) } }
    /// A reading at the sensor's range limit.
    package static var saturated: Gates { @_noLocks get { Gates(rawValue: 4) } }
    /// The tilt estimate's uncertainty is too large for the smallest threshold.
    package static var uncertain: Gates { @_noLocks get { Gates(rawValue: 8) } }
    /// Samples were lost for more than 150 ms less than half a second ago.
    package static var gap: Gates { @_noLocks get { Gates(rawValue: 16) } }
    /// Acceleration differs from 1 g by more than half a g: gravity cannot be seen in a static task.
    package static var shaking: Gates { @_noLocks get { Gates(rawValue: 32) } }
    /// Not the exercise's posture.
    package static var posture: Gates { @_noLocks get { Gates(rawValue: 64) } }
    /// The stance side is neither given nor detected.
    package static var stanceUnknown: Gates { @_noLocks get { Gates(rawValue: 128) } }
    /// More than a tenth of the samples of the last 10 s are missing.
    package static var loss: Gates { @_noLocks get { Gates(rawValue: 256) } }
    /// The sensor sends batches: too old for a live cue.
    package static var late: Gates { @_noLocks get { Gates(rawValue: 512) } }
    /// A quiet stand reads more than 5° off the calibration's: stand quietly for 5 s, or calibrate.
    package static var slipped: Gates { @_noLocks get { Gates(rawValue: 1024) } }
    /// The two thigh sensors read as if they were on each other's leg.
    package static var swapped: Gates { @_noLocks get { Gates(rawValue: 2048) } }
    /// The person stands on the other leg than was asked for.
    package static var wrongSide: Gates { @_noLocks get { Gates(rawValue: 4096) } }

    package var isOpen: Bool { @_noLocks get { rawValue == 0 } }

    @_noLocks
    package func has(_ other: Gates) -> Bool { rawValue & other.rawValue != 0 }

    @_noLocks
    package mutating func close(_ other: Gates) {
        self = Gates(rawValue: rawValue | other.rawValue)
    }

    @_noLocks
    package mutating func open(_ other: Gates) {
        self = Gates(rawValue: rawValue & ~other.rawValue)
    }

    /// Names for people, in a fixed order.
    package var names: [String] {
        let all: [(Gates, String)] = [
            (.uncalibrated, "uncalibrated"), (.stale, "stale"), (.saturated, "saturated"),
            (.uncertain, "uncertain"), (.gap, "gap"), (.shaking, "shaking"),
            (.posture, "posture"), (.stanceUnknown, "stance-unknown"), (.loss, "loss"),
            (.late, "late"), (.slipped, "slipped"), (.swapped, "swapped"),
            (.wrongSide, "other-side"),
        ]
        return all.filter { has($0.0) }.map(\.1)
    }
}
