// Scripted motions with known truth: what the person does, what the sensor sends, what must come out.

import Foundation
import Kinematics
import Synthetic

/// A script carried out beforehand: packets with their times, and the truth beside them.
package struct Scenario: Sendable {
    package let script: Script
    package let run: SyntheticRun
    /// The pelvis sensor's packets that arrive, in order.
    package var packets: [TimedPacket]

    package init(_ toml: String) throws {
        script = try Script(toml: toml)
        run = try SyntheticRun(script)
        packets = (run.track(.pelvis)?.deliveries ?? []).filter { !$0.lost }
            .map { TimedPacket(time: $0.arrival, bytes: $0.packet) }
    }

    /// A pelvis sensor worn askew over an ordinary link, and the tasks given.
    package static func toml(_ tasks: String, link: String = ordinaryLink, seed: Int = 20) -> String
    {
        """
        seed = \(seed)

        [person]
        neutral_tilt_degrees = 8
        neutral_obliquity_degrees = 0.6
        heading_degrees = 35
        sway_degrees = 0.25
        reaction_s = 0.8

        [[sensor]]
        segment = "pelvis"
        name = "pelvis"
        rate_hz = 60
        yaw_degrees = 6
        roll_degrees = -4
        pitch_degrees = 9
        gyroscope_noise_deg_s = 0.1
        accelerometer_noise_m_s2 = 0.03
        gyroscope_bias_deg_s = [0.3, -0.2, 0.25]
        wobble_degrees_per_m_s2 = 0.1
        clock_percent = 0.2
        clock_start_us = 65964139
        link = \(link)

        \(tasks)
        """
    }

    package static let ordinaryLink = "{ interval_ms = 15, latency_ms = 4, jitter_ms = 3 }"

    /// Quiet for 4 s, then 7 s on the right leg with a drop of 8° that lasts: one cue of rule C01.
    package static let oneDrop = toml(
        """
        [[task]]
        kind = "quiet-stand"
        name = "quiet"
        seconds = 4
        [[task]]
        kind = "one-leg-stand"
        name = "stand-right"
        side = "right"
        seconds = 7
        profile = [{ kind = "drop", at = 2.5, degrees = 8, rise_s = 0.6, hold_s = 2.5 }]
        """)

    /// Standing quietly, then with the left side of the pelvis 7 degrees lower, for so many s.
    package static func tilted(after quiet: Int, for seconds: Int) -> String {
        toml(
            """
            [[task]]
            kind = "quiet-stand"
            name = "stand"
            seconds = \(quiet)
            [[task]]
            kind = "exercise"
            name = "set"
            exercise = "habits"
            side = "right"
            pattern = "drop"
            degrees = 7
            clean = 0
            tempo = [1, \(seconds), 1, 5]
            count = 1
            """)
    }

    /// Standing still for a long time.
    package static func quiet(seconds: Int, seed: Int = 20) -> String {
        toml("[[task]]\nkind = \"quiet-stand\"\nseconds = \(seconds)\n", seed: seed)
    }

    /// What was planted, times in ns since the start.
    package var planted: [PlantedCompensation] { PlantedCompensation.all(in: run.events) }

    /// Another sensor's packets that arrive, in order.
    package func packets(of segment: Segment) -> [TimedPacket] {
        (run.track(segment)?.deliveries ?? []).filter { !$0.lost }
            .map { TimedPacket(time: $0.arrival, bytes: $0.packet) }
    }

    /// Puts a calibration file into a state directory, as an earlier session would have left it: the
    /// true mounting, the true neutral.
    package func storeCalibration(
        of sensor: String, worn segment: Segment = .pelvis, in state: String,
        made date: String = isoTime()
    ) throws {
        let folder = state + "/calibrations"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try calibrationFile(of: sensor, worn: segment, made: date)
            .write(toFile: folder + "/\(sensor).json", atomically: false, encoding: .utf8)
    }

    /// The file's text, field by field as the daemon documents it.
    package func calibrationFile(
        of sensor: String, worn segment: Segment = .pelvis, made date: String = isoTime()
    ) -> String {
        let own = script.sensors.first { $0.segment == segment }
        let rotation = (own?.sensor.sensorFromSegment ?? .identity).inverse
        // The script gives the pelvis a neutral of its own; the trunk stands upright.
        let isPelvis = segment == .pelvis
        return """
            {
              "version": 1, "sensor": "\(sensor)", "segment": "\(segment.name)",
              "date": "\(date)",
              "alignment": [\(rotation.w), \(rotation.x), \(rotation.y), \(rotation.z)],
              "neutral_obliquity_rad": \(isPelvis ? script.person.neutralObliquity : 0),
              "neutral_anterior_tilt_rad": \(isPelvis ? script.person.neutralTilt : 0),
              "calm_jerk_m_s3": 2.0, "stand_sigma_rad": 0.004,
              "axis_variance_explained": 0.99, "force_norm_m_s2": 9.81, "sign_proof": "agreed"
            }
            """
    }
}

extension PlantedCompensation {
    package static func all(in events: [MotionEvent]) -> [PlantedCompensation] {
        events.compactMap { if case .compensation(let planted) = $0.kind { planted } else { nil } }
    }

    /// The rule that cues it, and how long the signal must stay above the threshold, s: the one-leg
    /// stand's own sheet (C01 4° for 0.5 s; a hike is told and not cued).
    package var rule: (id: String, minimumOn: Double)? {
        switch kind {
        case .drop: ("C01", 0.5)
        default: nil
        }
    }
}

extension Array where Element == TimedPacket {
    /// The packets without those sent from `start` to `end`, s.
    package func silent(from start: Double, to end: Double) -> [TimedPacket] {
        filter { $0.time < Int64(start * 1e9) || $0.time >= Int64(end * 1e9) }
    }

    /// The packets with those due from `start` to `end` held back until `end`, s: a stalled link.
    package func stalled(from start: Double, to end: Double) -> [TimedPacket] {
        map { packet in
            guard packet.time >= Int64(start * 1e9), packet.time < Int64(end * 1e9) else {
                return packet
            }
            return TimedPacket(time: Int64(end * 1e9), bytes: packet.bytes)
        }
    }

    /// The packets with `change` applied to those sent from `start` to `end`, s.
    package func changed(
        from start: Double, to end: Double, _ change: ([UInt8]) -> [UInt8]
    ) -> [TimedPacket] {
        map { packet in
            guard packet.time >= Int64(start * 1e9), packet.time < Int64(end * 1e9) else {
                return packet
            }
            return TimedPacket(time: packet.time, bytes: change(packet.bytes))
        }
    }
}

/// So many hours ago, as calibrations are dated.
package func isoTime(hoursAgo hours: Double = 0) -> String {
    Date(timeIntervalSinceNow: -3600 * hours).formatted(.iso8601)
}
