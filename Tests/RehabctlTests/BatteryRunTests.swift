// T2 and T4 to T8 as a person runs them: a played person, the real programs, the numbers beside the script's.

import Control
import DaemonTestKit
import Foundation
import Plumbing
import Testing

@Suite(.scene()) struct BatteryRunTests {
    /// Quiet, then an exercise of the catalogue as the synthetic person does it.
    private static func doing(
        _ exercise: String, count: Int, pattern: String = "level", degrees: Double = 8,
        quiet: Double = 6
    ) -> String {
        Scenario.toml(
            """
            [[task]]
            kind = "quiet-stand"
            name = "quiet"
            seconds = \(quiet)
            [[task]]
            kind = "exercise"
            name = "set"
            exercise = "\(exercise)"
            side = "right"
            pattern = "\(pattern)"
            degrees = \(degrees)
            clean = 0
            count = \(count)
            [[task]]
            kind = "quiet-stand"
            name = "after"
            seconds = 60
            """)
    }

    /// Runs a test to its own goal.
    private func run(
        _ toml: String, _ arguments: [String], within seconds: Double = 120
    ) throws -> Rehab1.TestResult {
        let practice = try Practice(toml)
        defer { practice.player.stop() }
        let told = try practice.rehabctl(
            ["test"] + arguments + ["--lead-in", "0", "--json"]
                + (arguments.contains("--seconds") ? [] : ["--seconds", "70"]), within: seconds)
        #expect(told.code == 0, "\(told)")
        let results = try JSONDecoder().decode(
            [Rehab1.TestResult].self, from: Data(told.output.utf8))
        let result = try #require(results.first)
        for one in result.measures {
            print("\(result.test) \(one.id): \(one.value ?? .nan) \(one.unit), n \(one.count)")
        }
        print("\(result.test): \(result.notes)")
        // What a person reads of it, and what the battery keeps of it.
        let shown = try practice.rehabctl(["test", "results", result.test])
        #expect(shown.output.contains("\(result.test) \(result.title)"), "\(shown)")
        return result
    }

    private func measure(_ id: String, _ result: Rehab1.TestResult) throws -> Rehab1.TestMeasure {
        try #require(result.measures.first { $0.id == id }, "\(id) of \(result.test)")
    }

    private func value(_ id: String, _ result: Rehab1.TestResult) throws -> Double {
        try #require(try measure(id, result).value, "\(id) of \(result.test)")
    }

    @Test func t2TakesTheBestAndTheMeanOfThreeTries() throws {
        let stands = [5.0, 9.0, 7.0].enumerated().map { index, seconds in
            """
            [[task]]
            kind = "quiet-stand"
            name = "quiet-\(index)"
            seconds = 5
            [[task]]
            kind = "one-leg-stand"
            name = "stand-\(index)"
            side = "right"
            seconds = \(seconds)

            """
        }.joined()
        let result = try run(
            Scenario.toml(
                stands + "[[task]]\nkind = \"quiet-stand\"\nname = \"after\"\nseconds = 60\n"),
            ["T2", "--side", "right", "--pain", "1"])
        #expect(abs(try value("hold-best-s", result) - 9) < 0.5)
        #expect(abs(try value("hold-mean-s", result) - 7) < 0.5)
        #expect(try measure("hold-mean-s", result).count == 3)
        // Of 5, 9 and 7 s: 2 s, beyond which a later best has changed.
        let spread = try #require(try measure("hold-best-s", result).spread)
        #expect(abs(spread - 2) < 0.3, "\(spread)")
        #expect(try value("pain", result) == 1)
    }

    /// A drop of 9 degrees on every step: above the 7 of C01, so the pelvis' point is given.
    @Test func t4ScoresWhatIsSeenAndWhatIsAsked() throws {
        let result = try run(
            BatteryRunTests.doing("side-step-down", count: 6, pattern: "drop", degrees: 9),
            [
                "T4", "--side", "right", "--step-height", "15", "--hands", "no", "--stepped", "no",
                "--knee", "1",
            ])
        #expect(try value("score", result) == 2)
        // The trunk is not worn: its point is open.
        #expect(try measure("score", result).uncertainty == 1)
        #expect(result.notes.contains { $0.hasPrefix("pelvis off level: 1 of 1 (measured)") })
        #expect(result.notes.contains { $0.hasPrefix("knee inside the foot: 1 of 2 (asked)") })
        #expect(result.notes.contains { $0.contains("trunk leant: open") })
        #expect(try measure("drop-deg", result).count == 5)
        #expect(abs(try value("drop-deg", result) - 9) < 2)
        #expect(abs(try value("lower-s", result) - 3) < 0.4)
        #expect(try value("step_height_cm", result) == 15)
    }

    @Test func t5TellsDropDepthAndCleanOnes() throws {
        let result = try run(
            BatteryRunTests.doing("sl-squat", count: 6), ["T5", "--side", "right"])
        #expect(try measure("drop-deg", result).count == 5)
        #expect(abs(try value("drop-deg", result)) < 3)
        #expect(try measure("depth", result).unit == "cm")
        #expect(try measure("clean", result).count == 5)
        #expect(try value("clean", result) == 5)
        #expect(try measure("lean-deg", result).source == "not-measured")
    }

    /// Steps of 0.6 s on both legs, in a shorter walk than the test's two minutes.
    @Test func t6TellsBothLegsOfAWalk() throws {
        let result = try run(
            BatteryRunTests.doing("gait", count: 90, quiet: 3), ["T6", "--seconds", "45"])
        #expect(abs(try value("cadence", result) - 100) < 5)
        #expect(abs(try value("step-left-s", result) - 0.6) < 0.05)
        #expect(abs(try value("step-right-s", result) - 0.6) < 0.05)
        #expect(try value("asymmetry", result) < 8)
        #expect(try measure("drop-left-deg", result).count > 20)
        #expect(result.notes.contains { $0.contains("50 are wanted") })
        #expect(result.notes.contains("left and right are inferred from the pelvis"))
    }

    /// Some steps are no mean: what is missing is said instead.
    @Test func aShortWalkTellsNoMeans() throws {
        let result = try run(
            BatteryRunTests.doing("gait", count: 90, quiet: 3), ["T6", "--seconds", "16"])
        let drop = try measure("drop-left-deg", result)
        #expect(drop.value == nil && drop.source == "not-measured" && drop.count > 0)
        #expect(
            result.notes.contains {
                $0.contains("not measured: \(drop.count) steps, 20 are needed")
            },
            "\(result.notes)")
    }

    @Test(arguments: [("T7", "decelerate"), ("T8", "hops")])
    func stopsAndLandingsAreSeenAndSayWhatDidNotBecomeSteady(_ test: String, _ exercise: String)
        throws
    {
        let result = try run(
            BatteryRunTests.doing(exercise, count: 6),
            [test, "--side", "right"] + (test == "T7" ? ["--pace", "walk"] : []))
        // Each is seen. How many become steady depends on the sway of one leg, and in T7 on the way to the
        // next stop, which the last second's mean is taken from: what did not is told in a note.
        #expect(try measure("drop-deg", result).count == 5)
        let steady = try #require(result.measures.first { $0.id == "steady-s" })
        #expect(
            steady.value != nil || result.notes.contains { $0.contains("did not become steady") })
        #expect((steady.value != nil) == (steady.count == 5))
        #expect(result.answers.pace == (test == "T7" ? "walk" : nil))
        #expect(result.notes.contains("from a walk") == (test == "T7"))
        #expect(try value("peak", result) > 1)
        #expect(!result.notes.contains { $0.contains("of 5 seen") })
    }
}
