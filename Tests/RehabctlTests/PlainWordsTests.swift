// What a person reads has no code words; JSON keeps them.

import Control
import History
import Movement
import Testing

@testable import rehabctl

@Suite struct PlainWordsTests {
    /// Every gate there is, by the code it has on the wire.
    private static let gates = (0..<16).flatMap { Gates(rawValue: 1 << $0).names }

    private func frame(_ gates: [String]) -> Rehab1.Frame {
        Rehab1.Frame(
            time: 1, posture: "left-side", obliquityDegrees: 1, anteriorTiltDegrees: 1,
            sigmaDegrees: 0.4, stanceSource: "given", phase: .holding, holdSeconds: 1,
            activeRules: [], gates: gates, quaternion: [1, 0, 0, 0], count: 0, phaseSeen: false)
    }

    private func state(_ gate: String) -> LiveState {
        LivePictures.state(.frame(frame([gate])))
    }

    @Test(arguments: gates) func aGateIsSaidInWords(_ gate: String) {
        let plain = state(gate).plainLine
        let drawn = LiveView(style: Style(isColourful: false), width: 200, height: 40)
            .lines(state(gate)).joined(separator: "\n")
        var news = SetNews(exercise: LivePictures.stand)
        let told = news.take(frame([gate])).joined(separator: "\n")
        for text in [plain, drawn, told] where text.contains("not judged") {
            for code in [
                gate == "stale" || gate.contains("-") ? gate : "judged: \(gate)\n",
                "judged now: \(gate)\n",
            ] {
                #expect(!(text + "\n").contains(code), "\(text)")
            }
        }
        #expect(plain.contains("not judged: "))
        // Whole in a small terminal, too.
        let small = LiveView(style: Style(isColourful: false), width: 80, height: 24)
            .lines(state(gate)).joined(separator: "\n")
        #expect(small.contains("not judged: \(GateText.brief([gate]))"), "\(small)")
        #expect(!plain.contains("left-side") && plain.contains("left side"))
    }

    private func summary(holdEndedBy end: String) -> Rehab1.Summary {
        Rehab1.Summary(
            exercise: "one-leg-stand", title: "Stand", durationSeconds: 60,
            holds: [
                Rehab1.Hold(
                    side: "left", startSeconds: 0, durationSeconds: 5, endedBy: end, label: "level?"
                )
            ], rules: [], cues: 0, notHeard: 0, packets: 0, gaps: 0, lostSamples: 0,
            unknownShare: 0, notMeasured: [])
    }

    @Test func theEndOfAHoldIsSaidInWords() {
        for end in [HoldEnd.lowered, .balanceLost, .stopped, .lostData] {
            let summary = summary(holdEndedBy: end.name)
            let text = ExerciseText(style: Style(isColourful: false)).summary(summary)
                .joined(separator: "\n")
            #expect(!end.name.contains("-") || !text.contains(end.name), "\(text)")
        }
    }

    @Test(arguments: ["sensor-gone", "sensor-lost", "still", "signal", "closed"])
    func theEndOfASetIsSaidInWords(_ end: String) {
        var set = SetEntry(time: "", workout: "", exercise: "squat", number: 11)
        set.endedBy = end
        let line = LogCommand.line(.set(set))
        #expect(line.contains("; ended: ") && !line.hasSuffix("ended: \(end)"), "\(line)")
    }
}
