// Tells the service manager that the daemon lives, and what it is doing, in one line.

import Control
import EventLoop
import Pipeline
import ServiceManager

extension Supervisor {
    /// Begins to tell; without a watchdog only the status line is kept up to date.
    func beginWatchdog() {
        let period = ServiceManager.watchdogPeriod
        every((period ?? 10_000_000_000) / 2) { supervisor in
            let line = supervisor.statusLine
            if line != supervisor.toldStatusLine {
                supervisor.toldStatusLine = line
                ServiceManager.status(line)
            }
            if period != nil, supervisor.threadsMovedOn() { ServiceManager.isAlive() }
        }
    }

    /// True where both inner threads have turned since the last call.
    ///
    /// The loop, and with it bus and control socket, has moved on, or nobody would ask here. The
    /// threads are woken, so that one that only waits for packets turns too.
    private func threadsMovedOn() -> Bool {
        let turns = session.pipeline.turns
        let movedOn = turns.intake != lastTurns.intake && turns.estimator != lastTurns.estimator
        // A new session's threads count from nothing, which is another number all the same.
        lastTurns = turns
        session.pipeline.nudge()
        return movedOn
    }

    /// For `systemctl status`: "3 sensors streaming, 1 lost, sound ok".
    var statusLine: String {
        var parts: [String] = []
        let streaming = sensors.filter { $0.state == .streaming }.count
        let lost = sensors.filter { $0.state == .lost }.count
        let awaited = waitingSensors.count
        parts.append(streaming == 1 ? "1 sensor streaming" : "\(streaming) sensors streaming")
        if lost > 0 { parts.append("\(lost) lost") }
        if awaited > 0 { parts.append("\(awaited) awaited") }
        if exercise != nil { parts.append("exercising") }
        if calibration != nil { parts.append("calibrating") }
        for output in outputs() where output.state == .failing {
            parts.append("\(output.name) failing")
        }
        if let bluetoothTrouble, !book.entries.isEmpty { parts.append(bluetoothTrouble) }
        return parts.joined(separator: ", ")
    }
}
