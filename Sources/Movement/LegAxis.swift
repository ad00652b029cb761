// How a thigh or shank sensor sits, from a stand and a few knee lifts or squats.

package import Kinematics

/// Collects leg movements of one sensor and finds the axis they turn about.
///
/// A knee lift and a squat both bend hip and knee about the leg's left-right axis: the thigh's knee comes
/// forward, so its front turns up; the shank's top comes forward, so its front dips. That gives the axis
/// its sign.
package struct LegAxis: Sendable {
    /// Why there is no axis.
    package enum Failure: Error, Sendable, Equatable {
        case tooFewSamples
        /// The axis explains less than 90 % of the variance, as asked of the pelvis.
        case axisUnclear(varianceExplained: Double)
        /// The segment did not tip forward or back.
        case noTip
    }

    private let isThigh: Bool
    private let standUp: Vector3
    private let offset: Vector3
    private var matrix = SymmetricMatrix()
    private var tipSum = Vector3.zero
    private var samples = 0
    private var lifted = false
    /// Lifts or squats completed so far.
    package private(set) var count = 0
    /// Angle between now and the stand, rad.
    package private(set) var inclination = 0.0
    /// When the present or last lift began, host ns.
    package private(set) var liftStart: Int64 = 0

    /// Lifts asked of each leg [engineering default: as many as bows].
    package static let wanted = 3
    /// rad: a lift begins beyond the first and is over below the second [engineering defaults].
    private static let begin = 15 * radiansPerDegree
    private static let end = 7 * radiansPerDegree
    /// rad/s: slower turning says more about sway.
    private static let leastRate = 12 * radiansPerDegree

    /// `standUp`: up in the sensor's axes in the quiet stand; `offset`: the gyroscope's there.
    package init(segment: Segment, standUp: Vector3, offset: Vector3) {
        isThigh = segment == .leftThigh || segment == .rightThigh
        self.standUp = standUp
        self.offset = offset
    }

    /// True while the leg is lifted.
    package var isLifted: Bool { lifted }

    package mutating func add(_ sample: ImuSample, up: Vector3) {
        guard sample.isFinite, up.isFinite else { return }
        inclination = arctangent(y: standUp.cross(up).norm, x: standUp.dot(up))
        if !lifted, inclination > LegAxis.begin {
            lifted = true
            liftStart = sample.hostTime
        }
        if lifted, inclination < LegAxis.end {
            lifted = false
            count += 1
        }
        let rate = sample.angularRate - offset
        guard rate.norm > LegAxis.leastRate else { return }
        matrix.addOuterProduct(rate)
        samples += 1
        tipSum = tipSum + (up - standUp)
    }

    /// The alignment of the sensor to its segment, with the share of variance along the axis.
    package func result() throws(Failure) -> BowAxis.Result {
        guard samples >= 20 else { throw .tooFewSamples }
        let (axis, share) = matrix.principalAxis()
        guard share >= BowAxis.leastVariance else { throw .axisUnclear(varianceExplained: share) }
        guard let y = (standUp - axis * standUp.dot(axis)).normalized(),
            tipSum.norm / Double(samples) > 0.02
        else { throw .noTip }
        var z = axis
        var x = y.cross(z)
        // Up turns towards the front of a thigh and away from that of a shank.
        if (x.dot(tipSum) > 0) != isThigh {
            z = -z
            x = -x
        }
        let sensorFromSegment = Rotation(columnX: x, columnY: y, columnZ: z)
        return BowAxis.Result(
            segmentFromSensor: sensorFromSegment.inverse, varianceExplained: share)
    }
}
