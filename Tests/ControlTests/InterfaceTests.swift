// Our interface text against our Swift types: every name, every field, every error.

import Testing
import Varlink

@testable import Control

@Suite struct InterfaceTests {
    private let text: InterfaceText

    init() throws { text = try InterfaceText(parsing: Rehab1.text) }

    @Test func theTextIsValidAndNamesItsInterface() {
        #expect(text.name == Rehab1.interface)
        #expect(Rehab1.description == text)
        #expect(Rehab1.text.hasPrefix("#"))
    }

    @Test func theMethodsAreThoseOfTheText() {
        #expect(Set(Rehab1.Method.allCases.map(\.rawValue)) == Set(text.methods.keys))
    }

    // MARK: Types

    private func fields(_ type: String) -> [Field] {
        guard case .structure(let fields)? = text.types[type] else { return [] }
        return fields
    }

    /// Every field set: what is written has every declared field, with a value of its type, and no
    /// other; and it is read back as the same value.
    private func check<Value: Codable & Equatable>(
        _ value: Value, _ declared: [Field], complete: Bool = true
    ) throws {
        let json = ControlCoding.value(of: value)
        #expect(text.mismatch(in: json, declared) == nil, "\(Value.self)")
        if complete {
            #expect(json.objectValue?.keys.sorted() == declared.map(\.name).sorted())
        }
        #expect(try ControlCoding.decode(Value.self, from: json) == value)
    }

    @Test func theTypesAreWrittenAndReadAsDeclared() throws {
        try check(Samples.calibration, fields("Calibration"))
        try check(Samples.turnRound, fields("TurnRound"))
        try check(Samples.calibratedSensor, fields("CalibratedSensor"))
        try check(Samples.sensor, fields("Sensor"))
        try check(Samples.link, fields("Link"))
        try check(Samples.sighting, fields("Sighting"))
        try check(Samples.adapter, fields("Adapter"))
        try check(Samples.bluetooth, fields("Bluetooth"))
        try check(Samples.realtime, fields("Realtime"))
        try check(Samples.output, fields("Output"))
        try check(Samples.rule, fields("Rule"))
        try check(Samples.ruleResult, fields("RuleResult"))
        try check(Samples.hold, fields("Hold"))
        try check(Samples.summary, fields("Summary"))
        try check(Samples.repetition, fields("Repetition"))
        try check(Samples.stepSide, fields("StepSide"))
        try check(Samples.steps, fields("Steps"))
        try check(Samples.landing, fields("Landing"))
        try check(Samples.exercise, fields("Exercise"))
        try check(Samples.dose, fields("Dose"))
        try check(Samples.threshold, fields("Threshold"))
        try check(Samples.runningSet, fields("RunningSet"))
        try check(Samples.course, fields("Course"))
        try check(Samples.frameView, fields("FrameView"))
        try check(Samples.recording, fields("Recording"))
        try check(Samples.frame, fields("Frame"))
        try check(Samples.cue, fields("Cue"))
        try check(Samples.calibrationStep, fields("CalibrationStep"))
        try check(Samples.replayChannel, fields("ReplayChannel"))
        try check(Samples.event, fields("Event"))
        try check(Samples.status, fields("Status"))
        try check(Samples.sound, fields("Sound"))
        try check(Samples.habits, fields("Habits"))
        try check(Samples.fading, fields("Fading"))
        try check(Samples.test, fields("Test"))
        try check(Samples.testQuestion, fields("TestQuestion"))
        try check(Samples.testAnswers, fields("TestAnswers"))
        try check(Samples.testMeasure, fields("TestMeasure"))
        try check(Samples.testSymmetry, fields("TestSymmetry"))
        try check(Samples.testCurvePoint, fields("TestCurvePoint"))
        try check(Samples.testResult, fields("TestResult"))
        // A type added to the text must be added here.
        #expect(text.types.count == 41)
    }

    @Test func theMethodsParametersAndResultsAreAsDeclared() throws {
        func check<Method: ControlMethod & Equatable>(
            _ call: Method, _ reply: Method.Reply
        ) throws where Method.Reply: Equatable {
            let declared = try #require(text.methods[Method.method.rawValue])
            try self.check(call, declared.parameters)
            try self.check(reply, declared.result)
        }
        try check(Rehab1.GetStatus(), .init(status: Samples.status))
        try check(Rehab1.Monitor(intervalMilliseconds: 20), .init(event: Samples.event))
        try check(
            Rehab1.AttachSensor(
                name: "pelvis", kind: "movella-dot", segment: "pelvis", rateHertz: 60,
                characteristics: ["measurement"]),
            .init(sensor: Samples.sensor))
        try check(Rehab1.DetachSensor(name: "pelvis"), Rehab1.Empty())
        try check(Rehab1.AssignSegment(name: "pelvis", segment: "trunk"), Rehab1.Empty())
        try check(
            Rehab1.Scan(seconds: 5), .init(sightings: [Samples.sighting], done: true))
        try check(
            Rehab1.AddSensor(
                address: "D4:22:CD:00:00:01", addressKind: "random", kind: "movella-dot",
                name: "pelvis", segment: "pelvis", rateHertz: 60),
            .init(sensor: Samples.sensor))
        try check(Rehab1.ForgetSensor(name: "pelvis"), Rehab1.Empty())
        try check(Rehab1.ConnectSensor(name: "pelvis"), Rehab1.Empty())
        try check(Rehab1.DisconnectSensor(name: "pelvis"), Rehab1.Empty())
        try check(Rehab1.IdentifySensor(name: "pelvis"), Rehab1.Empty())
        try check(Rehab1.BuzzSensor(name: "pelvis", milliseconds: 100), Rehab1.Empty())
        try check(Rehab1.PairSensor(name: "pelvis"), Rehab1.Empty())
        try check(Rehab1.GetBluetooth(), .init(bluetooth: Samples.bluetooth))
        try check(
            Rehab1.Reload(),
            .init(changed: ["log.names"], atNextSession: ["sound.device"], atNextStart: []))
        try check(
            Rehab1.Calibrate(leadInSeconds: 3, what: "turn-round"),
            .init(step: Samples.calibrationStep))
        try check(Rehab1.ListExercises(), .init(exercises: [Samples.exercise]))
        try check(
            Rehab1.StartExercise(
                exercise: "one-leg-stand", side: "left", record: true, probe: true,
                thresholds: [Samples.threshold], leadInSeconds: 3, count: 8, holdSeconds: 10),
            .init(exercise: Samples.exercise))
        try check(Rehab1.Pause(paused: true), Rehab1.Empty())
        try check(Rehab1.ChangeSide(side: "left"), Rehab1.Empty())
        try check(Rehab1.Mark(text: "a twinge"), Rehab1.Empty())
        try check(Rehab1.StopExercise(), .init(summary: Samples.summary))
        try check(Rehab1.ListTests(), .init(tests: [Samples.test]))
        try check(Rehab1.StartTest(test: "T1", side: "left"), .init(test: Samples.test))
        try check(Rehab1.StopTest(), .init(result: Samples.testResult))
        try check(Rehab1.GiveUpTest(), .init(test: "T1"))
        try check(
            Rehab1.AnswerTest(name: "x", answers: Samples.testAnswers),
            .init(result: Samples.testResult))
        try check(Rehab1.ListTestResults(test: "T1"), .init(results: [Samples.testResult]))
        try check(Rehab1.ListRecordings(), .init(recordings: [Samples.recording]))
        try check(Rehab1.RemoveRecording(name: "x"), Rehab1.Empty())
        try check(Rehab1.GetSound(), .init(sound: Samples.sound))
        try check(
            Rehab1.SetSound(
                volumePercent: 50, speech: true, language: "de", sonification: false,
                vibration: true, breaks: false, snoozeMinutes: 60, direction: "towards",
                delayMilliseconds: 180, sitting: true),
            .init(sound: Samples.sound))
        try check(
            Rehab1.PlaySound(rule: "C01", side: "left"),
            .init(played: true, spoken: false, words: "Float the belt level", reason: "none"))
        try check(
            Rehab1.Breathe(inSeconds: 4, outSeconds: 6, minutes: 3),
            .init(phase: "in", seconds: 4, breath: 1, reason: "none"))
        try check(Rehab1.ListFading(), .init(fading: [Samples.fading]))
        try check(
            Rehab1.SetFading(exercise: "one-leg-stand", workout: 5),
            .init(fading: Samples.fading))
        try check(
            Rehab1.Replay(
                title: "a recording", channels: [Samples.replayChannel], commands: ["start"]),
            .init(packets: 1, frames: 2, cues: 3, done: true))
    }

    @Test func absentAndNullAreOneThing() throws {
        let bare = Rehab1.StartExercise(exercise: "one-leg-stand")
        let written = ControlCoding.value(of: bare)
        #expect(written == ["exercise": "one-leg-stand"])
        let nulls: JSONValue = ["exercise": "one-leg-stand", "side": .null, "record": .null]
        #expect(try ControlCoding.decode(Rehab1.StartExercise.self, from: nulls) == bare)
    }

    @Test func theEnumerationsHaveTheDeclaredWords() {
        func check<Words: CaseIterable & RawRepresentable>(
            _ words: Words.Type, _ type: String, _ field: String
        ) where Words.RawValue == String {
            let declared = fields(type).first { $0.name == field }?.type
            #expect(declared == .enumeration(declaredOrder(words, declared)))
        }
        /// The Swift words in the text's order, or as they are where they differ.
        func declaredOrder<Words: CaseIterable & RawRepresentable>(
            _ words: Words.Type, _ declared: FieldType?
        ) -> [String] where Words.RawValue == String {
            let ours = Words.allCases.map(\.rawValue)
            guard case .enumeration(let theirs)? = declared, Set(theirs) == Set(ours) else {
                return ours
            }
            return theirs
        }
        check(Rehab1.Sensor.State.self, "Sensor", "state")
        check(Rehab1.Output.State.self, "Output", "state")
        check(Rehab1.Frame.Phase.self, "Frame", "phase")
        check(Rehab1.CalibrationStep.Step.self, "CalibrationStep", "step")
        check(Rehab1.Event.Kind.self, "Event", "kind")
        check(Rehab1.Status.Activity.self, "Status", "activity")
    }

    @Test func whatIsNotANumberIsSentAsUnknown() throws {
        var frame = Samples.frame
        frame.obliquityDegrees = .nan
        frame.quaternion = [1, .infinity, 0, 0]
        let json = ControlCoding.value(of: frame)
        #expect(json["obliquity_degrees"] == nil)
        #expect(json["quaternion"]?.arrayValue?[1] == .null)
        #expect(json["drop_degrees"] == .number(6.25))
    }

    @Test func timesKeepAll64Bits() throws {
        var cue = Samples.cue
        cue.time = 9_007_199_254_740_993  // 2^53 + 1, which a Double cannot hold
        let json = ControlCoding.value(of: cue)
        #expect(json["time"] == .integer(9_007_199_254_740_993))
        #expect(try ControlCoding.decode(Rehab1.Cue.self, from: json).time == cue.time)
    }

    @Test func aFieldThatDoesNotFitIsNamed() {
        let value: JSONValue = [
            "title": "t", "commands": [], "channels": [["channel": "0"]],
        ]
        #expect(throws: CodingMismatch(field: "channels.0.channel")) {
            try ControlCoding.decode(Rehab1.Replay.self, from: value)
        }
    }

    // MARK: Errors

    @Test func theErrorsAreThoseOfTheTextsWithTheirParameters() throws {
        let service = try InterfaceText(parsing: VarlinkService.description)
        var seen: Set<String> = []
        for refusal in Samples.refusals {
            let reply = refusal.reply
            let error = VarlinkCall(method: try #require(reply.error))
            let declared = error.interface == Rehab1.interface ? text : service
            let fields = try #require(declared.errors[error.member], "\(error.method)")
            #expect(declared.mismatch(in: reply.parameters, fields) == nil)
            #expect(ControlRefusal(name: error.method, parameters: reply.parameters) == refusal)
            seen.insert(error.method)
        }
        let ours = text.errors.keys.map { "\(Rehab1.interface).\($0)" }
        let theirs = service.errors.keys.map { "\(VarlinkService.interface).\($0)" }
        #expect(seen == Set(ours + theirs))
    }

    @Test func anUnknownErrorIsKeptAsItCame() {
        let refusal = ControlRefusal(name: "org.rehabd.rehab1.New", parameters: ["x": 1])
        #expect(refusal == .other(name: "org.rehabd.rehab1.New", parameters: ["x": 1]))
        #expect(refusal.reply == VarlinkReply(error: "org.rehabd.rehab1.New", parameters: ["x": 1]))
        #expect(refusal.sentence.contains("org.rehabd.rehab1.New"))
    }

    @Test func everyErrorIsASentenceWithoutAbusedWords() {
        let avoided = ["wrong", "bad", "damage", "danger", "failed", "weak", "collapse", "injury"]
        for refusal in Samples.refusals {
            let words = refusal.description.lowercased().split { !$0.isLetter }.map(String.init)
            #expect(words.count >= 4)
            #expect(avoided.allSatisfy { !words.contains($0) }, "\(refusal.description)")
            #expect(!refusal.sentence.hasSuffix("."))
        }
    }
}
