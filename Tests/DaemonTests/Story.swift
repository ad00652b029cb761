// One long session from the first packet to the removed recording, told once and judged by many tests.

import Control
import DaemonTestKit
import FakeWearable
import Foundation
import Kinematics
import Plumbing
import Recording
import Synthetic

/// A set of the session: what was done, and what the daemon made of it.
struct StorySet: Sendable {
    var started: Rehab1.Exercise
    var task: PerformedTask
    var summary: Rehab1.Summary
}

/// What a replay wrote and said.
struct StoryReplay: Sendable {
    var told: ProgramResult
    var recording: Recording
}

/// The session: calibrate, a stand on the right leg (given) and one on the left (detected), detach,
/// replay both ways, restart, remove.
struct Story: Sendable {
    var log: [EventLog.Entry] = []
    var steps: [Rehab1.CalibrationStep] = []
    var calibrated: Rehab1.Sensor?
    var calibrationFile = ""
    var mounting = Rotation.identity
    var sets: [StorySet] = []
    var lastStatus: Rehab1.Status
    var report: PlayReport
    var detached: Rehab1.Status
    var listed: [Rehab1.Recording] = []
    var recorded = Recording()
    /// The recording's file as it was.
    var file: [UInt8] = []
    var shown: ProgramResult
    var throughDaemon: StoryReplay
    var offline: StoryReplay
    var tampered: ProgramResult
    var end: ProcessEnd
    var restored: Rehab1.Sensor?
    var removed: ProgramResult
    var removedAgain: ProgramResult
    var filesLeft: [String] = []

    /// Everybody asks for the same one.
    static let told = Task(executorPreference: SceneThreads.shared) { try Story() }

    private static let script = Scenario.toml(
        """
        [[task]]
        kind = "bow"
        name = "bows"
        [[task]]
        kind = "foot-lift"
        name = "lift-left"
        side = "left"
        [[task]]
        kind = "one-leg-stand"
        name = "stand-right"
        side = "right"
        seconds = 9.7
        profile = [
            { kind = "drop", at = 2.0, degrees = 7, rise_s = 0.6, hold_s = 1.8 },
            { kind = "hike", at = 6.0, degrees = 8, rise_s = 0.6, hold_s = 1.6 },
        ]
        [[task]]
        kind = "one-leg-stand"
        name = "stand-left"
        side = "left"
        seconds = 8
        profile = [{ kind = "drop", at = 3.0, degrees = 7, rise_s = 0.6, hold_s = 2.0 }]
        """, link: "{ interval_ms = 15, latency_ms = 4, jitter_ms = 3, loss_percent = 0.2 }")

    private init() throws {
        let state = try TemporaryFolder()
        var daemon = try RunningDaemon { $0.state = state.path + "/state" }
        let log = try EventLog(daemon)
        let person = try Performer(Story.script, for: daemon)
        mounting = try Script(toml: Story.script).sensors[0].sensor.sensorFromSegment
        steps = try person.calibrate(
            leadIn: 1, [.bow: ["bows"], .lift: ["lift-left"]])
        guard steps.last?.step == .done else {
            throw Overdue("a calibration; it was refused: \(steps.last?.reason ?? "-")", seconds: 0)
        }
        calibrated = try daemon.sensor("pelvis")
        calibrationFile = try String(
            contentsOfFile: daemon.state + "/calibrations/pelvis.json", encoding: .utf8)
        // The lift that proved the side is still being lowered: 4 s from asking to standing.
        Story.rest(seconds: 3)
        sets.append(try Story.set(daemon, person, task: "stand-right", side: "right"))
        Story.rest(seconds: 3)
        sets.append(try Story.set(daemon, person, task: "stand-left", side: nil))
        lastStatus = try daemon.status()
        try daemon.call(Rehab1.DetachSensor(name: "pelvis"))
        report = person.wearable.finish()
        detached = try daemon.status()
        listed = try daemon.call(Rehab1.ListRecordings()).recordings
        log.stop()
        self.log = log.entries

        let name = listed.first?.name ?? "none"
        let path = "\(daemon.recordingsFolder)/\(name).recording"
        recorded = try Story.read(path)
        file = try FileStore.read(path, limit: 1 << 28)
        shown = try daemon.rehabctl(["recordings", "show", name, "--json"])
        throughDaemon = try Story.replay(daemon, name, [], output: state.path + "/online")
        offline = try Story.replay(daemon, path, ["--offline"], output: state.path + "/offline")
        tampered = try Story.replayTampered(path, daemon, in: state)

        end = try daemon.terminate()
        daemon = try RunningDaemon { [state = daemon.state] in $0.state = state }
        let again = try AttachedSensor("pelvis", segment: "pelvis", to: daemon)
        restored = try daemon.sensor(again.name)
        removed = try daemon.rehabctl(["recordings", "remove", name])
        removedAgain = try daemon.rehabctl(["recordings", "remove", name])
        filesLeft = daemon.recordingFiles().filter { $0 == path }
    }

    private static func set(
        _ daemon: RunningDaemon, _ person: Performer, task: String, side: String?
    ) throws -> StorySet {
        let started = try daemon.call(Rehab1.StartExercise(exercise: "one-leg-stand", side: side))
        let task = try person.perform(task)
        // The script goes by the clock, and so does whoever watches it.
        MonotonicClock.sleep(until: task.end + 500_000_000)
        return StorySet(
            started: started.exercise, task: task,
            summary: try daemon.call(Rehab1.StopExercise()).summary)
    }

    /// The person stands on both feet.
    private static func rest(seconds: Double) {
        MonotonicClock.sleep(until: MonotonicClock.now() + Int64(seconds * 1e9))
    }

    private static func read(_ path: String) throws -> Recording {
        try RecordingReader.parse(FileStore.read(path, limit: 1 << 28), file: path)
    }

    private static func replay(
        _ daemon: RunningDaemon, _ name: String, _ options: [String], output: String
    ) throws -> StoryReplay {
        let told = try daemon.rehabctl(
            ["replay", name, "--json", "--output", output] + options, within: 120)
        return StoryReplay(told: told, recording: try read(output))
    }

    /// One digit of one frame changed: a comparison that says "same" then compares nothing.
    private static func replayTampered(
        _ path: String, _ daemon: RunningDaemon, in folder: TemporaryFolder
    ) throws -> ProgramResult {
        var lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let frames = lines.indices.filter { lines[$0].hasPrefix("f ") }
        let place = frames[frames.count / 2]
        var line = String(lines[place])
        let digit = line.removeLast()
        lines[place] = Substring(line + (digit == "7" ? "8" : "7"))
        let copy = try folder.write("tampered.recording", lines.joined(separator: "\n") + "\n")
        return try daemon.rehabctl(["replay", copy, "--json", "--offline"], within: 120)
    }

    // MARK: what was true

    /// Everything planted, in order, with host times.
    var planted: [(fault: PlantedCompensation, crossed: Int64)] {
        PlantedCompensation.all(in: report.events).compactMap { fault in
            fault.crossedOn.map { (fault, report.origin + $0) }
        }
    }

    /// When the foot left the floor and came back in a set, host ns.
    func stance(in set: StorySet) -> (liftOff: Int64, touchDown: Int64)? {
        var liftOff: Int64?
        for event in report.events where event.taskName == set.task.name {
            if case .liftOff = event.kind { liftOff = report.origin + event.time }
            if case .touchDown = event.kind, let liftOff {
                return (liftOff, report.origin + event.time)
            }
        }
        return nil
    }

    /// The true drop while on one leg in a set, rad, at each sample.
    func trueDrops(in set: StorySet) -> [(time: Int64, drop: Double)] {
        guard let stance = stance(in: set) else { return [] }
        return report.truth[0].compactMap { row in
            let time = report.origin + row.time
            guard let drop = row.body.drop, time >= stance.liftOff, time <= stance.touchDown else {
                return nil
            }
            return (time, drop)
        }
    }

    var cues: [Rehab1.Cue] { log.compactMap(\.event.cue) }
    var frames: [Rehab1.Frame] { log.compactMap(\.event.frame) }
}
