// The far end of a sensor's door: a test holds the socket into which a radio would put packets.

import Control
import Glibc
import Plumbing
import Synthetic

/// A sensor attached to a daemon, which sends what the test sends.
package final class AttachedSensor: Sendable {
    package let name: String
    private let source: SharedDescriptor

    /// The characteristic of a DOT's long payload (44 bytes in custom mode 5).
    package static let longPayload = DotPackets.Mode.custom5.characteristic

    package init(
        _ name: String, segment: String? = nil, rate: Double = 60, to daemon: RunningDaemon
    ) throws {
        self.name = name
        let ends = try PacketSocket.pair().split()
        source = SharedDescriptor(Descriptor(owning: ends.source))
        let sink = SharedDescriptor(Descriptor(owning: ends.sink))
        try daemon.call(
            AttachedSensor.call(name, segment: segment, rate: rate), descriptors: [sink.rawValue])
    }

    package static func call(
        _ name: String, segment: String? = nil, rate: Double = 60
    ) -> Rehab1.AttachSensor {
        Rehab1.AttachSensor(
            name: name, kind: "movella-dot", segment: segment, rateHertz: rate,
            characteristics: [longPayload])
    }

    /// Sends one packet, waiting for room; false once the daemon has closed its end.
    @discardableResult
    package func send(_ packet: [UInt8]) -> Bool { PacketSocket.send(packet, to: source) }

    /// Sends one packet if there is room, as a radio does: it waits for nobody.
    package func offer(_ packet: [UInt8]) -> Bool {
        UnixSocket.waitWritable(source.rawValue, milliseconds: 0) && send(packet)
    }

    /// Bytes of the sending queue that the daemon has not read yet; 0 once it has read everything.
    package var unread: Int {
        var waiting: Int32 = 0
        // TIOCOUTQ (0x5411): for a Unix socket what was sent and not received.
        let status = unsafe ioctl(source.rawValue, UInt(0x5411), &waiting)
        return status == 0 ? Int(waiting) : 0
    }
}

/// Packets of a Movella DOT, custom mode 5, built from the sheet (XD0506P table 17): u32 µs, quaternion
/// w x y z, acceleration in m/s², angular rate in deg/s; little-endian, float32.
package enum DotPacket {
    package static let size = 44
    /// Offsets of the first acceleration and the first rate.
    package static let acceleration = 20
    package static let rate = 32

    /// A sensor at rest, z up.
    package static func still(microseconds: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        append(microseconds, to: &bytes)
        for value: Float in [1, 0, 0, 0, 0, 0, 9.81, 0, 0, 0] {
            append(value.bitPattern, to: &bytes)
        }
        return bytes
    }

    /// `packet` with one float replaced.
    package static func replacing(_ packet: [UInt8], at offset: Int, with value: Float) -> [UInt8] {
        var head = Array(packet.prefix(offset))
        append(value.bitPattern, to: &head)
        return head + packet.dropFirst(offset + 4)
    }

    private static func append(_ word: UInt32, to bytes: inout [UInt8]) {
        for shift: UInt32 in [0, 8, 16, 24] { bytes.append(UInt8(word >> shift & 0xff)) }
    }
}
