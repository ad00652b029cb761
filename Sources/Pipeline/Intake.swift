// The intake thread: packets in, stamped samples out, everything counted.

import Kinematics
import Movement
import Plumbing
import Synchronization
import Wearables

/// Reads all doors of a pipeline, decodes, recovers the clock, fills the rings.
///
/// Domains: `mailbox` is shared (mutex, used only when sensors come and go); everything marked "intake"
/// is owned by the intake thread. Packets cost no allocation here.
final class Intake: @unchecked Sendable {
    /// A sensor to be read from now on.
    struct Attachment: Sendable {
        let channel: Int
        let decoder: @Sendable () -> ChannelDecoder
        let counters: ChannelCounters
        let sources: [PacketSource]
        let news: [[UInt8]]
    }

    private enum Request: Sendable {
        case attach(Attachment)
        case reattach(Int, [PacketSource], news: [[UInt8]])
        case detach(Int)
    }

    /// Intake: one sensor.
    private final class Channel {
        let decoder: ChannelDecoder
        let counters: ChannelCounters
        var doors: [PacketDoor] = []
        /// s that refused samples stood for since the last one that was queued.
        var refusedTime = 0.0

        init(decoder: ChannelDecoder, counters: ChannelCounters) {
            self.decoder = decoder
            self.counters = counters
        }
    }

    private let core: PipelineCore
    private let stamps: StampSource
    private let wake: Wakeup
    private let mailbox = Mutex<[Request]>([])
    /// Whether raw packets are handed to the recorder.
    let isRecording = Atomic<Bool>(false)
    /// Turns of the loop, for the watchdog.
    let turns = Atomic<UInt64>(0)
    /// Requests ever put into the mailbox.
    private let requestCount = Atomic<Int>(0)

    // Intake.
    private var poller: Poller
    private var channels: [Channel?] = Array(
        repeating: nil, count: maximumChannels)
    private var buffer = [UInt8](
        repeating: 0, count: PacketSocket.maximumBytes)
    private var sequence: UInt64 = 0
    private var nextOrder: UInt64 = 0
    private var requestsTaken = 0
    private var realtimeOffset: Int64 = 0

    private static let wakeToken = UInt64.max
    /// Samples a replay may be ahead of its recorder: half the smallest ring between them.
    private static let replayWindow: UInt64 = 128
    /// Waiting samples of one sensor at which intake lets the estimator go first: half a ring.
    private static let crowd = 128
    /// A stamp further from now than this is not believed, ns.
    private static let largestAge: Int64 = 60_000_000_000

    init(core: PipelineCore, stamps: StampSource) throws(PlumbingError) {
        self.core = core
        self.stamps = stamps
        wake = try Wakeup()
        poller = try Poller()
        try poller.add(wake.rawValue, .readable, token: Intake.wakeToken)
    }

    /// Any thread.
    func attach(_ attachment: Attachment) { ask(.attach(attachment)) }

    /// Any thread: a new connection of a sensor that is attached.
    func reattach(_ channel: Int, _ sources: [PacketSource], news: [[UInt8]]) {
        ask(.reattach(channel, sources, news: news))
    }

    /// Any thread.
    func detach(_ channel: Int) { ask(.detach(channel)) }

    private func ask(_ request: Request) {
        mailbox.withLock { $0.append(request) }
        requestCount.wrappingAdd(1, ordering: .releasing)
        wake.signal()
    }

    /// Any thread: makes the loop look at `core.isStopping`.
    func nudge() { wake.signal() }

    /// The thread's body.
    func run() {
        defer { closeAll() }
        while !core.isStopping.load(ordering: .acquiring) {
            turns.wrappingAdd(1, ordering: .relaxed)
            switch stamps {
            case .kernel: liveTurn()
            case .inBand: replayTurn()
            }
        }
    }

    // MARK: live

    private func liveTurn() {
        let count = poller.wait()
        realtimeOffset = MonotonicClock.offsetFromRealtime()
        for index in 0..<count {
            let token = poller.token(at: index)
            if token == Intake.wakeToken {
                wake.wait()
                takeRequests()
            } else {
                read(channel: Int(token >> 8), door: Int(token & 0xff))
            }
        }
    }

    private func read(channel place: Int, door index: Int) {
        guard place < channels.count, let channel = channels[place], index < channel.doors.count
        else { return }
        let door = channel.doors[index]
        var span = buffer.mutableSpan
        // One packet a turn: the poller tells at once where more wait, so every door gets its turn
        // and no call is spent on finding an empty one.
        switch PacketSocket.receive(from: door.descriptor.rawValue, into: &span) {
        case .packet(let count, let stamp):
            let arrival = arrival(of: stamp)
            let queued = accept(
                buffer.span.extracting(0..<count), channel, place, door.characteristic, arrival)
            if queued {
                core.estimatorWake.signal()
                // Of the estimator's own priority, on its own processor: a burst would fill the ring
                // before it gets its turn.
                if core.samples[place].count() >= Intake.crowd { RealtimeThread.giveWay() }
            }
        case .oversized:
            countRefusal(channel)
        case .empty:
            break
        case .ended:
            if PacketSocket.hasHungUp(door.descriptor.rawValue) {
                close(door, of: channel)
            } else {
                countRefusal(channel)
            }
        }
    }

    /// A kernel stamp (realtime clock) as host time; now where it is missing or cannot be true.
    private func arrival(of stamp: Int64?) -> Int64 {
        let now = MonotonicClock.now()
        guard let stamp else { return now }
        let host = stamp &+ realtimeOffset
        return host > now || now &- host > Intake.largestAge ? now : host
    }

    // MARK: replay

    private func replayTurn() {
        // A gate opens after the last attachment was asked for. So whoever sees it open sees that
        // request too, and no sensor's packets go before an earlier one's that is not attached yet.
        if let next = nextHeld(), mayAdvance(), !hasRequests {
            let door = next.door
            nextOrder = (door.heldOrder ?? 0) &+ 1
            door.heldOrder = nil
            let queued = door.withHeldPacket { packet in
                accept(packet, next.channel, next.place, door.characteristic, door.heldStamp)
            }
            if queued { core.estimatorWake.signal() }
        } else {
            // Requests, the next packet or the recorder: whichever comes, a millisecond is soon enough.
            if poller.wait(milliseconds: 1) > 0 { wake.wait() }
            takeRequests()
            closeEndedDoors()
        }
    }

    /// The held packet whose turn it is: the next in order, or the earliest once every open door
    /// shows one.
    private func nextHeld() -> (channel: Channel, place: Int, door: PacketDoor)? {
        var best: (channel: Channel, place: Int, door: PacketDoor)?
        var allHold = true
        for place in 0..<channels.count {
            guard let channel = channels[place] else { continue }
            for door in channel.doors {
                if !door.readAhead() { countRefusal(channel) }
                guard let order = door.heldOrder else {
                    if door.isOpen { allHold = false }
                    continue
                }
                if order == nextOrder { return (channel, place, door) }
                if let other = best?.door.heldOrder, other <= order { continue }
                best = (channel, place, door)
            }
        }
        return allHold ? best : nil
    }

    /// False while the recorder is far behind, or a command must come first.
    private func mayAdvance() -> Bool {
        let consumed = core.consumed.load(ordering: .acquiring)
        return sequence < core.gate.load(ordering: .acquiring)
            && sequence < consumed &+ Intake.replayWindow
    }

    private func closeEndedDoors() {
        for channel in channels {
            guard let channel else { continue }
            var open = 0
            for door in channel.doors where door.isOpen || door.heldOrder != nil { open += 1 }
            channel.counters.openDoors.store(open, ordering: .releasing)
        }
    }

    // MARK: both

    /// Records, decodes and queues one packet; true where samples were queued.
    private func accept(
        _ packet: Span<UInt8>, _ channel: Channel, _ place: Int,
        _ characteristic: CharacteristicIndex, _ arrival: Int64
    ) -> Bool {
        if isRecording.load(ordering: .relaxed) {
            _ = core.packets.push(
                packet,
                PacketHead(
                    stamp: arrival, channel: UInt8(truncatingIfNeeded: place),
                    characteristic: characteristic.rawValue))
        }
        // By its number: the synthesised equality goes through a witness, for every packet.
        if characteristic.rawValue == CharacteristicIndex.connectionNews.rawValue {
            channel.decoder.take(news: packet)
            return false
        }
        let counters = channel.counters
        counters.packets.add(1)
        counters.lastArrival.store(arrival, ordering: .relaxed)
        let outcome = channel.decoder.decode(packet, from: characteristic, arrival: arrival)
        while let event = channel.decoder.takeEvent() { counters.note(event) }
        switch outcome {
        case .refused(let error):
            if error.isRepetition {
                counters.duplicates.add(1)
            } else {
                counters.decodeErrors.add(1)
                counters.lastError.store(error.rawValue &+ 1, ordering: .relaxed)
            }
            return false
        case .samples(let count):
            for index in 0..<count {
                push(channel.decoder.sample(index, arrival: arrival), channel, place, arrival)
            }
            counters.gaps.add(channel.decoder.gaps)
            counters.lost.add(channel.decoder.lost)
            counters.clockPPM.store(
                Int((channel.decoder.clockRate - 1) * 1e6), ordering: .relaxed)
            if channel.decoder.period != channel.decoder.samplePeriod {
                counters.seenPeriod.store(
                    Int(channel.decoder.period * 1e9), ordering: .relaxed)
            }
            return count > 0
        }
    }

    private func push(_ sample: ImuSample, _ channel: Channel, _ place: Int, _ arrival: Int64) {
        var sample = sample
        if channel.refusedTime > 0 {
            // The estimator never saw the samples in between.
            sample.interval += channel.refusedTime
            sample.flags = sample.flags.with(.afterGap)
        }
        let tagged = TaggedSample(
            sequence: sequence &+ 1, channel: UInt8(truncatingIfNeeded: place), arrival: arrival,
            sample: sample)
        // A refused sample takes no number, so the estimator never waits for it.
        if core.samples[place].push(tagged) {
            sequence &+= 1
            core.accepted.store(sequence, ordering: .releasing)
            channel.counters.samples.add(1)
            channel.refusedTime = 0
        } else {
            channel.counters.refused.add(1)
            channel.refusedTime = sample.interval
        }
    }

    private func countRefusal(_ channel: Channel) {
        channel.counters.packets.add(1)
        channel.counters.decodeErrors.add(1)
    }

    private func close(_ door: PacketDoor, of channel: Channel) {
        guard door.isOpen else { return }
        door.isOpen = false
        poller.remove(door.descriptor.rawValue)
        channel.counters.openDoors.add(-1)
    }

    /// Lets go of every door: bluetoothd must see its descriptors closed before the bus is left.
    private func closeAll() {
        for channel in channels {
            guard let channel else { continue }
            for door in channel.doors { close(door, of: channel) }
        }
        channels = Array(repeating: nil, count: maximumChannels)
    }

    private var hasRequests: Bool {
        requestCount.load(ordering: .acquiring) != requestsTaken
    }

    private func takeRequests() {
        guard hasRequests else { return }
        let requests = mailbox.withLock { waiting in
            let taken = waiting
            waiting.removeAll()
            return taken
        }
        requestsTaken &+= requests.count
        for request in requests {
            switch request {
            case .attach(let attachment):
                open(attachment)
                tell(attachment.news, to: attachment.channel)
            case .reattach(let place, let sources, let news):
                guard place < channels.count, let channel = channels[place] else { continue }
                for door in channel.doors { close(door, of: channel) }
                tell(news, to: place)
                channel.counters.openDoors.store(sources.count, ordering: .releasing)
                open(sources, of: channel, at: place)
            case .detach(let place):
                guard place < channels.count, let channel = channels[place] else { continue }
                for door in channel.doors { close(door, of: channel) }
                channels[place] = nil
            }
        }
    }

    private func open(_ attachment: Attachment) {
        let channel = Channel(decoder: attachment.decoder(), counters: attachment.counters)
        channels[attachment.channel] = channel
        open(attachment.sources, of: channel, at: attachment.channel)
    }

    private func open(_ sources: [PacketSource], of channel: Channel, at place: Int) {
        channel.doors = sources.map { PacketDoor($0, stamps: stamps) }
        guard stamps == .kernel else { return }
        for (index, door) in channel.doors.enumerated() {
            let token = UInt64(place) << 8 | UInt64(index)
            do throws(PlumbingError) {
                try poller.add(door.descriptor.rawValue, .readable, token: token)
            } catch {
                close(door, of: channel)
            }
        }
    }

    /// Records and applies what is to be known of a connection, before its first packet.
    private func tell(_ news: [[UInt8]], to place: Int) {
        guard let channel = channels[place] else { return }
        let now = MonotonicClock.now()
        for packet in news { _ = accept(packet.span, channel, place, .connectionNews, now) }
    }
}
