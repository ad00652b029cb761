// How long a calibration holds: for one wear of the sensor.

import Control
import ControlServer
import EventLoop
import FoundationEssentials
import Kinematics
import Movement
import Pipeline
import Plumbing

extension Supervisor {
    /// Whether the calibration is of this wear, as far as its age tells.
    ///
    /// A date to come holds as well: small machines begin with a clock that is behind.
    func holds(_ calibration: StoredCalibration) -> Bool {
        calibration.holds(
            hours: settings.configuration.calibrationHours,
            at: Double(MonotonicClock.wallTime()) / 1e9)
    }

    /// Takes away what a running daemon still holds from an earlier wear; called before a set begins.
    func endOldCalibrations() {
        for index in sensors.indices {
            guard let present = sensors[index].calibration, !holds(present) else { continue }
            guard
                session.send(
                    .assign(channel: sensors[index].channel, segment: sensors[index].segment))
            else { continue }
            sensors[index].calibration = nil
            sensors[index].isRestored = false
            sensors[index].outdated = present.date
            control.broadcast(.sensor(sensors[index].told(at: loop.now)))
        }
    }

    /// Refuses where the sensor of one of `segments` was calibrated, but at an earlier wear.
    func demandPresentWear(of segments: Set<Segment>) throws(ControlRefusal) {
        let old = sensors.filter { entry in
            entry.calibration == nil && entry.outdated != nil
                && entry.segment.map(segments.contains) == true
        }
        guard let date = old.compactMap(\.outdated).min() else { return }
        throw .calibratedBefore(
            old.compactMap(\.segment).map { $0.name.replacing("-", with: " ") }, date: date)
    }
}

extension StoredCalibration {
    /// Whether it is at most `hours` old at `now`, s since 1970; a date that cannot be read does not hold.
    func holds(hours: Int, at now: Double) -> Bool {
        guard let made = try? Date(date, strategy: .iso8601) else { return false }
        return now - made.timeIntervalSince1970 <= Double(hours) * 3600
    }
}
