// A recording that rests: what is left out, and the part that begins after it.

import Movement
import Plumbing
import Synchronization
import Testing

@testable import Recording

@Suite struct RestTests {
    /// One sample a packet, as both rings give them.
    private func give(_ indices: ClosedRange<Int>, to fake: FakeSource) {
        for index in indices {
            fake.give(packet: [UInt8(truncatingIfNeeded: index)], stamp: Int64(index))
            var frame = frame(UInt64(index))
            (frame.channel, frame.arrival) = (1, Int64(index))
            fake.give(frame)
        }
    }

    private func size(_ recordings: Recordings) -> Int {
        FileStore.attributes(recordings.path)?.bytes ?? -1
    }

    /// While the recording rests its file is whole and does not grow; then comes a part of its own.
    @Test func aRestLeavesOutAllAndAPartOfItsOwnFollows() throws {
        let recordings = try Recordings(interval: 1, head: [("date", "today")])
        let (recorder, fake) = (recordings.recorder, recordings.fake)
        // A connection with one reply, which every later part needs too.
        fake.give(news: [], stamp: 1)
        fake.give(news: [9, 8], stamp: 1)
        give(1...100, to: fake)
        #expect(eventually { (try? recordings.read().packets.count) == 102 })
        recorder.beginRest()
        #expect(eventually { (try? recordings.read().isComplete) == true })
        let before = size(recordings)
        recorder.add(command: 1, text: "begin habits")
        fake.give(command: 1, after: 100)
        give(101...400, to: fake)
        #expect(eventually { fake.isEmpty && fake.consumed.load(ordering: .relaxed) == 400 })
        let resting = size(recordings)
        #expect(resting == before, "\(resting - before) bytes in the rest")
        recorder.endRest(
            with: RecordingPart(
                head: [("date", "later")],
                sensors: [
                    RecordedSensor(
                        channel: 1, name: "belt", kind: "movella-dot", segment: nil, rateHertz: 60)
                ], commands: ["attach 1", "begin squat"]))
        #expect(eventually { (try? recordings.read().later.count) == 1 })
        give(401...450, to: fake)
        recorder.add(command: 2, text: "end")
        fake.give(command: 2, after: 450)
        recordings.finish()

        let whole = try recordings.read()
        let first = try #require(whole.parts.first)
        #expect(first.frames.count == 100 && first.isComplete)
        let second = try #require(whole.parts.last)
        #expect(whole.parts.count == 2 && second.isComplete)
        #expect(second.value("date") == "later" && second.sensors.map(\.name) == ["belt"])
        let news = second.packets.filter { $0.characteristic == 255 }
        #expect(news.map(\.bytes) == [[], [9, 8]])
        #expect(
            second.packets.filter { $0.characteristic == 2 }.map(\.stamp)
                == (401...450).map(Int64.init))
        // Its samples are numbered from 1, and so is what came after them.
        #expect(second.frames.count == 50)
        #expect(second.frames.first?.hasPrefix("f 1 ") == true)
        #expect(second.frames.last?.hasPrefix("f 50 ") == true)
        #expect(
            second.commands == [
                RecordedCommand(after: 0, text: "attach 1"),
                RecordedCommand(after: 0, text: "begin squat"),
                RecordedCommand(after: 50, text: "end"),
            ])
    }

    /// Frames come after their packets: those of the last ones are still taken, those of packets left out not.
    @Test func aFrameBelongsWhereItsPacketDoes() throws {
        let recordings = try Recordings(interval: 50)
        let (recorder, fake) = (recordings.recorder, recordings.fake)
        func give(frame index: Int) {
            var late = frame(UInt64(index))
            (late.channel, late.arrival) = (1, Int64(index))
            fake.give(late)
        }
        fake.give(packet: [1], stamp: 1)
        #expect(eventually { (try? recordings.read().packets.count) == 1 })
        recorder.beginRest()
        give(frame: 1)
        #expect(eventually { (try? recordings.read().isComplete) == true })
        fake.give(packet: [2], stamp: 2)
        #expect(eventually { fake.isEmpty })
        recorder.endRest(with: RecordingPart(head: [], sensors: [], commands: []))
        #expect(eventually { (try? recordings.read().later.count) == 1 })
        fake.give(packet: [3], stamp: 3)
        #expect(eventually { (try? recordings.read().later.first?.packets.count) == 1 })
        give(frame: 2)
        give(frame: 3)
        recordings.finish()
        let whole = try recordings.read()
        #expect(whole.parts.map(\.frames.count) == [1, 1])
        #expect(whole.later.first?.frames.first?.hasPrefix("f 1 1 ") == true)
        #expect(whole.parts.map(\.packets.count) == [1, 1])
    }
}
