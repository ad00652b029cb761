// Spoken cues, measured on frames that went through ALSA into a file.

import Alerts
import Foundation
import Kinematics
import Movement
import Testing

/// A voice that whistles: every text is half a second of one note, so that it can be told apart.
private func whistle(_ text: String) -> [UInt8] {
    let note = text == "one" ? 310.0 : 705.0
    let samples = (0..<11_025).map { frame in
        Int16(20_000 * sin(2 * Double.pi * note * Double(frame) / 22_050))
    }
    return waveFile(samples)
}

/// Outputs on the file device, sharing one stream, with everything in place.
final class SpokenScene {
    let tone: ToneAlert
    let speech: SpeechAlert
    let store: SpeechStore
    private let file: URL

    init(_ name: String, render: @escaping SpeechStore.Rendering) throws {
        file = AlsaFixture.file("\(name).raw")
        try? FileManager.default.removeItem(at: file)
        var setup = AlertSetup()
        setup.soundDevice = "capture:\(file.path)"
        store = SpeechStore(
            SpeechTexts(
                voice: "test", texts: [SpokenKey(number: 1): "one", SpokenKey(number: 2): "two"]),
            render: render)
        setup.speech = store
        tone = try alsaTone(setup)
        speech = try #require(SpeechAlert(setup, elsewhere: inPlace))
        store.renderAll()
        tone.prepare(now: 0)
        keep(from: 0, to: 100 * millisecond)
    }

    func keep(from begin: Int64, to end: Int64) {
        var now = begin
        while now < end {
            _ = tone.upkeep(now: now)
            _ = speech.upkeep(now: now)
            now += 10 * millisecond
        }
    }

    func cue(_ rule: UInt8, at now: Int64) throws {
        let alert = Alert(number: 1, time: now, rule: RuleID(number: rule), stanceSide: .right)
        try tone.present(alert, now: now)
        try speech.present(alert, now: now)
    }

    func frames() throws -> (left: [Int16], right: [Int16]) {
        tone.finish()
        return try AlsaFixture.frames(of: file)
    }
}

private func share(_ samples: ArraySlice<Int16>, _ note: Double) -> Double {
    let energy = samples.reduce(0.0) { $0 + Double($1) * Double($1) }
    guard energy > 0 else { return 0 }
    return 2 * power(of: samples, at: note, rate: 48_000) / (energy * Double(samples.count))
}

@Suite("Speech content")
struct SpeechContentTests {
    @Test("the words follow the tone on its side, at the stream's rate, and these are the frames")
    func golden() throws {
        let scene = try SpokenScene("speech") { text, _ in whistle(text) }
        #expect(scene.speech.health.state == .ok)
        try scene.cue(1, at: 100 * millisecond)
        scene.keep(from: 110 * millisecond, to: 1500 * millisecond)
        #expect(scene.speech.health.presented == 1)
        let heard = try scene.frames()
        let onset = try #require(heard.left.firstIndex { $0 != 0 })
        // The tone of C01 is two notes of 0.2 s that overlap by 50 ms: 0.35 s; the words begin 50 ms
        // before its end and last 0.5 s after a lead of 25 ms.
        let tone = heard.left[onset..<onset + 14_000]
        #expect(share(tone, 310) < 0.02)
        let words = heard.left[onset + 18_000..<onset + 36_000]
        #expect(share(words, 310) > 0.98)
        let last = try #require(heard.left.lastIndex { $0 != 0 })
        #expect(abs(last - onset - Int((0.30 + 0.525) * 48_000)) < 600)
        // Never above the cap, as loud as it on the side of the cue, 18 dB softer on the other.
        let top = words.map { abs(Int($0)) }.max() ?? 0
        #expect((8100...8230).contains(top))
        let other = heard.right[onset + 18_000..<onset + 36_000].map { abs(Int($0)) }.max() ?? 0
        #expect(abs(Double(other) / Double(top) - 0.126) < 0.01)
        // No click anywhere: a 700 Hz note at the cap moves by 750 a frame.
        #expect(steepest(heard.left) < 800)
        try expectGolden(
            "# onset, length in frames, peaks left and right, digest\n\(onset) \(last - onset + 1) "
                + "\(top) \(other) \(digest(heard.left[onset...last]))\n", "speech")
    }

    @Test("a later cue cuts the words of the one before within 50 ms")
    func laterCueCuts() throws {
        let scene = try SpokenScene("speech-cut") { text, _ in whistle(text) }
        try scene.cue(1, at: 100 * millisecond)
        scene.keep(from: 110 * millisecond, to: 600 * millisecond)
        try scene.cue(2, at: 600 * millisecond)
        scene.keep(from: 610 * millisecond, to: 2000 * millisecond)
        let heard = try scene.frames()
        let onset = try #require(heard.left.firstIndex { $0 != 0 })
        // 500 ms later the second cue; 60 ms of a file's lead at most between them.
        let second = onset + 24_000
        #expect(share(heard.left[second - 6000..<second - 1000], 310) > 0.95)
        // Fade-out of 50 ms from the frame on at which it begins (within 10 ms of the clock's step).
        #expect(share(heard.right[second + 4000..<second + 9000], 310) < 0.02)
        // Its words are its own.
        #expect(share(heard.right[second + 12_000..<second + 24_000], 705) > 0.98)
        #expect(heard.left.allSatisfy { abs(Int($0)) <= 8230 })
    }

    @Test("without the program tones go on, and the reason is told with its cure")
    func absent() throws {
        let scene = try SpokenScene("speech-absent") { (_, voice) throws(SpeechError) in
            throw SpeechError(reason: "espeak-ng is not installed", cure: "apt install espeak-ng")
        }
        let alert = Alert(number: 1, time: 100 * millisecond, rule: .pelvicDrop, stanceSide: .left)
        try scene.tone.present(alert, now: 100 * millisecond)
        #expect(throws: AlertError(.voiceless)) {
            try scene.speech.present(alert, now: 100 * millisecond)
        }
        #expect(scene.tone.health.presented == 1)
        #expect(scene.speech.health.notHeard == 1)
        #expect(scene.speech.health.state == .failing)
        #expect(scene.speech.health.cure == "apt install espeak-ng")
        _ = try scene.frames()
    }

    @Test("a stale cue is not spoken, and counted")
    func stale() throws {
        let scene = try SpokenScene("speech-stale") { text, _ in whistle(text) }
        let old = Alert(number: 1, time: 0, rule: .pelvicDrop)
        #expect(throws: AlertError(.stale)) {
            try scene.speech.present(old, now: 200 * millisecond)
        }
        #expect(scene.speech.health.stale == 1)
    }

    /// Skipped visibly where the program is not installed.
    @Test(
        "espeak-ng speaks, in English and in German",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/espeak-ng")))
    func espeak() throws {
        for (voice, text) in [("en-gb", "Float the belt level"), ("de", "Lange Taille")] {
            let sound = try WaveSound(parsing: try SpeechStore.espeak(text, voice))
            #expect(sound.rate == 22_050)
            let seconds = Double(sound.samples.count) / 22_050
            #expect((0.4...2.5).contains(seconds), "\(text): \(seconds) s")
            #expect((sound.samples.map { abs(Int($0)) }.max() ?? 0) > 3000)
        }
        #expect(throws: SpeechError.self) { try SpeechStore.espeak("x", "zzzz") }
        // What looks like an option is a text.
        _ = try SpeechStore.espeak("--version", "en-gb")
    }
}
