// The pace of a set: softer than any cue, and never in a cue's way.

import Alerts
import Kinematics
import Movement
import Testing

@Suite("Pace tones")
struct PaceToneTests {
    /// What a device played in the second after `act`.
    private func heard(_ act: (ToneAlert) throws -> Void) throws -> (
        frames: [Int16], health: AlertOutputHealth
    ) {
        let device = ScriptedDevice()
        let output = try #require(ToneAlert(DeviceShop([.device(device)])))
        output.prepare(now: 0)
        var now: Int64 = 0
        func play(until end: Int64) {
            while now < end {
                device.take(480)
                _ = output.upkeep(now: now)
                now += 10 * millisecond
            }
        }
        play(until: second)
        try act(output)
        play(until: 2 * second)
        return (device.played, output.health)
    }

    private let cue = Alert(number: 1, time: second, rule: RuleID(number: 2), stanceSide: nil)

    private func peak(_ frames: [Int16]) -> Int { frames.map { abs(Int($0)) }.max() ?? 0 }

    /// −12 dB below the cap of 8230, so a quarter of it: 2057; and no cue.
    @Test(
        "a beat is a quarter as loud as a cue and counts for none",
        arguments: [Notice.raise, .lower])
    func beat(_ notice: Notice) throws {
        let heard = try heard { $0.present(notice, now: second) }
        let top = peak(heard.frames)
        #expect((1_850...2_058).contains(top), "\(top)")
        #expect(heard.health.presented == 0 && heard.health.notHeard == 0)
        // 0.12 s at 48 kHz, where the shortest cue lasts 0.2 s.
        let sounding = heard.frames.count { $0 != 0 }
        #expect((4_000...5_760).contains(sounding), "\(sounding)")
    }

    @Test("the two beats differ in pitch from each other")
    func pitch() throws {
        let notes = try [Notice.raise, .lower].map { notice in
            let frames = try heard { $0.present(notice, now: second) }.frames
            let first = try #require(frames.firstIndex { $0 != 0 })
            return dominantFrequency(of: frames[first + 1_440..<first + 4_320], rate: 48_000)
        }
        // D5 and G4 of equal temperament: 440 · 2^(5/12) and 440 · 2^(−2/12).
        #expect(abs(notes[0] - 587) <= 4 && abs(notes[1] - 392) <= 4, "\(notes)")
    }

    @Test("a beat in a cue is left out: the cue sounds as if there were none")
    func cueComesFirst() throws {
        let alone = try heard { try $0.present(cue, now: second) }
        let both = try heard {
            try $0.present(cue, now: second)
            $0.present(.raise, now: second)
        }
        #expect(both.frames == alone.frames && peak(alone.frames) > 6_000)
    }

    /// The beat comes while the device has taken nothing yet, as in the first moments of a set.
    @Test("a beat waits for a device that begins, though not for long", arguments: [100, 500])
    func lateDevice(_ milliseconds: Int64) throws {
        let device = ScriptedDevice()
        let output = try #require(ToneAlert(DeviceShop([.device(device)])))
        output.prepare(now: 0)
        output.present(.raise, now: 0)
        var now: Int64 = 0
        while now < 2 * second {
            if now >= milliseconds * millisecond { device.take(480) }
            _ = output.upkeep(now: now)
            now += 10 * millisecond
        }
        #expect(device.played.contains { $0 != 0 } == (milliseconds == 100))
    }

    @Test("a cue in a beat is heard at once and as loud as ever")
    func cueTakesOver() throws {
        let both = try heard {
            $0.present(.lower, now: second)
            try $0.present(cue, now: second)
        }
        #expect(peak(both.frames) > 6_500)
        #expect(both.health.presented == 1)
    }
}
