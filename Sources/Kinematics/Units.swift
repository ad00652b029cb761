// The few constants that turn devices' and people's units into SI.

/// Standard gravity, m/s² (ISO 80000-3), for devices that report in g.
package var standardGravity: Double { @_noLocks @inlinable get { 9.806_65 } }

/// Radians in a degree.
package var radiansPerDegree: Double { @_noLocks @inlinable get { Double.pi / 180 } }

/// Degrees in a radian.
package var degreesPerRadian: Double { @_noLocks @inlinable get { 180 / Double.pi } }

/// Nanoseconds in a second.
package var nanosecondsPerSecond: Int64 { @_noLocks @inlinable get { 1_000_000_000 } }

/// A span in nanoseconds, as seconds.
@_noLocks @inlinable
package func seconds(fromNanoseconds value: Int64) -> Double { Double(value) * 1e-9 }
