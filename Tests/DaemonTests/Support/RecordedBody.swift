// A script carried out beforehand, as CSV recordings of several sensors, with the truth beside them.

import Foundation
import Kinematics
import Synthetic

/// What several sensors of one person recorded.
package struct RecordedBody: Sendable {
    /// What is true at a moment; degrees, from the person's own neutral, nil where it does not exist.
    package struct Truth: Sendable {
        package var obliquity: Double
        package var anteriorTilt: Double
        package var trunkLean: Double
        package var drop: Double?
    }

    private let run: SyntheticRun
    private let person: Person

    package init(_ toml: String) throws {
        let script = try Script(toml: toml)
        run = try SyntheticRun(script)
        person = script.person
    }

    package var segments: [String] { run.tracks.map(\.worn.segment.name) }

    /// True time of the pelvis' first sample, s since the start.
    package var pelvisStart: Double {
        Double(run.track(.pelvis)?.readings.first?.hostTime ?? 0) * 1e-9
    }

    /// `time`: s since the start.
    package func truth(at time: Double) -> Truth {
        let body = run.motion.truth(at: time)
        return Truth(
            obliquity: (body.pelvicObliquity - person.neutralObliquity) * degreesPerRadian,
            anteriorTilt: (body.anteriorTilt - person.neutralTilt) * degreesPerRadian,
            trunkLean: body.trunkLean * degreesPerRadian,
            drop: body.drop.map { $0 * degreesPerRadian })
    }

    /// Start and end of a task, s since the start.
    package func task(_ name: String) -> (start: Double, end: Double)? {
        var start: Double?
        for event in run.events where event.taskName == name {
            if case .taskStart = event.kind { start = Double(event.time) * 1e-9 }
            if case .taskEnd = event.kind, let start { return (start, Double(event.time) * 1e-9) }
        }
        return nil
    }

    /// A sensor's recording with all optional columns, rows as they arrived; host times from
    /// `clockStart` s on.
    package func csv(_ segment: String, clockStart: Double = 1000) throws -> String {
        guard let track = run.tracks.first(where: { $0.worn.segment.name == segment }) else {
            throw Overdue("a sensor on the \(segment)", seconds: 0)
        }
        var text = "n,arrival_s,t_device_s,gx,gy,gz,ax,ay,az\n"
        for delivery in track.deliveries where !delivery.lost && !delivery.duplicate {
            let reading = track.readings[Int(delivery.sequence)]
            let rate = reading.angularRate
            let force = reading.specificForce
            let arrival = clockStart + Double(delivery.arrival) * 1e-9
            let device = Double(reading.sensorTime) * 1e-6
            text += "\(delivery.sequence),\(arrival),\(device),"
            text += "\(rate.x),\(rate.y),\(rate.z),\(force.x),\(force.y),\(force.z)\n"
        }
        return text
    }

    /// Writes a file for each sensor into a folder; the paths by segment.
    package func write(to folder: TemporaryFolder) throws -> [String: String] {
        var files: [String: String] = [:]
        for segment in segments {
            files[segment] = try folder.write("\(segment).csv", csv(segment))
        }
        return files
    }
}
