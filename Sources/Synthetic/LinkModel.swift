// The radio between sensor and host: delay, bursts, loss, duplicates and late packets.

/// How a link handles packets.
///
/// Times in ns, probabilities 0 to 1. The default link is perfect.
package struct LinkModel: Sendable, Equatable {
    /// Connection interval: packets wait for the next connection event and arrive together; 0 for
    /// none.
    package var interval: Int64 = 0
    /// From the sample to the earliest arrival.
    package var latency: Int64 = 0
    /// Extra delay, evenly spread from 0; one draw a connection event, or a packet without an
    /// interval.
    package var jitter: Int64 = 0
    /// Each packet lost on its own.
    package var independentLoss = 0.0
    /// Share of packets lost in bursts, and the mean length of a burst in packets (two-state chain
    /// of Gilbert, 1960).
    package var burstLoss = 0.0
    package var burstLength = 3.0
    /// Each packet delivered twice.
    package var duplicates = 0.0
    /// Share of packets that arrive one to `latePlaces` places late.
    package var late = 0.0
    package var latePlaces = 3
    /// Seed of all that is random here.
    package var seed: UInt64 = 1

    package init() {}
}

/// A packet as it comes out of the link, or as it was lost in it.
package struct Delivery: Sendable, Equatable {
    /// Host time of arrival, ns since the start; for a lost packet the time it would have come.
    package var arrival: Int64
    /// Number of the packet as it was sent, from 0.
    package var sequence: UInt64
    /// The notification's payload.
    package var packet: [UInt8]
    /// Never reaches the host.
    package var lost: Bool
    /// The second copy of a packet delivered before.
    package var duplicate: Bool
}

/// The running link: packets go in in the order of their time, and come out in order of arrival.
package struct Link: Sendable {
    /// Packets of one connection event follow each other by this much, ns: two radio packets of 44
    /// bytes with their gaps at 1 Mbit/s take about a millisecond.
    private static let spacing: Int64 = 500_000

    private struct Held {
        var delivery: Delivery
        /// How many later packets still pass it.
        var places: Int
    }

    package let model: LinkModel
    private var random: RandomSource
    private var sequence: UInt64 = 0
    /// Connection event of the packet before, and its arrival.
    private var lastEvent: Int64?
    private var lastArrival = Int64.min
    /// The two-state chain of burst loss.
    private var inBurst = false
    /// Late packets that wait for others to pass.
    private var held: [Held] = []
    /// Out of the link from `first` on, in order of arrival.
    private var pending: [Delivery] = []
    private var first = 0

    package init(_ model: LinkModel) {
        self.model = model
        random = RandomSource(seed: model.seed, stream: 2)
    }

    /// Hands a packet to the link at its sample's time (ns, not before the last one's).
    package mutating func send(_ packet: [UInt8], at time: Int64) {
        let arrival = arrivalTime(of: time)
        let lost = isLost()
        let places =
            !lost && model.latePlaces > 0 && random.chance(model.late)
            ? 1 + Int(random.next() % UInt64(model.latePlaces)) : 0
        let twice = !lost && random.chance(model.duplicates)
        let delivery = Delivery(
            arrival: arrival, sequence: sequence, packet: packet, lost: lost, duplicate: false)
        sequence &+= 1
        if places > 0 {
            held.append(Held(delivery: delivery, places: places))
            return
        }
        pending.append(delivery)
        if lost { return }
        if twice { appendCopy(of: delivery) }
        releaseHeld(after: delivery.sequence, at: arrival)
    }

    /// Arrival of the next packet that has none before it, ns; nil while there is none.
    package var nextArrival: Int64? { first < pending.count ? pending[first].arrival : nil }

    /// Takes the next packet, lost ones included.
    package mutating func next() -> Delivery? {
        guard first < pending.count else { return nil }
        let delivery = pending[first]
        first += 1
        // What has been taken is dropped from time to time, so that a long stream stays small.
        if first == pending.count || first >= 512 {
            pending.removeFirst(first)
            first = 0
        }
        return delivery
    }

    /// The stream is over: lets go of what waits for later packets.
    package mutating func finish() {
        for held in held { appendLate(held.delivery, at: lastArrival) }
        held.removeAll()
    }

    /// When a packet sent at `time` arrives, were it neither lost nor late.
    private mutating func arrivalTime(of time: Int64) -> Int64 {
        let ready = time &+ max(0, model.latency)
        var arrival: Int64
        if model.interval > 0 {
            // The next connection event at or after the packet is ready; events at multiples.
            let rest = ready % model.interval
            let event = rest > 0 ? ready &+ model.interval &- rest : ready &- rest
            if event == lastEvent {
                arrival = lastArrival &+ Self.spacing
            } else {
                arrival = event &+ draw(upTo: model.jitter)
                lastEvent = event
            }
        } else {
            arrival = ready &+ draw(upTo: model.jitter)
        }
        // A link keeps the order of what it carries.
        arrival = max(arrival, lastArrival)
        lastArrival = arrival
        return arrival
    }

    private mutating func draw(upTo limit: Int64) -> Int64 {
        guard limit > 0, limit < 1_000_000_000_000 else { return 0 }
        return Int64(random.uniform() * Double(limit))
    }

    /// Both kinds of loss are drawn for every packet, so that one setting does not change the other's
    /// random numbers.
    private mutating func isLost() -> Bool {
        let alone = random.chance(model.independentLoss)
        let share = min(max(model.burstLoss, 0), 0.99)
        guard share > 0 else { return alone }
        let length = max(model.burstLength, 1)
        // Stationary share of the lost state = enter / (enter + leave).
        let leave = 1 / length
        let enter = min(1, share * leave / (1 - share))
        inBurst = inBurst ? !random.chance(leave) : random.chance(enter)
        return alone || inBurst
    }

    /// A packet of this number has been delivered: those before it that wait have been passed once.
    private mutating func releaseHeld(after sequence: UInt64, at arrival: Int64) {
        pass(sequence)
        while let index = held.firstIndex(where: { $0.places <= 0 }) {
            let released = held.remove(at: index).delivery
            appendLate(released, at: arrival)
            pass(released.sequence)
        }
    }

    private mutating func pass(_ sequence: UInt64) {
        for index in held.indices where held[index].delivery.sequence < sequence {
            held[index].places -= 1
        }
    }

    private mutating func appendLate(_ delivery: Delivery, at arrival: Int64) {
        var late = delivery
        late.arrival = max(arrival, delivery.arrival)
        pending.append(late)
    }

    private mutating func appendCopy(of delivery: Delivery) {
        var copy = delivery
        copy.duplicate = true
        pending.append(copy)
    }
}
