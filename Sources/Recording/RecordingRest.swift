// What is left out of a recording while nothing happens that is worth it, and where the next part begins.

import Movement
import Plumbing

/// What a part of a recording begins with.
package struct RecordingPart: Sendable {
    package var head: [(key: String, value: String)]
    package var sensors: [RecordedSensor]
    /// Texts of the commands whose effect still holds, in order.
    package var commands: [String]

    package init(
        head: [(key: String, value: String)], sensors: [RecordedSensor], commands: [String]
    ) {
        self.head = head
        self.sensors = sensors
        self.commands = commands
    }
}

/// Decides which packets and frames belong to a part: a frame does where its packet does.
///
/// The recorder's thread alone.
struct RecordingRest {
    enum Phase {
        case recording
        /// No packet is taken any more; frames of the ones that were are still to come.
        case ending
        case resting
    }

    private(set) var phase = Phase.recording
    /// Sequence of the newest sample before this part; its own are numbered from 1.
    private(set) var base: UInt64 = 0
    /// Packets that were left out.
    private(set) var packets = 0
    private var isFirstPart = true
    /// Stamps of a channel's first and newest packets of the part.
    private var first = [Int64?](repeating: nil, count: 256)
    private var newest = [Int64?](repeating: nil, count: 256)
    /// What a channel's newest connection began with: its decoder must know it in each part.
    private var news: [UInt8: [(head: PacketHead, bytes: [UInt8])]] = [:]

    /// Characteristic number of what is no packet of a device.
    private static let newsNumber: UInt8 = 255

    /// True where the packet is to be written.
    mutating func takes(_ head: PacketHead, _ bytes: [UInt8]) -> Bool {
        if head.characteristic == RecordingRest.newsNumber {
            // No bytes: a connection begins, and its decoder knows nothing yet.
            if bytes.isEmpty { news[head.channel] = [] }
            news[head.channel, default: []].append((head, bytes))
        }
        guard case .recording = phase else {
            packets += 1
            return false
        }
        let channel = Int(head.channel)
        newest[channel] = head.stamp
        if first[channel] == nil { first[channel] = head.stamp }
        return true
    }

    /// True where the frame is to be written.
    mutating func takes(_ frame: borrowing MotionFrame) -> Bool {
        let (channel, arrival) = (Int(frame.channel), frame.arrival)
        let isOwn =
            switch phase {
            case .recording: isFirstPart || arrival >= first[channel] ?? .max
            case .ending: arrival <= newest[channel] ?? .min
            case .resting: false
            }
        if !isOwn { base = max(base, frame.sequence) }
        return isOwn
    }

    /// A sample's number within the part.
    func number(_ sequence: UInt64) -> UInt64 { sequence > base ? sequence - base : 0 }

    mutating func begin() { phase = .ending }
    mutating func endPart() { phase = .resting }

    /// The next part begins; gives the packets that tell its decoders of their connections.
    mutating func goOn(at time: Int64) -> [(head: PacketHead, bytes: [UInt8])] {
        phase = .recording
        isFirstPart = false
        packets = 0
        for channel in first.indices { first[channel] = nil }
        return news.keys.sorted().flatMap { news[$0] ?? [] }.map { entry in
            var head = entry.head
            head.stamp = time
            return (head, entry.bytes)
        }
    }
}
