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
    @_noLocks @inline(__always)
    init(diagonal variance: Double) {
        xx = variance
        yy = variance
        zz = variance
        xy = 0
        xz = 0
        yz = 0
    }

    /// The product with a column.
    @_noLocks @inline(__always)
    static func * (left: SymmetricMatrix3, right: Vector3) -> Vector3 {
        Vector3(
            left.xx * right.x + left.xy * right.y + left.xz * right.z,
            left.xy * right.x + left.yy * right.y + left.yz * right.z,
            left.xz * right.x + left.yz * right.y + left.zz * right.z)
    }

    /// The sum of the variances, the same in every frame.
    var trace: Double { @_noLocks get { xx + yy + zz } }

    /// Takes away `scale` times the outer product of `vector` with itself: what one scalar
    /// measurement teaches.
    @_noLocks @inline(__always)
    mutating func subtractOuterProduct(of vector: Vector3, scale: Double) {
        let x = vector.x * scale
        let y = vector.y * scale
        let z = vector.z * scale
        xx -= x * vector.x
        yy -= y * vector.y
        zz -= z * vector.z
        xy -= x * vector.y
        xz -= x * vector.z
        yz -= y * vector.z
    }

    /// Adds to each variance, which then stays at or below `limit` unless it was above before.
    @_noLocks @inline(__always)
    mutating func grow(by variance: Double, limit: Double) {
        if xx < limit { xx = min(xx + variance, limit) }
        if yy < limit { yy = min(yy + variance, limit) }
        if zz < limit { zz = min(zz + variance, limit) }
    }
}
