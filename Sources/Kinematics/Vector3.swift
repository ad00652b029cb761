// Three numbers in a right-handed frame: the unit of everything measured here.

import CRealtime

/// A vector in a right-handed frame; unit and frame are those of the value that holds it.
package struct Vector3: BitwiseCopyable, Sendable, Equatable {
    package var x: Double
    package var y: Double
    package var z: Double

    @_noLocks @inlinable
    package init(_ x: Double, _ y: Double, _ z: Double) {
        self.x = x
        self.y = y
        self.z = z
    }

    /// The zero vector.
    package static var zero: Vector3 { @_noLocks @inlinable get { Vector3(0, 0, 0) } }

    @_noLocks @inlinable
    package static func + (left: Vector3, right: Vector3) -> Vector3 {
        Vector3(left.x + right.x, left.y + right.y, left.z + right.z)
    }

    @_noLocks @inlinable
    package static func - (left: Vector3, right: Vector3) -> Vector3 {
        Vector3(left.x - right.x, left.y - right.y, left.z - right.z)
    }

    @_noLocks @inlinable
    package static prefix func - (value: Vector3) -> Vector3 {
        Vector3(-value.x, -value.y, -value.z)
    }

    @_noLocks @inlinable
    package static func * (left: Vector3, right: Double) -> Vector3 {
        Vector3(left.x * right, left.y * right, left.z * right)
    }

    /// Inner product.
    @_noLocks @inlinable
    package func dot(_ other: Vector3) -> Double {
        x * other.x + y * other.y + z * other.z
    }

    /// Outer (vector) product, right-handed.
    @_noLocks @inlinable
    package func cross(_ other: Vector3) -> Vector3 {
        Vector3(
            y * other.z - z * other.y,
            z * other.x - x * other.z,
            x * other.y - y * other.x)
    }

    /// Length squared.
    package var squaredNorm: Double { @_noLocks @inlinable get { dot(self) } }

    /// Length.
    package var norm: Double { @_noLocks get { rehab_sqrt(squaredNorm) } }

    /// The vector of length one in the same direction, or nil where the length is zero or not finite.
    @_noLocks
    package func normalized() -> Vector3? {
        let length = norm
        guard length > 0, length.isFinite else { return nil }
        return self * (1 / length)
    }

    /// True where no component is NaN or infinite.
    package var isFinite: Bool {
        @_noLocks @inlinable get { x.isFinite && y.isFinite && z.isFinite }
    }
}
