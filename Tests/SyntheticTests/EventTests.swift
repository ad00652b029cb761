// Planted compensations, their threshold crossings and the other events.

import Kinematics
import Synthetic
import Testing

@Suite struct EventTests {
    private func planted(_ motion: BodyMotion) -> [PlantedCompensation] {
        motion.events().compactMap { event in
            if case .compensation(let planted) = event.kind { planted } else { nil }
        }
    }

    /// A 7° drop over 0.6 s crosses 4° where 35u⁴−84u⁵+70u⁶−20u⁷ = 4/7, u = 0.532793767 (bisection
    /// in Python), and returns to 2.5° where the falling step is at u = 1 − 0.433531640.
    @Test func crossingsAreWhereTheCurveSaysWithoutSway() throws {
        let item = PlantedProfile(kind: .drop, at: 2, angle: 7 * radiansPerDegree)
        let hike = PlantedProfile(kind: .hike, at: 6, angle: 7 * radiansPerDegree, rise: 0.5)
        let motion = try motion(
            .oneLegStand(OneLegStand(stance: .right, seconds: 10, profile: [item, hike])))
        let both = planted(motion)
        #expect(both.map(\.kind) == [.drop, .hike])
        let first = try #require(both.first)
        let on = try #require(first.crossedOn)
        let rising: Double = 1.1 + 2 + 0.532_793_767 * 0.6
        #expect(abs(Double(on) * 1e-9 - rising) < 1e-6)
        let off = try #require(first.returnedToOff)
        let falling: Double = 1.1 + 2 + 0.6 + 2 + (1 - 0.433_531_640) * 0.6
        #expect(abs(Double(off) * 1e-9 - falling) < 1e-6)
        // The hike's threshold is 5°: u = 0.602112565 of 0.5 s.
        let hikeOn = try #require(both.last?.crossedOn)
        let hiking: Double = 1.1 + 6 + 0.602_112_565 * 0.5
        #expect(abs(Double(hikeOn) * 1e-9 - hiking) < 1e-6)
    }

    @Test func thresholdsCanBeChosen() throws {
        let item = PlantedProfile(kind: .lean, at: 1, angle: 7 * radiansPerDegree)
        let motion = try motion(
            .oneLegStand(OneLegStand(stance: .left, seconds: 6, profile: [item])))
        var thresholds = CompensationThresholds()
        thresholds.leanOn = 8 * radiansPerDegree
        let events = motion.events(thresholds: thresholds)
        let found = events.compactMap { event -> PlantedCompensation? in
            if case .compensation(let planted) = event.kind { planted } else { nil }
        }
        #expect(found.count == 1)
        #expect(found.first?.crossedOn == nil)
        #expect(found.first?.returnedToOff == nil)
        #expect(found.first?.stance == .left)
    }

    @Test func withSwayTheTrueSignalCrossesAtTheSaidMoment() throws {
        var person = Person()
        person.neutralObliquity = 0.03
        person.swayAngle = 0.02
        let item = PlantedProfile(kind: .drop, at: 2, angle: 7 * radiansPerDegree)
        let motion = try motion(
            .oneLegStand(OneLegStand(stance: .right, seconds: 10, profile: [item])),
            person: person)
        let on = try #require(planted(motion).first?.crossedOn)
        func drop(_ time: Double) -> Double {
            (motion.truth(at: time).drop ?? 0) * degreesPerRadian
        }
        #expect(abs(drop(Double(on) * 1e-9) - 4) < 1e-4)
        #expect(drop(Double(on) * 1e-9 - 0.01) < 4)
    }

    @Test func eventsComeInOrderWithLiftOffsAndTouchDowns() throws {
        let motion = try everything()
        let events = motion.events()
        let times = events.map(\.time)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
        for event in events {
            let time = Double(event.time) * 1e-9
            switch event.kind {
            case .liftOff(let stance):
                #expect(motion.stance(at: time - 1e-6).phase != .single)
                #expect(motion.stance(at: time + 1e-6) == Stance(.single, side: stance))
            case .touchDown(let stance):
                #expect(motion.stance(at: time - 1e-6) == Stance(.single, side: stance))
                #expect(motion.stance(at: time + 1e-6).phase != .single)
            default: break
            }
        }
        // 110 steps a minute for 6 s: eleven; one each for lift, stand and loss.
        #expect(events.count { if case .liftOff = $0.kind { true } else { false } } == 14)
        #expect(events.count { $0.kind == .taskStart } == 7)
        #expect(events.count { $0.kind == .bow } == 3)
    }

    @Test func aBalanceLossEndsTheStanceEarlyWithAJerk() throws {
        let motion = try motion(.balanceLoss(BalanceLoss(stance: .right, seconds: 2)))
        let events = motion.events()
        let loss = try #require(events.first { $0.kind == .balanceLoss(stance: .right) })
        let down = try #require(events.first { $0.kind == .touchDown(stance: .right) })
        #expect(abs(Double(loss.time) * 1e-9 - 3.1) < 1e-9)
        #expect(down.time - loss.time == 200_000_000)
        let peak =
            (0..<250).map { tick in
                abs(motion.segment(.pelvis, at: 3.1 + Double(tick) * 0.001).specificForce.z)
            }.max() ?? 0
        let calm =
            (0..<250).map { tick in
                abs(motion.segment(.pelvis, at: 2.5 + Double(tick) * 0.001).specificForce.z)
            }.max() ?? 0
        #expect(peak > 5)
        #expect(calm < 0.1)
    }

    @Test func tasksAppendedLaterDoNotChangeWhatWasBefore() throws {
        var motion = BodyMotion(person: Person(), seed: 4)
        try motion.schedule(NamedTask(name: "a", task: .quietStand(seconds: 2)))
        let before = motion.segment(.pelvis, at: 1.5)
        let place = try motion.schedule(NamedTask(name: "b", task: .bow(Bows())), at: 3)
        #expect(place.start == 3)
        #expect(motion.segment(.pelvis, at: 1.5).position == before.position)
        #expect(motion.task(at: 2.5) == nil)
        #expect(motion.task(at: 3)?.index == 1)
        // Asked for too early, it waits for its turn.
        let next = try motion.schedule(NamedTask(name: "c", task: .pause(seconds: 1)), at: 0)
        #expect(next.start == 3 + 7.8)
    }
}
