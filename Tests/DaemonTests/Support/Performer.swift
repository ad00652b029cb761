// A synthetic person wearing a simulated sensor, who does what a test asks for, in real time.

import Control
import FakeWearable
import Kinematics
import Plumbing
import Synthetic

/// A person whose sensors are attached to a daemon.
package final class Performer: Sendable {
    package let wearable: FakeWearable
    private let daemon: RunningDaemon

    /// Attaches and starts all sensors of the script, and waits until they stream.
    ///
    /// Names get `prefix`; `claims` says of a sensor that it is worn elsewhere than it is.
    package init(
        _ toml: String, prefix: String = "", claims: [String: String] = [:],
        for daemon: RunningDaemon
    ) throws {
        self.daemon = daemon
        wearable = try FakeWearable(performing: Script(toml: toml))
        for (index, channel) in wearable.channels.enumerated() {
            guard let sink = wearable.takeSink(index) else { continue }
            try daemon.call(
                Rehab1.AttachSensor(
                    name: prefix + channel.name, kind: "movella-dot",
                    segment: claims[channel.name] ?? channel.segment?.name,
                    rateHertz: channel.nominalRate,
                    characteristics: [channel.characteristic]),
                descriptors: [sink.rawValue])
        }
        try wearable.start()
        try waitUntil("the sensors to stream") {
            try daemon.status().sensors.allSatisfy { $0.state == .streaming && $0.samples > 30 }
        }
    }

    @discardableResult
    package func perform(_ task: String) throws -> PerformedTask { try wearable.perform(task) }

    /// Calibrates; for each new step `tasks` names what the person does then, one after the other.
    ///
    /// A machine that stands still for a fifth of a second costs a calibration, or its beginning, which
    /// is right for a person; a test then begins again, up to three times.
    package func calibrate(
        leadIn: Double = 0, _ tasks: [Rehab1.CalibrationStep.Step: [String]]
    ) throws -> [Rehab1.CalibrationStep] {
        for _ in 0..<2 {
            let steps: [Rehab1.CalibrationStep]
            do {
                steps = try attempt(leadIn, tasks)
            } catch ControlError.refused(.notReady) {
                try waitUntil("the sensors to stream again") {
                    try daemon.status().sensors.allSatisfy { $0.state == .streaming }
                }
                continue
            }
            guard steps.last?.reason?.contains("were lost during the calibration") == true else {
                return steps
            }
        }
        return try attempt(leadIn, tasks)
    }

    private func attempt(
        _ leadIn: Double, _ tasks: [Rehab1.CalibrationStep.Step: [String]]
    ) throws -> [Rehab1.CalibrationStep] {
        var replies = try daemon.connect().stream(Rehab1.Calibrate(leadInSeconds: leadIn))
        var steps: [Rehab1.CalibrationStep] = []
        while let reply = try replies.next() {
            let isNew = reply.step.step != steps.last?.step
            steps.append(reply.step)
            guard isNew else { continue }
            for task in tasks[reply.step.step] ?? [] { try perform(task) }
        }
        return steps
    }
}
