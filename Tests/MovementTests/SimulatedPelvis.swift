// A pelvis that stands, bows and shifts by formulas, seen by a sensor mounted anyhow.

import Glibc
import Kinematics

@testable import Movement

/// One movement: angle or way as a smooth function of time, zero before `start`.
enum Gesture {
    /// Front dips by `degrees` and comes back, 1 − cos, in `length` s; `degrees` below zero: backward.
    case bow(start: Double, length: Double, degrees: Double)
    /// `size` m to the right, there to stay: the course of least jerk (Flash and Hogan 1985).
    case shift(start: Double, length: Double, size: Double)
    /// Turns about the vertical, to and fro.
    case twist(start: Double, length: Double, degrees: Double)
    /// Shakes all axes at 5 Hz.
    case shake(start: Double, length: Double, degrees: Double)
}

/// A person's pelvis and the frames that a perfect estimator would give of its sensor.
struct SimulatedPelvis {
    var gestures: [Gesture] = []
    /// Neutral angles of the person, degrees.
    var neutralObliquity = 0.0
    var neutralTilt = 0.0
    /// Sensor axes from pelvis axes.
    var sensorFromPelvis = Rotation.identity
    var gyroscopeOffset = Vector3.zero
    var rate = 60.0
    var channel: UInt8 = 0
    var segment = Segment.pelvis
    private(set) var now = 0.0
    private var random = SeededRandom(seed: 5)
    private var sequence: UInt64 = 0

    /// Host time at `now` = 0, ns: not zero, as on a real machine.
    static let start: Int64 = 500_000_000_000

    /// Pelvis axes: X anterior, Y up, Z right.
    ///
    /// World: x forward, y left, z up.
    private static let worldFromUpright = Rotation(
        columnX: Vector3(1, 0, 0), columnY: Vector3(0, 0, 1), columnZ: Vector3(0, -1, 0))

    private static func course(_ time: Double, _ start: Double, _ length: Double) -> Double {
        let part = (time - start) / length
        return part > 0 && part < 1 ? (1 - cos(2 * Double.pi * part)) / 2 : 0
    }

    private func worldFromPelvis(_ time: Double) -> Rotation {
        // Quiet standing sways by a fraction of a degree.
        var tilt = neutralTilt + 0.15 * sin(2 * Double.pi * 0.31 * time)
        var obliquity = neutralObliquity + 0.1 * sin(2 * Double.pi * 0.23 * time)
        var turn = 0.0
        for gesture in gestures {
            switch gesture {
            case .bow(let start, let length, let degrees):
                tilt += degrees * Self.course(time, start, length)
            case .twist(let start, let length, let degrees):
                turn += degrees * Self.course(time, start, length)
            case .shake(let start, let length, let degrees):
                guard time >= start, time <= start + length else { continue }
                tilt += degrees * sin(2 * Double.pi * 5 * time)
                obliquity += degrees * cos(2 * Double.pi * 5 * time)
            case .shift: break
            }
        }
        let inPelvis =
            Rotation(axis: Vector3(0, 1, 0), angle: turn * radiansPerDegree)
            * Rotation(axis: Vector3(1, 0, 0), angle: obliquity * radiansPerDegree)
            * Rotation(axis: Vector3(0, 0, 1), angle: -tilt * radiansPerDegree)
        return Self.worldFromUpright * inPelvis
    }

    /// m to the right: sway of 3 mm, and the shifts.
    private func lateral(_ time: Double) -> Double {
        var x = 0.003 * sin(2 * Double.pi * 0.27 * time)
        for case .shift(let start, let length, let size) in gestures {
            let part = max(0, min(1, (time - start) / length))
            x += size * pow(part, 3) * (10 - 15 * part + 6 * part * part)
        }
        return x
    }

    /// The next frame.
    mutating func step() -> MotionFrame {
        now += 1 / rate
        let h = 0.001
        let worldFromSensor = worldFromPelvis(now) * sensorFromPelvis.inverse
        let turn =
            (worldFromPelvis(now - h) * sensorFromPelvis.inverse).inverse
            * (worldFromPelvis(now + h) * sensorFromPelvis.inverse)
        // A small rotation: twice the vector part is the angle.
        let angularRate = Vector3(turn.x, turn.y, turn.z) * (2 / (2 * h))
        let acceleration = (lateral(now + h) - 2 * lateral(now) + lateral(now - h)) / (h * h)
        let force = Vector3(0, -acceleration, standardGravity)
        var sample = ImuSample(
            angularRate: angularRate + gyroscopeOffset + noise(0.002),
            specificForce: worldFromSensor.inverse.apply(force) + noise(0.02))
        sample.hostTime = Self.start + Int64(now * 1e9)
        sample.interval = 1 / rate
        sequence += 1
        var frame = MotionFrame()
        frame.sequence = sequence
        frame.channel = channel
        frame.segment = segment
        frame.time = sample.hostTime
        frame.sample = sample
        frame.worldFromSensor = worldFromSensor
        return frame
    }

    private mutating func noise(_ size: Double) -> Vector3 {
        Vector3(random.normal(size), random.normal(size), random.normal(size))
    }
}

/// The angle between two rotations, degrees.
func angleDegrees(_ a: Rotation, _ b: Rotation) -> Double {
    let difference = a.inverse * b
    let vector = Vector3(difference.x, difference.y, difference.z).norm
    return 2 * atan2(vector, abs(difference.w)) * degreesPerRadian
}
