// Runs of the test battery: begun like a set without cues, scored and kept at their end.

import Assessment
package import Control
import ControlServer
import EventLoop
import Exercises
import Kinematics
import Movement
import Plumbing

/// The run that is under way.
struct RunningTest {
    let test: BatteryTest
    let side: Side?
    let exercise: Exercise?
    /// Of the pelvis sensor, when the run began.
    let alignment: SensorAlignment
    var trace: TestTrace

    mutating func take(_ frame: MotionFrame) { trace.add(frame, alignment: alignment) }
}

extension Supervisor {
    private var testStore: TestStore { TestStore(directory: settings.paths.tests) }

    package func listTests() -> [Rehab1.Test] {
        TestBattery.all.map { $0.told(hasSide: $0.legs != .both) }
    }

    package func startTest(_ call: Rehab1.StartTest) throws(ControlRefusal) -> Rehab1.Test {
        guard let wanted = TestBattery.test(call.test) else {
            throw .notReady(
                reason: "there is no test \(call.test)", cure: "see them with: rehabctl test list")
        }
        guard test == nil else {
            throw .busy(
                activity: "a test is running", cure: "end it, or give it up: rehabctl stop")
        }
        var side: Side?
        if let name = call.side {
            guard let given = Side(name: name) else { throw .invalidParameter("side") }
            side = given
        }
        guard side == nil || wanted.legs != .both else { throw .invalidParameter("side") }
        guard side != nil || wanted.legs != .oneLeg else {
            throw .notReady(
                reason: "\(wanted.id) is done on one leg at a time",
                cure: "name it: rehabctl test \(wanted.id) --side left, or --side right")
        }
        let id = wanted.exercise(hasSide: side != nil)
        if let id {
            _ = try beginExercise(
                Rehab1.StartExercise(exercise: id, side: side?.name, probe: true), isTest: true)
        }
        if id == nil {
            endOldCalibrations()
            try demandPresentWear(of: [.pelvis])
        }
        guard let pelvis = sensors.first(where: { $0.segment == .pelvis }),
            let alignment = pelvis.calibration?.sensorAlignment
        else {
            throw .notReady(
                reason: "the pelvis sensor is missing or not calibrated",
                cure: "calibrate with: rehabctl calibrate")
        }
        guard exercise != nil || calibration == nil else {
            throw .busy(activity: "a calibration is running", cure: "finish it first")
        }
        session.markTest("\(wanted.id) \(side?.name ?? "both")")
        test = RunningTest(
            test: wanted, side: side, exercise: exercise?.exercise, alignment: alignment,
            trace: TestTrace(plan: id == nil ? nil : exercise?.record.plan))
        control.broadcast(.status(status()))
        return wanted.told(hasSide: side != nil)
    }

    package func stopTest() throws(ControlRefusal) -> Rehab1.TestResult {
        guard var running = test else {
            throw .notReady(
                reason: "no test is running", cure: "start one with: rehabctl test T1 --side left")
        }
        try demandWhole(running)
        test = nil
        let recording = session.isUnwanted ? nil : session.recordingName
        if running.exercise != nil, exercise != nil { _ = try finishExercise() }
        running.trace.finish()
        let scoring = TestScoring(test: running.test, trace: running.trace, side: running.side)
        let date = isoDate()
        var stored = StoredTest(
            name: testStore.freeName(
                date: date, test: running.test.id, side: running.side?.name),
            test: running.test, date: date, side: running.side,
            sensors: calibratedSensors.map(\.name).sorted(), outcome: scoring.outcome())
        stored.exercise = running.exercise?.id
        stored.exerciseVersion = running.exercise?.version
        stored.thresholds = ((running.exercise?.rules ?? []) + scoring.mirroredRules).map {
            StoredTest.Threshold(rule: $0.id.name, signal: $0.signal.name, on: $0.on)
        }
        stored.recording = recording
        session.mark("test \(running.test.id) ended")
        // Also where no set ended with it: whoever follows the run elsewhere sees that it is over.
        control.broadcast(.status(status()))
        try keep(stored)
        return stored.told(among: try keptTests())
    }

    /// A run that its sensor left, or whose set was ended by somebody else, is none: nothing of it is kept.
    private func demandWhole(_ running: RunningTest) throws(ControlRefusal) {
        let hasSet = running.exercise == nil || exercise?.isTest == true
        let pelvis = sensors.first { $0.segment == .pelvis }
        guard !hasSet || pelvis?.stateNow(loop.now) != .streaming else { return }
        _ = try giveUpTest()
        throw .notReady(
            reason:
                "the pelvis sensor fell silent, or the set was ended, before \(running.test.id) "
                + "was over: nothing of this run is kept",
            cure: "check that the sensor is on and near, and begin again: rehabctl test "
                + running.test.id)
    }

    /// The run that is under way is none any more.
    func dropTest() {
        guard let running = test else { return }
        test = nil
        session.mark("test \(running.test.id) given up")
    }

    package func giveUpTest() throws(ControlRefusal) -> String {
        guard let running = test else {
            throw .notReady(
                reason: "no test is running", cure: "start one with: rehabctl test T1 --side left")
        }
        dropTest()
        if running.exercise != nil, exercise != nil { _ = try finishExercise() }
        control.broadcast(.status(status()))
        return running.test.id
    }

    package func answerTest(
        _ call: Rehab1.AnswerTest
    ) throws(ControlRefusal) -> Rehab1.TestResult {
        guard call.answers.isSensible else { throw .invalidParameter("answers") }
        let kept = try keptTests()
        guard var stored = kept.first(where: { $0.name == call.name }) else {
            throw .notReady(
                reason: "there is no test result \(call.name)",
                cure: "see them with: rehabctl test results")
        }
        stored.answers.take(call.answers)
        try keep(stored)
        return stored.told(among: kept)
    }

    package func listTestResults(
        _ call: Rehab1.ListTestResults
    ) throws(ControlRefusal) -> [Rehab1.TestResult] {
        let kept = try keptTests()
        return kept.filter { call.test == nil || $0.test == call.test }.map { $0.told(among: kept) }
    }

    /// Segments whose sensors a test can rest on.
    private var calibratedSensors: Set<Segment> {
        Set(sensors.filter { $0.calibration != nil }.compactMap(\.segment))
    }

    private func keep(_ stored: StoredTest) throws(ControlRefusal) {
        do throws(PlumbingError) {
            try testStore.save(stored)
        } catch {
            throw .storageFailed(path: testStore.directory, reason: error.reason)
        }
    }

    private func keptTests() throws(ControlRefusal) -> [StoredTest] {
        do throws(PlumbingError) {
            let (tests, complaints) = try testStore.all()
            complaints.forEach { warn($0) }
            return tests
        } catch {
            throw .storageFailed(path: testStore.directory, reason: error.reason)
        }
    }
}

extension Rehab1.TestAnswers {
    /// Numbers within what was asked for.
    var isSensible: Bool {
        (pain.map { (0...10).contains($0) } ?? true)
            && (stepHeightCentimetres.map { (1...60).contains($0) } ?? true)
            && (knee.map { (0...2).contains($0) } ?? true)
            && (pace.map { Pace(rawValue: $0) != nil } ?? true)
    }

    /// Takes what `other` answers; the rest stays.
    mutating func take(_ other: Rehab1.TestAnswers) {
        pain = other.pain ?? pain
        fingertip = other.fingertip ?? fingertip
        stepHeightCentimetres = other.stepHeightCentimetres ?? stepHeightCentimetres
        handsLeftWaist = other.handsLeftWaist ?? handsLeftWaist
        steppedDown = other.steppedDown ?? steppedDown
        knee = other.knee ?? knee
        pace = other.pace ?? pace
    }
}
