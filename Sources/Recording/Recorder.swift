// The recorder thread: drains the rings into a file, a fifth of a second at a time.

package import Movement
package import Plumbing
import Synchronization

/// Where the recorder gets its material: the consuming ends of a pipeline's rings.
package struct RecorderSource: Sendable {
    package var popFrame: @Sendable () -> MotionFrame?
    package var popPacket: @Sendable (inout [UInt8]) -> PacketHead?
    /// Waits for work, at most this many ms.
    package var wait: @Sendable (Int32) -> Void
    /// Tells the source up to which sequence frames were taken.
    package var noteConsumed: @Sendable (UInt64) -> Void
    /// Packets and frames the rings refused so far.
    package var refused: @Sendable () -> (packets: Int, frames: Int)

    package init(
        popFrame: @escaping @Sendable () -> MotionFrame?,
        popPacket: @escaping @Sendable (inout [UInt8]) -> PacketHead?,
        wait: @escaping @Sendable (Int32) -> Void,
        noteConsumed: @escaping @Sendable (UInt64) -> Void,
        refused: @escaping @Sendable () -> (packets: Int, frames: Int)
    ) {
        self.popFrame = popFrame
        self.popPacket = popPacket
        self.wait = wait
        self.noteConsumed = noteConsumed
        self.refused = refused
    }
}

/// Writes one session.
///
/// Always drains, also when the disk refuses: streaming and cues go on. What comes meanwhile is kept in
/// memory, then counted only; the file goes on as soon as the disk takes data again.
///
/// Domains: `mailbox` and `state` are shared (mutex); the file and the writer belong to the thread.
package final class Recorder: @unchecked Sendable {
    /// How the recording fares.
    package struct State: Sendable {
        package var packets = 0
        package var frames = 0
        package var cues = 0
        /// Packets that came while the disk refused: those in hand, and those that no hand could hold.
        package var unwrittenPackets = 0
        /// Why nothing is written at present.
        package var failure: PlumbingError?
        /// Packets that are in no file, because the disk refused for longer than they could be kept.
        package var forgonePackets = 0

        package init() {}
    }

    private struct Mailbox {
        var sensors: [RecordedSensor] = []
        var commands: [UInt32: String] = [:]
        var marks: [(time: Int64, text: String)] = []
        /// The newest wish to rest, and the part to go on with; at most one of them.
        var wantsRest = false
        var part: RecordingPart?
        var isEnding = false
    }

    /// Packets, and frames, taken in one turn.
    private static let turn = 256
    /// Turns before the file is written and the mailbox looked at: a few seconds of 32 sensors.
    private static let roundsAtOnce = 64

    private let source: RecorderSource
    private let path: String
    private let interval: Int32
    private let mailbox = Mutex(Mailbox())
    private let state = Mutex(State())
    private var thread: RecorderThread?

    /// Bytes kept while the disk refuses: ten seconds of eight sensors, half a minute of one.
    package static let mostHeld = 2 << 20
    private let mostHeld: Int
    /// ns between two tries while it refuses.
    private let retryPeriod: Int64

    // Recorder thread.
    private var file: Descriptor?
    private var writer = RecordingWriter()
    /// What the disk did not take yet, in order; the beginning of a line may be in the file already.
    private var held: [UInt8] = []
    private var retryTime: Int64 = 0
    private var refusal: PlumbingError?
    /// Not kept since `held` was full, and in all.
    private var forgone = (packets: 0, frames: 0)
    private var forgonePackets = 0
    private var scratch: [UInt8] = []
    private var lastSync: Int64 = 0
    private var missingBefore = (packets: 0, frames: 0)
    /// Commands applied whose text has not come yet, in order.
    private var untold: [(number: UInt32, after: UInt64)] = []
    private var rest = RecordingRest()

    /// Begins to record into an open file; nil only drains.
    ///
    /// `path` is for errors. `interval`: ms between writes; 200 keeps the promise that a killed
    /// daemon loses at most 250 ms. `retryPeriod`, ns, and `mostHeld`, bytes: for a disk that refuses.
    package init(
        file: consuming Descriptor?, path: String, head: [(key: String, value: String)],
        source: RecorderSource, interval: Int32 = 200, retryPeriod: Int64 = 1_000_000_000,
        mostHeld: Int = Recorder.mostHeld
    ) throws(PlumbingError) {
        self.source = source
        self.path = path
        self.interval = interval
        self.retryPeriod = retryPeriod
        self.mostHeld = mostHeld
        self.file = consume file
        writer.head(head)
        missingBefore = source.refused()
        thread = RecorderThread(
            try RealtimeThread(name: "recorder", stackBytes: 512 * 1024) { [unowned self] in run() }
        )
    }

    /// A sensor has come.
    ///
    /// Any thread.
    package func add(_ sensor: RecordedSensor) {
        mailbox.withLock { $0.sensors.append(sensor) }
    }

    /// The text of a command, to be written where the estimator says that it took effect.
    ///
    /// Any thread.
    package func add(command number: UInt32, text: String) {
        mailbox.withLock { $0.commands[number] = text }
    }

    /// A remark.
    ///
    /// Any thread.
    package func add(mark text: String, time: Int64) {
        mailbox.withLock { $0.marks.append((time, text)) }
    }

    /// From now on only what is said stands in the file: neither packets nor frames.
    ///
    /// What was recorded so far ends in order. Any thread.
    package func beginRest() {
        mailbox.withLock {
            $0.wantsRest = true
            $0.part = nil
        }
    }

    /// Records again, as a part of its own whose samples are numbered from 1.
    ///
    /// Any thread.
    package func endRest(with part: RecordingPart) {
        mailbox.withLock {
            $0.wantsRest = false
            $0.part = part
        }
    }

    package var current: State { state.withLock { $0 } }

    /// Writes what waits and the end line, and joins the thread.
    ///
    /// The source must have been woken.
    package func finish(wake: () -> Void) {
        mailbox.withLock { $0.isEnding = true }
        wake()
        thread?.join()
        thread = nil
    }

    private func run() {
        while true {
            let isEnding = mailbox.withLock { $0.isEnding }
            if !isEnding { source.wait(interval) }
            drain(rounds: isEnding ? .max : Recorder.roundsAtOnce)
            if isEnding {
                writer.end()
                flush(sync: true)
                return
            }
            flush(sync: false)
        }
    }

    /// Takes what waits, packets and frames by turns, so that neither starves the other on a machine
    /// that is too slow for both; after `rounds` turns the rest waits for the next time.
    private func drain(rounds: Int) {
        let news = mailbox.withLock { box in
            let taken = (
                sensors: box.sensors, marks: box.marks, wantsRest: box.wantsRest, part: box.part
            )
            box.sensors.removeAll()
            box.marks.removeAll()
            box.part = nil
            return taken
        }
        for sensor in news.sensors { writer.sensor(sensor) }
        // The turn after the rest began: by now the frames of the last packets have come.
        let isEndingPart = rest.phase == .ending
        if news.wantsRest, rest.phase == .recording {
            rest.begin()
        } else if let part = news.part, rest.phase != .recording {
            if isEndingPart { takeLastFrames() }
            begin(part)
        }
        var round = 0
        while round < rounds {
            round += 1
            let taken = takePackets() + takeFrames()
            if writer.bytes.count > 1 << 20 { flush(sync: false) }
            if taken == 0 { break }
        }
        if isEndingPart, rest.phase == .ending { endPart() }
        tellCommands()
        for mark in news.marks { writer.mark(time: mark.time, text: mark.text) }
        noteMissing()
    }

    private func takePackets() -> Int {
        scratch.removeAll(keepingCapacity: true)
        for count in 0..<Recorder.turn {
            guard let head = source.popPacket(&scratch) else { return count }
            if !rest.takes(head, scratch) {
                // Left out on purpose.
            } else if isForgoing {
                forgone.packets += 1
                forgonePackets += 1
            } else {
                writer.packet(head, scratch[...])
            }
            scratch.removeAll(keepingCapacity: true)
        }
        return Recorder.turn
    }

    private func takeFrames() -> Int {
        for count in 0..<Recorder.turn {
            guard let frame = source.popFrame() else { return count }
            if frame.command != 0 {
                untold.append((frame.command, frame.sequence))
            } else if !rest.takes(frame) {
                // Its packet is not there either.
            } else if isForgoing {
                forgone.frames += 1
            } else {
                write(frame)
            }
            source.noteConsumed(frame.sequence)
        }
        return Recorder.turn
    }

    private func tellCommands() {
        guard !untold.isEmpty else { return }
        let waiting = untold
        untold.removeAll()
        mailbox.withLock { box in
            for entry in waiting {
                // In order: a text that has not come yet holds back the ones behind it.
                if untold.isEmpty, let text = box.commands.removeValue(forKey: entry.number) {
                    // What still holds when the next part begins is said there.
                    if rest.phase != .resting {
                        writer.command(after: rest.number(entry.after), text: text)
                    }
                } else {
                    untold.append(entry)
                }
            }
        }
    }

    private func noteMissing() {
        let refused = source.refused()
        defer { missingBefore = refused }
        guard rest.phase == .recording else { return }
        if refused.packets > missingBefore.packets {
            writer.missing("packets", count: refused.packets - missingBefore.packets)
        }
        if refused.frames > missingBefore.frames {
            writer.missing("frames", count: refused.frames - missingBefore.frames)
        }
    }

    // MARK: rests

    private func write(_ frame: MotionFrame) {
        guard rest.base > 0 else { return writer.frame(frame) }
        var own = frame
        own.sequence = rest.number(frame.sequence)
        if let alert = frame.alert { own.alert?.sequence = rest.number(alert.sequence) }
        writer.frame(own)
    }

    /// The orderly end of what was recorded so far: the file may stay like this for hours.
    private func endPart() {
        rest.endPart()
        writer.end()
    }

    /// The next part comes before the turn in which this one would have ended.
    private func takeLastFrames() {
        while takeFrames() == Recorder.turn {}
        endPart()
    }

    private func begin(_ part: RecordingPart) {
        let leftOut = rest.packets
        writer.head(part.head)
        for sensor in part.sensors { writer.sensor(sensor) }
        for command in part.commands { writer.command(after: 0, text: command) }
        let now = MonotonicClock.now()
        writer.mark(time: now, text: "\(leftOut) packets before this were not to be recorded")
        for packet in rest.goOn(at: now) { writer.packet(packet.head, packet.bytes[...]) }
    }

    /// What is kept is full: packets are only counted until the disk takes data again.
    ///
    /// So what is kept has no hole in it. Sensors, commands and remarks are few, and are kept all the same.
    private var isForgoing: Bool { held.count >= mostHeld }

    private func flush(sync: Bool) {
        var failure: PlumbingError?
        do throws(PlumbingError) {
            let isNew = !writer.bytes.isEmpty || !held.isEmpty
            try write(isLast: sync)
            let now = MonotonicClock.now()
            // A power cut loses a second at most; a killed daemon nothing that was written.
            if isNew, let descriptor = file?.rawValue, sync || now - lastSync > 1_000_000_000 {
                FileStore.sync(descriptor)
                lastSync = now
            }
        } catch {
            failure = error
        }
        let counts = (writer.packets, writer.frames, writer.cues)
        state.withLock {
            $0.failure = failure
            // What is not in the file is not counted as recorded.
            if failure == nil { ($0.packets, $0.frames, $0.cues) = counts }
            $0.forgonePackets = forgonePackets
            $0.unwrittenPackets = counts.0 - $0.packets + forgonePackets
        }
    }

    /// Writes what is held and what is new; keeps what is not taken.
    private func write(isLast: Bool) throws(PlumbingError) {
        defer { writer.clear() }
        // Without a file all is only drained.
        guard let descriptor = file?.rawValue else { return }
        if held.isEmpty {
            try put(writer.bytes, to: descriptor)
            return
        }
        held += writer.bytes
        if let refusal, !isLast, MonotonicClock.now() < retryTime { throw refusal }
        let waiting = held
        held = []
        try put(waiting, to: descriptor)
        guard forgone != (0, 0) else { return }
        // The end of the hole, told before anything that comes after it.
        writer.clear()
        if forgone.packets > 0 { writer.missing("packets", count: forgone.packets) }
        if forgone.frames > 0 { writer.missing("frames", count: forgone.frames) }
        forgone = (0, 0)
        writer.mark(
            time: MonotonicClock.now(),
            text: "the disk takes data again; what is missing is counted")
        try put(writer.bytes, to: descriptor)
    }

    /// Keeps the rest of what a refusing disk took only a part of.
    private func put(_ bytes: [UInt8], to descriptor: Int32) throws(PlumbingError) {
        guard !bytes.isEmpty else { return }
        var taken = 0
        do throws(PlumbingError) {
            try FileStore.write(bytes, to: descriptor, path: path, taken: &taken)
        } catch {
            held = Array(bytes.dropFirst(taken))
            refusal = error
            retryTime = MonotonicClock.now() + retryPeriod
            throw error
        }
    }
}

/// Holds the thread until it is joined.
private final class RecorderThread: @unchecked Sendable {
    private var thread: RealtimeThread?

    init(_ thread: consuming RealtimeThread) { self.thread = consume thread }

    func join() {
        if let thread = thread.take() { thread.join() }
    }
}
