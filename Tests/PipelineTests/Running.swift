// Runs a session through the threads and without them, and keeps all that comes out.

import Glibc
import Kinematics
import Movement
import Pipeline
import Plumbing
import Synchronization
import Wearables

/// What came out of a session: frames and notices of commands, in order.
struct Outcome: Equatable {
    var lines: [String] = []
    var alerts: [Alert] = []
}

/// Looks again and again, for 20 s at the most, until `condition` holds.
func eventually(_ condition: () -> Bool) -> Bool {
    let deadline = MonotonicClock.now() + 20_000_000_000
    while !condition() {
        if MonotonicClock.now() > deadline { return false }
        sched_yield()
    }
    return true
}

private func notice(_ number: UInt32, _ after: UInt64) -> String { "command \(number) \(after)" }

/// On the calling thread.
func runOffline(_ session: MadeUpSession) -> Outcome {
    let pipeline = OfflinePipeline()
    var outcome = Outcome()
    for (channel, sensor) in session.sensors.enumerated() {
        pipeline.attach(MovellaDot.self, channel: UInt8(channel), rateHertz: sensor.rate)
    }
    for (index, command) in session.commands.enumerated() {
        pipeline.queue(
            EstimatorCommand(
                number: UInt32(index + 1), after: command.after, action: command.action))
    }
    for packet in session.packets {
        pipeline.accept(
            packet.bytes, channel: packet.channel, characteristic: packet.characteristic,
            arrival: packet.arrival,
            applied: { outcome.lines.append(notice($0.number, $1)) },
            emit: { frame, alert in
                outcome.lines.append(bits(copy frame))
                if let alert { outcome.alerts.append(alert) }
            })
    }
    pipeline.finish(applied: { outcome.lines.append(notice($0.number, $1)) })
    return outcome
}

/// One end of a door, closed once.
///
/// One thread sends; it or a later one closes.
final class DoorEnd: Sendable {
    private let descriptor: Int32
    private let isClosed = Atomic<Bool>(false)

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close() }

    func close() {
        if !isClosed.exchange(true, ordering: .relaxed) { Glibc.close(descriptor) }
    }

    /// Sends a packet, waiting while the door's queue is full; false once the reader is gone.
    func send(_ packet: [UInt8]) -> Bool {
        let borrowed = Descriptor(owning: descriptor)
        let sent = PacketSocket.send(packet, to: borrowed)
        _ = borrowed.release()
        return sent
    }

    func shutDownWriting() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    /// Ends a `send` that waits in another thread.
    func abandon() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }
}

/// A pipeline with its doors and the consumers' part played by the test.
final class Running {
    let pipeline: Pipeline
    private(set) var doors: [DoorEnd] = []
    private(set) var counters: [ChannelCounters] = []
    private(set) var outcome = Outcome()
    private var commands: ArraySlice<(after: UInt64, action: EstimatorAction)> = []

    init(stamps: StampSource) throws {
        pipeline = try Pipeline(stamps: stamps, realtime: false)
    }

    deinit { pipeline.stop() }

    /// Attaches a DOT with one door.
    func attach(
        rate: Double = 60, characteristic: CharacteristicIndex = DotPacket.long
    ) throws -> UInt8 {
        let (source, sink) = try PacketSocket.pair().split()
        doors.append(DoorEnd(source))
        let shared = SharedDescriptor(Descriptor(owning: sink))
        if pipelineStampsAreLive { try PacketSocket.requestStamps(sink) }
        guard
            let attached = pipeline.attach(
                MovellaDot.self, rateHertz: rate,
                sources: [PacketSource(descriptor: shared, characteristic: characteristic)])
        else { throw PlumbingError("attach", code: 0) }
        counters.append(attached.counters)
        return attached.channel
    }

    var pipelineStampsAreLive = false

    /// Takes what waits in the rings.
    func consume() {
        while let frame = pipeline.popFrame() {
            outcome.lines.append(
                frame.command == 0 ? bits(frame) : notice(frame.command, frame.sequence))
            pipeline.noteConsumed(frame.sequence)
            frames.append(frame)
        }
        while let alert = pipeline.popAlert() { outcome.alerts.append(alert) }
        while pipeline.popLive() != nil {}
    }

    var frames: [MotionFrame] = []

    /// Queues commands while there is room, and lets samples go as far as the first one left.
    func queueCommands() {
        while let command = commands.first,
            pipeline.send(command.action, after: command.after) != nil
        { commands.removeFirst() }
        pipeline.setGate(commands.first?.after ?? UInt64.max)
    }

    /// Nothing goes until `queueCommands`: the sensors are to be attached first.
    func plan(_ list: [(after: UInt64, action: EstimatorAction)]) {
        pipeline.setGate(0)
        commands = list[...]
    }

    /// Consumes until all doors are closed and everything is processed.
    func runToTheEnd() -> Bool {
        let isOver = eventually {
            queueCommands()
            consume()
            return commands.isEmpty && pipeline.commandsTaken
                && counters.allSatisfy { $0.openDoors.value == 0 }
                && pipeline.processed == pipeline.accepted
        }
        consume()
        return isOver
    }
}

/// Through the two threads: each sensor's packets come from a thread of their own, at its own pace.
func runThreaded(
    _ session: MadeUpSession, silentDoors: Int = 0, pace: UInt64 = 0
) throws -> Outcome? {
    let running = try Running(stamps: .inBand)
    running.plan(session.commands)
    var senders: [RealtimeThreadBox] = []
    for (channel, sensor) in session.sensors.enumerated() {
        _ = try running.attach(
            rate: sensor.rate, characteristic: sensor.mode26 ? DotPacket.long : DotPacket.medium)
        let door = running.doors[channel]
        let mine = session.packets.enumerated().filter { $0.element.channel == channel }
            .map { $0.element.withHead(order: UInt64($0.offset)) }
        var random = SeededRandom(seed: pace &+ UInt64(channel))
        let dawdles = (0..<mine.count).map { _ in
            pace == 0 ? 0 : Int.random(in: 0..<8, using: &random)
        }
        senders.append(
            RealtimeThreadBox(
                try RealtimeThread(name: "sender") {
                    for (packet, dawdle) in zip(mine, dawdles) {
                        for _ in 0..<dawdle { sched_yield() }
                        if !door.send(packet) { break }
                    }
                    door.close()
                }))
    }
    for _ in 0..<silentDoors { _ = try running.attach() }
    let silent = running.doors.suffix(silentDoors)
    let total = session.packets.count
    let allIn = eventually {
        running.queueCommands()
        running.consume()
        return running.counters.reduce(0) { $0 + $1.packets.value } == total
    }
    for door in silent { door.close() }
    let isOver = allIn && running.runToTheEnd()
    running.pipeline.stop()
    if !isOver { for door in running.doors { door.abandon() } }
    for sender in senders { sender.join() }
    return isOver ? running.outcome : nil
}

/// Holds a thread until it is joined.
final class RealtimeThreadBox {
    private var thread: RealtimeThread?

    init(_ thread: consuming RealtimeThread) { self.thread = consume thread }

    func join() {
        if let thread = thread.take() { thread.join() }
    }
}
