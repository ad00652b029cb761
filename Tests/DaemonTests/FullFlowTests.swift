// The whole course with a synthetic person, judged by what the script planted: steps, cues, summary.

import Control
import DaemonTestKit
import FakeWearable
import Foundation
import Kinematics
import Synthetic
import Testing

@Suite(.scene(weight: 0)) struct FullFlowTests {
    /// The fields of a calibration file that are looked at here.
    private struct Stored: Decodable {
        let version: Int
        let sensor: String
        let segment: String
        let date: String
        let alignment: [Double]
        let explained: Double

        private enum CodingKeys: String, CodingKey {
            case version, sensor, segment, date, alignment
            case explained = "axis_variance_explained"
        }
    }

    // MARK: calibration

    @Test func calibrationGoesThroughItsStepsInOrder() async throws {
        let steps = try await Story.told.value.steps
        var order: [Rehab1.CalibrationStep.Step] = []
        for step in steps where step.step != order.last { order.append(step.step) }
        #expect(order == [.getReady, .stand, .bow, .lift, .done])
        for kind in order {
            let progress = steps.filter { $0.step == kind }.map(\.progress)
            #expect(progress == progress.sorted(), "\(kind)")
            #expect(progress.allSatisfy { (0...1).contains($0) })
        }
        // The quiet stand takes five seconds and is told while it lasts.
        let stand = steps.filter { $0.step == .stand }
        #expect(stand.allSatisfy { $0.lengthSeconds == 5 })
        #expect(stand.count >= 15)
        #expect((stand.last?.elapsedSeconds ?? 0) > 4.5)
        let bows = steps.filter { $0.step == .bow }.map(\.bowsSeen)
        #expect(Set(bows).isSuperset(of: [0, 1, 2]))
        let texts = Dictionary(steps.map { ($0.step, $0.instruction) }) { first, _ in first }
        #expect(texts[.lift] == "Lift your left foot.")
    }

    @Test func calibrationFindsTheMountingAndProvesTheSide() async throws {
        let story = try await Story.told.value
        let result = try #require(story.steps.last?.result)
        #expect(result.axisVarianceExplained > 0.98)
        #expect(result.signProof == "agreed")
        #expect(!result.restored)
        #expect(story.calibrated?.calibration == result)
        // The script's neutral is 0.6 degrees; tilt has no zero but the stand.
        #expect(abs(result.neutralObliquityRawDegrees - 0.6) < 1)

        // The stored rotation takes the person's right, as the sensor is truly mounted, to right.
        let stored = try JSONDecoder().decode(Stored.self, from: Data(story.calibrationFile.utf8))
        #expect(stored.sensor == "pelvis")
        #expect(stored.segment == "pelvis")
        #expect(stored.version == 1)
        #expect(stored.date == result.date)
        #expect(stored.explained == result.axisVarianceExplained)
        let parts = stored.alignment
        try #require(parts.count == 4)
        let alignment = Rotation(w: parts[0], x: parts[1], y: parts[2], z: parts[3])
        let right = alignment.apply(story.mounting.apply(Vector3(0, 0, 1)))
        #expect(right.z > cos(3 * radiansPerDegree), "\(right)")
    }

    @Test func calibrationIsRestoredAfterARestart() async throws {
        let story = try await Story.told.value
        let before = try #require(story.steps.last?.result)
        let after = try #require(story.restored?.calibration)
        #expect(after.restored)
        #expect(after.date == before.date)
        #expect(after.axisVarianceExplained == before.axisVarianceExplained)
        #expect(after.neutralObliquityRawDegrees == before.neutralObliquityRawDegrees)
        #expect(story.end == .exited(0))
    }

    // MARK: cues

    @Test func eachPlantedFaultIsCuedOnceWithItsRuleSideAndTime() async throws {
        let story = try await Story.told.value
        let planted = story.planted
        #expect(planted.map(\.fault.kind) == [.drop, .hike, .drop])
        // Exercises, EX09 lists no C04: a small lift of the free side is normal.
        let cued = planted.filter { $0.fault.kind != .hike }
        #expect(story.cues.count == cued.count)
        for (cue, expected) in zip(story.cues, cued) {
            let rule = try #require(expected.fault.rule)
            #expect(cue.rule == rule.id)
            #expect(cue.side == expected.fault.stance.name)
            #expect(abs(cue.valueDegrees - expected.fault.angle * degreesPerRadian) < 1)
            let delay = Double(cue.time - expected.crossed) * 1e-9
            print("\(cue.rule) \(cue.side ?? "-"): \(delay) s after the true crossing")
            // An estimate half a degree high or low crosses up to 50 ms early or late.
            #expect(delay > rule.minimumOn - 0.1)
            #expect(delay < rule.minimumOn + 0.1)
            #expect(cue.time - cue.crossed >= Int64(rule.minimumOn * 1e9) - 1)
            // No output is set up in this daemon, and that is said.
            #expect(!cue.heard)
            #expect(!cue.text.isEmpty)
        }
    }

    @Test func theToldDropFollowsTheTruth() async throws {
        let story = try await Story.told.value
        for set in story.sets {
            let truth = story.trueDrops(in: set)
            #expect(truth.count > 400)
            var errors: [Double] = []
            for frame in story.frames where frame.phase == .holding {
                guard let drop = frame.dropDegrees,
                    let nearest = truth.min(by: {
                        abs($0.time - frame.time) < abs($1.time - frame.time)
                    }), abs(nearest.time - frame.time) < 17_000_000
                else { continue }
                errors.append(drop - nearest.drop * degreesPerRadian)
            }
            #expect(errors.count > 50)
            let rms = (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
            print("\(set.task.name): drop told against the truth, RMS \(rms) degrees")
            #expect(rms < 0.8)
        }
        let sources = Set(story.frames.filter { $0.phase == .holding }.map(\.stanceSource))
        #expect(sources == ["given", "detected"])
    }

    @Test func eventsComeWithoutAHole() async throws {
        let events = try await Story.told.value.log.map(\.event)
        #expect(events.count > 500)
        #expect(events.first?.kind == .status)
        #expect(zip(events, events.dropFirst()).allSatisfy { $1.sequence == $0.sequence + 1 })
        #expect(events.allSatisfy { $0.dropped == 0 && $0.payload != nil })
        #expect(events.count { $0.kind == .set } == 2)
    }

    // MARK: the summary

    @Test func theSummaryTellsTheHoldAsItWas() async throws {
        let story = try await Story.told.value
        for (set, side) in zip(story.sets, ["right", "left"]) {
            let summary = set.summary
            let stance = try #require(story.stance(in: set))
            let hold = try #require(summary.holds.first)
            #expect(summary.holds.count == 1)
            #expect(hold.side == side)
            #expect(hold.endedBy == "lowered")
            let held = Double(stance.touchDown - stance.liftOff) * 1e-9
            print("\(set.task.name): held \(hold.durationSeconds) s, in truth \(held) s")
            #expect(abs(hold.durationSeconds - held) < 0.2)

            let drops = story.trueDrops(in: set).map { $0.drop * degreesPerRadian }
            let inside = drops.count { $0 < 4 }
            let share = Double(inside) / Double(drops.count)
            print("\(set.task.name): in band \(hold.shareInBand ?? -1), in truth \(share)")
            #expect(abs((hold.shareInBand ?? -1) - share) < 0.05)
            #expect(summary.shareInBand == hold.shareInBand)
            #expect(abs((hold.maxDropDegrees ?? -1) - (drops.max() ?? 0)) < 1)
            #expect(abs((hold.maxHikeDegrees ?? -1) + (drops.min() ?? 0)) < 1)
        }
    }

    @Test func theSummaryCountsRulesAndNamesWhatIsNotMeasured() async throws {
        let story = try await Story.told.value
        try #require(story.sets.count == 2)
        // In the first set the leg is named, in the second it is to be detected.
        let expected = [
            (cues: ["C01": 1, "C04": 0, "C09": 0, "C19": 0], isNamed: true),
            (cues: ["C01": 1, "C04": 0, "C09": 0, "C19": 0], isNamed: false),
        ]
        for (set, (cues, isNamed)) in zip(story.sets, expected) {
            let summary = set.summary
            #expect(summary.exercise == "one-leg-stand")
            let measured = summary.rules.filter(\.measured)
            #expect(Dictionary(measured.map { ($0.id, Int($0.cues)) }) { $1 } == cues)
            // Sway (C09) and the hike of the first set are told in the summary and never cued.
            #expect(
                measured.allSatisfy { $0.episodes == $0.cues || $0.id == "C09" || $0.id == "C04" })
            #expect(measured.first { $0.id == "C04" }?.episodes == (isNamed ? 1 : 0))
            // Trunk and legs carry no sensor: leans and the sideways shift cannot be seen, nor whether it
            // is the leg that was named.
            #expect(summary.rules.filter { !$0.measured }.map(\.id) == ["C02", "C03", "C05"])
            #expect(
                summary.notMeasured == [
                    "trunk lean to the stance side", "trunk lean away from the stance side",
                    "sideways shift over the foot",
                ] + (isNamed ? ["which leg you stand on"] : []))
            #expect(summary.cues == cues.values.reduce(0) { $0 + Int64($1) })
            #expect(summary.notHeard == summary.cues)
            // Where the side is to be detected it is unknown while both feet are down.
            #expect(summary.unknownShare < (isNamed ? 0.15 : 0.4))
            #expect(set.started.rules.filter(\.measured).map(\.id) == ["C01", "C04", "C09", "C19"])
        }
        #expect(story.sets.map(\.summary.side) == ["right", nil])
    }

    @Test func packetsAndLossesAddUp() async throws {
        let story = try await Story.told.value
        let sensor = try #require(story.lastStatus.sensors.first)
        let channel = story.report.channels[0]
        #expect(sensor.decodeErrors == 0)
        #expect(sensor.refused == 0)
        #expect(sensor.packets == sensor.samples)
        // The person stood for some moments more before the report was drawn up.
        #expect(Int64(channel.sent) - sensor.packets < 60)
        #expect(sensor.lostSamples <= Int64(channel.lost))
        #expect(sensor.lostSamples >= Int64(channel.lost) - 2)
        // The sensor's clock is 0.2 % fast by the script.
        let rate = try #require(sensor.rateHertz)
        #expect(abs(rate - 60 * 1.002) < 0.03)
    }
}
