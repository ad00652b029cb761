// The day's sums of sitting and standing, from frames as the habits task leaves them.

import Kinematics
import Testing

@testable import Movement

@Suite struct HabitTallyTests {
    private let degree = radiansPerDegree

    /// A second of a posture; nil: not measured.
    private func second(
        sitting: Double?, hang: Double? = nil, obliquity: Double = 0,
        _ change: (inout MotionFrame) -> Void = { _ in }
    ) -> MotionFrame {
        var frame = MotionFrame()
        frame.task = .habits
        frame.segment = .pelvis
        frame.sample.interval = 1
        frame.obliquity = obliquity
        if let sitting { frame.signals.set(.sittingTime, sitting) }
        if let hang { frame.signals.set(.hang, hang) }
        change(&frame)
        return frame
    }

    @Test func sittingsAreTimedAndTheirEndsCounted() {
        var tally = HabitTally()
        for time in 1...600 { tally.add(second(sitting: Double(time))) }
        for _ in 0..<60 { tally.add(second(sitting: 0)) }
        for time in 1...900 { tally.add(second(sitting: Double(time))) }
        // Another plan begins while they sit on: neither a break nor a longer sitting.
        for time in 1...300 { tally.add(second(sitting: Double(time))) }
        #expect(tally.longestSitting == 900 && tally.breaks == 1)
        #expect(tally.watchedSitting == 1860 && tally.standing == 0)
    }

    /// C18, "or user marks": a sitting that was marked by hand counts as one that was seen.
    @Test func aMarkedSittingCounts() {
        var tally = HabitTally()
        for time in 1...600 { tally.add(second(sitting: Double(time))) }
        for _ in 0..<60 { tally.add(second(sitting: 0)) }
        tally.addMarked(sitting: 2400)
        tally.addMarked(sitting: .nan)
        tally.addMarked(sitting: -5)
        #expect(tally.longestSitting == 2400 && tally.breaks == 2 && tally.watchedSitting == 3060)
    }

    /// Compensations 1.2: obliquity is positive with the right side lower, so the left hip carries.
    @Test func hangingIsOfTheHipThatCarries() {
        var tally = HabitTally()
        for _ in 0..<30 { tally.add(second(sitting: nil, hang: 5 * degree, obliquity: 5 * degree)) }
        for _ in 0..<10 {
            tally.add(second(sitting: nil, hang: 6 * degree, obliquity: -6 * degree))
        }
        // Carried over one foot with a level pelvis: the side is not seen.
        for _ in 0..<5 { tally.add(second(sitting: nil, hang: 6 * degree, obliquity: 0)) }
        for _ in 0..<55 { tally.add(second(sitting: nil, hang: 1 * degree, obliquity: 1 * degree)) }
        #expect(tally.standing == 100 && tally.hanging == 45)
        #expect(tally.hangingLeft == 30 && tally.hangingRight == 10)
        #expect(tally.watchedSitting == 0 && tally.breaks == 0)
    }

    @Test func whatIsNoHabitIsPassedOver() {
        var tally = HabitTally()
        tally.add(second(sitting: 9, hang: 1) { $0.task = .repetitions })
        tally.add(second(sitting: 9, hang: 1) { $0.segment = .leftThigh })
        tally.add(second(sitting: 9, hang: 1) { $0.sample.interval = 40 })
        #expect(tally == HabitTally())
    }
}
