// The people and recordings that are measured with: scripts of the synthetic person, real files.

import FakeWearable
import Kinematics
import Recording
import SensorTable
import Synthetic
import Wearables

/// Makes scripts with any number of sensors.
enum BenchPerson {
    /// A person who stands on one leg again and again, 12 s a time, dropping the pelvis in each stand.
    ///
    /// Sensor axes are segment axes; beyond the sixth, segments carry several sensors.
    static func script(sensors: Int, rateHertz: Double, stands: Int) throws -> Script {
        var text = "title = \"benchmark\"\nseed = 11\n"
        for index in 0..<sensors {
            let segment = Segment.allCases[index % Segment.count]
            text += """

                [[sensor]]
                segment = "\(segment.name)"
                name = "sensor-\(index)"
                rate_hz = \(rateHertz)
                sensor_from_segment = [1, 0, 0, 0]
                gyroscope_noise_deg_s = 0.1
                accelerometer_noise_m_s2 = 0.03
                gyroscope_bias_deg_s = [0.3, -0.2, 0.25]
                first_sample_ms = \(Double(index) * 1000 / rateHertz / Double(sensors))

                """
        }
        text += "\n[[task]]\nkind = \"quiet-stand\"\nname = \"stand\"\nseconds = 5\n"
        for index in 0..<stands {
            text += """

                [[task]]
                kind = "one-leg-stand"
                name = "hold-\(index)"
                side = "\(index % 2 == 0 ? "right" : "left")"
                seconds = 9.7
                profile = [{ kind = "drop", at = 3, degrees = 7, rise_s = 0.6, hold_s = 2 }]

                """
        }
        return try Script(toml: text)
    }

    /// The packets of a script as a recording, with a calibration taken for granted and a one-leg stand
    /// begun: what a replay works on.
    static func recording(_ script: Script, commands: [RecordedCommand]) throws -> Recording {
        let motion = try script.motion()
        // Made for its channels only; it never plays.
        let channels = try FakeWearable(playing: script, pace: .asFastAsItGoes).channels
        return PacketRecording.make(
            Ensemble(
                motion: motion, sources: script.sensors.map { .worn($0) },
                end: Int64(motion.end * 1e9)),
            sensors: channels,
            characteristics: channels.map {
                MovellaDot.identity.index(of: $0.characteristic)?.rawValue ?? 0
            },
            head: [("source", "the synthetic person, for rehab-bench")], commands: commands)
    }
}
