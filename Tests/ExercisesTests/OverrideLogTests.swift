// Every value that a person's own file changes is logged by its name, and nothing that it leaves as it was.

import Foundation
import Movement
import Testing

@testable import Exercises

@Suite struct OverrideLogTests {
    /// The lines on the catalogue's file of `id` with some of its text replaced, without what names the file.
    private func changes(
        _ id: String, _ replacements: [(String, String)]
    ) throws -> [String] {
        var text = try #require(Catalogue.text("\(id).toml"))
        for (old, new) in replacements {
            let found = try #require(text.range(of: old), "\(old)")
            text.replaceSubrange(found, with: new)
        }
        var set = ExerciseSet(builtIn: try Catalogue.load())
        set.overlay([("mine.toml", text)])
        #expect(set.faults.isEmpty, "\(set.faults)")
        return set.changes.map { change in
            #expect(change.text.hasSuffix(" by mine.toml, version \(change.version)"))
            return change.text.components(separatedBy: " by mine.toml").first ?? ""
        }
    }

    @Test func aFileThatChangesNothingIsNoOverride() throws {
        #expect(try changes("squat", []).isEmpty)
    }

    /// The catalogue's squat has C01 at 4 and 2.5, for 0.3 s.
    @Test(arguments: [
        ("off = 2.5", "off = 2.0", "off 2.5 is 2.0"),
        ("on = 4.0", "on = 6.0", "on 4.0 is 6.0"),
        ("min-on-seconds = 0.3", "min-on-seconds = 0.5", "min-on-seconds 0.3 is 0.5"),
        ("on = 4.0", "on = 4.0\nmin-off-seconds = 1", "min-off-seconds 0.3 is 1.0"),
        ("on = 4.0", "on = 4.0\nrefractory-seconds = 9", "refractory-seconds 4.0 is 9.0"),
        ("on = 4.0", "on = 4.0\nreport-only = true", "report-only false is true"),
    ])
    func eachValueOfARuleIsNamed(_ old: String, _ new: String, _ said: String) throws {
        #expect(try changes("squat", [(old, new)]) == ["squat C01 obliquity: \(said)"])
    }

    @Test func severalValuesOfARuleAreOneLine() throws {
        #expect(
            try changes("squat", [("on = 4.0", "on = 5.0"), ("off = 2.5", "off = 3.5")])
                == ["squat C01 obliquity: on 4.0 is 5.0, off 2.5 is 3.5"])
    }

    @Test func tempoAndDoseAreOverridesToo() throws {
        #expect(
            try changes("clam", [("tempo = [2, 1, 3, 1]", "tempo = [2, 1, 5, 1]")])
                == ["clam tempo: lower 3.0 is 5.0"])
        #expect(
            try changes("clam", [("sets = 2", "sets = 3"), ("repetitions = 8", "repetitions = 5")])
                == ["clam dose: sets 2 is 3, repetitions 8 is 5"])
        #expect(
            try changes("one-leg-stand", [("target-seconds = 10", "target-seconds = 20")])
                == ["one-leg-stand dose: target-seconds 10.0 is 20.0"])
    }

    @Test func rulesThatComeAndGoAreNamedWithTheirValues() throws {
        let added = try changes(
            "squat",
            [
                (
                    "[[rule]]",
                    "[[rule]]\nid = \"C08\"\nsignal = \"tilt-change\"\non = 10\noff = 7\nmin-on-seconds = 0.5\n\n[[rule]]"
                )
            ])
        #expect(
            added == [
                "squat C08 tilt-change: added, on none is 10.0, off none is 7.0, min-on-seconds none is 0.5, "
                    + "min-off-seconds none is 0.3, refractory-seconds none is 4.0, report-only none "
                    + "is false"
            ])
        let removed = try changes("squat", [("id = \"C01\"", "id = \"C13\"")])
        #expect(removed.contains { $0.hasPrefix("squat C01 obliquity: removed, on 4.0 is none") })
        #expect(removed.contains { $0.hasPrefix("squat C13 obliquity: added, on none is 4.0") })
    }

    /// Between cues of a rule lies a repetition, or 20 steps of gait: some seconds less say nothing there.
    @Test(arguments: [
        ("squat", "one repetition"), ("gait", "20 steps"), ("march", nil), ("one-leg-stand", nil),
    ])
    func checkWarnsOfARestThatNothingHeeds(_ id: String, _ rest: String?) throws {
        let set = ExerciseSet(builtIn: try Catalogue.load())
        var text = try #require(Catalogue.text("\(id).toml"))
        #expect(!ExerciseText.check(text, file: "mine.toml", in: set).text.contains("warning"))
        let place = try #require(text.range(of: "min-on-seconds"))
        text.insert(contentsOf: "refractory-seconds = 2\n", at: place.lowerBound)
        let check = ExerciseText.check(text, file: "mine.toml", in: set)
        #expect(check.isRight, "\(check.text)")
        #expect(
            check.text.contains("warning: ") == (rest != nil)
                && check.text.contains("rests for \(rest ?? "")") == (rest != nil), "\(check.text)")
    }
}
