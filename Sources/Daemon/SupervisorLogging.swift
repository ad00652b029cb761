// What the log says of sensors and sets: by the place they are worn at, never by name or address.

import Control
import Kinematics

extension SensorEntry {
    /// What the log calls it.
    var logWord: String { segment?.name ?? "sensor-\(channel)" }
}

extension Supervisor {
    /// Keeps the names and addresses of the book out of the log.
    func hideBookFromLog() {
        for (number, entry) in book.entries.enumerated() {
            let word = entry.segment ?? "added-sensor-\(number + 1)"
            DaemonLog.hide(entry.name, as: word)
            DaemonLog.hide(entry.address, as: word)
        }
    }

    /// A sensor's change of state, where somebody would look for it afterwards.
    func logState(of sensor: SensorEntry) {
        DaemonLog.hide(sensor.name, as: sensor.logWord)
        let field = [(name: "REHAB_SENSOR", value: sensor.logWord)]
        switch sensor.state {
        case .streaming:
            DaemonLog.event(
                .sensorStreaming, "the sensor at \(sensor.logWord) streams", fields: field)
        case .lost:
            DaemonLog.event(
                .sensorLost, "the sensor at \(sensor.logWord) fell silent", priority: 5,
                fields: field)
        default: break
        }
    }

    func logExercise(_ event: JournalEvent, _ id: String) {
        DaemonLog.event(
            event,
            event == .exerciseStarted ? "the exercise \(id) began" : "the exercise \(id) ended",
            fields: [(name: "REHAB_EXERCISE", value: id)])
    }
}
