// The recorder's thread: what reaches the file and when, also where the disk refuses.

import Glibc
import Kinematics
import Movement
import Plumbing
import Synchronization
import Testing

@testable import Recording

@Suite struct RecorderTests {
    @Test func aSessionIsWrittenWhole() throws {
        let recordings = try Recordings(head: [("date", "today")])
        let recorder = recordings.recorder
        let fake = recordings.fake
        recorder.add(
            RecordedSensor(
                channel: 1, name: "belt", kind: "movella-dot", segment: "pelvis", rateHertz: 60))
        recorder.add(command: 1, text: "attach 1 0.016 pelvis")
        fake.give(command: 1, after: 0)
        for index in 1...500 {
            fake.give(packet: [UInt8(truncatingIfNeeded: index)], stamp: Int64(index))
            var frame = frame(UInt64(index))
            if index == 100 { frame.alert = Alert(number: 1, sequence: 100) }
            fake.give(frame)
        }
        recorder.add(mark: "done", time: 7)
        recordings.finish()
        let recording = try recordings.read()
        #expect(recording.value("date") == "today")
        #expect(recording.sensors.map(\.name) == ["belt"])
        #expect(recording.packets.map(\.stamp) == (1...500).map(Int64.init))
        #expect(recording.frames.count == 500 && recording.cues.count == 1)
        #expect(recording.commands == [RecordedCommand(after: 0, text: "attach 1 0.016 pelvis")])
        #expect(recording.marks == ["done"])
        #expect(recording.isComplete && recording.missing.isEmpty)
        let state = recorder.current
        #expect(state.packets == 500 && state.frames == 500 && state.cues == 1)
        #expect(state.failure == nil)
        #expect(fake.consumed.load(ordering: .relaxed) == 500)
    }

    /// A killed daemon loses what the page cache does not have: at most 250 ms.
    ///
    /// Nobody wakes the recorder here; the bound is wide, since the machine may be busy.
    @Test func whatComesIsInTheFileSoon() throws {
        let recordings = try Recordings()
        var longest: Int64 = 0
        for round in 1...5 {
            recordings.fake.give(packet: [1, 2, 3], stamp: Int64(round))
            let given = MonotonicClock.now()
            #expect(eventually { (try? recordings.read().packets.count) ?? 0 >= round })
            longest = max(longest, MonotonicClock.now() - given)
        }
        #expect(longest < 1_000_000_000, "\(longest / 1_000_000) ms")
        recordings.finish()
    }

    /// At any moment the file reads without an error, torn line or not.
    @Test func theFileIsReadableAtAnyMoment() throws {
        let recordings = try Recordings(interval: 1)
        for index in 1...3000 {
            recordings.fake.give(packet: [UInt8](repeating: 7, count: 40), stamp: Int64(index))
            if index % 50 == 0, let recording = try? recordings.read() {
                #expect(
                    recording.packets.map(\.stamp)
                        == recording.packets.indices.map { Int64($0 + 1) })
            }
        }
        recordings.finish()
        #expect(try recordings.read().packets.count == 3000)
    }

    /// The estimator may tell of a command before its text has come: it waits, and keeps its order.
    @Test func aCommandWaitsForItsText() throws {
        let recordings = try Recordings(interval: 1)
        recordings.fake.give(command: 1, after: 10)
        recordings.fake.give(command: 2, after: 10)
        recordings.recorder.add(command: 2, text: "end")
        #expect(eventually { recordings.fake.isEmpty })
        recordings.recorder.add(command: 1, text: "begin")
        recordings.finish()
        #expect(
            try recordings.read().commands == [
                RecordedCommand(after: 10, text: "begin"), RecordedCommand(after: 10, text: "end"),
            ])
    }

    @Test func whatTheRingsRefusedIsNoted() throws {
        let recordings = try Recordings(interval: 1)
        recordings.fake.refuse(packets: 3, frames: 0)
        #expect(eventually { (try? recordings.read().missing) == ["packets 3"] })
        recordings.fake.refuse(packets: 2, frames: 5)
        recordings.finish()
        #expect(try recordings.read().missing == ["packets 3", "packets 2", "frames 5"])
    }

    @Test func whatWasRefusedBeforeTheBeginIsNotItsOwn() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/x.recording"
        let fake = try FakeSource()
        fake.refuse(packets: 9, frames: 9)
        let recorder = try Recorder(
            file: FileStore.create(path), path: path, head: [], source: fake.source)
        recorder.finish { fake.nudge() }
        let recording = try RecordingReader.parse(FileStore.read(path, limit: 1000), file: path)
        #expect(recording.missing.isEmpty && recording.isComplete)
    }

    /// The disk refuses: said once, and the rings are emptied as before, so that cues go on.
    @Test func aFullDiskStopsTheWritingOnly() throws {
        let fake = try FakeSource()
        let recorder = try Recorder(
            file: Descriptor(owning: open("/dev/full", O_WRONLY)), path: "/dev/full", head: [],
            source: fake.source, interval: 1)
        #expect(eventually { recorder.current.failure != nil })
        #expect(recorder.current.failure?.code == ENOSPC)
        #expect(
            recorder.current.failure?.description
                == "cannot write /dev/full: No space left on device")
        for index in 1...2000 {
            fake.give(packet: [1])
            fake.give(frame(UInt64(index)))
        }
        #expect(eventually { fake.isEmpty })
        recorder.finish { fake.nudge() }
        // What is not in the file is not counted as recorded.
        #expect(recorder.current.frames == 0 && recorder.current.packets == 0)
        #expect(recorder.current.unwrittenPackets == 2000)
        #expect(fake.consumed.load(ordering: .relaxed) == 2000)
    }

    /// A pipe that is full refuses like a disk; once it is emptied, all that was kept comes, whole.
    @Test func itGoesOnWhenTheDiskTakesDataAgain() throws {
        let pipe = try SmallPipe()
        let fake = try FakeSource()
        let recorder = try Recorder(
            file: pipe.writer(), path: "pipe", head: [], source: fake.source, interval: 1,
            retryPeriod: 1_000_000)
        for _ in 1...3000 { fake.give(packet: [1, 2, 3, 4, 5, 6, 7, 8]) }
        #expect(eventually { recorder.current.failure != nil && fake.isEmpty })
        #expect(recorder.current.unwrittenPackets > 0)
        #expect(
            eventually {
                pipe.drain()
                return recorder.current.failure == nil
            })
        recorder.finish { fake.nudge() }
        pipe.drain()
        let recording = try RecordingReader.parse(pipe.bytes, file: "pipe")
        #expect(recording.packets.count == 3000 && recording.isComplete)
        #expect(recording.missing.isEmpty)
        #expect(recorder.current.packets == 3000 && recorder.current.unwrittenPackets == 0)
    }

    /// What is kept is bounded; the hole is told with its size, and remarks are not in it.
    @Test func whatCannotBeKeptIsCounted() throws {
        let pipe = try SmallPipe()
        let fake = try FakeSource()
        let recorder = try Recorder(
            file: pipe.writer(), path: "pipe", head: [], source: fake.source, interval: 1,
            retryPeriod: 1_000_000, mostHeld: 10_000)
        func give(_ range: ClosedRange<Int>) {
            for index in range {
                fake.give(packet: [1, 2, 3, 4, 5, 6, 7, 8])
                fake.give(frame(UInt64(index)))
            }
        }
        give(1...3000)
        #expect(eventually { recorder.current.failure != nil && fake.isEmpty })
        give(3001...9000)
        #expect(eventually { recorder.current.forgonePackets > 0 && fake.isEmpty })
        recorder.add(mark: "in the hole", time: 5)
        #expect(
            eventually {
                pipe.drain()
                return recorder.current.failure == nil
            })
        for _ in 1...10 { fake.give(packet: [9]) }
        #expect(eventually { fake.isEmpty })
        recorder.finish { fake.nudge() }
        pipe.drain()
        let recording = try RecordingReader.parse(pipe.bytes, file: "pipe")
        let forgone = recorder.current.forgonePackets
        #expect(recording.packets.count == 9010 - forgone)
        #expect(recording.packets.suffix(10).allSatisfy { $0.bytes == [9] })
        #expect(recording.missing.first == "packets \(forgone)")
        #expect(recording.missing.last == "frames \(9000 - recording.frames.count)")
        #expect(recording.marks.contains("in the hole") && recording.isComplete)
        #expect(recorder.current.unwrittenPackets == forgone)
    }

    @Test func withoutAFileItOnlyDrains() throws {
        let fake = try FakeSource()
        let recorder = try Recorder(
            file: nil, path: "nowhere", head: [], source: fake.source, interval: 1)
        for index in 1...100 { fake.give(frame(UInt64(index))) }
        recorder.finish { fake.nudge() }
        #expect(fake.isEmpty)
        #expect(recorder.current.failure == nil)
        #expect(recorder.current.frames == 100)
    }

    @Test func finishingTwiceIsHarmless() throws {
        let recordings = try Recordings()
        recordings.finish()
        recordings.finish()
        #expect(try recordings.read().isComplete)
    }

    /// More than the writer keeps in memory at once goes out in parts, in order.
    @Test func aFloodIsWrittenInOrder() throws {
        let recordings = try Recordings()
        for index in 1...6000 {
            recordings.fake.give(packet: [UInt8](repeating: 1, count: 300), stamp: Int64(index))
        }
        recordings.finish()
        #expect(try recordings.read().packets.map(\.stamp) == (1...6000).map(Int64.init))
    }
}
