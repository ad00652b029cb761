// Notices readings at the end of a sensor's range, where the range is known or shows.

import Kinematics

/// The end of the range of one sensor's three axes.
///
/// Where the range is known, what comes within a thousandth of it is at the rail. Where it is not, a
/// rail shows as a largest value that repeats exactly: two repetitions for a value where ranges end,
/// six for any other. A flat top alone does not count: the value must be come upon in a step larger
/// than a smooth peak has near its top.
struct RailDetector: BitwiseCopyable, Sendable {
    private var x = Axis()
    private var y = Axis()
    private var z = Axis()
    /// The range, or 0 for unknown; in the readings' unit.
    private let range: Double
    /// Smallest value that can be a rail.
    private let least: Double
    /// One unit in which ranges are round numbers: a degree per second, or g.
    private let unit: Double

    /// A gyroscope: ranges from 125 deg/s.
    @_noLocks
    init(gyroscopeRange: Double) {
        range = gyroscopeRange
        least = 120 * radiansPerDegree
        unit = radiansPerDegree
    }

    /// An accelerometer: ranges from 2 g.
    @_noLocks
    init(accelerometerRange: Double) {
        range = accelerometerRange
        least = 1.9 * standardGravity
        unit = standardGravity
    }

    /// True where an axis of the reading is at its rail.
    @_noLocks @inline(__always)
    mutating func isAtRail(_ reading: Vector3) -> Bool {
        if range > 0 {
            let end = range * 0.999
            return abs(reading.x) >= end || abs(reading.y) >= end || abs(reading.z) >= end
        }
        let x = self.x.isAtRail(reading.x, least: least, unit: unit)
        let y = self.y.isAtRail(reading.y, least: least, unit: unit)
        let z = self.z.isAtRail(reading.z, least: least, unit: unit)
        return x || y || z
    }

    private struct Axis: BitwiseCopyable, Sendable {
        private var last = 0.0
        /// Largest value so far that came upon its place in a step.
        private var highest = 0.0
        /// How often it was repeated.
        private var repetitions = 0
        private var isInRun = false
        private var rail = 0.0
        /// Whether the last value was come upon in a step.
        private var stepped = false

        @_noLocks
        init() {}

        @_noLocks @inline(__always)
        mutating func isAtRail(_ value: Double, least: Double, unit: Double) -> Bool {
            let size = abs(value)
            guard size >= least else {
                last = value
                isInRun = false
                stepped = false
                return false
            }
            return look(value, size: size, unit: unit)
        }

        @_noLocks
        private mutating func look(_ value: Double, size: Double, unit: Double) -> Bool {
            let before = last
            last = value
            // Whoever reads beyond the rail has none there.
            if rail > 0, size > rail * 1.000_1 {
                rail = 0
                repetitions = 0
            }
            if rail > 0 { return size >= rail * 0.999_9 }
            guard value == before else {
                let step = abs(value - before)
                stepped = step > 0.004 * size
                isInRun = false
                return false
            }
            guard stepped || isInRun, size >= highest * 0.999_9 else { return false }
            if size > highest * 1.000_1 {
                highest = size
                repetitions = 0
            }
            repetitions += 1
            isInRun = true
            guard repetitions >= (isRound(size / unit) ? 2 : 6) else { return false }
            rail = size
            return true
        }

        /// True for values where ranges end: 125 to 4000 deg/s and 2 to 64 g by doubling, or the
        /// same with the 14.7 % that some makers leave above.
        @_noLocks
        private func isRound(_ size: Double) -> Bool {
            var end = size < 100 ? 2.0 : 125.0
            while end < 5000 {
                let ratio = size / end
                if ratio > 0.985, ratio < 1.005 { return true }
                if ratio > 1.14, ratio < 1.15 { return true }
                end *= 2
            }
            return false
        }
    }
}
