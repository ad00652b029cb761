// Before the first question: what keeps a set from beginning is said at once; hops wait for readiness.

import Control
import DaemonTestKit
import Foundation
import Plumbing
import Testing

@testable import rehabctl

@Suite(.scene()) struct SetReadinessTests {
    private func sensor(
        _ segment: String?, _ state: Rehab1.Sensor.State = .streaming, calibrated: Bool = true
    ) -> Rehab1.Sensor {
        LivePictures.sensor(segment ?? "spare", segment, state, calibrated: calibrated)
    }

    private func says(_ refusal: ControlRefusal?) -> String { refusal?.description ?? "may begin" }

    @Test func whatIsMissingIsSaidInTheOrderOfItsCure() {
        #expect(says(SetReadiness.refusal([])).contains("rehabctl setup"))
        #expect(
            says(SetReadiness.refusal([sensor(nil), sensor("pelvis", .ended)]))
                .hasPrefix("no sensor is on the pelvis"))
        #expect(
            says(SetReadiness.refusal([sensor("pelvis", calibrated: false)]))
                .contains("rehabctl calibrate"))
        #expect(SetReadiness.refusal([sensor("pelvis")]) == nil)
    }

    /// The pelvis alone gives something useful (exercises 0): what others would show is told, not demanded.
    @Test func whatIsNotWornIsTold() throws {
        var squat = LivePictures.squat
        #expect(SetReadiness.notWorn([sensor("pelvis")], for: [squat]) == nil)
        squat.sensorsNeeded = ["pelvis", "trunk", "stance-thigh"]
        let text = try #require(SetReadiness.notWorn([sensor("pelvis")], for: [squat]))
        #expect(text.hasPrefix("Squat: made for a sensor on the trunk, too."), "\(text)")
        #expect(text.contains("rehabctl calibrate"), "\(text)")
        #expect(SetReadiness.notWorn([sensor("pelvis"), sensor("trunk")], for: [squat]) == nil)
        var march = squat
        march.title = "March"
        march.sensorsNeeded = ["pelvis", "left-thigh"]
        let both = try #require(SetReadiness.notWorn([sensor("pelvis")], for: [squat, march]))
        #expect(both.hasPrefix("Squat, March: made for a sensor on the trunk and the left thigh"))
    }

    /// Whoever wants a test while a set runs is told before the countdown, in the daemon's words.
    @Test func nobodyGetsReadyForATestWhileSomethingRuns() throws {
        let practice = try Practice(Scenario.quiet(seconds: 60))
        defer { practice.player.stop() }
        #expect(SetReadiness.busy(try practice.daemon.status()) == nil)
        try practice.daemon.call(Rehab1.StartExercise(exercise: "squat"))
        let refused = try practice.daemon.refusal(of: Rehab1.StartTest(test: "T1", side: "left"))
        #expect(SetReadiness.busy(try practice.daemon.status()) == refused)
        let test = try practice.rehabctl(["test", "T1", "--side", "left"])
        #expect(test.code == 75, "\(test)")
        #expect(!test.output.contains("get ready"), "\(test)")
        #expect(test.errors.contains("an exercise is running"), "\(test)")
    }

    /// Compensations 7: the side of a walk is inferred, and corrected once by the person.
    @Test func aWalksLegsAreSaidToBeInferred() throws {
        var gait = LivePictures.squat
        gait.id = "gait"
        let text = try #require(SetReadiness.legs([sensor("pelvis")], for: [gait]))
        #expect(text.contains("inferred") && text.contains("press s"), "\(text)")
        let thighs = [sensor("pelvis"), sensor("left-thigh"), sensor("right-thigh")]
        #expect(SetReadiness.legs(thighs, for: [gait]) == nil)
        #expect(SetReadiness.legs([sensor("pelvis")], for: [LivePictures.squat]) == nil)
    }

    /// A daemon that is started again cannot know whether the sensor was off.
    @Test func aCalibrationOfBeforeIsSaid() throws {
        var old = sensor("pelvis")
        #expect(SetReadiness.restored([old]) == nil)
        old.calibration?.restored = true
        let text = try #require(SetReadiness.restored([old, sensor("trunk")]))
        #expect(text.contains(": pelvis. If") && text.contains("rehabctl calibrate"), "\(text)")
        old.state = .ended
        #expect(SetReadiness.restored([old]) == nil)
    }

    /// A person at a terminal is not asked for pain before a set that cannot be.
    @Test func nothingIsAskedForNothing() throws {
        let daemon = try RunningDaemon()
        let home = try TemporaryFolder()
        let terminal = try Pseudoterminal()
        let set = try terminal.start(
            Products.rehabctl, ["start", "one-leg-stand"],
            environment: Program.environment([
                "REHABD_SOCKET": daemon.socket, "XDG_STATE_HOME": home.path,
            ]))
        #expect(try set.wait(within: 20) == .exited(65))
        let shown = Practice.plain(terminal.drawn())
        #expect(shown.contains("no sensor is on the pelvis"), "\(shown)")
        #expect(shown.contains("rehabctl demo"), "\(shown)")
        #expect(!shown.contains("Any of them?") && !shown.contains("Pain now"), "\(shown)")
    }

    /// Worn and calibrated for hops, at the stage of hops: left out until the readiness is met.
    @Test func hopsAreLeftOutOfAWorkout() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 60))
        let daemon = try RunningDaemon()
        let home = try TemporaryFolder()
        try scenario.storeCalibration(of: "belt", in: daemon.state)
        try scenario.storeCalibration(of: "back", in: daemon.state)
        let file = daemon.state + "/calibrations/back.json"
        try String(contentsOfFile: file, encoding: .utf8)
            .replacing("\"pelvis\"", with: "\"trunk\"")
            .write(toFile: file, atomically: true, encoding: .utf8)
        let belt = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let back = try AttachedSensor("back", segment: "trunk", to: daemon)
        let players = [belt, back].map { PacketPlayer(scenario.packets, into: $0) }
        defer { players.forEach { $0.stop() } }
        try waitUntil("both to stream") {
            let sensors = try daemon.status().sensors
            return sensors.count == 2
                && sensors.allSatisfy { $0.state == .streaming && $0.calibration != nil }
        }
        func rehabctl(_ arguments: [String]) throws -> ProgramResult {
            try daemon.rehabctl(arguments, environment: ["XDG_STATE_HOME": home.path])
        }
        #expect(try rehabctl(["programme", "stage", "5", "--yes"]).code == 0)
        let list = try rehabctl(["workout", "--list", "--json"])
        #expect(list.code == 0, "\(list)")
        #expect(list.output.contains("\"decelerate\"") && !list.output.contains("\"hops\""))
        let told = try rehabctl(["workout", "--list"])
        #expect(
            told.output.contains(
                "Small jumps, low intensity: left out, readiness is not met or not known: "),
            "\(told)")
        #expect(told.output.contains("stops") && told.output.contains("rehabctl programme"))
        // Named, they are the person's own decision; what speaks against them is said.
        let named = try rehabctl([
            "workout", "hops", "--sets", "1", "--side", "right", "--seconds", "1", "--countdown",
            "0",
        ])
        #expect(named.code == 0, "\(named)")
        #expect(named.output.contains("readiness is not met or not known"), "\(named)")
        #expect(!named.output.contains("left out"))
    }
}
