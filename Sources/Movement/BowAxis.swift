// The second step of a calibration: three slow bows give the left-right axis.

package import Kinematics

/// Collects bows (hip hinges) of one sensor and finds the axis they turn about: the principal
/// component of the angular rate.
///
/// Which way is forward comes from gravity: in a bow the front dips.
package struct BowAxis: Sendable {
    /// What the bows gave.
    package struct Result: Sendable, Equatable {
        package let segmentFromSensor: Rotation
        /// Share of the variance of the angular rate along the axis, 0 to 1.
        package let varianceExplained: Double
    }

    /// Why there is no axis.
    package enum Failure: Error, Sendable, Equatable {
        case tooFewSamples
        /// The axis explains less than 90 % of the variance (compensations 1.6).
        case axisUnclear(varianceExplained: Double)
        /// The movement did not tip the sensor forward and back.
        case noForwardTip
    }

    private let standUp: Vector3
    private let offset: Vector3
    private var matrix = SymmetricMatrix()
    private var tipSum = Vector3.zero
    private var samples = 0
    private var bowed = false
    /// Bows completed so far.
    package private(set) var count = 0
    /// Angle between now and the stand, rad.
    package private(set) var inclination = 0.0

    /// Bows asked for (compensations 1.6).
    package static let wanted = 3
    /// Least share of variance (compensations 1.6).
    package static let leastVariance = 0.90
    /// A bow begins beyond the first angle and is over below the second, rad [engineering defaults].
    private static let begin = 15 * radiansPerDegree
    private static let end = 7 * radiansPerDegree
    /// Slower turning says more about sway than about the bow, rad/s.
    private static let leastRate = 8 * radiansPerDegree

    /// `standUp`: up in the sensor's axes in the quiet stand; `offset`: the gyroscope's there.
    package init(standUp: Vector3, offset: Vector3) {
        self.standUp = standUp
        self.offset = offset
    }

    package mutating func add(_ sample: ImuSample, up: Vector3) {
        guard sample.isFinite, up.isFinite else { return }
        inclination = arctangent(y: standUp.cross(up).norm, x: standUp.dot(up))
        if !bowed, inclination > BowAxis.begin { bowed = true }
        if bowed, inclination < BowAxis.end {
            bowed = false
            count += 1
        }
        let rate = sample.angularRate - offset
        guard rate.norm > BowAxis.leastRate else { return }
        matrix.addOuterProduct(rate)
        samples += 1
        tipSum = tipSum + (up - standUp)
    }

    /// The alignment of the sensor to its segment.
    ///
    /// Z is the axis itself; Y is the stand's up made square to it; X completes them. Z is not
    /// bent to the horizontal: how far from level it lies in the stand is the raw neutral obliquity.
    package func result() throws(Failure) -> Result {
        guard samples >= 20 else { throw .tooFewSamples }
        let (axis, share) = matrix.principalAxis()
        guard share >= BowAxis.leastVariance else { throw .axisUnclear(varianceExplained: share) }
        guard let y = (standUp - axis * standUp.dot(axis)).normalized(),
            tipSum.norm / Double(samples) > 0.02
        else { throw .noForwardTip }
        // The front dips in a bow: x·up becomes negative, so the tip points along −X.
        var z = axis
        var x = y.cross(z)
        if x.dot(tipSum) > 0 {
            z = -z
            x = -x
        }
        let sensorFromSegment = Rotation(columnX: x, columnY: y, columnZ: z)
        return Result(segmentFromSensor: sensorFromSegment.inverse, varianceExplained: share)
    }
}

/// A symmetric 3×3 matrix, enough for a principal component.
struct SymmetricMatrix: Sendable {
    private var xx = 0.0
    private var xy = 0.0
    private var xz = 0.0
    private var yy = 0.0
    private var yz = 0.0
    private var zz = 0.0

    mutating func addOuterProduct(_ v: Vector3) {
        xx += v.x * v.x
        xy += v.x * v.y
        xz += v.x * v.z
        yy += v.y * v.y
        yz += v.y * v.z
        zz += v.z * v.z
    }

    private func times(_ v: Vector3) -> Vector3 {
        Vector3(
            xx * v.x + xy * v.y + xz * v.z, xy * v.x + yy * v.y + yz * v.z,
            xz * v.x + yz * v.y + zz * v.z)
    }

    /// The direction of largest variance and its share of the whole, by power iteration from the
    /// largest column: the share wanted is at least 0.9, so it converges in a few steps.
    func principalAxis() -> (axis: Vector3, share: Double) {
        let trace = xx + yy + zz
        guard trace > 0, trace.isFinite else { return (Vector3(0, 0, 1), 0) }
        let columns = [Vector3(xx, xy, xz), Vector3(xy, yy, yz), Vector3(xz, yz, zz)]
        let start = columns.max { $0.norm < $1.norm } ?? columns[0]
        var axis = start.normalized() ?? Vector3(0, 0, 1)
        for _ in 0..<200 { axis = times(axis).normalized() ?? axis }
        return (axis, axis.dot(times(axis)) / trace)
    }
}
