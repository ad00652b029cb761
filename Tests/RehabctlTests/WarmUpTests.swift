// A workout of any stage begins with one set of EX01 or EX02 (exercise reference, sensor cover).

import DaemonTestKit
import Foundation
import Testing

@Suite(.scene()) struct WorkoutHoldTests {
    /// `--hold` in a workout is for those of its exercises that hold, and the others go on without it.
    @Test func aLongerHoldIsForWhatHolds() throws {
        let practice = try Practice(Scenario.quiet(seconds: 90))
        defer { practice.player.stop() }
        let run = try practice.rehabctl([
            "workout", "static-abd-stand", "squat", "one-leg-stand", "--side", "right", "--hold",
            "7", "--sets", "1", "--seconds", "3", "--countdown", "0", "--rest", "0", "--plain",
            "--no-questions", "--no-warm-up",
        ])
        #expect(run.code == 0, "\(run)")
        let log = practice.daemon.log
        #expect(log.contains("dose of this set: static-abd-stand hold 5.0 s is 7.0 s"), "\(log)")
        #expect(log.contains("dose of this set: one-leg-stand hold 10.0 s is 7.0 s"), "\(log)")
        #expect(!log.contains("dose of this set: squat"), "\(log)")
        let sets = practice.logText().split(separator: "\n").filter { $0.contains("\"set\"") }
        #expect(sets.count == 3, "\(practice.logText())")
        // Alone, an exercise without a hold is refused with the reason.
        let alone = try practice.rehabctl([
            "workout", "squat", "--hold", "7", "--sets", "1", "--seconds", "3", "--countdown", "0",
            "--no-questions", "--no-warm-up",
        ])
        #expect(alone.code != 0 && alone.errors.contains("holds nothing"), "\(alone)")
        #expect(alone.errors.contains("--hold away"), "\(alone)")
    }
}

@Suite(.scene()) struct WarmUpTests {
    private struct Part: Decodable, Equatable {
        let exercise: String
        let sets: Int
    }

    @Test func everyStageBeginsWithAWarmUp() throws {
        let practice = try Practice(Scenario.quiet(seconds: 60))
        defer { practice.player.stop() }
        func parts(_ arguments: [String]) throws -> [Part] {
            let told = try practice.rehabctl(["workout", "--list", "--json"] + arguments)
            #expect(told.code == 0, "\(told)")
            return try JSONDecoder().decode([Part].self, from: Data(told.output.utf8))
        }
        for stage in 2...5 {
            let plan = try parts(["--stage", "\(stage)", "--sets", "3"])
            #expect(plan.first == Part(exercise: "glute-set", sets: 1), "stage \(stage)")
            #expect(plan.count > 1 && plan.dropFirst().allSatisfy { $0.sets == 3 })
            let cold = try parts(["--stage", "\(stage)", "--sets", "3", "--no-warm-up"])
            #expect(cold == Array(plan.dropFirst()), "stage \(stage)")
        }
        // Where they are the work themselves, they come once, with their own dose.
        let first = try parts(["--stage", "1"])
        #expect(first.first == Part(exercise: "glute-set", sets: 2))
        #expect(first.count { $0.exercise == "glute-set" } == 1)
        // Whoever names exercises gets those; what goes before them is said.
        #expect(try parts(["squat", "--sets", "1"]) == [Part(exercise: "squat", sets: 1)])
        let named = try practice.rehabctl(["workout", "squat", "--list"])
        #expect(named.output.contains("Warm up first"), "\(named)")
        let alone = try practice.rehabctl(["workout", "squat", "--list", "--no-warm-up"])
        #expect(!alone.output.contains("Warm up first"), "\(alone)")
    }
}
