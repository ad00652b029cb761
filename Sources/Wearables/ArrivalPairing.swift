// Makes samples of acceleration and rate that come in separate packets without a clock.

package import Kinematics

/// Waits until both a specific force and an angular rate have come since the last sample.
///
/// The two belong together within one sample period, which is all that a sensor without a clock lets
/// anyone know. Where one stream comes twice, the newer value counts: nothing is ever repeated.
package struct ArrivalPairing: Sendable, BitwiseCopyable {
    private var force = Vector3.zero
    private var rate = Vector3.zero
    private var hasForce = false
    private var hasRate = false

    @_noLocks
    package init() {}

    @_noLocks
    package mutating func put(force value: Vector3) {
        force = value
        hasForce = true
    }

    @_noLocks
    package mutating func put(rate value: Vector3) {
        rate = value
        hasRate = true
    }

    /// The pair, once; nil while one half is missing.
    @_noLocks
    package mutating func take() -> (force: Vector3, rate: Vector3)? {
        guard hasForce, hasRate else { return nil }
        hasForce = false
        hasRate = false
        return (force, rate)
    }
}
