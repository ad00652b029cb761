// The live view as a picture: compared with what was looked at and found right, at several sizes.

import Control
import DaemonTestKit
import Foundation
import Testing

@testable import rehabctl

/// A text beside the tests.
///
/// `REHAB_RECORD=1` writes it and fails the test.
private func expectGolden(_ lines: [String], _ name: String) throws {
    let path = Products.repository + "/Tests/RehabctlTests/Goldens/\(name).txt"
    // Trailing blanks are nothing to see.
    let text =
        lines.map { line in
            String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["REHAB_RECORD"] == "1" {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        Issue.record("\(name): recorded")
        return
    }
    let golden = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text == golden, "\(name):\n\(text)")
}

@Suite struct LiveViewTests {
    private static let pictures: [(name: String, width: Int, height: Int)] = [
        ("one-pelvis", 80, 24), ("five-out", 100, 30), ("repetitions", 80, 24), ("lost", 80, 24),
        ("idle", 80, 24), ("five-out-small", 60, 16), ("repetitions-tiny", 30, 8),
    ]

    private func state(_ name: String) -> LiveState {
        switch name {
        case "one-pelvis": LivePictures.onePelvis
        case "five-out", "five-out-small": LivePictures.fiveOut
        case "repetitions", "repetitions-tiny": LivePictures.repetitions
        case "lost": LivePictures.lost
        default: LivePictures.idle
        }
    }

    private func lines(
        _ name: String, _ width: Int, _ height: Int, colour: Bool = false
    ) -> [String] {
        LiveView(style: Style(isColourful: colour), width: width, height: height)
            .lines(state(name))
    }

    @Test(arguments: pictures)
    func thePictureIsTheGolden(_ picture: (name: String, width: Int, height: Int)) throws {
        try expectGolden(lines(picture.name, picture.width, picture.height), picture.name)
    }

    /// Whatever colour says is said without it: the texts are the same letter for letter.
    @Test(arguments: pictures)
    func colourSaysNothingAlone(_ picture: (name: String, width: Int, height: Int)) {
        let plain = lines(picture.name, picture.width, picture.height)
        let coloured = lines(picture.name, picture.width, picture.height, colour: true)
        #expect(coloured.joined().contains("\u{1B}["))
        #expect(coloured.map { $0.replacing(/\u{1B}\[[0-9;]*m/, with: "") } == plain)
    }

    @Test(arguments: [10, 20, 40, 79, 80, 81, 132, 300], [1, 2, 5, 12, 24, 50])
    func noSizeTearsThePicture(_ width: Int, _ height: Int) {
        for picture in LiveViewTests.pictures {
            let lines = lines(picture.name, width, height)
            #expect(lines.count <= height)
            #expect(lines.allSatisfy { $0.count <= max(10, width - 1) })
        }
    }

    @Test func outOfBandIsAWord() {
        let picture = lines("five-out", 100, 30).joined(separator: "\n")
        #expect(picture.contains("OUT of band") && picture.contains("C01 C02"))
        #expect(!lines("one-pelvis", 80, 24).joined().contains("OUT"))
    }

    /// Where the person's own lean is not known yet, the thigh is shown and no rule's band with it.
    @Test func aThighWithoutItsRulesSignalHasNoBand() throws {
        var state = LivePictures.fiveOut
        var frame = try #require(state.frame)
        frame.view = Rehab1.FrameView(stanceThighDegrees: 4.8, legLeanDegrees: nil, strip: "")
        _ = state.take(LivePictures.event(.frame(frame)), at: 9_000_000_000)
        let row = try #require(
            LiveGauges(style: Style(isColourful: false), width: 80).lines(state).last)
        #expect(row.hasPrefix("  thigh ") && row.hasSuffix("4.8 deg"), "\(row)")
        // Its own lean of 4.8 degrees, and nothing beyond it: the rule is silent, and so is the gauge.
        frame.view = Rehab1.FrameView(stanceThighDegrees: 4.8, legLeanDegrees: 0.2, strip: "")
        _ = state.take(LivePictures.event(.frame(frame)), at: 9_100_000_000)
        let judged = LiveGauges(style: Style(isColourful: false), width: 80).lines(state).last
        #expect(judged?.hasSuffix("0.2 deg, in band") == true, "\(judged ?? "none")")
    }

    /// One that is away is looked for every few seconds; whoever reads lines hears of it once.
    @Test func aSensorThatIsAwayIsSaidOnce() {
        var state = LiveState()
        let lines = [
            Rehab1.Sensor.State.streaming, .searching, .connecting, .searching, .connecting,
            .streaming, .searching,
        ].map { told in
            state.take(
                LivePictures.event(
                    .sensor(LivePictures.sensor("leg", "left-thigh", told, calibrated: true))),
                at: 1_000_000_000)
        }
        #expect(
            lines == [
                "sensor leg: streaming", "sensor leg: searching", nil, nil, nil,
                "sensor leg: streaming", "sensor leg: searching",
            ])
    }

    /// "not heard" and what to do stay where the row is too long; the numbers go.
    @Test func aCueThatWasNotHeardIsSaidToBeSoInANarrowTerminalToo() {
        var state = LivePictures.fiveOut
        let cue = Rehab1.Cue(
            time: 0, rule: "C02", signal: "lean-ipsilateral", valueDegrees: 8.7, side: "right",
            text: "trunk: back to centre", spoken: "", crossed: 0, presented: nil,
            latencyMilliseconds: nil, heard: false)
        _ = state.take(LivePictures.event(.cue(cue)), at: 42_000_000_000)
        func row(_ width: Int) -> String? {
            LiveView(style: Style(isColourful: false), width: width, height: 30).lines(state)
                .first { $0.contains("cue C02") }
        }
        #expect(row(80)?.hasSuffix("cue C02 (not heard): trunk: back to centre") == true)
        #expect(
            row(100)?.hasSuffix(
                "cue C02 lean-ipsilateral 8.7 deg, right stance: trunk: back to centre (not heard)")
                == true)
    }

    /// Too little room for a row a sensor: those that need a look, whole, and how many are well.
    @Test func aSensorInNeedOfALookIsNeverCutAway() {
        let small = lines("five-out", 60, 14)
        #expect(small.contains { $0.hasPrefix("! shin (right-shank): lost") }, "\(small)")
        #expect(small.contains("  4 sensors streaming and calibrated"), "\(small)")
        let tall = lines("five-out", 60, 30)
        #expect(tall.count { $0.contains("streaming, 60.1 Hz") } == 4, "\(tall)")
        #expect(tall.allSatisfy { !$0.hasSuffix("ref") })
    }

    /// The words of the keys stay as long as they fit in any way.
    @Test func keysKeepTheirWordsAsLongAsTheyFit() {
        #expect(lines("one-pelvis", 58, 24).last?.contains("+ - volume, x end, q leave") == true)
        #expect(lines("one-pelvis", 50, 24).last == "space s m + - x q (rehabctl live -h)")
    }

    @Test func anOldReadingIsNone() {
        let picture = lines("lost", 80, 24).joined(separator: "\n")
        #expect(picture.contains("no pelvis data"))
        #expect(!picture.contains("6.2 s") && !picture.contains("2.1"))
    }

    @Test func keysAreKeysAndArrowsAreNone() {
        #expect(
            LiveKey.keys(in: Array(" psmxq".utf8)) == [
                .pause, .pause, .side, .mark, .endSet, .leave,
            ])
        #expect(LiveKey.keys(in: [3, 4]) == [.leave, .leave])
        // Up, F5, and a lone escape.
        #expect(LiveKey.keys(in: [0x1B, 0x5B, 0x41]) == [])
        #expect(LiveKey.keys(in: [0x1B, 0x5B, 0x31, 0x35, 0x7E]) == [])
        #expect(LiveKey.keys(in: [0x1B]) == [])
    }
}
