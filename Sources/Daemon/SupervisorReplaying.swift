// Running a recording again through threads of its own.

import Control
import ControlServer
import EventLoop
import Kinematics
import Pipeline
import Plumbing
import Recording
import Wearables

/// A replay in progress.
struct RunningReplay {
    let pipeline: Pipeline
    let recorder: Recorder
    let counters: [ChannelCounters]
    let stream: ControlStream<Rehab1.Replay>
    /// Commands not queued yet, in order.
    var waiting: ArraySlice<RecordedCommand>
    var timer: TimerID?
    var lastTold: Int64 = 0
}

extension Supervisor {
    /// Commands queued at once: less than the estimator's ring holds.
    private static let commandBatch = 48

    func beginReplay(
        _ call: Rehab1.Replay, descriptors: [SharedDescriptor],
        to stream: ControlStream<Rehab1.Replay>
    ) throws(ControlRefusal) {
        guard replay == nil else {
            throw .busy(activity: "a replay is running", cure: "wait until it ends")
        }
        guard descriptors.count == call.channels.count + 1, let output = descriptors.last else {
            throw .badDescriptors(
                expected: call.channels.count + 1, received: descriptors.count,
                reason: "one SEQPACKET socket a channel, then the file for the new recording")
        }
        let commands = try call.commands.map(recorded)
        let sensors = try sensors(of: call, descriptors: descriptors)
        do throws(PlumbingError) {
            try start(
                call, sensors: sensors, commands: commands, output: output.duplicate(), to: stream)
        } catch {
            throw .storageFailed(path: "replay", reason: error.description)
        }
    }

    private struct ReplaySensor {
        var sensor: RecordedSensor
        var kind: WearableKind
        var sources: [PacketSource]
    }

    private func recorded(_ line: String) throws(ControlRefusal) -> RecordedCommand {
        let words = line.split(separator: " ", maxSplits: 1)
        guard words.count == 2, let after = UInt64(words[0]),
            EstimatorAction(text: String(words[1])) != nil
        else { throw .invalidParameter("commands") }
        return RecordedCommand(after: after, text: String(words[1]))
    }

    /// The sensors in the order of their channels, which must be 0, 1, 2 and so on.
    private func sensors(
        of call: Rehab1.Replay, descriptors: [SharedDescriptor]
    ) throws(ControlRefusal) -> [ReplaySensor] {
        var found: [ReplaySensor] = []
        for (channel, descriptor) in zip(call.channels, descriptors) {
            guard descriptor.isPacketSocket else {
                throw .badDescriptors(
                    expected: call.channels.count + 1, received: descriptors.count,
                    reason: "not a SEQPACKET socket")
            }
            guard let kind = kinds.kind(named: channel.kind) else {
                throw .unknownKind(
                    kind: channel.kind, known: kinds.all.map(\.identity.name))
            }
            guard (1...4000).contains(channel.rateHertz), (0...255).contains(channel.characteristic)
            else { throw .invalidParameter("channels") }
            let source = PacketSource(
                descriptor: descriptor,
                characteristic: CharacteristicIndex(
                    rawValue: UInt8(truncatingIfNeeded: channel.characteristic)))
            if channel.channel == Int64(found.count) {
                found.append(
                    ReplaySensor(
                        sensor: RecordedSensor(
                            channel: UInt8(truncatingIfNeeded: found.count), name: channel.sensor,
                            kind: channel.kind, segment: channel.segment,
                            rateHertz: channel.rateHertz),
                        kind: kind, sources: [source]))
            } else if channel.channel == Int64(found.count) - 1, !found.isEmpty {
                found[found.count - 1].sources.append(source)
            } else {
                throw .invalidParameter("channels")
            }
        }
        guard found.count <= maximumChannels else { throw .invalidParameter("channels") }
        return found
    }

    private func start(
        _ call: Rehab1.Replay, sensors: [ReplaySensor], commands: [RecordedCommand],
        output: consuming Descriptor, to stream: ControlStream<Rehab1.Replay>
    ) throws(PlumbingError) {
        // Normal priority: a replay must not stand in the way of a person who exercises.
        let pipeline = try Pipeline(stamps: .inBand, realtime: false)
        let source = RecorderSource(
            popFrame: { pipeline.popFrame() },
            popPacket: { pipeline.popPacket(appendingTo: &$0) },
            wait: { pipeline.waitForRecorderWork(milliseconds: $0) },
            noteConsumed: { pipeline.noteConsumed($0) },
            refused: { (pipeline.packetsRefused, pipeline.framesRefused) })
        let recorder = try Recorder(
            file: output, path: "the replay's output",
            head: [("replay-of", call.title), ("program", "rehabd \(settings.version)")],
            source: source, interval: 2)
        pipeline.setRecording(true)
        pipeline.setGate(0)
        var counters: [ChannelCounters] = []
        for entry in sensors {
            recorder.add(entry.sensor)
            if let attached = pipeline.attach(
                entry.kind, rateHertz: entry.sensor.rateHertz, sources: entry.sources)
            {
                counters.append(attached.counters)
            }
        }
        var running = RunningReplay(
            pipeline: pipeline, recorder: recorder, counters: counters, stream: stream,
            waiting: commands[...])
        queueCommands(&running)
        running.timer = every(5_000_000) { $0.advanceReplay() }
        replay = running
        stream.whenClientLeaves(tell: self) { $0.endReplay() }
    }

    /// Queues commands while there is room; samples may advance up to the first one not queued.
    private func queueCommands(_ running: inout RunningReplay) {
        if running.pipeline.commandsTaken {
            var queued = 0
            while queued < Supervisor.commandBatch, let command = running.waiting.first {
                guard let action = EstimatorAction(text: command.text) else {
                    running.waiting.removeFirst()
                    continue
                }
                running.recorder.add(
                    command: running.pipeline.nextCommandNumber, text: command.text)
                guard running.pipeline.send(action, after: command.after) != nil else { break }
                running.waiting.removeFirst()
                queued += 1
            }
        }
        running.pipeline.setGate(running.waiting.first?.after ?? UInt64.max)
    }

    private func advanceReplay() {
        guard var running = replay else { return }
        queueCommands(&running)
        // Nobody listens to a replay's alerts and live frames: they are in its recording.
        while running.pipeline.popLive() != nil {}
        while running.pipeline.popAlert() != nil {}
        let over = running.counters.allSatisfy { $0.openDoors.value == 0 }
        if over, running.pipeline.processed == running.pipeline.accepted {
            replay = running
            finishReplay()
            return
        }
        if loop.now - running.lastTold > 200_000_000 {
            running.lastTold = loop.now
            running.stream.send(told(running.recorder.current, done: false))
        }
        replay = running
    }

    private func finishReplay() {
        guard let running = replay else { return }
        endReplay()
        let state = running.recorder.current
        if let failure = state.failure {
            running.stream.refuse(
                .storageFailed(path: "the replay's output", reason: failure.description))
        } else {
            running.stream.finish(told(state, done: true))
        }
    }

    /// Ends the replay's threads, whether it is finished or not.
    func endReplay() {
        guard let running = replay else { return }
        replay = nil
        if let timer = running.timer { loop.cancel(timer) }
        running.pipeline.setGate(UInt64.max)
        running.pipeline.stop()
        running.recorder.finish { running.pipeline.wakeRecorder() }
    }

    private func told(_ state: Recorder.State, done: Bool) -> Rehab1.Replay.Reply {
        Rehab1.Replay.Reply(
            packets: Int64(state.packets), frames: Int64(state.frames), cues: Int64(state.cues),
            done: done)
    }
}
