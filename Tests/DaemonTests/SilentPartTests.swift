// The only set of an exercise: its last third is without cues and shows what stays without them.

import Control
import DaemonTestKit
import Exercises
import Foundation
import Movement
import Testing

@testable import Daemon

@Suite(.scene()) struct SilentPartTests {
    private func exercise(_ id: String) throws -> Exercise {
        try #require(try Catalogue.load().first { $0.id == id })
    }

    /// The exercises whose dose is one set (exercise reference: EX02, 03, 06, 11 and 13).
    @Test(arguments: [
        ("static-abd-supine", "the last 2 of 5 repetitions"),
        ("static-abd-stand", "the last 2 of 5 repetitions"),
        ("bridge", "the last 3 of 10 repetitions"), ("squat", "the last 3 of 10 repetitions"),
        ("side-step", "what comes after 40 s"),
    ])
    func anExerciseOfOneSetHasOne(_ id: String, _ text: String) throws {
        let found = try exercise(id)
        let part = try #require(SilentPart(of: found))
        #expect(part.text == text)
        var plan = found.plan(side: nil)
        part.apply(to: &plan)
        if id == "side-step" {
            #expect(plan.alternation == CueAlternation(cued: 40, silent: .max))
        } else {
            #expect(plan.alternation == CueAlternation())
            #expect(plan.cuedMovements == (id == "bridge" || id == "squat" ? 7 : 3))
        }
    }

    /// Others have a whole set for it, EX19 its silent minutes, EX22 no sets.
    @Test func othersHaveNone() throws {
        let with = try Catalogue.load().filter { SilentPart(of: $0) != nil }.map(\.number)
        #expect(Set(with) == [2, 3, 6, 11, 13])
        // Side-steps that end at a number of their own: when the last third begins is not known here.
        #expect(SilentPart(of: try exercise("side-step"), isCounted: true) == nil)
        #expect(SilentPart(of: try exercise("squat"), isCounted: true)?.cuedMovements == 7)
    }

    /// After a pause the estimator counts anew: what may be cued goes on where it was.
    @Test func aPauseDoesNotBeginItAnew() throws {
        var plan = try exercise("squat").plan(side: nil)
        SilentPart(of: try exercise("squat"))?.apply(to: &plan)
        plan.cueOffset = 4
        var record = SetRecord(plan: plan)
        for number in 1...5 {
            var frame = MotionFrame()
            frame.segment = .pelvis
            frame.phase = .holding
            frame.time = Int64(number) * 6_000_000_000
            frame.sample.interval = 6
            frame.repetition = Repetition(
                number: UInt16(number), tempo: Tempo(raise: 2, hold: 1, lower: 2, rest: 1))
            record.add(frame)
        }
        let next = try exercise("squat").plan(side: nil).goingOn(after: record)
        #expect(next.cuedMovements == 2 && next.cueOffset == 9 && next.repetitions == 5)
        // EX19's minutes as well: 30 s into the first.
        var gait = try exercise("gait").plan(side: nil)
        #expect(gait.alternation.cued == 60)
        var walk = SetRecord(plan: gait)
        var frame = MotionFrame()
        frame.segment = .pelvis
        frame.phase = .holding
        frame.time = 1
        frame.sample.interval = 30
        walk.add(frame)
        gait = gait.goingOn(after: walk)
        #expect(gait.alternation.isCued(after: 29_000_000_000))
        #expect(!gait.alternation.isCued(after: 31_000_000_000))
    }

    /// A set of three tilted pushes, 6 s each.
    @Test func theLastThirdIsNotCuedAndTellsTheDependence() throws {
        let path = Products.repository + "/Sources/Exercises/Catalogue/static-abd-stand.toml"
        let push = try String(contentsOfFile: path, encoding: .utf8)
            .replacing("tempo = [1, 5, 1, 3]", with: "tempo = [1, 3, 1, 1]")
        let scene = try FeedbackScene(
            Scenario.tilted(after: 3, for: 60), exercises: ["static-abd-stand.toml": push])
        let log = try EventLog(scene.daemon)
        try log.wait(for: "the tilt") {
            $0.frame?.obliquityDegrees.flatMap { abs($0) > 6.5 ? true : nil }
        }
        let started = try scene.daemon.call(
            Rehab1.StartExercise(exercise: "static-abd-stand", count: 3)
        ).exercise
        #expect(started.cueing == "at-once")
        #expect(started.silentPart == "the last repetition of 3")
        try log.wait(for: "three pushes", within: 40) {
            $0.frame.flatMap { $0.count >= 3 ? true : nil }
        }
        let summary = try scene.daemon.call(Rehab1.StopExercise()).summary
        scene.player.stop()
        log.stop()
        // The live picture says where it begins.
        let silent = log.frames.filter { $0.view?.silent == true }
        #expect(!silent.isEmpty && silent.allSatisfy { $0.count >= 2 })
        #expect(!summary.probe && summary.silentPart == "the last repetition of 3")
        #expect(summary.repetitions.count == 3)
        // One in each of the first two; none in the third.
        #expect(log.cues.count == 2 && summary.cues == 2, "\(log.cues)")
        let fading = try #require(summary.fading)
        let with = try #require(fading.cuedErrorDegrees)
        let without = try #require(fading.uncuedErrorDegrees)
        print("error with cues \(with), without \(without)")
        // 7 degrees all along: 4.5 above the 2.5 of C01 and 4 above the 3 of C17.
        #expect(abs(without - 8.5) < 0.5)
        #expect(abs(with - 8.5) < 0.5)
        let dependence = try #require(fading.dependence)
        #expect(abs(dependence - (without - with) / max(with, 0.5)) < 1e-9)
    }
}
