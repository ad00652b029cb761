// Orientation as a unit quaternion, named destination-from-source so that products cancel by eye.

import CRealtime

/// A rotation as a unit quaternion, scalar first, active: `worldFromSensor.apply(v)` gives in world
/// axes the vector that reads `v` in sensor axes, and
/// `worldFromPelvis == worldFromSensor * sensorFromPelvis`.
package struct Rotation: BitwiseCopyable, Sendable, Equatable {
    package var w: Double
    package var x: Double
    package var y: Double
    package var z: Double

    /// Takes the four components as they are; the caller vouches for unit length.
    @_noLocks @inlinable
    package init(w: Double, x: Double, y: Double, z: Double) {
        self.w = w
        self.x = x
        self.y = y
        self.z = z
    }

    /// The rotation that changes nothing.
    package static var identity: Rotation {
        @_noLocks @inlinable get { Rotation(w: 1, x: 0, y: 0, z: 0) }
    }

    /// A rotation by `angle` rad about `axis` (any length but zero; zero gives the identity).
    @_noLocks
    package init(axis: Vector3, angle: Double) {
        guard let unit = axis.normalized() else {
            self = .identity
            return
        }
        let half = sineAndCosine(angle * 0.5)
        self.init(
            w: half.cosine, x: unit.x * half.sine, y: unit.y * half.sine, z: unit.z * half.sine)
    }

    /// The rotation by the vector `turn`, whose direction is the axis and whose length the angle (rad).
    @_noLocks
    package init(turn: Vector3) {
        let angle = turn.norm
        guard angle > 0 else {
            self = .identity
            return
        }
        let half = sineAndCosine(angle * 0.5)
        let scale = half.sine / angle
        self.init(w: half.cosine, x: turn.x * scale, y: turn.y * scale, z: turn.z * scale)
    }

    /// The shortest rotation that brings `source` onto `target`; both of length one.
    ///
    /// For opposite vectors every axis across them is equally short: one is chosen, always the same.
    @_noLocks
    package init(shortestFrom source: Vector3, to target: Vector3) {
        let cosine = source.dot(target)
        if cosine < -0.999_999_999_999 {
            let helper = abs(source.x) < 0.9 ? Vector3(1, 0, 0) : Vector3(0, 1, 0)
            self.init(axis: source.cross(helper), angle: Double.pi)
            return
        }
        let w = rehab_sqrt((1 + cosine) * 0.5)
        let axis = source.cross(target) * (0.5 / w)
        self.init(w: w, x: axis.x, y: axis.y, z: axis.z)
        self = normalized()
    }

    /// The rotation whose matrix has the given columns: the source frame's axes seen in the target
    /// frame.
    ///
    /// The columns must be orthonormal and right-handed.
    @_noLocks
    package init(columnX a: Vector3, columnY b: Vector3, columnZ c: Vector3) {
        // The largest of the four squares is taken as pivot, so no division is by a small number.
        let trace = a.x + b.y + c.z
        if trace >= a.x && trace >= b.y && trace >= c.z {
            let s = 2 * rehab_sqrt(max(0, 1 + trace))
            self.init(w: s / 4, x: (b.z - c.y) / s, y: (c.x - a.z) / s, z: (a.y - b.x) / s)
        } else if a.x >= b.y && a.x >= c.z {
            let s = 2 * rehab_sqrt(max(0, 1 + a.x - b.y - c.z))
            self.init(w: (b.z - c.y) / s, x: s / 4, y: (b.x + a.y) / s, z: (c.x + a.z) / s)
        } else if b.y >= c.z {
            let s = 2 * rehab_sqrt(max(0, 1 + b.y - a.x - c.z))
            self.init(w: (c.x - a.z) / s, x: (b.x + a.y) / s, y: s / 4, z: (c.y + b.z) / s)
        } else {
            let s = 2 * rehab_sqrt(max(0, 1 + c.z - a.x - b.y))
            self.init(w: (a.y - b.x) / s, x: (c.x + a.z) / s, y: (c.y + b.z) / s, z: s / 4)
        }
        self = normalized()
    }

    /// First `right`, then `left`: `aFromC = aFromB * bFromC`.
    @_noLocks @inlinable
    package static func * (left: Rotation, right: Rotation) -> Rotation {
        Rotation(
            w: left.w * right.w - left.x * right.x - left.y * right.y - left.z * right.z,
            x: left.w * right.x + left.x * right.w + left.y * right.z - left.z * right.y,
            y: left.w * right.y - left.x * right.z + left.y * right.w + left.z * right.x,
            z: left.w * right.z + left.x * right.y - left.y * right.x + left.z * right.w)
    }

    /// The way back: `sourceFromDestination`.
    package var inverse: Rotation {
        @_noLocks @inlinable get { Rotation(w: w, x: -x, y: -y, z: -z) }
    }

    /// The vector, seen in the destination frame.
    @_noLocks @inlinable
    package func apply(_ v: Vector3) -> Vector3 {
        // v + 2w(q × v) + 2q × (q × v), q the vector part.
        let q = Vector3(x, y, z)
        let t = q.cross(v) * 2
        return v + t * w + q.cross(t)
    }

    /// The destination frame's Z axis (world up, for a `worldFromSensor`) seen in the source frame.
    package var destinationZInSource: Vector3 {
        @_noLocks @inlinable
        get {
            Vector3(2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z)
        }
    }

    /// The same rotation with its length brought back to one; the identity where that cannot be done.
    @_noLocks
    package func normalized() -> Rotation {
        let length = rehab_sqrt(w * w + x * x + y * y + z * z)
        guard length > 0, length.isFinite else { return .identity }
        let scale = 1 / length
        return Rotation(w: w * scale, x: x * scale, y: y * scale, z: z * scale)
    }

    /// True where no component is NaN or infinite.
    package var isFinite: Bool {
        @_noLocks @inlinable get { w.isFinite && x.isFinite && y.isFinite && z.isFinite }
    }
}
