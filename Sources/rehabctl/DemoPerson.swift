// The demo's synthetic person: does on demand what a person would be asked to do.

import ArgumentParser
import Control
import FakeWearable
import Kinematics
import Plumbing
import Synthetic

final class DemoPerson {
    private let wearable: FakeWearable
    private let daemon: DaemonOptions
    private var performed: [PerformedTask] = []
    private(set) var report: PlayReport?

    init(daemon: DaemonOptions) throws {
        self.daemon = daemon
        let script = try SimulateCommand.load(nil)
        do throws(FakeWearableError) {
            wearable = try FakeWearable(performing: script)
        } catch {
            complain(error.description)
            throw ExitCode(70)
        }
        _ = try SimulateCommand.attach(wearable, to: daemon)
        do throws(FakeWearableError) {
            try wearable.start()
        } catch {
            complain(error.description)
            throw ExitCode(70)
        }
        try waitUntilStreaming()
    }

    private func waitUntilStreaming() throws {
        var client = try daemon.connect()
        let deadline = MonotonicClock.now() + 5_000_000_000
        while MonotonicClock.now() < deadline {
            do throws(ControlError) {
                let sensors = try client.call(Rehab1.GetStatus()).status.sensors
                if sensors.contains(where: { $0.state == .streaming && $0.samples > 30 }) { return }
            } catch {
                throw complaint(error)
            }
            MonotonicClock.sleep(until: MonotonicClock.now() + 50_000_000)
        }
        complain("the simulated sensor did not stream within 5 s")
        throw ExitCode(70)
    }

    /// Host time at which the newest task is over, ns.
    var isDoneAt: Int64 { performed.last?.end ?? MonotonicClock.now() }

    /// Does a task of the script now; returns its place in host time.
    @discardableResult
    func perform(_ name: String) throws -> PerformedTask {
        do throws(FakeWearableError) {
            let task = try wearable.perform(name)
            performed.append(task)
            return task
        } catch {
            complain(error.description)
            throw ExitCode(70)
        }
    }

    /// Takes the sensor off; returns the name of the recording that it leaves behind.
    func leave() throws -> String {
        report = wearable.finish()
        var client = try daemon.connect()
        let deadline = MonotonicClock.now() + 5_000_000_000
        while MonotonicClock.now() < deadline {
            do throws(ControlError) {
                let status = try client.call(Rehab1.GetStatus()).status
                let done = try client.call(Rehab1.ListRecordings()).recordings.first(
                    where: \.complete)
                if status.sensors.isEmpty, let done { return done.name }
            } catch {
                throw complaint(error)
            }
            MonotonicClock.sleep(until: MonotonicClock.now() + 50_000_000)
        }
        complain("the session did not end within 5 s")
        throw ExitCode(70)
    }

    /// Everything planted so far, in host time: what, on which leg, when it crossed its threshold.
    func planted() -> [PlantedFault] {
        let events = report ?? wearable.reportSoFar()
        return events.events.compactMap { event in
            guard case .compensation(let planted) = event.kind, let crossed = planted.crossedOn
            else { return nil }
            // A lifted free side is told as a pattern in a one-leg stand, and not cued.
            let isDrop = planted.kind == .drop
            guard isDrop || planted.kind == .hike else { return nil }
            return PlantedFault(
                rule: isDrop ? "C01" : nil, name: isDrop ? "drop" : "hike", side: planted.stance,
                degrees: planted.angle * degreesPerRadian,
                crossed: events.origin &+ crossed, end: events.origin &+ planted.end)
        }
    }
}

/// A fault the script planted, in host time (ns).
struct PlantedFault {
    /// The rule that cues it; nil where the exercise only tells it.
    let rule: String?
    let name: String
    let side: Side
    let degrees: Double
    /// When the true signal crossed the rule's on-threshold.
    let crossed: Int64
    let end: Int64
}
