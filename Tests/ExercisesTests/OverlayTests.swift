// A person's own files over the catalogue: overrides, additions, rings, and what is said about them.

import Movement
import Testing
import TomlReading

@testable import Exercises

private func own(
    id: String = "squat", number: Int? = nil, version: Int = 7, on: Double = 6, extra: String = ""
) -> String {
    """
    format = 1
    id = "\(id)"
    number = \(number ?? (id == "squat" ? 11 : 23))
    version = \(version)
    title = "Squat, as agreed"
    stage = [1, 3]
    posture = "upright"
    task = "repetitions"
    sensors-needed = ["pelvis"]
    repetition-signal = "height"
    tempo = [3, 0, 3, 0]
    instruction = "Sit back."
    cue = "Share the weight."
    source = "physiotherapist"
    \(extra)
    [dose]
    sets = 2
    repetitions = 6

    [[rule]]
    id = "C01"
    signal = "obliquity"
    on = \(on)
    off = 2.5
    min-on-seconds = 0.3
    """
}

@Suite struct OverlayTests {
    private func builtIn() throws -> ExerciseSet { ExerciseSet(builtIn: try Catalogue.load()) }
    /// How many come with the program.
    private let known = Catalogue.fileNames.count

    @Test func aFileOverridesAndEveryThresholdIsLogged() throws {
        var set = try builtIn()
        set.overlay([("mine.toml", own())])
        #expect(set.faults.isEmpty)
        #expect(set.exercises.count == known)
        let squat = try #require(set.exercise("squat"))
        #expect(squat.version == 7 && squat.file == "mine.toml" && squat.dose.repetitions == 6)
        #expect(
            set.changes.first { $0.rule?.number == 1 }?.text
                == "squat C01 obliquity: on 4.0 is 6.0 by mine.toml, version 7")
        // The rules that the file leaves out are changes too.
        #expect(Set(set.changes.compactMap { $0.rule?.number }) == [1, 7, 10, 11])
    }

    @Test func aNewIdAdds() throws {
        var set = try builtIn()
        set.overlay([("wall-squat.toml", own(id: "wall-squat"))])
        #expect(set.exercises.count == known + 1 && set.changes.isEmpty)
    }

    /// The pain rules and gates know an exercise by its number: 11 is the squat, and no other.
    @Test(arguments: [1, 9, 11, 22])
    func aNumberOfTheCatalogueIsNotForANewId(_ number: Int) throws {
        var set = try builtIn()
        set.overlay([("new.toml", own(id: "wall-squat", number: number))])
        let fault = try #require(set.faults.first)
        #expect(fault.line == 3 && fault.field == "number", "\(fault)")
        let holder = try #require(set.exercises.first { $0.number == number }).id
        #expect(
            fault.message.contains("\(number) is that of \(holder)")
                && fault.message.contains("takes 23 or more"), "\(fault)")
        #expect(set.exercises.count == known)
        let check = ExerciseText.check(
            own(id: "wall-squat", number: number), file: "new.toml", in: try builtIn())
        #expect(!check.isRight && check.text.hasPrefix("new.toml:3: number: "), "\(check.text)")
    }

    @Test func anOverrideKeepsItsNumber() throws {
        var set = try builtIn()
        set.overlay([("mine.toml", own(number: 12))])
        let fault = try #require(set.faults.first)
        #expect(fault.line == 3 && fault.field == "number", "\(fault)")
        #expect(fault.message.contains("must stay 11"), "\(fault)")
        #expect(set.exercise("squat")?.version == 1)
    }

    @Test func aFaultyFileChangesNothingAndTheOthersCount() throws {
        var set = try builtIn()
        set.overlay([
            ("b.toml", own(on: 2.6)), ("a.toml", own(id: "one")), ("c.toml", own(id: "one")),
        ])
        #expect(set.exercises.count == known + 1)
        #expect(set.faults.map(\.file) == ["b.toml", "c.toml"])
        #expect(set.faults[0].field == "rule[1].on" && set.faults[0].line != nil)
        #expect(set.faults[1].message.contains("a.toml"))
        #expect(set.exercise("squat")?.version == 1)
    }

    @Test func ringsAndUnknownNamesAreRefusedWithTheirLine() throws {
        var set = try builtIn()
        set.overlay([("ring.toml", own(extra: "harder-exercise = \"static-abd-stand\""))])
        let ring = try #require(set.faults.first)
        #expect(ring.field == "harder-exercise" && ring.line == 15)
        #expect(ring.message.contains("squat → static-abd-stand → squat"))
        set = try builtIn()
        set.overlay([("name.toml", own(extra: "easier-exercise = \"sit-stnd\""))])
        let unknown = try #require(set.faults.first)
        #expect(unknown.line == 15 && unknown.message.contains("\"sit-stand\""))
        set = try builtIn()
        set.overlay([("self.toml", own(extra: "harder-exercise = \"squat\""))])
        #expect(set.faults.first?.message.contains("ring") == true)
    }

    /// Of two links the one that closes the ring is shown.
    @Test func aRingIsShownAtTheLinkThatClosesIt() throws {
        var set = try builtIn()
        let harmless = "easier-exercise = \"sit-stand\"\n"
        set.overlay([
            ("ring.toml", own(extra: harmless + "harder-exercise = \"static-abd-stand\""))
        ])
        let harder = try #require(set.faults.first)
        #expect(harder.field == "harder-exercise" && harder.line == 16, "\(harder)")
        set = try builtIn()
        set.overlay([
            (
                "ring.toml",
                own(extra: "easier-exercise = \"squat\"\nharder-exercise = \"sl-squat\"")
            )
        ])
        let easier = try #require(set.faults.first)
        #expect(easier.field == "easier-exercise" && easier.line == 15, "\(easier)")
    }

    /// The two of a pair cannot both be there first.
    @Test func filesMayNameEachOther() throws {
        var set = try builtIn()
        set.overlay([
            ("a.toml", own(id: "high-squat", extra: "harder-exercise = \"low-squat\"")),
            ("b.toml", own(id: "low-squat", extra: "easier-exercise = \"high-squat\"")),
        ])
        #expect(set.faults.isEmpty && set.exercises.count == known + 2, "\(set.faults)")
    }

    @Test func aRingOfTwoFilesIsNamed() throws {
        var set = try builtIn()
        set.overlay([
            ("a.toml", own(id: "high-squat", extra: "easier-exercise = \"low-squat\"")),
            ("b.toml", own(id: "low-squat", extra: "easier-exercise = \"high-squat\"")),
        ])
        let ring = try #require(set.faults.first { $0.file == "b.toml" })
        #expect(ring.message.contains("ring: low-squat → high-squat → low-squat"), "\(ring)")
        #expect(ring.line == 15 && ring.field == "easier-exercise")
        // What named the file that is left out has nothing to name any more.
        #expect(set.faults.first { $0.file == "a.toml" }?.message.contains("low-squat") == true)
        #expect(set.exercises.count == known)
    }

    @Test func aMisspeltFieldThatIsNeededIsShown() throws {
        let text = own().split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("posture") ? "postur = \"upright\"" : String($0) }
            .joined(separator: "\n")
        var found: TomlError?
        do throws(TomlError) {
            _ = try ExerciseFile.parse(text, file: "f.toml")
        } catch {
            found = error
        }
        #expect(
            found?.description
                == "f.toml:7: posture: is missing; add it, or is \"postur\" meant for it?")
    }

    @Test func checkSaysWhatAFileDoes() throws {
        let set = try builtIn()
        let good = ExerciseText.check(own(), file: "mine.toml", in: set)
        #expect(good.isRight && good.text.contains("overrides version 1 of squat.toml"))
        #expect(good.text.contains("C01 obliquity: on 4"))
        let bad = ExerciseText.check(own(on: 2.6), file: "mine.toml", in: set)
        #expect(!bad.isRight && bad.text.hasPrefix("mine.toml:"))
        let new = ExerciseText.check(own(id: "new-one"), file: "n.toml", in: set)
        #expect(new.isRight && new.text.contains("new"))
    }

    @Test(arguments: [
        (
            "cue = \"Share the weight.\"", "cue = \"Share the weight on both feet now.\"", "cue",
            "5 words"
        ),
        ("cue = \"Share the weight.\"", "cue = \"No bad knees.\"", "cue", "\"bad\""),
        ("cue = \"Share the weight.\"", "cue = 3", "cue", "text"),
        ("cue = \"Share the weight.\"", "cue = []", "cue", "text"),
        ("instruction = \"Sit back.\"", "instruction = \"Avoid injury.\"", "instruction", "injury"),
        ("stage = [1, 3]", "stage = [1.5]", "stage", "whole"),
        ("posture = \"upright\"", "posture = [\"supine\", \"supine\"]", "posture", "twice"),
        ("posture = \"upright\"", "posture = [\"sitting\"]", "posture", "supine"),
        ("tempo = [3, 0, 3, 0]", "tempo = [3, 0, 3]", "tempo", "4"),
        ("tempo = [3, 0, 3, 0]", "tempo = [0, 0, 0, 0]", "tempo", "leave it out"),
        ("tempo = [3, 0, 3, 0]", "tempo = [3, 1, 0, 0]", "tempo", "raise and lower"),
        (
            "repetition-signal = \"height\"", "repetition-signal = \"hight\"", "repetition-signal",
            "metronome"
        ),
        (
            "repetition-signal = \"height\"", "repetition-signal = \"walking\"",
            "repetition-signal", "does not show"
        ),
        (
            "repetition-signal = \"height\"", "repetition-signal = \"hike\"", "side",
            "stance or moving"
        ),
        ("repetition-signal = \"height\"\n", "", "repetition-signal", "missing"),
        (
            "sensors-needed = [\"pelvis\"]", "sensors-needed = [\"hip\"]", "sensors-needed",
            "\"hip\""
        ),
        ("repetitions = 6", "repetitions = 6.0", "dose.repetitions", "whole"),
        ("repetitions = 6", "repetition = 6", "dose.repetition", "\"repetitions\""),
        ("version = 7", "version = 7\ntempos = 1", "tempos", "\"tempo\""),
        (
            "min-on-seconds = 0.3",
            "min-on-seconds = 0.3\n[[rule]]\nid = \"C11\"\nsignal = \"lowering-shortfall\"\non = 0.3\noff = 0.2\nmin-on-seconds = 1",
            "rule[2].min-on-seconds", "one moment"
        ),
    ])
    func newFieldsAreChecked(_ old: String, _ new: String, _ field: String, _ says: String) throws {
        let text = own()
        let parts = text.components(around: old)
        try #require(parts.count == 2)
        var found: TomlError?
        do throws(TomlError) {
            _ = try ExerciseFile.parse(parts[0] + new + parts[1], file: "f.toml")
        } catch {
            found = error
        }
        let fault = try #require(found)
        #expect(fault.field == field, "\(fault)")
        #expect(fault.message.contains(says), "\(fault)")
    }
}

extension String {
    /// The text before and after the first `part`; the whole where it is not there.
    fileprivate func components(around part: String) -> [String] {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(part) {
                return [
                    String(self[..<start]), String(self[index(start, offsetBy: part.count)...]),
                ]
            }
            start = index(after: start)
        }
        return [self]
    }
}
