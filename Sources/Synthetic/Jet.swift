// A number that moves: its value with first and second time derivative, carried exactly through
// sums, products and trigonometry.

package import Kinematics

/// A quantity at one moment with its first two time derivatives.
///
/// Every angle and position of the body is computed with jets, so the angular rate *is* the
/// derivative of the orientation and the acceleration the second derivative of the position, to
/// rounding and not to the error of a difference quotient.
package struct Jet: BitwiseCopyable, Sendable, Equatable {
    package var value: Double
    /// First time derivative, unit of the value per second.
    package var rate: Double
    /// Second time derivative, unit of the value per second squared.
    package var acceleration: Double

    package init(_ value: Double, rate: Double = 0, acceleration: Double = 0) {
        self.value = value
        self.rate = rate
        self.acceleration = acceleration
    }

    package static var zero: Jet { Jet(0) }

    package static func + (left: Jet, right: Jet) -> Jet {
        Jet(
            left.value + right.value, rate: left.rate + right.rate,
            acceleration: left.acceleration + right.acceleration)
    }

    package static func - (left: Jet, right: Jet) -> Jet { left + right * -1 }

    package static func += (left: inout Jet, right: Jet) { left = left + right }

    package static func -= (left: inout Jet, right: Jet) { left = left - right }

    package static func * (left: Jet, right: Double) -> Jet {
        Jet(
            left.value * right, rate: left.rate * right, acceleration: left.acceleration * right)
    }

    /// Leibniz' product rule, twice.
    package static func * (left: Jet, right: Jet) -> Jet {
        Jet(
            left.value * right.value,
            rate: left.rate * right.value + left.value * right.rate,
            acceleration: left.acceleration * right.value + 2 * left.rate * right.rate
                + left.value * right.acceleration)
    }

    /// Sine and cosine of an angle in rad, by the chain rule.
    package func sineAndCosineJets() -> (sine: Jet, cosine: Jet) {
        let (sine, cosine) = sineAndCosine(value)
        let square = rate * rate
        return (
            Jet(sine, rate: cosine * rate, acceleration: cosine * acceleration - sine * square),
            Jet(cosine, rate: -sine * rate, acceleration: -sine * acceleration - cosine * square)
        )
    }
}

/// Three jets in a right-handed frame.
package struct JetVector: BitwiseCopyable, Sendable, Equatable {
    package var x: Jet
    package var y: Jet
    package var z: Jet

    package init(_ x: Jet, _ y: Jet, _ z: Jet) {
        self.x = x
        self.y = y
        self.z = z
    }

    /// A vector that does not move.
    package init(constant: Vector3) {
        self.init(Jet(constant.x), Jet(constant.y), Jet(constant.z))
    }

    package static func + (left: JetVector, right: JetVector) -> JetVector {
        JetVector(left.x + right.x, left.y + right.y, left.z + right.z)
    }

    package static func * (left: JetVector, right: Jet) -> JetVector {
        JetVector(left.x * right, left.y * right, left.z * right)
    }

    package func cross(_ other: JetVector) -> JetVector {
        JetVector(
            y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
    }

    package var value: Vector3 { Vector3(x.value, y.value, z.value) }
    /// First time derivative.
    package var rate: Vector3 { Vector3(x.rate, y.rate, z.rate) }
    /// Second time derivative.
    package var acceleration: Vector3 {
        Vector3(x.acceleration, y.acceleration, z.acceleration)
    }
}

/// A rotation that moves: four jets of a unit quaternion.
package struct JetRotation: BitwiseCopyable, Sendable {
    package var w: Jet
    package var x: Jet
    package var y: Jet
    package var z: Jet

    /// About Y by `rotation`, then about the turned X by `obliquity`, then about the turned Z by
    /// minus `anteriorTilt`, all in rad.
    ///
    /// With this order the obliquity is −asin(z·up) and the tilt −atan2(x·up, y·up) exactly,
    /// whatever the rotation (Baker 2001, as taken over in the project's sign conventions).
    package init(rotation: Jet, obliquity: Jet, anteriorTilt: Jet) {
        let aboutY = (rotation * 0.5).sineAndCosineJets()
        let aboutX = (obliquity * 0.5).sineAndCosineJets()
        let aboutZ = (anteriorTilt * -0.5).sineAndCosineJets()
        // (cos a + sin a j)(cos b + sin b i), with j·i = −k.
        let w = aboutY.cosine * aboutX.cosine
        let x = aboutY.cosine * aboutX.sine
        let y = aboutY.sine * aboutX.cosine
        let z = aboutY.sine * aboutX.sine * -1
        // times (cos c + sin c k).
        self.w = w * aboutZ.cosine - z * aboutZ.sine
        self.x = x * aboutZ.cosine + y * aboutZ.sine
        self.y = y * aboutZ.cosine - x * aboutZ.sine
        self.z = z * aboutZ.cosine + w * aboutZ.sine
    }

    /// Then about the turned Y, the source frame's own, by `angle`.
    package func rolled(_ angle: Jet) -> JetRotation {
        guard angle != .zero else { return self }
        let half = (angle * 0.5).sineAndCosineJets()
        var turned = self
        turned.w = w * half.cosine - y * half.sine
        turned.x = x * half.cosine - z * half.sine
        turned.y = y * half.cosine + w * half.sine
        turned.z = z * half.cosine + x * half.sine
        return turned
    }

    /// The orientation now.
    package var value: Rotation {
        Rotation(w: w.value, x: x.value, y: y.value, z: z.value)
    }

    /// Angular rate in the source (body) frame, rad/s: twice the vector part of q* ⊗ q̇.
    package var bodyRate: Vector3 {
        let derivative = Rotation(w: w.rate, x: x.rate, y: y.rate, z: z.rate)
        let product = value.inverse * derivative
        return Vector3(2 * product.x, 2 * product.y, 2 * product.z)
    }

    /// A point fixed in the source frame, seen in the destination frame.
    package func apply(_ point: Vector3) -> JetVector {
        let vector = JetVector(x, y, z)
        let fixed = JetVector(constant: point)
        let t = vector.cross(fixed) * Jet(2)
        return fixed + t * w + vector.cross(t)
    }
}
