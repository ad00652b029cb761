// The calibration as a conversation with a simulated person.

import Glibc
import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

/// A person who does what is asked, in a way that each test chooses.
private struct Person {
    var pelvis = SimulatedPelvis()
    var session: CalibrationSession
    /// When each step began, s of the person's time.
    var entered: [(step: CalibrationStep, time: Double)] = []
    /// What the person does as a step begins.
    var answers: [CalibrationStep: (Double) -> [Gesture]] = [:]

    init(leadIn: Double = 2) {
        session = CalibrationSession(
            participants: [.init(channel: 0, segment: .pelvis, name: "belt")], leadIn: leadIn)
        answers = [.bow: Person.bows, .lift: Person.lift, .repeatLift: Person.lift]
    }

    /// Three bows of 35 degrees.
    static func bows(_ now: Double) -> [Gesture] {
        (0..<3).map { .bow(start: now + 1 + Double($0) * 4, length: 3, degrees: 35) }
    }

    /// The left foot: the weight goes to the right and comes back after 3 s.
    static func lift(_ now: Double) -> [Gesture] { lift(now, size: 0.07) }

    static func lift(
        _ now: Double, size: Double, after: Double = 2, hold: Double = 3
    ) -> [Gesture] {
        [
            .shift(start: now + after, length: 0.8, size: size),
            .shift(start: now + after + 0.8 + hold, length: 0.8, size: -size),
        ]
    }

    static func nothing(_: Double) -> [Gesture] { [] }

    /// Goes on until the end, or for `limit` s.
    mutating func run(limit: Double = 120) {
        var last = session.step
        while pelvis.now < limit, !session.isOver {
            _ = session.add(pelvis.step())
            if session.step != last {
                last = session.step
                entered.append((last, pelvis.now))
                pelvis.gestures += answers[last]?(pelvis.now) ?? []
            }
        }
    }

    var steps: [CalibrationStep] { entered.map(\.step) }

    func time(of step: CalibrationStep) -> Double? { entered.first { $0.step == step }?.time }
}

@Suite struct CalibrationTests {
    @Test func aWillingPersonIsCalibrated() throws {
        var person = Person(leadIn: 2)
        let mounting =
            Rotation(axis: Vector3(0, 1, 0), angle: 15 * degree)
            * Rotation(axis: Vector3(1, 0, 0), angle: 10 * degree)
        person.pelvis.sensorFromPelvis = mounting
        person.pelvis.neutralObliquity = 1.5
        person.pelvis.neutralTilt = 8
        #expect(person.session.step == .getReady)
        person.run()
        #expect(person.steps == [.stand, .bow, .lift, .done])
        #expect(abs(try #require(person.time(of: .stand)) - 2) < 0.1)
        #expect(abs(try #require(person.time(of: .bow)) - 7) < 0.1)
        #expect(person.session.refusal == nil)
        #expect(person.session.disagreements == 0)
        #expect(person.session.bowsSeen == 3)
        #expect(person.session.progress == 1)
        let result = try #require(person.session.results.first)
        #expect(person.session.results.count == 1)
        #expect(result.channel == 0 && result.segment == .pelvis)
        #expect(result.varianceExplained >= 0.9)
        #expect(abs(result.forceNorm - standardGravity) < 0.05)
        // The tilt of the stand goes into the alignment (Y is the stand's up), the obliquity does not.
        let alignment = result.alignment
        #expect(abs(alignment.neutral.obliquity - 1.5 * degree) < 0.5 * degree)
        #expect(abs(alignment.neutral.anteriorTilt) < 0.5 * degree)
        let tilted = Rotation(axis: Vector3(0, 0, 1), angle: -8 * degree)
        #expect(angleDegrees(alignment.segmentFromSensor, tilted * mounting.inverse) < 1.2)
        #expect(alignment.calmJerk > 0 && alignment.calmJerk < 5)
    }

    @Test func theConversationSaysWhatToDo() {
        var person = Person()
        #expect(person.session.instruction.contains("Stand"))
        #expect(person.session.length == 2)
        _ = person.session.add(person.pelvis.step())
        #expect(person.session.elapsed == 0)
        person.run(limit: 4)
        #expect(person.session.step == .stand)
        #expect(person.session.length == 5)
        #expect(abs(person.session.progress - 2 / 5) < 0.01)
        #expect(abs(person.session.elapsed - 2) < 0.05)
        person.run(limit: 14)
        #expect(person.session.step == .bow)
        #expect(person.session.bowsSeen == 1)
        #expect(abs(person.session.progress - 1 / 3) < 1e-9)
        #expect(person.session.length == nil)
        #expect(person.session.instruction.contains("three times"))
        person.run(limit: 20.5)
        #expect(person.session.step == .lift)
        #expect(person.session.instruction == "Lift your left foot.")
        person.run()
        #expect(person.session.instruction == "Calibrated.")
    }

    @Test func aRestlessStandIsRefusedWithItsNumbers() {
        var person = Person()
        person.pelvis.gestures = [.shake(start: 3, length: 2, degrees: 1)]
        person.run()
        guard case .notQuiet("belt", let rate, _) = person.session.refusal else {
            Issue.record("\(String(describing: person.session.refusal))")
            return
        }
        #expect(rate > 3)
        #expect(person.session.step == .refused)
        #expect(person.session.instruction.contains("not quiet"))
        #expect(person.session.results.isEmpty)
    }

    @Test func twistedBowsAreRefusedWithTheirShare() {
        var person = Person()
        person.answers[.bow] = { now in
            Person.bows(now)
                + (0..<6).map { .twist(start: now + 1 + Double($0) * 2, length: 1.5, degrees: 25) }
        }
        person.run()
        guard case .axisUnclear("belt", let share) = person.session.refusal else {
            Issue.record("\(String(describing: person.session.refusal))")
            return
        }
        #expect(share < 0.9)
        #expect(person.session.instruction.contains("90 %"))
    }

    @Test func bowsThatDoNotComeTimeOut() throws {
        var person = Person()
        person.answers[.bow] = { [.bow(start: $0 + 1, length: 3, degrees: 35)] }
        person.run()
        #expect(person.session.refusal == .noBows(seen: 1))
        #expect(person.session.instruction.hasPrefix("1 of 3 bows"))
        let begin = try #require(person.time(of: .bow))
        #expect(abs(try #require(person.time(of: .refused)) - begin - 40) < 0.2)
    }

    /// 12 s without a lift, asked once more, 12 s again: not seen.
    @Test func aLiftThatDoesNotComeTimesOut() throws {
        var person = Person()
        person.answers[.lift] = Person.nothing
        person.answers[.repeatLift] = Person.nothing
        person.run()
        #expect(person.session.refusal == .proofNotSeen)
        #expect(person.steps.suffix(3) == [.lift, .repeatLift, .refused])
        let first = try #require(person.time(of: .lift))
        let again = try #require(person.time(of: .repeatLift))
        #expect(abs(again - first - 12) < 0.2)
        #expect(abs(try #require(person.time(of: .refused)) - again - 12) < 0.2)
    }

    @Test func aLiftThatComesOnlyWhenAskedAgainCounts() {
        var person = Person()
        person.answers[.lift] = Person.nothing
        person.run()
        #expect(person.session.step == .done)
        #expect(person.session.disagreements == 0)
    }

    /// The sensor's left and right are turned round (it hangs in front): the proof disagrees twice.
    @Test func aProofThatDisagreesTwiceIsRefused() {
        var person = Person()
        person.answers[.lift] = { Person.lift($0, size: -0.07) }
        person.answers[.repeatLift] = { Person.lift($0, size: -0.07, after: 5) }
        person.run()
        #expect(person.session.refusal == .proofDisagreed)
        #expect(person.session.disagreements == 2)
        #expect(person.session.results.isEmpty)
        #expect(person.session.instruction.contains("left foot"))
    }

    /// The other foot first, then the left one: however long the other foot stays up, its lowering is
    /// no lift.
    @Test(arguments: [0.6, 1, 2, 3, 4, 5])
    func theOtherFootFirstThenTheLeftOneIsAccepted(_ hold: Double) throws {
        var person = Person()
        person.answers[.lift] = { Person.lift($0, size: -0.07, hold: hold) }
        // Asked again as the foot comes up; the left one is lifted 3 s after the other is down.
        person.answers[.repeatLift] = { Person.lift($0, size: 0.07, after: hold + 3) }
        person.run()
        #expect(person.session.step == .done)
        #expect(person.session.disagreements == 1)
        // Not before the left foot's lift began.
        let asked = try #require(person.time(of: .repeatLift))
        #expect(try #require(person.time(of: .done)) > asked + hold + 3)
    }

    /// Only the other foot, up and down once: the way back must not pass for the proof.
    @Test(arguments: [0.0, 0.5, 1, 2, 3, 5], [0.04, 0.05, 0.06, 0.07, 0.10, 0.12])
    func theOtherFootAloneIsNeverAccepted(_ hold: Double, _ size: Double) {
        for length in [0.6, 0.8, 1.2] {
            var person = Person()
            person.answers[.lift] = { now in
                [
                    .shift(start: now + 2, length: length, size: -size),
                    // Back more briskly than there.
                    .shift(start: now + 2 + length + hold, length: 0.7, size: size),
                ]
            }
            person.answers[.repeatLift] = Person.nothing
            person.run()
            #expect(person.session.step == .refused)
            #expect(person.session.results.isEmpty)
        }
    }

    /// The other foot so slowly that the shift is not seen, down briskly, and up once more: the shift
    /// to the right was a way back, and the one to the left is no way back.
    @Test func theOtherFootTwiceIsNeverAccepted() {
        var person = Person()
        person.answers[.lift] = { now in
            [
                .shift(start: now + 2, length: 1.6, size: -0.06),
                .shift(start: now + 5, length: 0.7, size: 0.06),
                .shift(start: now + 8, length: 0.7, size: -0.08),
                .shift(start: now + 11, length: 0.7, size: 0.08),
            ]
        }
        person.answers[.repeatLift] = Person.nothing
        person.run()
        #expect(person.session.step == .refused)
        #expect(person.session.results.isEmpty)
    }

    /// A wide stance: the weight goes a decimetre and more.
    @Test(arguments: [0.05, 0.07, 0.10, 0.13])
    func liftsOfAnyUsualSizeAreSeen(_ size: Double) {
        var person = Person()
        person.answers[.lift] = { Person.lift($0, size: size) }
        person.run()
        #expect(person.session.step == .done)
        #expect(person.session.disagreements == 0)
    }

    /// The way back is part of the proof: it comes when the foot is lowered, however late.
    @Test(arguments: [1.0, 3, 8, 11])
    func theProofIsCompleteWhenTheFootIsLowered(_ hold: Double) throws {
        var person = Person()
        person.answers[.lift] = { Person.lift($0, size: 0.08, hold: hold) }
        person.run()
        let asked = try #require(person.time(of: .lift))
        #expect(person.session.step == .done)
        let done = try #require(person.time(of: .done)) - asked
        #expect(done > 2.8 + hold && done < 3.6 + hold)
    }

    @Test func theEndOfTheLastBowIsNoLift() {
        var person = Person()
        person.answers[.bow] = { now in
            Person.bows(now) + [.shift(start: now + 11.5, length: 0.8, size: 0.03)]
        }
        person.answers[.lift] = Person.nothing
        person.answers[.repeatLift] = Person.nothing
        person.run()
        #expect(person.session.refusal == .proofNotSeen)
    }

    @Test func lostSamplesAreRefused() {
        var person = Person()
        person.run(limit: 4)
        var frame = person.pelvis.step()
        frame.sample.interval = 0.51
        let changed = person.session.add(frame)
        #expect(changed)
        #expect(person.session.refusal == .dataLost(sensor: "belt"))
        #expect(person.session.instruction.contains("belt"))
    }

    @Test func afterTheEndNothingChanges() {
        var person = Person()
        person.run()
        let before = person.session.results
        let changed = person.session.add(person.pelvis.step())
        #expect(!changed)
        #expect(person.session.results == before)
    }

    @Test func framesOfOtherSensorsAndNoticesAreLeftOut() {
        var person = Person()
        for _ in 0..<600 {
            var frame = person.pelvis.step()
            frame.channel = 3
            let changed = person.session.add(frame)
            #expect(!changed)
        }
        var notice = MotionFrame()
        notice.command = 5
        _ = person.session.add(notice)
        #expect(person.session.step == .getReady && person.session.elapsed == 0)
        person.run()
        #expect(person.session.step == .done)
    }

    @Test func aTrunkSensorIsAlignedByTheSameBows() throws {
        var pelvis = SimulatedPelvis()
        var trunk = SimulatedPelvis()
        trunk.channel = 1
        trunk.segment = .trunk
        let mounting = Rotation(axis: Vector3(0, 1, 0), angle: -20 * degree)
        trunk.sensorFromPelvis = mounting
        var session = CalibrationSession(
            participants: [
                .init(channel: 0, segment: .pelvis, name: "belt"),
                .init(channel: 1, segment: .trunk, name: "back"),
            ], leadIn: 1)
        var last = session.step
        while !session.isOver, pelvis.now < 60 {
            _ = session.add(trunk.step())
            _ = session.add(pelvis.step())
            guard session.step != last else { continue }
            last = session.step
            let gestures =
                last == .bow
                ? Person.bows(pelvis.now) : last == .lift ? Person.lift(pelvis.now) : []
            pelvis.gestures += gestures
            trunk.gestures += gestures
        }
        #expect(session.step == .done)
        let result = try #require(session.results.first { $0.segment == .trunk })
        #expect(result.channel == 1)
        #expect(angleDegrees(result.alignment.segmentFromSensor, mounting.inverse) < 1)
    }

    @Test func aTrunkSensorThatSendsNothingIsNamed() {
        var pelvis = SimulatedPelvis()
        var session = CalibrationSession(
            participants: [
                .init(channel: 0, segment: .pelvis, name: "belt"),
                .init(channel: 1, segment: .trunk, name: "back"),
            ], leadIn: 1)
        while !session.isOver, pelvis.now < 60 { _ = session.add(pelvis.step()) }
        #expect(session.refusal == .noData(sensor: "back"))
        #expect(session.refusal?.message.contains("back") == true)
    }

    @Test(arguments: [(-5.0, 0.0), (1000, 60), (3, 3)])
    func theLeadInHasBounds(_ asked: Double, _ given: Double) {
        let session = CalibrationSession(participants: [], leadIn: asked)
        #expect(session.length == given)
    }

    /// No refusal uses a word that people with pain should not read, and each says what to do.
    @Test func refusalsAreWordedWithCare() {
        let all: [CalibrationRefusal] = [
            .notQuiet(sensor: "belt", rateDegreesPerSecond: 12.34, force: 0.96),
            .notQuiet(sensor: "belt", rateDegreesPerSecond: .nan, force: 1e300),
            .noData(sensor: "belt"), .noBows(seen: 2),
            .axisUnclear(sensor: "belt", varianceExplained: 0.876),
            .axisUnclear(sensor: "belt", varianceExplained: .nan), .noForwardTip(sensor: "belt"),
            .proofDisagreed, .proofNotSeen, .dataLost(sensor: "belt"),
        ]
        for refusal in all {
            let message = refusal.message
            for word in [
                "wrong", "bad", "damage", "danger", "failed", "weak", "collapse", "injury",
            ] {
                #expect(!message.lowercased().contains(word))
            }
            #expect(message.contains("start"))
        }
        #expect(all[0].message.contains("12.3 deg/s") && all[0].message.contains("1.0 m/s²"))
        #expect(all[4].message.contains("88 %"))
    }
}
