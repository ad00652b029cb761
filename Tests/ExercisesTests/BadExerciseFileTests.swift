// Exercise files that are not right: every fault names the file, the line and the field.

import Foundation
import Movement
import Testing
import TomlReading

@testable import Exercises

/// A small exercise that is right.
///
/// Line numbers below count from its first line.
private let good = """
    format = 1
    id = "test-stand"
    number = 9
    version = 1
    title = "A stand"
    stage = [2, 5]
    posture = "upright"
    task = "single-leg-hold"
    sensors-needed = ["pelvis"]
    instruction = "Stand."
    cue = "Float the belt level."
    source = "nowhere"

    [dose]
    sets = 3
    target-seconds = 10

    [[rule]]
    id = "C01"
    signal = "drop"
    on = 4.0
    off = 2.5
    min-on-seconds = 0.5

    [[rule]]
    id = "C19"
    signal = "jerk-ratio"
    on = 5.0
    off = 4.0
    min-on-seconds = 0.0

    """

private func fault(_ text: String) -> TomlError? {
    do {
        _ = try ExerciseFile.parse(text, file: "bad.toml")
        return nil
    } catch {
        return error
    }
}

private func replaced(_ old: String, _ new: String) -> String {
    guard let range = good.firstRange(of: old) else { return "" }
    return good.replacingCharacters(in: range, with: new)
}

extension String {
    fileprivate func firstRange(of other: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(other) {
                return start..<index(start, offsetBy: other.count)
            }
            start = index(after: start)
        }
        return nil
    }

    fileprivate func replacingCharacters(in range: Range<String.Index>, with new: String) -> String
    {
        String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
    }
}

/// One change of the good file and the fault it must give.
struct BadChange: Sendable, CustomTestStringConvertible {
    var old: String
    var new: String
    var line: Int?
    var field: String
    var says: String

    var testDescription: String { new.isEmpty ? "without \(old)" : new }

    init(_ old: String, _ new: String, line: Int?, field: String, says: String) {
        self.old = old
        self.new = new
        self.line = line
        self.field = field
        self.says = says
    }
}

@Suite struct BadExerciseFileTests {
    @Test func theGoodFileIsRead() throws {
        let exercise = try ExerciseFile.parse(good, file: "good.toml")
        #expect(exercise.rules.count == 2)
        #expect(exercise.sets == 3)
        #expect(exercise.stages == 2...5)
    }

    @Test(arguments: [
        BadChange("format = 1", "format = 2", line: 1, field: "format", says: "from 1 to 1"),
        BadChange("format = 1\n", "", line: nil, field: "format", says: "missing"),
        BadChange(
            "id = \"test-stand\"", "id = \"Test Stand\"", line: 2, field: "id",
            says: "small letters"),
        BadChange("number = 9", "number = 0", line: 3, field: "number", says: "from 1 to 999"),
        BadChange(
            "title = \"A stand\"", "titel = \"A stand\"", line: 5, field: "title",
            says: "\"titel\" meant"),
        BadChange("cue = ", "cues = ", line: 11, field: "cue", says: "\"cues\" meant"),
        BadChange(
            "source = \"nowhere\"", "sorce = \"nowhere\"", line: 12, field: "source",
            says: "\"sorce\" meant"),
        BadChange("id = \"test-stand\"", "ID = \"x\"", line: 2, field: "id", says: "\"ID\" meant"),
        // A field that is known is not taken for a slip of the pen, however near it is.
        BadChange(
            "min-on-seconds = 0.5", "min-off-seconds = 0.5", line: 18,
            field: "rule[1].min-on-seconds", says: "add it to [[rule]]"),
        BadChange(
            "version = 1", "version = 1\ntempo = [0, 0, 0, 0]", line: 5, field: "tempo",
            says: "leave it out"),
        BadChange(
            "version = 1", "version = 1\ncolour = 2", line: 5, field: "colour", says: "known"),
        BadChange(
            "version = 1", "version = 1\nmeasures = []", line: 5, field: "measures",
            says: "\"measure\""),
        BadChange("stage = [2, 5]", "stage = [5, 2]", line: 6, field: "stage", says: "rise"),
        BadChange("stage = [2, 5]", "stage = [2, 9]", line: 6, field: "stage", says: "from 1"),
        BadChange("stage = [2, 5]", "stage = []", line: 6, field: "stage", says: "1 to 2"),
        BadChange(
            "posture = \"upright\"", "posture = \"standing\"", line: 7, field: "posture",
            says: "supine"),
        BadChange(
            "posture = \"upright\"", "posture = \"unknown\"", line: 7, field: "posture",
            says: "supine"),
        BadChange(
            "task = \"single-leg-hold\"", "task = \"juggle\"", line: 8, field: "task",
            says: "single-leg-hold"),
        BadChange(
            "sensors-needed = [\"pelvis\"]", "sensors-needed = []", line: 9,
            field: "sensors-needed", says: "entries"),
        BadChange(
            "cue = \"Float the belt level.\"\n", "", line: nil, field: "cue", says: "missing"),
        BadChange("source = \"nowhere\"\n", "", line: nil, field: "source", says: "missing"),
        BadChange("sets = 3", "sets = 3.5", line: 15, field: "dose.sets", says: "whole number"),
        BadChange("sets = 3", "set = 3", line: 15, field: "dose.sets", says: "\"set\" meant"),
        BadChange(
            "target-seconds = 10", "target-seconds = -1", line: 16, field: "dose.target-seconds",
            says: "from 1"),
        BadChange(
            "target-seconds = 10", "target-seconds = 10\nrest = 3", line: 17, field: "dose.rest",
            says: "known"),
        BadChange(
            "id = \"C01\"", "id = \"C21\"", line: 19, field: "rule[1].id", says: "C01 to C20"),
        BadChange(
            "id = \"C01\"", "id = \"c01\"", line: 19, field: "rule[1].id", says: "C01 to C20"),
        BadChange(
            "signal = \"drop\"", "signal = \"dorp\"", line: 20, field: "rule[1].signal",
            says: "hike"),
        BadChange(
            "signal = \"drop\"", "signal = \"lean-ipsilateral\"", line: 20, field: "rule[1].signal",
            says: "lean-ipsilateral goes with C02"),
        BadChange(
            "id = \"C01\"", "id = \"C04\"", line: 20, field: "rule[1].signal",
            says: "whose cue says \"Long waist\": that goes with hike, hike-upper"),
        BadChange(
            "on = 4.0\noff = 2.5", "on = 0.07\noff = 0.08", line: 21, field: "rule[1].on",
            says: "3.0 degrees"),
        BadChange(
            "min-on-seconds = 0.5", "min-on-ms = 500", line: 23, field: "rule[1].min-on-seconds",
            says: "add it to [[rule]], or is \"min-on-ms\" meant for it?"),
        BadChange(
            "min-on-seconds = 0.5", "min-on-seconds = 500", line: 23,
            field: "rule[1].min-on-seconds", says: "from 0 to 60"),
        BadChange(
            "stage = [2, 5]", "stage = [6]", line: 6, field: "stage", says: "numbers from 1 to 5"),
        BadChange(
            "target-seconds = 10", "target-seconds = 10\nreps = 8", line: 17, field: "dose.reps",
            says: "did you mean \"repetitions\"?"),
        BadChange("on = 4.0", "on = 2.9", line: 21, field: "rule[1].on", says: "3.0 degrees"),
        BadChange("on = 4.0", "on = 181.0", line: 21, field: "rule[1].on", says: "from 0"),
        BadChange("on = 4.0", "on = nan", line: 21, field: "rule[1].on", says: "from 0"),
        BadChange("on = 4.0", "on = \"4\"", line: 21, field: "rule[1].on", says: "number"),
        BadChange(
            "off = 2.5", "off = 4.0", line: 22, field: "rule[1].off", says: "smaller than on"),
        BadChange(
            "off = 2.5", "off = 9.0", line: 22, field: "rule[1].off", says: "smaller than on"),
        BadChange("off = 2.5\n", "", line: 18, field: "rule[1].off", says: "missing"),
        BadChange(
            "min-on-seconds = 0.5", "min-on-seconds = 61", line: 23,
            field: "rule[1].min-on-seconds", says: "from 0"),
        BadChange(
            "min-on-seconds = 0.5", "min-on-second = 0.5", line: 23,
            field: "rule[1].min-on-seconds", says: "missing"),
        BadChange(
            "min-on-seconds = 0.5", "min-on-seconds = 0.5\nrefractory = 4", line: 24,
            field: "rule[1].refractory", says: "refractory-seconds"),
        BadChange(
            "min-on-seconds = 0.5", "min-on-seconds = 0.5\nmin-off-second = 1", line: 24,
            field: "rule[1].min-off-second", says: "\"min-off-seconds\""),
        BadChange(
            "min-on-seconds = 0.5", "min-on-seconds = 0.5\nrefractory-seconds = 0", line: 24,
            field: "rule[1].refractory-seconds", says: "from 0.5"),
        BadChange(
            "id = \"C19\"\nsignal = \"jerk-ratio\"", "id = \"C01\"\nsignal = \"drop\"", line: 26,
            field: "rule[2].id", says: "twice"),
    ])
    func aFaultIsNamedWithLineAndField(_ change: BadChange) throws {
        let text = replaced(change.old, change.new)
        #expect(!text.isEmpty, "the change found its place")
        let error = try #require(fault(text))
        #expect(error.file == "bad.toml")
        #expect(error.line == change.line)
        #expect(error.field == change.field)
        #expect(error.message.contains(change.says), "\(error.message)")
    }

    /// The reader asks for the fields that it says it knows, no fewer and no more.
    @Test func everyKnownFieldIsAskedFor() throws {
        let error = try #require(fault(replaced("version = 1", "version = 1\nzzzzzzzzzz = 2")))
        let known = try #require(error.message.components(separatedBy: "known are ").last)
        #expect(known.components(separatedBy: ", ") == ExerciseFile.fields.sorted())
    }

    @Test func theFloorDoesNotBindRatios() {
        #expect(fault(replaced("on = 5.0\noff = 4.0", "on = 2.0\noff = 1.0")) == nil)
    }

    @Test func theFloorItselfIsAllowed() {
        #expect(fault(replaced("on = 4.0", "on = 3.0")) == nil)
    }

    @Test func anExerciseWithoutRulesIsRefused() throws {
        let text = try String(good[..<#require(good.firstRange(of: "[[rule]]")).lowerBound])
        let error = try #require(fault(text))
        #expect(error.field == "rule")
        #expect(error.message.contains("at least one"))
    }

    @Test func thirtyTwoRulesAreTheMost() throws {
        let head = try String(good[..<#require(good.firstRange(of: "[[rule]]")).lowerBound])
        var text = head
        let signals = Signal.allCases.map(\.name)
        for index in 0..<32 {
            text +=
                "[[rule]]\nid = \"C13\"\n"
                + "signal = \"\(signals[index])\"\non = 5.0\noff = 4.0\nmin-on-seconds = 0\n\n"
        }
        let exercise = try ExerciseFile.parse(text, file: "full.toml")
        #expect(exercise.plan(stanceSide: nil).ruleCount == 32)
        text +=
            "[[rule]]\nid = \"C01\"\nsignal = \"drop\"\non = 5.0\noff = 4.0\nmin-on-seconds = 0\n"
        let error = try #require(fault(text))
        #expect(error.field == "rule")
        #expect(error.message.contains("32"))
    }

    @Test(arguments: [
        "", "\n", "rule = 5", "[[rule]]", "[rule]\nid = 1", "format = \"1\"", "dose = 3",
        "[format]", "= ", "[=]", "\u{0}", "a = [ }",
    ])
    func whatIsNoExerciseGivesAnError(_ text: String) {
        #expect(fault(text)?.file == "bad.toml")
    }

    @Test func whatIsNoTomlNamesTheLine() {
        #expect(fault(replaced("number = 9", "number = = 9"))?.line == 3)
        #expect(fault(replaced("on = 4.0", "on = 4.0.0"))?.line == 21)
    }

    @Test func aRuleListThatIsNoneIsRefused() throws {
        let head = try String(good[..<#require(good.firstRange(of: "[dose]")).lowerBound])
        let dose = "[dose]\nsets = 1\ntarget-seconds = 5\n"
        #expect(fault(head + "rule = 1\n" + dose)?.field == "rule")
        #expect(fault(head + "rule = [1, 2]\n" + dose)?.field == "rule")
    }

    @Test func everyCutOfTheFileIsReadOrRefusedWithoutATrap() {
        for count in 0..<good.utf8.count {
            let text = String(decoding: Array(good.utf8).prefix(count), as: UTF8.self)
            _ = fault(text)
        }
    }
}
