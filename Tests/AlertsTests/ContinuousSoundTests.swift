// Sonification and paced breathing: what sounds when, never too loud, never with a step.

import Alerts
import Foundation
import Kinematics
import Movement
import Synchronization
import Testing

private let degree = Double.pi / 180

/// The levels that a body shows, set by the test.
private final class Body: Sendable {
    private let level = Mutex<BodyLevel?>(nil)

    func show(_ degrees: Double, at time: Int64, judged: Bool = true) {
        level.withLock {
            $0 = BodyLevel(time: time, obliquity: degrees * degree, isJudged: judged)
        }
    }

    func next() -> BodyLevel? { level.withLock { $0.take() } }
}

private func peak(_ samples: some Collection<Int16>) -> Int {
    samples.map { abs(Int($0)) }.max() ?? 0
}

@Suite("Continuous sound")
struct ContinuousSoundTests {
    @Test("silent while level, on the low side as it tips, louder with the angle")
    func levels() throws {
        var text = "# degrees (right side lower), low left, low right, high left, high right\n"
        for degrees in [-12.0, -8, -5, -2, 0, 1.9, 3, 5, 8, 30, .nan] {
            let levels = SonificationAlert.levels(obliquity: degrees * degree, .awayFrom)
            text += "\(degrees) \(levels.lowLeft) \(levels.lowRight) \(levels.highLeft) "
            text += "\(levels.highRight)\n"
            let mirrored = SonificationAlert.levels(obliquity: -degrees * degree, .awayFrom)
            #expect(mirrored.lowLeft == levels.lowRight && mirrored.highLeft == levels.highRight)
            let towards = SonificationAlert.levels(obliquity: degrees * degree, .towards)
            #expect(towards.lowLeft == levels.lowRight && towards.highRight == levels.highLeft)
        }
        try expectGolden(text, "sonification")
    }

    /// Two seconds of a body that tips from level to `degrees` at 0.3 s and back at 1.3 s.
    private func sonify(_ degrees: Double, cueAt: Int64? = nil) throws -> (
        left: [Int16], right: [Int16]
    ) {
        let file = AlsaFixture.file("sonification-\(degrees)-\(cueAt ?? 0).raw")
        try? FileManager.default.removeItem(at: file)
        let body = Body()
        var setup = AlertSetup()
        setup.soundDevice = "capture:\(file.path)"
        setup.levels = { body.next() }
        let tone = try alsaTone(setup)
        let output = try #require(SonificationAlert(setup))
        tone.prepare(now: 0)
        output.prepare(now: 0)
        var now: Int64 = 0
        while now < 2 * second {
            let isTipped = now >= 300 * millisecond && now < 1300 * millisecond
            body.show(isTipped ? degrees : 0.5, at: now)
            _ = tone.upkeep(now: now)
            _ = output.upkeep(now: now)
            if now == cueAt {
                try tone.present(
                    Alert(number: 1, time: now, rule: .pelvicDrop, stanceSide: .left), now: now)
            }
            now += 10 * millisecond
        }
        tone.finish()
        return try AlsaFixture.frames(of: file)
    }

    @Test("the sound is there while the pelvis is tipped, on that side alone, and soft")
    func followsTheBody() throws {
        let heard = try sonify(6)
        #expect(peak(heard.left) == 0)
        // -9 dB of the cap: 0.355 * 8230; two thirds of the way from 2 to 8 degrees.
        let top = peak(heard.right)
        #expect(top > 1000 && top <= 2921, "\(top)")
        #expect(peak(heard.right[..<14_000]) == 0)
        // Silence again, 1.3 s + 60 ms of fading + 60 ms of lead.
        #expect(peak(heard.right[70_000...]) == 0)
        #expect(dominantFrequency(of: heard.right[30_000..<34_800], rate: 48_000) == 196)
        // 300 Hz at 2921: 115 a frame; a step would be hundreds.
        #expect(steepest(heard.right) < 160)
    }

    @Test("a cue over the loudest sound stays within the cap, without a step")
    func limiter() throws {
        let heard = try sonify(20, cueAt: 700 * millisecond)
        #expect(peak(heard.right) > 4000)
        #expect(peak(heard.right) <= 8230)
        #expect(peak(heard.left) <= 8230)
        #expect(steepest(heard.right) < 900)
    }

    @Test("nothing sounds on data that are old or must not be judged")
    func staleIsSilent() throws {
        let file = AlsaFixture.file("sonification-stale.raw")
        try? FileManager.default.removeItem(at: file)
        let body = Body()
        var setup = AlertSetup()
        setup.soundDevice = "capture:\(file.path)"
        setup.levels = { body.next() }
        let tone = try alsaTone(setup)
        let output = try #require(SonificationAlert(setup))
        tone.prepare(now: 0)
        body.show(10, at: 0, judged: false)
        for step in Int64(0)..<50 {
            if step == 20 { body.show(10, at: 0) }
            _ = tone.upkeep(now: step * 10 * millisecond)
            _ = output.upkeep(now: step * 10 * millisecond)
        }
        #expect(output.health.state == .off)
        #expect(throws: AlertError(.notMine)) { try output.present(Alert(), now: 0) }
        tone.finish()
        let heard = try AlsaFixture.frames(of: file)
        #expect(peak(heard.left) == 0 && peak(heard.right) == 0)
    }

    @Test("a breath swells on the high note and sinks on the low one, at the pace asked for")
    func breath() throws {
        let file = AlsaFixture.file("breath.raw")
        try? FileManager.default.removeItem(at: file)
        var setup = AlertSetup()
        setup.soundDevice = "capture:\(file.path)"
        setup.breath = BreathPace(inSeconds: 2, outSeconds: 3)
        let tone = try alsaTone(setup)
        let output = try #require(BreathAlert(setup))
        tone.prepare(now: 0)
        var begun: [Int64] = []
        for step in Int64(0)..<1100 {
            let now = step * 10 * millisecond
            _ = tone.upkeep(now: now)
            _ = output.upkeep(now: now)
            if output.count > begun.count { begun.append(now) }
        }
        tone.finish()
        #expect(zip(begun, begun.dropFirst()).allSatisfy { $1 - $0 == 5 * second }, "\(begun)")
        let heard = try AlsaFixture.frames(of: file)
        #expect(heard.left == heard.right)
        #expect(steepest(heard.left) < 200)
        var text = "# tenths of a second, peak, loudest note in Hz\n"
        for tenth in stride(from: 2, through: 98, by: 8) {
            let part = heard.left[tenth * 4800..<(tenth + 1) * 4800]
            let note = peak(part) > 20 ? dominantFrequency(of: part, rate: 48_000) : 0
            text += "\(tenth) \(peak(part)) \(note)\n"
        }
        try expectGolden(text, "breath")
    }
}
