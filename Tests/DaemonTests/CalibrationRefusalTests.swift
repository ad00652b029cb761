// Calibrations that must not succeed: each ends with its reason and what to do, and stores nothing.

import Control
import DaemonTestKit
import Foundation
import Testing

/// A person whom rehabd asks to calibrate, and who does something else.
private struct Attempt {
    let daemon: RunningDaemon
    let person: Performer
    let log: EventLog
    var steps: [Rehab1.CalibrationStep] = []

    init(_ tasks: String) throws {
        daemon = try RunningDaemon()
        log = try EventLog(daemon)
        person = try Performer(Scenario.toml(tasks), for: daemon)
    }

    var last: Rehab1.CalibrationStep? { steps.last }

    /// Nothing was stored, nothing is aligned, and the daemon is idle again.
    func leavesNothing() throws -> Bool {
        let path = daemon.state + "/calibrations/pelvis.json"
        return try !FileManager.default.fileExists(atPath: path)
            && daemon.sensor("pelvis")?.calibration == nil && daemon.status().activity == .idle
    }
}

@Suite(.scene()) struct CalibrationRefusalTests {
    @Test func aStandThatIsNotQuiet() throws {
        var attempt = try Attempt(
            """
            [[task]]
            kind = "walk-on-spot"
            name = "walk"
            seconds = 8
            """)
        attempt.steps = try attempt.person.calibrate([.stand: ["walk"]])
        let last = try #require(attempt.last)
        #expect(last.step == .refused)
        #expect(last.reason?.contains("not quiet") == true)
        #expect(last.reason?.contains("pelvis sensor turned at") == true)
        #expect(last.reason?.contains("Stand with both feet down") == true)
        #expect(last.result == nil)
        #expect(try attempt.leavesNothing())
    }

    /// 5 s of standing, then 40 s in which nothing is done.
    @Test(.scene(weight: 0)) func noBows() throws {
        var attempt = try Attempt(
            "[[task]]\nkind = \"quiet-stand\"\nname = \"stand\"\nseconds = 5\n")
        attempt.steps = try attempt.person.calibrate([:])
        let last = try #require(attempt.last)
        #expect(last.step == .refused)
        #expect(last.reason?.contains("0 of 3 bows were seen") == true)
        #expect(last.reason?.contains("Bow slowly from the hips") == true)
        #expect(try attempt.leavesNothing())
    }

    /// The right foot, twice: the side of the sensor and of the person do not agree.
    @Test func theOtherFootTwice() throws {
        var attempt = try Attempt(
            """
            [[task]]
            kind = "bow"
            name = "bows"
            [[task]]
            kind = "foot-lift"
            name = "lift-right"
            side = "right"
            [[task]]
            kind = "pause"
            name = "rest"
            seconds = 3
            """)
        attempt.steps = try attempt.person.calibrate(
            [.bow: ["bows"], .lift: ["lift-right"], .repeatLift: ["rest", "lift-right"]])
        var order: [Rehab1.CalibrationStep.Step] = []
        for step in attempt.steps where step.step != order.last { order.append(step.step) }
        #expect(
            order.suffix(4) == [.bow, .lift, .repeatLift, .refused],
            "\(attempt.last?.reason ?? "-")")
        #expect(attempt.last?.reason?.contains("twice") == true)
        #expect(attempt.last?.reason?.contains("Check that it was the left foot") == true)
        #expect(try attempt.leavesNothing())
    }

    @Test func aSensorThatFallsSilentOnTheWay() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 20))
        let daemon = try RunningDaemon()
        let log = try EventLog(daemon)
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: sensor)
        try waitUntil("the sensor to stream") { try daemon.sensor("belt")?.state == .streaming }
        var replies = try daemon.connect().stream(Rehab1.Calibrate(leadInSeconds: 0))
        var last: Rehab1.CalibrationStep?
        while let reply = try replies.next() {
            last = reply.step
            if reply.step.step == .stand, reply.step.elapsedSeconds > 1 { player.stop() }
        }
        #expect(last?.step == .refused)
        #expect(last?.reason?.contains("belt sensor were lost") == true)
        #expect(try daemon.status().activity == .idle)
        // The others are told: calibrating, then idle again.
        try log.wait(for: "idle again") { $0.status?.activity == .idle ? true : nil }
        let activities = log.entries.compactMap(\.event.status?.activity)
        #expect(activities.contains(.calibrating))
    }

    @Test func aClientThatLeavesEndsItsCalibration() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 20))
        let daemon = try RunningDaemon()
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: sensor)
        try waitUntil("the sensor to stream") { try daemon.sensor("belt")?.state == .streaming }
        func begin() throws {
            var replies = try daemon.connect().stream(Rehab1.Calibrate(leadInSeconds: 0))
            #expect(try replies.next()?.step.step != .refused)
            #expect(try daemon.status().activity == .calibrating)
            // Meanwhile nothing else may begin.
            let busy = try daemon.refusal(of: Rehab1.StartExercise(exercise: "one-leg-stand"))
            #expect(busy?.sentence == "rehabd is busy: a calibration is running")
        }
        try begin()
        try waitUntil("the daemon to notice") { try daemon.status().activity == .idle }
        // And it can be started again.
        try begin()
        player.stop()
    }

    @Test func withoutASensorThatSendsThereIsNothingToCalibrate() throws {
        let daemon = try RunningDaemon()
        func refusal() throws -> ControlRefusal? {
            do throws(ControlError) {
                var replies = try ControlClient(socket: daemon.socket, environment: [:])
                    .stream(Rehab1.Calibrate(leadInSeconds: 0))
                _ = try replies.next()
                return nil
            } catch {
                guard case .refused(let refusal) = error else { throw error }
                return refusal
            }
        }
        #expect(try refusal()?.sentence == "no sensor is on the pelvis")
        // It leads to a sensor, and to trying without one.
        #expect(try refusal()?.cure?.contains("rehabctl setup") == true)
        #expect(try refusal()?.cure?.contains("rehabctl demo") == true)
        let silent = try AttachedSensor("silent", segment: "pelvis", to: daemon)
        #expect(try refusal()?.sentence == "the pelvis sensor silent sends nothing")
        #expect(try refusal()?.cure == "check that it is on and near")
        #expect(silent.unread == 0)
    }
}

@Suite(.scene()) struct UncalibratedTests {
    @Test func anExerciseIsRefusedWithTheCure() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 20))
        let daemon = try RunningDaemon()
        func start(_ id: String = "one-leg-stand", side: String? = nil) throws -> ControlRefusal? {
            try daemon.refusal(of: Rehab1.StartExercise(exercise: id, side: side))
        }
        #expect(try start()?.sentence == "no sensor is on the pelvis")
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        #expect(try start()?.sentence == "the pelvis sensor belt sends nothing")
        let player = PacketPlayer(scenario.packets, into: sensor)
        try waitUntil("the sensor to stream") { try daemon.sensor("belt")?.state == .streaming }
        #expect(
            try start()
                == .notReady(
                    reason: "the pelvis sensor is not calibrated",
                    cure: "calibrate with: rehabctl calibrate"))
        guard case .noSuchExercise("swim", let known) = try start("swim") else {
            Issue.record("an unknown exercise was begun")
            return
        }
        #expect(known.contains("one-leg-stand"))
        #expect(try start(side: "both") == .invalidParameter("side"))
        #expect(try daemon.refusal(of: Rehab1.StopExercise()) == .notExercising)
        player.stop()
    }

    /// One broken file for each way to be broken; the daemon names the file and what to do, once.
    @Test func brokenCalibrationFilesAreNamedAndPassedOver() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 1))
        let whole = scenario.calibrationFile(of: "x")
        func changed(_ old: String, _ new: String) -> String {
            #expect(whole.contains(old))
            return whole.replacingOccurrences(of: old, with: new)
        }
        let files: [(name: String, text: String, complaint: String)] = [
            ("empty", "", "is no calibration file"),
            ("nothing", "not json", "is no calibration file (not JSON)"),
            ("cut", String(whole.prefix(200)), "is no calibration file (not JSON)"),
            ("lacking", changed("\"segment\": \"pelvis\",", ""), "field \"segment\" is missing"),
            ("type", changed("\"version\": 1", "\"version\": \"one\""), "field \"version\""),
            ("newer", changed("\"version\": 1", "\"version\": 2"), "is of version 2"),
            ("short", changed("\"alignment\": [", "\"alignment\": [0.5, "), "no alignment"),
            (
                "infinite", changed("\"calm_jerk_m_s3\": 2.0", "\"calm_jerk_m_s3\": 1e999"),
                "not JSON"
            ),
            (
                "segment", changed("\"segment\": \"pelvis\"", "\"segment\": \"tail\""),
                "no alignment"
            ),
        ]
        let daemon = try RunningDaemon()
        let folder = daemon.state + "/calibrations"
        try FileManager.default.createDirectory(
            atPath: folder + "/folder.json", withIntermediateDirectories: true)
        for file in files {
            try file.text.write(
                toFile: folder + "/\(file.name).json", atomically: false, encoding: .utf8)
        }
        let expected = files + [("folder", "", "cannot be read")]
        for file in expected {
            let sensor = try AttachedSensor(file.name, segment: "pelvis", to: daemon)
            #expect(try daemon.sensor(file.name)?.calibration == nil, "\(file.name)")
            let path = folder + "/\(file.name).json"
            let told = try #require(
                try daemon.status().warnings.first { $0.hasPrefix(path) }, "\(file.name)")
            #expect(told.contains(file.complaint), "\(told)")
            #expect(told.contains("calibrate again"))
            #expect(daemon.log.contains(told))
            try daemon.call(Rehab1.DetachSensor(name: file.name))
            #expect(sensor.unread == 0)
        }
        // The same file again: no second warning.
        let again = try AttachedSensor("newer", segment: "pelvis", to: daemon)
        #expect(try daemon.status().warnings.count == expected.count)
        #expect(try daemon.status().sensors.map(\.name) == [again.name])
    }

    @Test func aCalibrationOfAnotherSegmentIsNotTaken() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 1))
        let daemon = try RunningDaemon()
        let date = isoTime(hoursAgo: 1)
        try scenario.storeCalibration(of: "belt", in: daemon.state, made: date)
        let sensor = try AttachedSensor("belt", segment: "trunk", to: daemon)
        #expect(try daemon.sensor(sensor.name)?.calibration == nil)
        #expect(try daemon.status().warnings == [])
        // Worn where it was calibrated, it is.
        try daemon.call(Rehab1.AssignSegment(name: "belt", segment: "pelvis"))
        let told = try #require(try daemon.sensor("belt")?.calibration)
        #expect(told.restored)
        #expect(told.date == date)
        try daemon.call(Rehab1.AssignSegment(name: "belt", segment: nil))
        #expect(try daemon.sensor("belt")?.calibration == nil)
    }
}
