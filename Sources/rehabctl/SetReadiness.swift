// Whether a set can begin at all, looked at before the person answers questions for nothing.

import ArgumentParser
import Control
import History

/// The daemon decides; this asks early, and says what will not be measured or heard.
struct SetReadiness {
    let daemon: DaemonOptions
    let console: Console

    /// Ends the command where no set of any exercise can begin.
    func demand() throws {
        guard let refusal = SetReadiness.refusal(try sensors()) else { return }
        throw complaint(.refused(refusal))
    }

    static func refusal(_ sensors: [Rehab1.Sensor]) -> ControlRefusal? {
        let worn = sensors.filter { $0.state != .ended }
        guard let pelvis = worn.first(where: { $0.segment == "pelvis" }) else {
            return .pelvisNotWorn
        }
        if pelvis.calibration == nil {
            return pelvis.calibratedBefore.map { .calibratedBefore(["pelvis"], date: $0) }
                ?? .pelvisNotCalibrated
        }
        return nil
    }

    /// What exercises are made for and nobody wears; nil where all is there.
    ///
    /// The pelvis alone always gives something useful; what the others would show is not measured. Segments that
    /// depend on the side ("stance-thigh") are told by the summary.
    static func notWorn(
        _ sensors: [Rehab1.Sensor], for exercises: [Rehab1.Exercise]
    ) -> String? {
        let worn = Set(sensors.filter { $0.state != .ended }.compactMap(\.segment))
        let lacking = exercises.map { exercise in
            (
                exercise.title,
                exercise.sensorsNeeded.filter { places.contains($0) && !worn.contains($0) }
            )
        }.filter { !$0.1.isEmpty }
        guard !lacking.isEmpty else { return nil }
        let missing = places.filter { place in lacking.contains { $0.1.contains(place) } }
            .map { $0.replacing("-", with: " ") }
        let titles = lacking.map(\.0)
        return "\(titles.joined(separator: ", ")): made for a sensor on the "
            + "\(missing.joined(separator: " and the ")), too. What only that shows is not measured, and the "
            + "summary says what. To wear one: rehabctl setup, then rehabctl calibrate"
    }

    /// Calibrations of before the daemon or the sensor came back; nil without any.
    ///
    /// Whether the sensor was taken off meanwhile, only the person knows.
    static func restored(_ sensors: [Rehab1.Sensor]) -> String? {
        let earlier = sensors.filter { $0.state != .ended && $0.calibration?.restored == true }
        guard let date = earlier.compactMap(\.calibration?.date).min() else { return nil }
        return
            "Calibrated before, \(date): \(earlier.compactMap(\.segment).joined(separator: ", ")). If a sensor "
            + "was off the body since: rehabctl calibrate"
    }

    /// That a walk's legs are inferred; nil where both thighs show them.
    static func legs(_ sensors: [Rehab1.Sensor], for exercises: [Rehab1.Exercise]) -> String? {
        let worn = Set(
            sensors.filter { $0.state != .ended && $0.calibration != nil }.compactMap(\.segment))
        guard !worn.isSuperset(of: ["left-thigh", "right-thigh"]),
            let walk = exercises.first(where: { $0.id == "gait" || $0.id == "carry" })
        else { return nil }
        return
            "\(walk.title): which leg stands is inferred from the swing of the pelvis. Where left and right are "
            + "taken for each other, press s once in the walk."
    }

    private static let places = ["trunk", "left-thigh", "right-thigh", "left-shank", "right-shank"]

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
    func sayWhatIsMissing(for exercises: [Rehab1.Exercise]) {
        let sensors = (try? sensors()) ?? []
        if let text = SetReadiness.notWorn(sensors, for: exercises) { console.say(text) }
        if let text = SetReadiness.restored(sensors) { console.say(text) }
        if let text = SetReadiness.legs(sensors, for: exercises) { console.say(text) }
        let idle = sensors.filter {
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
