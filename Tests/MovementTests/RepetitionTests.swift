// Repetitions: counts, phases of several courses of movement, what is none, and the pelvis' height.

import Glibc
import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

/// Courses from 0 to 1 that people's movements are modelled by.
enum Course: CaseIterable, CustomTestStringConvertible {
    /// 10u³ − 15u⁴ + 6u⁵ (Flash and Hogan 1985), half a cosine, 3u² − 2u³.
    case leastJerk, cosine, cubic

    var testDescription: String { "\(self)" }

    func at(_ part: Double) -> Double {
        let u = max(0, min(1, part))
        switch self {
        case .leastJerk: return u * u * u * (10 - 15 * u + 6 * u * u)
        case .cosine: return (1 - cos(Double.pi * u)) / 2
        case .cubic: return u * u * (3 - 2 * u)
        }
    }
}

/// Repetitions one after the other: way of each moment.
private func way(
    _ time: Double, _ tempo: Tempo, _ count: Int, size: Double, course: Course, start: Double = 2
) -> Double {
    let into = time - start
    guard into > 0, into < Double(count) * tempo.total else { return 0 }
    let part = into.truncatingRemainder(dividingBy: tempo.total)
    let back = (part - tempo.raise - tempo.hold) / max(tempo.lower, 1e-9)
    return size * (course.at(part / tempo.raise) - course.at(back))
}

@Suite struct RepetitionTests {
    private func run(
        _ tempo: Tempo, count: Int, size: Double, course: Course, noise: Double = 0.1,
        lowersFirst: Bool = false
    ) -> [Repetition] {
        var tracker = RepetitionTracker()
        var random = SeededRandom(seed: 3)
        tracker.begin(source: .tilt, lowersFirst: lowersFirst, time: 0)
        var found: [Repetition] = []
        for index in 1...Int((4 + Double(count) * tempo.total) * 100) {
            let time = Double(index) * 0.01
            // Sway of a standing person, and the filter's noise.
            let sway = 0.2 * sin(2 * Double.pi * 0.4 * time) + random.normal(noise * 0.1)
            let angle = way(time, tempo, count, size: size, course: course) + sway
            if tracker.step(angle: angle * degree, interval: 0.01, time: Int64(time * 1e9)) {
                found.append(tracker.last)
            }
        }
        return found
    }

    @Test(arguments: Course.allCases)
    func phasesOfSeveralCoursesAreFound(_ course: Course) throws {
        let asked = Tempo(raise: 2, hold: 1, lower: 3, rest: 1)
        let found = run(asked, count: 8, size: 35, course: course)
        #expect(found.count == 8)
        #expect(found.map(\.number) == Array(1...8))
        for one in found {
            #expect(abs(one.range / degree - 35) < 1.5)
            #expect(one.isSeen)
        }
        // The course is learnt in the first repetitions; half of them are within 0.1 s then.
        let late = found.suffix(4)
        func middle(_ values: [Double]) -> Double { median(values) }
        #expect(abs(middle(late.map(\.tempo.raise)) - 2) < 0.15)
        #expect(abs(middle(late.map(\.tempo.lower)) - 3) < 0.2)
        #expect(abs(middle(late.map(\.tempo.hold)) - 1) < 0.2)
        #expect(abs(middle(late.map(\.tempo.rest)) - 1) < 0.2)
    }

    @Test func aMovementThatBeginsDownwardLowersFirst() throws {
        let asked = Tempo(raise: 3, hold: 0.5, lower: 1.5, rest: 1)
        let found = run(asked, count: 5, size: 30, course: .leastJerk, lowersFirst: true)
        let one = try #require(found.last)
        // The way out takes 3 s and is called lowering.
        #expect(abs(one.tempo.lower - 3) < 0.25 && abs(one.tempo.raise - 1.5) < 0.2)
    }

    @Test func swayAndHalfWaysAreNoRepetitions() {
        #expect(
            run(
                Tempo(raise: 1, hold: 0, lower: 1, rest: 1), count: 6, size: 5, course: .cosine
            ).isEmpty)
    }

    @Test func aWobbleAtTheFarEndIsNotCounted() {
        var tracker = RepetitionTracker()
        tracker.begin(source: .tilt, lowersFirst: false, time: 0)
        var ended = 0
        for index in 1...1200 {
            let time = Double(index) * 0.01
            var angle =
                30 * (Course.leastJerk.at((time - 2) / 1.5) - Course.leastJerk.at((time - 8) / 2))
            if time > 4, time < 7 { angle -= 9 * (1 - cos(2 * Double.pi * (time - 4) / 1.5)) / 2 }
            if tracker.step(angle: angle * degree, interval: 0.01, time: Int64(time * 1e9)) {
                ended += 1
            }
        }
        #expect(ended == 1)
    }

    /// A squat seen by nothing but the pelvis' acceleration: 20 cm in 2 s, an accelerometer 0.15 m/s² off.
    @Test func squatsAreCountedFromTheHeight() throws {
        var vertical = VerticalMotion()
        var tracker = RepetitionTracker()
        var random = SeededRandom(seed: 8)
        tracker.begin(source: .height, lowersFirst: true, time: 0)
        let tempo = Tempo(raise: 2, hold: 1, lower: 2, rest: 1.5)
        func height(_ time: Double) -> Double {
            -way(time, tempo, 6, size: 0.2, course: .leastJerk, start: 5)
        }
        var found: [Repetition] = []
        for index in 1...4500 {
            let time = Double(index) * 0.01
            let h = 0.002
            let lift = (height(time + h) - 2 * height(time) + height(time - h)) / (h * h)
            let force = Vector3(0, standardGravity + 0.15 + lift + random.normal(0.03), 0)
            vertical.step(up: Vector3(0, 1, 0), specificForce: force, rate: 0.02, interval: 0.01)
            if tracker.step(
                height: vertical, sign: -1, interval: 0.01, time: Int64(time * 1e9))
            {
                found.append(tracker.last)
            }
        }
        #expect(found.count == 6)
        for one in found { #expect(one.range > 0.12 && one.range < 0.28, "\(one.range)") }
        #expect(abs(median(found.map(\.tempo.lower)) - 2) < 0.4)
    }

    /// The weight goes over one foot after the start of a set: both thighs lean, and that is the rest then.
    @Test func aThighsRestFollowsUntilTheFirstMovement() throws {
        for mayFollow in [true, false] {
            var rest = ThighRest()
            func stand(_ leaning: Double, _ seconds: Double) {
                for _ in 0..<Int(seconds * 100) {
                    var thighs = ThighDirections()
                    thighs.right = segmentUp(leaning)
                    rest.step(thighs, rate: 0.02, interval: 0.01, mayFollow: mayFollow)
                }
            }
            stand(0, 1)
            stand(5, 2)
            var thighs = ThighDirections()
            thighs.right = segmentUp(5)
            let way = try #require(rest.way(thighs, source: .stanceThigh, stance: .right))
            #expect(abs(way - (mayFollow ? 0 : 5 * degree)) < 0.2 * degree, "\(way)")
        }
    }

    /// A thigh that goes ahead by 30° and aside by 8° meanwhile shows the way ahead, where it is aligned.
    @Test func aWayAheadLeavesOutWhatGoesAside() throws {
        for isAligned in [true, false] {
            var rest = ThighRest()
            var thighs = ThighDirections()
            thighs.right = segmentUp(0)
            if isAligned { thighs.rightForward = Vector3(1, 0, 0) }
            for _ in 0..<100 { rest.step(thighs, rate: 0.02, interval: 0.01, mayFollow: true) }
            thighs.right = segmentUp(8, tilt: -30)
            rest.learnWay(thighs)
            thighs.right = segmentUp(8)
            let way = try #require(rest.way(thighs, source: .stanceThigh, stance: .right))
            #expect(isAligned ? abs(way) < 0.1 * degree : way > 1.5 * degree, "\(way)")
        }
    }

    /// C11 wants two of the last three; C12 the person's own range; the last third tells of tiredness.
    @Test func theLastRepetitionsAreJudged() throws {
        var judge = RepetitionJudge()
        judge.begin(wanted: 9)
        var shortfalls: [Double] = []
        for (index, lower) in [3, 3, 1.8, 3, 1.7, 1.6, 2, 2, 2].enumerated() {
            var signals = SignalValues()
            let one = Repetition(
                number: UInt16(index + 1), tempo: Tempo(raise: 2, hold: 1, lower: lower, rest: 1),
                range: index == 7 ? 0.3 : 0.5)
            judge.step(one, target: 3, drop: 0, sway: 0.1, signals: &signals)
            shortfalls.append(try #require(signals.value(.loweringShortfall)))
            if index == 7 {
                #expect(abs(try #require(signals.value(.rangeShortfall)) - 0.4) < 1e-9)
            }
            // First third 2.6 s, last third 2 s: 23 % less, over the limit of 20 %.
            if index == 8 {
                #expect(abs(try #require(signals.value(.fatigue)) - (1 - 2 / 2.6) / 0.2) < 1e-9)
            }
        }
        // What is only roughly timed is neither too fast nor slow enough.
        var signals = SignalValues()
        var rough = Repetition(number: 10, tempo: Tempo(raise: 2, hold: 1, lower: 0.5, rest: 1))
        rough.isTimed = false
        judge.step(rough, target: 3, drop: 0, sway: 0.1, signals: &signals)
        #expect(signals.value(.loweringShortfall) == nil)
        // The third alone is one of three; with the fifth it is two of three.
        #expect(shortfalls[2] < 0.3 && shortfalls[3] < 0.3)
        #expect(shortfalls[4] > 0.3 && shortfalls[5] > 0.3)
    }

    /// Compensations, C16: last third against first third.
    ///
    /// Five, EX17's dose, are compared by two and two.
    @Test(arguments: [(4, false), (5, true), (6, true), (8, true)])
    func fiveRepetitionsAreEnoughToTellTiredness(_ count: Int, _ isTold: Bool) throws {
        var judge = RepetitionJudge()
        judge.begin(wanted: count)
        var last: Double?
        for index in 0..<count {
            var signals = SignalValues()
            let lower = index >= count - 2 ? 2.0 : 3
            let one = Repetition(
                number: UInt16(index + 1), tempo: Tempo(raise: 2, hold: 1, lower: lower, rest: 1))
            // Twice the sway in two repetitions says nothing.
            judge.step(
                one, target: 3, drop: 0, sway: index >= count - 2 ? 0.2 : 0.1, signals: &signals)
            last = signals.value(.fatigue)
            if index < count - 1 { #expect(last == nil) }
        }
        guard isTold else { return #expect(last == nil) }
        // A third shorter against 20 %; two repetitions count three quarters.
        #expect(abs(try #require(last) - 0.75 * (1 / 3.0) / 0.2) < 1e-9)
    }
}
