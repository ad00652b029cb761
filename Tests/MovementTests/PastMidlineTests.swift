// C12, past the midline: the upper thigh of a person who lies on a side, against the horizontal.

import Foundation
import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

/// A person on one side whose upper thigh alone moves.
private struct OnOneSide {
    let upper: Side
    var wearing: Wearing

    /// Up in the axes of the upper thigh whose knee lies `below` degrees below its hip.
    ///
    /// From the frame of compensations 1: Y towards the hip, so Y·up is the sine of it; Z, to the right, is
    /// the side that points up.
    static func thigh(_ upper: Side, below: Double) -> Vector3 {
        Vector3(0, sin(below * degree), upper.sign * cos(below * degree))
    }

    init(upper: Side, plan: MovementPlan) {
        self.upper = upper
        wearing = Wearing([.pelvis, .leftThigh, .rightThigh])
        wearing.body.begin(plan, time: wearing.time)
    }

    @discardableResult
    mutating func step(below: Double) -> MotionFrame {
        wearing.feed(upper.thigh, OnOneSide.thigh(upper, below: below))
        wearing.feed(upper.opposite.thigh, Vector3(0, 0, upper.sign))
        return wearing.step(Vector3(0, 0, upper.sign))
    }

    mutating func rest(_ seconds: Double, below: Double) {
        for _ in 0..<Int((seconds * 100).rounded()) { step(below: below) }
    }

    /// From one angle to another along the course of least jerk (Flash and Hogan 1985).
    mutating func move(from: Double, to: Double, in seconds: Double) {
        let count = Int((seconds * 100).rounded())
        for index in 1...count {
            let part = Double(index) / Double(count)
            step(below: from + (to - from) * pow(part, 3) * (10 - 15 * part + 6 * part * part))
        }
    }

    /// One lift of `range` degrees from the rest, that comes down to `end` and goes back to the rest.
    mutating func lift(_ range: Double, rest start: Double, end: Double) {
        move(from: start, to: start - range, in: 2)
        rest(1, below: start - range)
        move(from: start - range, to: end, in: 3)
        rest(1, below: end)
        if end != start { move(from: end, to: start, in: 1) }
        rest(1, below: start)
    }

    var cues: [Alert] { wearing.alerts.map(\.alert) }
}

/// A clam or a side lift with the rules of C12 alone.
private func plan(upper: Side?) -> MovementPlan {
    var plan = MovementPlan(
        task: .repetitions, posture: .leftSide, stanceSide: upper?.opposite, targetHold: 0)
    plan.otherPostures = Posture.rightSide.bit
    plan.source = .movingThigh
    plan.fallback = .metronome
    plan.tempo = Tempo(raise: 2, hold: 1, lower: 3, rest: 1)
    plan.repetitions = 8
    plan.restsUpright = false
    for (signal, on, off, least) in [
        (Signal.rangeShortfall, 0.2, 0.15, 0.0), (.pastMidline, 5 * degree, 4 * degree, 0.3),
    ] {
        _ = plan.add(
            Rule(id: RuleID(number: 12), signal: signal, on: on, off: off, minimumOn: least))
    }
    return plan
}

@Suite("Past the midline, lying on a side")
struct PastMidlineTests {
    @Test(
        "the upper thigh's knee below its hip counts, by the degree",
        arguments: Side.allCases, [-35.0, -4, 0, 3, 5.5, 12])
    func value(upper: Side, below: Double) throws {
        // With and without the side: the upper leg is the one that moves.
        for side in [upper, nil] {
            var person = OnOneSide(upper: upper, plan: plan(upper: side))
            person.rest(2, below: below)
            let value = try #require(person.wearing.frames.last?.signals.value(.pastMidline))
            #expect(abs(value / degree - below) < 1e-6, "\(value / degree)")
        }
    }

    /// The stand tells where the thigh's length runs in the sensor's axes: here 4° aside and 10° ahead.
    @Test("it counts from the stand", arguments: Side.allCases)
    func neutral(upper: Side) throws {
        var person = OnOneSide(upper: upper, plan: plan(upper: nil))
        let stood = SegmentAngles(obliquity: 4 * degree, anteriorTilt: 10 * degree)
        person.wearing.body.align(
            upper.thigh,
            SensorAlignment(segmentFromSensor: .identity, neutral: stood, calmJerk: 0))
        // Up in the stand, from the definitions of both angles; and an axis level then.
        let long = segmentUp(4, tilt: 10)
        let across = try #require(
            (Vector3(0, 0, upper.sign) - long * (upper.sign * long.z)).normalized())
        for below in [-30.0, 7] {
            let up = long * sin(below * degree) + across * cos(below * degree)
            for _ in 0..<150 {
                person.wearing.feed(upper.thigh, up)
                person.wearing.step(Vector3(0, 0, upper.sign))
            }
            let value = try #require(person.wearing.frames.last?.signals.value(.pastMidline))
            #expect(abs(value / degree - below) < 1e-6, "\(value / degree)")
        }
    }

    @Test("without the upper thigh's sensor it is not measured", arguments: Side.allCases)
    func notWorn(upper: Side) {
        var person = OnOneSide(upper: upper, plan: plan(upper: upper))
        person.wearing.body.align(upper.thigh, nil)
        person.rest(2, below: 8)
        #expect(person.wearing.frames.last?.signals.value(.pastMidline) == nil)
    }

    @Test(
        "lifts from a rest at the horizontal, above it or a little below are silent",
        arguments: Side.allCases, [-6.0, 0, 2, 4])
    func clean(upper: Side, below: Double) {
        for range in [20.0, 35] {
            var person = OnOneSide(upper: upper, plan: plan(upper: upper))
            person.rest(2, below: below)
            for _ in 0..<4 { person.lift(range, rest: below, end: below) }
            #expect(person.wearing.frames.last?.repetitions == 4)
            #expect(person.cues.isEmpty, "\(person.cues.map { $0.value / degree })")
        }
    }

    @Test(
        "a thigh that comes down past the horizontal is told so each time",
        arguments: Side.allCases, [7.0, 9, 14])
    func dropped(upper: Side, end: Double) throws {
        var person = OnOneSide(upper: upper, plan: plan(upper: upper))
        person.rest(2, below: 0)
        for _ in 0..<2 { person.lift(30, rest: 0, end: 0) }
        #expect(person.cues.isEmpty)
        for _ in 0..<2 { person.lift(30, rest: 0, end: end) }
        #expect(person.wearing.frames.last?.repetitions == 4)
        #expect(person.cues.map(\.signal.name) == ["past-midline", "past-midline"])
        let value = try #require(person.cues.first).value
        #expect(value > 5 * degree && value < end * degree + 1e-6)
    }
}
