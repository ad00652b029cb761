// Motions in closed form, with their truth, for tests that need no recording.

import Estimation
import Foundation
import Kinematics

/// A sensor that rests and then swings about a fixed slanted axis while its place shakes.
///
/// The same formulas were given to the Python package `vqf` for the expected values of
/// `AgreementTests`.
struct Swing {
    /// s; the swing follows.
    var rest: Double
    /// deg/s, sensor frame.
    var bias: [Double] = [0.6, -0.4, 0.3]

    static let samplePeriod = 0.01

    private func angle(_ time: Double) -> Double {
        time < rest ? 0 : 1.2 * sin(0.9 * (time - rest))
    }

    func sample(_ index: Int) -> ImuSample {
        let time = Double(index) * Self.samplePeriod
        let moves = time < rest ? 0.0 : 1.0
        let since = time - rest
        let rate = moves * 1.2 * 0.9 * cos(0.9 * since)
        let force = [
            moves * 2 * sin(7 * since), moves * 1.5 * sin(5 * since + 1),
            9.81 + moves * sin(11 * since),
        ]
        let degree = Double.pi / 180
        let felt = inSensor(force, time)
        return ImuSample(
            interval: index == 0 ? 0 : Self.samplePeriod,
            angularRate: Vector3(
                0.6 * rate + bias[0] * degree, bias[1] * degree, 0.8 * rate + bias[2] * degree),
            specificForce: Vector3(felt[0], felt[1], felt[2]))
    }

    /// True up in the sensor frame.
    func up(_ index: Int) -> Vector3 {
        let up = inSensor([0, 0, 1], Double(index) * Self.samplePeriod)
        return Vector3(up[0], up[1], up[2])
    }

    /// A world vector in sensor axes: Rodrigues' formula with the angle reversed.
    private func inSensor(_ v: [Double], _ time: Double) -> [Double] {
        let axis = [0.6, 0, 0.8]
        let cosine = cos(angle(time))
        let sine = sin(-angle(time))
        let along = axis[0] * v[0] + axis[1] * v[1] + axis[2] * v[2]
        let across = [
            axis[1] * v[2] - axis[2] * v[1], axis[2] * v[0] - axis[0] * v[2],
            axis[0] * v[1] - axis[1] * v[0],
        ]
        return (0..<3).map { v[$0] * cosine + across[$0] * sine + axis[$0] * along * (1 - cosine) }
    }
}

/// A sample of a sensor that does not move, `tilt` rad turned about its x axis.
func still(tilt: Double = 0, bias: Vector3 = .zero, interval: Double = 0.01) -> ImuSample {
    ImuSample(
        interval: interval, angularRate: bias,
        specificForce: Vector3(0, 9.81 * sin(tilt), 9.81 * cos(tilt)))
}

/// A sensor that turned about its x axis by `rate` and is `tilt` rad turned at the end of the sample;
/// like the rate, the force is the mean over the sample.
func turning(tilt: Double, rate: Vector3, interval: Double = 0.01) -> ImuSample {
    let middle = tilt - rate.x * interval / 2
    return ImuSample(
        interval: interval, angularRate: rate,
        specificForce: Vector3(0, 9.81 * sin(middle), 9.81 * cos(middle)))
}

/// The angle between two unit vectors, degrees.
func degreesBetween(_ a: Vector3, _ b: Vector3) -> Double {
    let x = a.y * b.z - a.z * b.y
    let y = a.z * b.x - a.x * b.z
    let z = a.x * b.y - a.y * b.x
    let sine = sqrt(x * x + y * y + z * z)
    return atan2(sine, a.x * b.x + a.y * b.y + a.z * b.z) * 180 / Double.pi
}
