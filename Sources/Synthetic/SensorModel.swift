// What turns a true rate and force into what a worn sensor would report.

package import Kinematics

/// How one sensor sits, errs and ticks.
///
/// Units SI, sensor axes.
package struct SensorModel: Sendable, Equatable {
    /// How the sensor is turned against its segment.
    package var sensorFromSegment = Rotation.identity
    /// Samples a second by the sensor's own clock.
    package var rate = 60.0
    /// Standard deviation of each sample.
    ///
    /// The defaults are those of a consumer part at 60 Hz, chosen: 0.1 deg/s and 0.03 m/s².
    package var gyroscopeNoise = 0.1 * Double.pi / 180
    package var accelerometerNoise = 0.03
    /// Constant offsets.
    package var gyroscopeBias = Vector3.zero
    package var accelerometerBias = Vector3.zero
    /// Reported over true, each axis.
    package var gyroscopeScale = Vector3(1, 1, 1)
    package var accelerometerScale = Vector3(1, 1, 1)
    /// Readings stop here: ±2000 deg/s and ±16 g (Movella DOT user manual, XD0502P).
    package var gyroscopeRange = 2_000 * Double.pi / 180
    package var accelerometerRange = 16 * standardGravity
    /// Rocking of the sensor on the skin; none by default.
    package var wobble = SkinWobble()
    /// By how much the sensor's clock runs fast: 0.03 is 3 %.
    package var clockSkew = 0.0
    /// The sensor's clock at its first sample, µs.
    package var clockStart: UInt32 = 0
    /// True time of the first sample, ns since the start of the motion.
    package var firstSample: Int64 = 0
    /// Seed of the noise; each segment has a sequence of its own.
    package var seed: UInt64 = 1

    package init() {}

    /// The sensor's time grid, µs: whole, as a live Movella DOT's is (16667 at 60 Hz).
    package var gridMicroseconds: UInt64 {
        let exact = 1e6 / rate
        guard exact >= 1, exact <= 1e9 else { return exact > 1e9 ? 1_000_000_000 : 1 }
        return UInt64(exact + 0.5)
    }

    /// True time of a sample, ns since the start of the motion.
    package func hostTime(ofSample index: UInt64) -> Int64 {
        let nominal = Double(index) * Double(gridMicroseconds) * 1e-6
        return firstSample &+ nanoseconds(fromSeconds: nominal / (1 + clockSkew))
    }

    /// The sensor's clock at a sample, µs since it was switched on, not wrapped.
    package func sensorTime(ofSample index: UInt64) -> UInt64 {
        UInt64(clockStart) &+ index &* gridMicroseconds
    }

    /// Mounting by three angles (rad): `segmentFromSensor` is a turn about the segment's Y (yaw),
    /// then about the turned X (roll), then about the turned Z (pitch).
    package static func mounting(yaw: Double, roll: Double, pitch: Double) -> Rotation {
        let segmentFromSensor =
            Rotation(axis: Vector3(0, 1, 0), angle: yaw)
            * Rotation(axis: Vector3(1, 0, 0), angle: roll)
            * Rotation(axis: Vector3(0, 0, 1), angle: pitch)
        return segmentFromSensor.inverse
    }

    /// True values to reported values: scale, bias, noise, range, in this order.
    func report(
        rate: Vector3, force: Vector3, random: inout RandomSource
    ) -> (rate: Vector3, force: Vector3) {
        func read(
            _ value: Double, scale: Double, bias: Double, noise: Double, range: Double
        ) -> Double {
            let raw = value * scale + bias + noise * random.gaussian()
            return min(max(raw, -range), range)
        }
        let gyroscope = Vector3(
            read(
                rate.x, scale: gyroscopeScale.x, bias: gyroscopeBias.x, noise: gyroscopeNoise,
                range: gyroscopeRange),
            read(
                rate.y, scale: gyroscopeScale.y, bias: gyroscopeBias.y, noise: gyroscopeNoise,
                range: gyroscopeRange),
            read(
                rate.z, scale: gyroscopeScale.z, bias: gyroscopeBias.z, noise: gyroscopeNoise,
                range: gyroscopeRange))
        let accelerometer = Vector3(
            read(
                force.x, scale: accelerometerScale.x, bias: accelerometerBias.x,
                noise: accelerometerNoise, range: accelerometerRange),
            read(
                force.y, scale: accelerometerScale.y, bias: accelerometerBias.y,
                noise: accelerometerNoise, range: accelerometerRange),
            read(
                force.z, scale: accelerometerScale.z, bias: accelerometerBias.z,
                noise: accelerometerNoise, range: accelerometerRange))
        return (gyroscope, accelerometer)
    }
}
