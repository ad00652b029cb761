// How abruptly the body is accelerated sideways and forward: the measure of a lost balance.

package import Kinematics

/// Smoothed size of the derivative of the horizontal specific force, m/s³.
///
/// Averaged over about 0.1 s: a sample's noise does not look like a stumble, a stumble still shows
/// within a tenth of a second.
package struct JerkMeter: BitwiseCopyable, Sendable {
    package private(set) var jerk = 0.0
    private var last = Vector3.zero
    private var primed = false

    private static var smoothing: Double { @_noLocks get { 0.1 } }
    /// (m/s²)²: what no sensor reads (1,000 g) is passed over.
    private static var largestSquaredForce: Double { @_noLocks get { 9.7e7 } }

    @_noLocks
    package init() {}

    /// Takes a sample: `up` and `specificForce` in the same axes, `interval` in s.
    @_noLocks
    package mutating func step(up: Vector3, specificForce: Vector3, interval: Double) {
        guard specificForce.squaredNorm < JerkMeter.largestSquaredForce else {
            primed = false
            return
        }
        let horizontal = specificForce - up * specificForce.dot(up)
        guard primed, interval > 0, interval < 0.2 else {
            last = horizontal
            primed = true
            return
        }
        let size = (horizontal - last).norm / interval
        last = horizontal
        jerk += (size - jerk) * min(1, interval / JerkMeter.smoothing)
    }
}
