// The covariance of three numbers, and the one update a Kalman filter needs of it.

import Kinematics

/// A symmetric 3×3 matrix, kept as its six different entries so that it cannot lose its symmetry.
struct SymmetricMatrix3: BitwiseCopyable, Sendable {
    var xx: Double
    var yy: Double
    var zz: Double
    var xy: Double
    var xz: Double
    var yz: Double

    /// `variance` on the diagonal, zero elsewhere.
    @_noLocks
    init(diagonal variance: Double) {
        xx = variance
        yy = variance
        zz = variance
        xy = 0
        xz = 0
        yz = 0
    }

    @_noLocks
    static func * (left: SymmetricMatrix3, right: Vector3) -> Vector3 {
        Vector3(
            left.xx * right.x + left.xy * right.y + left.xz * right.z,
            left.xy * right.x + left.yy * right.y + left.yz * right.z,
            left.xz * right.x + left.yz * right.y + left.zz * right.z)
    }

    var trace: Double { @_noLocks get { xx + yy + zz } }

    /// Takes away `scale` times the outer product of `vector` with itself.
    @_noLocks
    mutating func subtractOuterProduct(of vector: Vector3, scale: Double) {
        let scaled = vector * scale
        xx -= scaled.x * vector.x
        yy -= scaled.y * vector.y
        zz -= scaled.z * vector.z
        xy -= scaled.x * vector.y
        xz -= scaled.x * vector.z
        yz -= scaled.y * vector.z
    }

    /// Adds to each variance, which then stays at or below `limit` unless it was above before.
    @_noLocks
    mutating func grow(by variance: Double, limit: Double) {
        if xx < limit { xx = min(xx + variance, limit) }
        if yy < limit { yy = min(yy + variance, limit) }
        if zz < limit { zz = min(zz + variance, limit) }
    }
}
