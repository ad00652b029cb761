// The steps of orientation from sample to sample: turned by the gyroscope, levelled by gravity.
//
// Both take the square roots and series out of the way of what is computed after them: lengths are
// corrected on the older value, and small angles are series in their square, exact to rounding.

import Kinematics

extension Rotation {
    /// This rotation after the source frame has turned by `turn` (rad, source axes).
    ///
    /// Taylor's series of sine and cosine of half the angle; up to 0.63 rad a step the first
    /// dropped terms are below 2^-52.
    @_noLocks @inline(__always)
    func turned(by turn: Vector3) -> Rotation {
        let x = turn.x * 0.5
        let y = turn.y * 0.5
        let z = turn.z * 0.5
        let square = x * x + y * y + z * z
        guard square < 0.1 else { return tightened() * Rotation(turn: turn) }
        let fourth = square * square
        let sine =
            (1 - square * (1 / 6.0)) + fourth * (1 / 120.0 - square * (1 / 5_040.0))
            + fourth * fourth * (1 / 362_880.0 - square * (1 / 39_916_800.0))
        let cosine =
            (1 - square * 0.5) + fourth * (1 / 24.0 - square * (1 / 720.0))
            + fourth * fourth
            * ((1 / 40_320.0 - square * (1 / 3_628_800.0)) + fourth * (1 / 479_001_600.0))
        return tightened().followed(byX: x * sine, y: y * sine, z: z * sine, w: cosine)
    }

    /// Halfway between two rotations that are a sample's turn apart.
    ///
    /// Of length one to a fourth of the squared half angle, which the caller's matrix takes in:
    /// the sum's length is restored by one Newton step.
    @_noLocks @inline(__always)
    func halfway(to other: Rotation) -> Rotation {
        Rotation(
            w: (w + other.w) * 0.5, x: (x + other.x) * 0.5, y: (y + other.y) * 0.5,
            z: (z + other.z) * 0.5
        ).tightened()
    }

    /// This rotation, to the earth frame, followed by a small turn (rad) about the earth's x and y.
    @_noLocks @inline(__always)
    func corrected(x: Double, y: Double) -> Rotation {
        let halfX = x * 0.5
        let halfY = y * 0.5
        let square = halfX * halfX + halfY * halfY
        guard square < 0.01 else { return (Rotation(turn: Vector3(x, y, 0)) * self).tightened() }
        let sine = 1 - square * (1 / 6.0) + square * square * (1 / 120.0)
        let cosine = 1 - square * 0.5 + square * square * (1 / 24.0)
        return tightened().preceded(byX: halfX * sine, y: halfY * sine, w: cosine)
    }

    /// The product with the rotation of the given components on the right.
    @_noLocks @inline(__always)
    private func followed(byX x: Double, y: Double, z: Double, w: Double) -> Rotation {
        Rotation(
            w: self.w * w - self.x * x - self.y * y - self.z * z,
            x: self.w * x + self.x * w + self.y * z - self.z * y,
            y: self.w * y - self.x * z + self.y * w + self.z * x,
            z: self.w * z + self.x * y - self.y * x + self.z * w)
    }

    /// This rotation, to an earth frame, followed by the shortest that brings `vertical` (earth
    /// axes, not zero) to +z.
    ///
    /// The lean is the horizontal part of the unit vector along `vertical`.
    /// Between two samples the correction is thousandths of a degree, so the general way with two
    /// roots is left to starts; the series are those of sin(atan(t)/2)/t, cos(atan(t)/2) and
    /// 1/√(1+t²) in t², below 2^-50 off at the limit taken.
    @_noLocks @inline(__always)
    func levelled(vertical: Vector3) -> (rotation: Rotation, leanX: Double, leanY: Double) {
        let horizontal = vertical.x * vertical.x + vertical.y * vertical.y
        guard vertical.z > 0, horizontal < 1e-5 * (vertical.z * vertical.z) else {
            return levelledFar(vertical: vertical)
        }
        let inverse = 1 / vertical.z
        let x = vertical.x * inverse
        let y = vertical.y * inverse
        let square = x * x + y * y
        let fourth = square * square
        let sine = 0.5 - square * (3 / 16.0) + fourth * (31 / 256.0)
        let cosine = 1 - square * (1 / 8.0) + fourth * (11 / 128.0)
        let shrink = 1 - square * 0.5 + fourth * (3 / 8.0)
        return (
            tightened().preceded(byX: y * sine, y: -x * sine, w: cosine), x * shrink, y * shrink
        )
    }

    /// The same for any angle.
    @_noLocks
    private func levelledFar(
        vertical: Vector3
    ) -> (rotation: Rotation, leanX: Double, leanY: Double) {
        guard let lean = vertical.normalized() else { return (self, 0, 0) }
        let correction = Rotation(shortestFrom: lean, to: Vector3(0, 0, 1))
        return ((correction * self).tightened(), lean.x, lean.y)
    }

    /// The product with a rotation about a horizontal axis on the left.
    @_noLocks @inline(__always)
    private func preceded(byX x: Double, y: Double, w: Double) -> Rotation {
        Rotation(
            w: w * self.w - x * self.x - y * self.y,
            x: w * self.x + x * self.w + y * self.z,
            y: w * self.y - x * self.z + y * self.w,
            z: w * self.z + x * self.y - y * self.x)
    }

    /// The same rotation with the length brought closer to one, for a rotation that is off by
    /// rounding only: one Newton step towards the inverse root.
    @_noLocks @inline(__always)
    func tightened() -> Rotation {
        let scale = 1.5 - 0.5 * (w * w + x * x + y * y + z * z)
        return Rotation(w: w * scale, x: x * scale, y: y * scale, z: z * scale)
    }
}

/// The turn (rad, sensor axes) in one period of a sensor whose axis of rotation wanders.
///
/// The rates of a period and the one before are taken for a parabola; what the order of small turns
/// adds is a twelfth of their outer product (J. W. Jordan, NASA TN D-5384, 1969).
@_noLocks @inline(__always)
func coningTurn(rate: Vector3, before: Vector3, elapsed: Double) -> Vector3 {
    let scale = elapsed * elapsed * (1 / 12.0)
    return Vector3(
        rate.x * elapsed + (before.y * rate.z - before.z * rate.y) * scale,
        rate.y * elapsed + (before.z * rate.x - before.x * rate.z) * scale,
        rate.z * elapsed + (before.x * rate.y - before.y * rate.x) * scale)
}

/// The rows of a rotation's matrix: the destination frame's axes seen in the source frame.
struct RotationRows: BitwiseCopyable, Sendable {
    let x: Vector3
    let y: Vector3
    let z: Vector3

    @_noLocks @inline(__always)
    init(_ rotation: Rotation) {
        let xx = rotation.x * rotation.x
        let yy = rotation.y * rotation.y
        let zz = rotation.z * rotation.z
        let xy = rotation.x * rotation.y
        let xz = rotation.x * rotation.z
        let yz = rotation.y * rotation.z
        let wx = rotation.w * rotation.x
        let wy = rotation.w * rotation.y
        let wz = rotation.w * rotation.z
        x = Vector3(1 - 2 * (yy + zz), 2 * (xy - wz), 2 * (xz + wy))
        y = Vector3(2 * (xy + wz), 1 - 2 * (xx + zz), 2 * (yz - wx))
        z = Vector3(2 * (xz - wy), 2 * (yz + wx), 1 - 2 * (xx + yy))
    }

    /// The vector, seen in the destination frame.
    @_noLocks @inline(__always)
    func apply(_ vector: Vector3) -> Vector3 {
        Vector3(inner(x, vector), inner(y, vector), inner(z, vector))
    }
}

/// The inner product, inlined on the estimator's path.
@_noLocks @inline(__always)
func inner(_ a: Vector3, _ b: Vector3) -> Double { a.x * b.x + a.y * b.y + a.z * b.z }
