// Whether a set can begin at all, looked at before the person answers questions for nothing.

import ArgumentParser
import Control
import History

/// The daemon decides; this asks early, and says what will not be measured or heard.
struct SetReadiness {
    let daemon: DaemonOptions
    let console: Console

    /// Ends the command where no set of `exercise` can begin; nil: of any exercise.
    ///
    /// Segments that depend on the side ("stance-thigh") are left to the daemon.
    func demand(_ exercise: Rehab1.Exercise?) throws {
        guard let refusal = SetReadiness.refusal(try sensors(), exercise) else { return }
        throw complaint(.refused(refusal))
    }

    static func refusal(
        _ sensors: [Rehab1.Sensor], _ exercise: Rehab1.Exercise?
    ) -> ControlRefusal? {
        let worn = sensors.filter { $0.state != .ended }
        guard let pelvis = worn.first(where: { $0.segment == "pelvis" }) else {
            return .pelvisNotWorn
        }
        if pelvis.calibration == nil {
            return pelvis.calibratedBefore.map { .calibratedBefore(["pelvis"], date: $0) }
                ?? .pelvisNotCalibrated
        }
        let segments = ["trunk", "left-thigh", "right-thigh", "left-shank", "right-shank"]
        let missing = (exercise?.sensorsNeeded ?? []).filter { need in
            segments.contains(need) && !worn.contains { $0.segment == need }
        }
        guard let exercise, !missing.isEmpty else { return nil }
        return .sensorsMissing(exercise.title, missing)
    }

    /// What the daemon would refuse a set or a run of a test for; nil where nothing runs.
    static func busy(_ status: Rehab1.Status) -> ControlRefusal? {
        switch status.activity {
        case .idle: nil
        case .calibrating:
            .busy(activity: "a calibration is running", cure: "wait until it ends")
        case .exercising where status.test != nil:
            .busy(activity: "a test is running", cure: "end it, or give it up: rehabctl stop")
        case .exercising:
            .busy(activity: "an exercise is running", cure: "stop it with: rehabctl stop")
        }
    }

    /// Sensors that are worn for nothing, and cues that nobody hears.
    func sayWhatIsMissing() {
        let idle = ((try? sensors()) ?? []).filter {
            $0.state != .ended && $0.segment != nil && $0.calibration == nil
        }.compactMap(\.segment)
        if !idle.isEmpty {
            let areLegs = idle.allSatisfy { $0.hasSuffix("thigh") || $0.hasSuffix("shank") }
            console.say(
                "Not calibrated, so not measured: \(idle.joined(separator: ", ")). Calibrate with: "
                    + "rehabctl calibrate" + (areLegs ? " --legs" : ""))
        }
        if var client = try? daemon.connect(),
            let sound = try? client.call(Rehab1.GetSound()).sound, sound.device == nil,
            !sound.vibration
        {
            console.say(
                "Cues are only shown, not heard: rehabd was started without sound. See: rehabctl "
                    + "doctor")
        }
    }

    /// Hops that a person names are theirs to do; what speaks against them is said.
    func sayHops(_ exercise: Rehab1.Exercise, _ log: WorkoutLog?) {
        let open = openForHops(exercise, log)
        guard !open.isEmpty else { return }
        console.say(
            "\(exercise.title): readiness is not met or not known: "
                + "\(open.joined(separator: ", ")). See: rehabctl programme")
    }

    /// What of the readiness for hops is open; nothing for other exercises (programme 5).
    func openForHops(_ exercise: Rehab1.Exercise, _ log: WorkoutLog?) -> [String] {
        guard exercise.number == Readiness.hops else { return [] }
        let lines = log.flatMap {
            Readiness.lines($0, tests: KeptTests.all(daemon.socket), on: today())
        }
        return lines?.filter { $0.state != .met }.map(\.name) ?? ["a stage of 4 or more"]
    }

    private func sensors() throws -> [Rehab1.Sensor] {
        var client = try daemon.connect()
        return try withDaemon { () throws(ControlError) in
            try client.call(Rehab1.GetStatus()).status.sensors
        }
    }
}
