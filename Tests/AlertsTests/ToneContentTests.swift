// What is heard, measured on frames that went through ALSA into a file.

import Alerts
import Foundation
import Kinematics
import Movement
import Synchronization
import Testing

/// One cue through ALSA's file device: 100 ms of silence, the cue, silence until 1 s.
private func capture(
    _ alert: Alert, named name: String, setup: AlertSetup = AlertSetup()
) throws -> (left: [Int16], right: [Int16]) {
    let file = AlsaFixture.file("\(name).raw")
    try? FileManager.default.removeItem(at: file)
    var setup = setup
    setup.soundDevice = "capture:\(file.path)"
    let output = try alsaTone(setup)
    output.prepare(now: 0)
    keep(output, from: 0, to: 100 * millisecond)
    var alert = alert
    alert.time = 100 * millisecond
    try output.present(alert, now: 100 * millisecond)
    keep(output, from: 110 * millisecond, to: second)
    #expect(output.health.state == .ok)
    #expect(output.health.presented == 1)
    output.finish()
    return try AlsaFixture.frames(of: file)
}

private func alert(_ number: UInt8, _ side: Side?) -> Alert {
    Alert(number: 1, rule: RuleID(number: number), stanceSide: side)
}

/// What the cue of a rule sounds like on the right leg; captured once.
private func heard(rule: UInt8) throws -> (left: [Int16], right: [Int16]) {
    try captured.withLock { captured in
        if let known = captured[rule] { return known }
        let new = try capture(alert(rule, .right), named: "rule-\(rule)")
        captured[rule] = new
        return new
    }
}

private let captured = Mutex<[UInt8: (left: [Int16], right: [Int16])]>([:])

/// The louder side.
private func loud(_ heard: (left: [Int16], right: [Int16])) -> [Int16] {
    peak(heard.left) >= peak(heard.right) ? heard.left : heard.right
}

/// First and last frame that is not zero.
private func extent(_ samples: [Int16]) -> ClosedRange<Int>? {
    guard let first = samples.firstIndex(where: { $0 != 0 }),
        let last = samples.lastIndex(where: { $0 != 0 })
    else { return nil }
    return first...last
}

private func peak(_ samples: [Int16]) -> Int { samples.map { abs(Int($0)) }.max() ?? 0 }

@Suite("Tone content")
struct ToneContentTests {
    /// Rules with a tone of their own, on the right leg.
    static let rules: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 19]

    /// −12 dBFS: 32767 · 10^(−12/20) = 8230.9 (python3: `32767 * 10 ** -0.6`).
    static let cap = 8230

    @Test("the frames that reach the device are the golden ones")
    func golden() throws {
        var text = "# cue, onset and length in frames, peaks left and right, notes in Hz, digest\n"
        for rule in ToneContentTests.rules {
            let heard = try heard(rule: rule)
            let loud = loud(heard)
            let span = try #require(extent(loud))
            // Nowhere two notes in one window: 60 ms around each 150 ms step, 250 ms for the last rule.
            let step = rule == 19 ? 12_000 : 7200
            let note = rule == 19 ? 19_200 : 9600
            let count = (span.count - note + 2400) / step + 1
            let notes = (0..<count).map { place in
                let middle = span.lowerBound + place * step + note / 2
                return dominantFrequency(of: loud[middle - 1440..<middle + 1440], rate: 48_000)
            }
            text += "\(RuleID(number: rule).name) right \(span.lowerBound) \(span.count) "
            text += "\(peak(heard.left)) \(peak(heard.right)) "
            text += notes.map { "\($0)" }.joined(separator: ",")
            text += " \(digest(heard.left[span])) \(digest(heard.right[span]))\n"
        }
        try expectGolden(text, "tone")
    }

    /// Equal temperament, A4 = 440 Hz, semitones from A4: C5 = +3, E5 = +7, A4 = 0, D5 = +5.
    static let melodies: [(UInt8, [Int])] = [
        (1, [3, 7]), (4, [7, 3]), (2, [0]), (3, [0]), (5, [5, 0]),
    ]

    @Test("the notes are those of equal temperament", arguments: melodies)
    func notes(rule: UInt8, semitones: [Int]) throws {
        let heard = loud(try heard(rule: rule))
        let onset = try #require(extent(heard)).lowerBound
        for (place, semitone) in semitones.enumerated() {
            let middle = onset + place * 7200 + 4800
            let measured = dominantFrequency(of: heard[middle - 1440..<middle + 1440], rate: 48_000)
            let expected = 440 * pow(2, Double(semitone) / 12)
            #expect(abs(Double(measured) - expected) < 4, "\(measured) Hz for \(expected) Hz")
        }
    }

    @Test("no tone exceeds -12 dBFS, and none is much softer but the end of a repetition")
    func volumeIsCapped() throws {
        for rule in ToneContentTests.rules {
            let heard = try heard(rule: rule)
            let top = max(peak(heard.left), peak(heard.right))
            #expect(top <= ToneContentTests.cap)
            #expect(
                top > (rule == 19 ? ToneContentTests.cap * 2 / 5 : ToneContentTests.cap * 4 / 5))
        }
    }

    @Test("a tone begins at once and takes 50 ms to full level")
    func onsetIsARamp() throws {
        let bank = ToneBank(rate: 48_000)
        for rule in ToneContentTests.rules {
            let heard = loud(try heard(rule: rule))
            let span = try #require(extent(heard))
            #expect(span.count <= bank.length(of: Tone(rule: RuleID(number: rule))))
            let tone = Array(heard[span])
            // A raised cosine of 50 ms is at 9.5 % of its level after 10 ms, at 50 % after 25 ms.
            #expect(peak(Array(tone[..<480])) <= ToneContentTests.cap * 10 / 100)
            #expect(peak(Array(tone[..<1200])) <= ToneContentTests.cap * 51 / 100)
            // And it ends as softly.
            #expect(peak(Array(tone.suffix(480))) <= ToneContentTests.cap * 11 / 100)
            // Nowhere a step: 2 pi f A / rate of the highest note, 660 Hz.
            #expect(steepest(tone) < 800)
        }
    }

    @Test("the other side is 18 dB softer, never silent", arguments: [Side.left, .right])
    func sidesDiffer(stance: Side) throws {
        // C01 on the right leg: the left side is low.
        let heard = try capture(alert(1, stance), named: "side-\(stance.name)")
        let (loud, soft) =
            stance == .right ? (heard.left, heard.right) : (heard.right, heard.left)
        #expect(peak(loud) > ToneContentTests.cap * 4 / 5)
        // 10^(-18/20) = 0.126.
        #expect(abs(Double(peak(soft)) / Double(peak(loud)) - 0.126) < 0.005)
    }

    @Test("without a side both sides are equal")
    func bothSides() throws {
        let heard = try capture(alert(1, nil), named: "both")
        #expect(heard.left == heard.right)
        #expect(peak(heard.left) > 0)
    }

    @Test("volume is in decibels below the cap, and never above it")
    func volumeSetting() throws {
        var setup = AlertSetup()
        setup.volumeDecibels = -20
        let soft = try capture(alert(2, nil), named: "soft", setup: setup)
        #expect(abs(peak(soft.left) - ToneContentTests.cap / 10) <= 1)
        setup.volumeDecibels = 30
        let loud = try capture(alert(2, nil), named: "loud", setup: setup)
        #expect(peak(loud.left) <= ToneContentTests.cap)
    }

    @Test("a device that takes everything at once gets as much sound as time passes")
    func fileIsPaced() throws {
        let heard = try capture(alert(2, nil), named: "paced")
        // 1 s of host time, at most 60 ms ahead and one step behind.
        #expect((47_000...51_000).contains(heard.left.count), "\(heard.left.count) frames")
        // The cue came at 100 ms; at most 60 ms of silence were ahead of it.
        let onset = try #require(extent(heard.left)).lowerBound
        #expect((4800...7800).contains(onset))
    }
}
