// What sensors show of themselves in passing: an accelerometer off gravity, a slipped or swapped sensor.

import Alerts
import Control
import ControlServer
import Estimation
import Kinematics
import Movement

/// Mean specific force of a sensor while it rests.
struct RestingForce {
    private var sum = Vector3.zero
    private var time = 0.0

    /// s of rest that are averaged: long enough for noise and a person's sway to vanish.
    private static let length = 2.0

    /// Takes a sample; the length of the mean, m/s², once there is one.
    mutating func add(_ force: Vector3, interval: Double, isAtRest: Bool) -> Double? {
        guard isAtRest, interval > 0, interval < 0.5, force.isFinite else {
            self = RestingForce()
            return nil
        }
        sum = sum + force * interval
        time += interval
        guard time >= RestingForce.length else { return nil }
        let norm = (sum * (1 / time)).norm
        self = RestingForce()
        return norm
    }
}

/// How far an accelerometer is off gravity, and what that may do to a tilt.
struct GravityError: Equatable {
    /// |specific force| at rest, m/s².
    let norm: Double

    /// Share of standard gravity by which it is off.
    var share: Double { norm / standardGravity - 1 }

    /// An error in an arbitrary direction is √2 times as large across the vertical as along it, rad.
    var tilt: Double { squareRoot(2) * abs(share) }

    /// estimation 3.5: from 1 % on it is worth a word, from 2 % on a warning.
    var isNotable: Bool { norm > 0 && abs(share) > 0.01 }
    var isLarge: Bool { norm > 0 && abs(share) >= 0.02 }

    /// What to tell of it.
    var sentence: String {
        let off = "\(share > 0 ? "+" : "")\(oneDecimal(share * 100)) %"
        return "reads \(oneDecimal(norm)) m/s² at rest (\(off) off gravity): tilt may be off by "
            + "about \(oneDecimal(tilt * degreesPerRadian)) degrees"
    }

    /// What to do about it.
    static let cure =
        "Angles from neutral are less affected; measure it with: rehabctl calibrate --turn-round"
}

/// The memory of what was seen and told.
struct SensorWatch {
    var forces: [UInt8: RestingForce] = [:]
    /// Sensors whose accelerometer was told of, by name.
    var toldNorms: Set<String> = []
    /// Warnings that hold as long as their gate is closed.
    var slipped: [Segment: String] = [:]
    var swapped: String?

    /// What to tell of a sensor that reads off its calibration by more than that, rad.
    static func slip(
        of segment: Segment, sensor name: String, limit slipped: Double = GateLimits().slipped
    ) -> String {
        let limit = Int((slipped * degreesPerRadian).rounded())
        let sagittal = max(limit, Int((SlipWatch.sagittalLimit * degreesPerRadian).rounded()))
        let (off, effect) =
            segment == .pelvis
            ? ("more than \(limit) degrees", "No cues until it is back")
            : (
                "more than \(limit) degrees sideways or \(sagittal) forward or back",
                "What it shows counts as not measured until it is back"
            )
        return
            "the \(name) sensor reads \(off) off its calibration in a quiet stand: it has slipped, "
            + "or you lean. \(effect): stand upright and still for 5 s; if this stays, straighten the "
            + "sensor and calibrate again with: rehabctl calibrate"
    }
}

extension Supervisor {
    func watchSensor(_ frame: MotionFrame) {
        guard frame.command == 0 else { return }
        watchNorm(frame)
        if frame.segment == .pelvis, exercise != nil { watchGates(frame) }
    }

    private func watchNorm(_ frame: MotionFrame) {
        var force = sensorWatch.forces[frame.channel] ?? RestingForce()
        let norm = force.add(
            frame.sample.specificForce, interval: frame.sample.interval,
            isAtRest: TiltFlags(rawValue: frame.tiltFlags).has(.rest))
        sensorWatch.forces[frame.channel] = force
        guard let norm, let entry = sensors.first(where: { $0.channel == frame.channel }) else {
            return
        }
        warnOfGravity(norm, sensor: entry.name)
    }

    /// Warns of an accelerometer once while its sensor is attached.
    func warnOfGravity(_ norm: Double, sensor: String) {
        let error = GravityError(norm: norm)
        guard error.isLarge, sensorWatch.toldNorms.insert(sensor).inserted else { return }
        warn("the \(sensor) sensor's accelerometer \(error.sentence). \(GravityError.cure)")
    }

    private func watchGates(_ frame: MotionFrame) {
        let gates = frame.gates
        for segment in Segment.allCases {
            let isSlipped = frame.slippedSegments & 1 << UInt8(segment.index) != 0
            guard isSlipped != (sensorWatch.slipped[segment] != nil) else { continue }
            let name = sensors.first { $0.segment == segment }?.name ?? segment.name
            sensorWatch.slipped[segment] = change(
                sensorWatch.slipped[segment],
                SensorWatch.slip(
                    of: segment, sensor: name, limit: settings.configuration.practice.gates.slipped)
            )
        }
        if gates.has(.swapped) != (sensorWatch.swapped != nil) {
            sensorWatch.swapped = change(
                sensorWatch.swapped,
                "the two thigh sensors read as if each were on the other leg. No cues until that is "
                    + "settled: swap them, or assign each to the other side with: rehabctl sensors "
                    + "assign; then calibrate again with: rehabctl calibrate")
        }
    }

    /// A warning that comes with its gate, aloud, and goes with it.
    private func change(_ told: String?, _ text: String) -> String? {
        if let told {
            withdraw(told)
            return nil
        }
        warn(text)
        session.notify(.attention)
        return text
    }

    func withdraw(_ warning: String) {
        warnings.removeAll { $0 == warning }
        control.broadcast(.status(status()))
    }

    /// A new calibration makes these void.
    func forgetSlips() {
        for warning in sensorWatch.slipped.values { withdraw(warning) }
        if let swapped = sensorWatch.swapped { withdraw(swapped) }
        sensorWatch.slipped = [:]
        sensorWatch.swapped = nil
    }
}
