// Data that cannot be trusted gives no cue: silence, saturation, loss and lateness at the door itself.

import Control
import DaemonTestKit
import Movement
import Plumbing
import Recording
import Synthetic
import Testing

/// What is done to the packets of a stand with one lasting drop.
enum Disturbance: String, CaseIterable, CustomTestStringConvertible {
    /// Nothing: the cue must come, or the others prove nothing.
    case none
    /// 300 ms without packets while the pelvis is dropped and before the rule's time is over.
    case silence
    /// Readings at the range limit throughout the drop.
    case saturation
    /// Every third packet missing, from 5 s before the drop on.
    case loss
    /// Packets held back for up to 0.7 s again and again: all arrive, most of them late.
    case lateness

    var testDescription: String { rawValue }
}

/// What a session with one disturbance came to.
struct GateOutcome {
    var cues: [Rehab1.Cue]
    /// Every frame, as recorded.
    var frames: [FrameLine]
    var summary: Rehab1.Summary
    var planted: PlantedCompensation
    var origin: Int64

    init(_ disturbance: Disturbance) throws {
        let scenario = try Scenario(Scenario.oneDrop)
        planted = try #require(scenario.planted.first)
        let start = Double(planted.start) * 1e-9
        let crossed = Double(try #require(planted.crossedOn)) * 1e-9
        let end = Double(planted.end) * 1e-9
        var packets = scenario.packets
        switch disturbance {
        case .none: break
        case .silence: packets = packets.silent(from: crossed + 0.1, to: crossed + 0.4)
        case .saturation:
            // ±16 g is the accelerometer's range (user manual XD0502P 5.3); on the x axis.
            packets = packets.changed(from: start, to: end) {
                DotPacket.replacing($0, at: DotPacket.acceleration, with: 16 * 9.80665)
            }
        case .loss:
            packets = packets.enumerated().filter { place, packet in
                place % 3 != 0 || Double(packet.time) * 1e-9 < start - 5
            }.map(\.element)
        case .lateness:
            for step in 0..<5 {
                let from = start + Double(step) * 0.72
                packets = packets.stalled(from: from, to: from + 0.7)
            }
        }
        let daemon = try RunningDaemon()
        try scenario.storeCalibration(of: "pelvis", in: daemon.state)
        let log = try EventLog(daemon)
        let sensor = try AttachedSensor("pelvis", segment: "pelvis", to: daemon)
        let player = PacketPlayer(packets, into: sensor)
        origin = player.origin
        try log.wait(for: "the filter to settle") { event in
            event.frame.flatMap { $0.gates.contains("uncertain") ? nil : $0 }
        }
        try daemon.call(Rehab1.StartExercise(exercise: "one-leg-stand", side: "right"))
        #expect(player.finish().refused == 0)
        summary = try daemon.call(Rehab1.StopExercise()).summary
        try log.wait(for: "the summary's event") { $0.summary }
        cues = log.cues
        #expect(try daemon.terminate() == .exited(0))
        let file = try #require(daemon.recordingFiles().first)
        frames = try RecordingReader.parse(FileStore.read(file, limit: 1 << 26), file: file).frames
            .compactMap(FrameLine.init)
    }

    /// The gates of each frame, by name, between two times in s after the planted start.
    func gates(from start: Double, to end: Double) -> [[String]] {
        let begin = origin + planted.start
        return frames.filter {
            $0.time >= begin + Int64(start * 1e9) && $0.time <= begin + Int64(end * 1e9)
        }.compactMap { frame in frame.body.map { Gates(rawValue: $0.gates).names } }
    }
}

@Suite(.scene()) struct GateTests {
    @Test func anUndisturbedDropIsCuedOnce() throws {
        let outcome = try GateOutcome(.none)
        let cue = try #require(outcome.cues.first)
        #expect(outcome.cues.count == 1)
        #expect(cue.rule == "C01")
        #expect(cue.side == "right")
        // 8 degrees are planted; sway and sensor add less than one.
        #expect(abs(cue.valueDegrees - 8) < 1)
        let crossed = outcome.origin + (try #require(outcome.planted.crossedOn))
        let delay = milliseconds(cue.time - crossed)
        print("cue \(delay) ms after the true crossing")
        #expect(delay > 400)
        #expect(delay < 600)
        #expect(outcome.summary.gaps == 0)
        #expect(outcome.summary.lostSamples == 0)
    }

    @Test func silenceResetsTheRuleAndEndsTheHold() throws {
        let outcome = try GateOutcome(.silence)
        #expect(outcome.cues == [])
        #expect(outcome.summary.gaps == 1)
        // 300 ms at 60 Hz; one sample more or less with the jitter of the link.
        #expect((17...19).contains(outcome.summary.lostSamples))
        #expect(outcome.summary.holds.first?.endedBy == "lost-data")
        #expect(outcome.gates(from: 0.5, to: 1.5).contains { $0.contains("gap") })
    }

    @Test func saturatedReadingsAreNotJudged() throws {
        let outcome = try GateOutcome(.saturation)
        #expect(outcome.cues == [])
        let gates = outcome.gates(from: 0.2, to: 3)
        #expect(!gates.isEmpty)
        #expect(gates.allSatisfy { $0.contains("saturated") })
        #expect(outcome.summary.unknownShare > 0.1)
    }

    @Test func lossOfEveryThirdPacketClosesTheGate() throws {
        let outcome = try GateOutcome(.loss)
        #expect(outcome.cues == [])
        let gates = outcome.gates(from: 0, to: 3)
        #expect(!gates.isEmpty)
        #expect(gates.allSatisfy { $0.contains("loss") })
        // Each hole is one sample.
        #expect(outcome.summary.gaps > 150)
        #expect(outcome.summary.gaps == outcome.summary.lostSamples)
    }

    @Test func packetsThatComeLateAreNotCued() throws {
        let outcome = try GateOutcome(.lateness)

        #expect(outcome.cues == [])
        // Held back for 0 to 0.7 s: four fifths of them for more than 150 ms.
        let gates = outcome.gates(from: 0, to: 3.5)
        let share = Double(gates.count { $0.contains("stale") }) / Double(max(1, gates.count))
        #expect(abs(share - 0.55 / 0.7) < 0.1)
        // Late is not lost.
        #expect(outcome.summary.lostSamples == 0)
    }
}
