// Two commands, setup and start, and a sensor over Bluetooth is in use: what the session must have shown.

import Control
import DaemonTestKit
import FakeBlueZ
import FakeWearable
import Synthetic
import Testing

@Suite(
    .scene(weight: 2),
    .enabled(if: TestBus.program != nil, "dbus-daemon is not installed"))
struct BluetoothFlowTests {
    @Test func setupFindsPlacesAndChecksASensorByQuestions() async throws {
        let story = try await BluetoothStory.told.value
        #expect(story.setup.code == 0, "\(story.setup)")
        #expect(story.setup.output.contains("it streams"))
        #expect(story.setup.output.contains("Its light blinks now"))
        #expect(story.setup.output.contains("It is worn on the pelvis."))
        #expect(story.setup.output.contains("battery  80 %"))
        let sensor = try #require(story.afterSetup)
        #expect(sensor.name == "movella-dot-1")
        #expect(sensor.segment == "pelvis")
        #expect(sensor.state == .streaming)
        let link = try #require(sensor.link)
        #expect(link.address == BluetoothStory.address)
        #expect(link.batteryPercent == 80)
        #expect(link.canIdentify && !link.canBuzz)
        #expect(link.reason == nil)
        #expect(story.bluetooth.adapters.map(\.inUse) == [true])
    }

    @Test func aPlantedDropIsCuedThroughTheWholePath() async throws {
        let story = try await BluetoothStory.told.value
        #expect(story.steps.last?.step == .done, "\(story.steps.last?.reason ?? "-")")
        #expect(story.started.code == 0, "\(story.started)")
        let planted = try #require(
            PlantedCompensation.all(in: story.report.events).first?.crossedOn)
        let crossed = story.report.origin + planted
        let cues = story.log.compactMap(\.event.cue).filter { $0.rule == "C01" }
        #expect(cues.count == 1)
        let cue = try #require(cues.first)
        // The rule's own minimum time is 500 ms; the rest is radio, clock and smoothing.
        let delay = Double(cue.time - crossed) * 1e-6
        print("Bluetooth: planted drop to cue \(delay) ms, of it 500 the rule's minimum time")
        #expect((300...900).contains(delay))
        #expect(story.summary.cues == 1)
    }

    @Test func aLostLinkIsToldAndTheSameSessionGoesOn() async throws {
        let story = try await BluetoothStory.told.value
        #expect(story.afterLoss.link?.losses == story.lossesBefore + 1)
        let recovery = Double(story.back - story.lost) * 1e-6
        print("Bluetooth: link dropped to streaming again \(recovery) ms")
        #expect(recovery < 3000)
        #expect(Set(story.recorded.packets.map(\.channel)) == [0])
        // Nothing is silently lost: the hole is one gap, marked in the frame after it.
        #expect(
            story.recorded.packets.filter { $0.characteristic == 255 && $0.bytes.isEmpty }.count
                == 2)
    }

    @Test func theRecordingReplaysToTheSameBitsAcrossTheReconnection() async throws {
        let story = try await BluetoothStory.told.value
        #expect(story.offlineTold.code == 0, "\(story.offlineTold)")
        #expect(story.throughDaemon.code == 0, "\(story.throughDaemon)")
        #expect(story.offline.frames.count == story.recorded.frames.count)
        #expect(story.offline.frames == story.recorded.frames)
        #expect(story.recorded.frames.count > 1000)
    }

    @Test func theDaemonLeavesTheSensorQuietAndConnectsItAgainByItself() async throws {
        let story = try await BluetoothStory.told.value
        #expect(story.end == .exited(0))
        #expect(story.isQuietAfterwards)
        #expect(story.again.name == "movella-dot-1")
        #expect(story.again.segment == "pelvis")
        #expect(story.again.calibration?.restored == true)
    }
}
