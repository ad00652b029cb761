// One value of every type of the test battery, with every field set.

@testable import Control

extension Samples {
    static let testQuestion = Rehab1.TestQuestion(id: "pain", text: "Highest pain")

    static let test = Rehab1.Test(
        id: "T1", title: "One-leg stand", legs: "one-leg", exercise: "one-leg-stand", goal: "hold",
        goalSeconds: 30, goalCount: 3, instructions: ["Stand"], questions: [testQuestion],
        counts: "4 degrees")

    static let testAnswers = Rehab1.TestAnswers(
        pain: 2.5, fingertip: true, stepHeightCentimetres: 20, handsLeftWaist: false,
        steppedDown: true, knee: 1, pace: "jog")

    static let testMeasure = Rehab1.TestMeasure(
        id: "hold-s", title: "hold", unit: "s", value: 30, source: "measured", count: 1,
        uncertainty: 0.25, spread: 1.5, counts: 5, earlier: 24.5, change: "more")

    static let testSymmetry = Rehab1.TestSymmetry(
        id: "hold-s", title: "hold", percent: 87.5, otherDate: "2026-01-02T03:04:05Z")

    static let testCurvePoint = Rehab1.TestCurvePoint(second: 3, liftDegrees: 4.5)

    static let testResult = Rehab1.TestResult(
        version: 1, name: "20260102T030405-T1-left", test: "T1", title: "One-leg stand",
        date: "2026-01-02T03:04:05Z", side: "left", sensors: ["pelvis"], measures: [testMeasure],
        curve: [testCurvePoint], notes: ["pattern: level?"], answers: testAnswers,
        earlierDate: "2026-01-01T03:04:05Z", symmetry: [testSymmetry], unknownShare: 0.125,
        recording: "a")
}
