// The words between rehabd and rehab-link: two fixed-length messages and their total parsers.

/// Why bytes are no message.
package enum LinkProtocolError: Error, Sendable, Equatable {
    case length(Int)
    case notOurs
    case version(UInt8)
    case unknownOperation(UInt8)
    case outOfRange(String)
}

/// What is asked of the helper.
package enum LinkOperation: UInt8, Sendable, CaseIterable {
    /// Answered without touching any radio.
    case hello = 1
    /// Set interval and supervision timeout of a live link.
    case setParameters = 2
    case readRSSI = 3
}

/// A question: 20 bytes, numbers little-endian.
///
/// | offset | bytes | field |
/// | ---: | ---: | --- |
/// | 0 | 2 | `RL` |
/// | 2 | 1 | version, 1 |
/// | 3 | 1 | operation |
/// | 4 | 2 | number of the question, repeated in the answer |
/// | 6 | 2 | adapter: the number in `hci0` |
/// | 8 | 6 | device address, last printed byte first |
/// | 14 | 2 | interval, 1.25 ms |
/// | 16 | 2 | supervision timeout, 10 ms |
/// | 18 | 2 | zero |
package struct LinkRequest: Sendable, Equatable {
    package static let length = 20
    /// 7.5 ms, the shortest that Bluetooth allows, to 100 ms: no wearable is served by more.
    package static let intervals: ClosedRange<UInt16> = 6...80
    /// 0.1 s (the shortest that Bluetooth allows) to 6 s.
    package static let timeouts: ClosedRange<UInt16> = 10...600
    /// The kernel has no more adapters.
    package static let adapters: ClosedRange<UInt16> = 0...255

    package var operation: LinkOperation
    package var number: UInt16
    package var adapter: UInt16
    /// 48 bits, the last printed byte lowest.
    package var address: UInt64
    package var interval: UInt16
    package var timeout: UInt16

    package init(
        _ operation: LinkOperation, number: UInt16, adapter: UInt16 = 0, address: UInt64 = 0,
        interval: UInt16 = 12, timeout: UInt16 = 200
    ) {
        self.operation = operation
        self.number = number
        self.adapter = adapter
        self.address = address
        self.interval = interval
        self.timeout = timeout
    }

    package init(_ bytes: [UInt8]) throws(LinkProtocolError) {
        var reader = try LinkReader(bytes, length: LinkRequest.length)
        let code = reader.byte()
        guard let operation = LinkOperation(rawValue: code) else { throw .unknownOperation(code) }
        self.operation = operation
        number = reader.word()
        adapter = reader.word()
        address = UInt64(reader.word()) | UInt64(reader.word()) << 16 | UInt64(reader.word()) << 32
        interval = reader.word()
        timeout = reader.word()
        guard reader.word() == 0 else { throw .outOfRange("spare bytes") }
        guard LinkRequest.adapters.contains(adapter) else { throw .outOfRange("adapter") }
        guard LinkRequest.intervals.contains(interval) else { throw .outOfRange("interval") }
        guard LinkRequest.timeouts.contains(timeout) else { throw .outOfRange("timeout") }
        // The Core Specification wants a timeout of more than two intervals (volume 4, part E,
        // 7.8.18): 10 ms units against 1.25 ms units.
        guard Int(timeout) * 8 > Int(interval) * 2 else { throw .outOfRange("timeout") }
    }

    package var bytes: [UInt8] {
        linkHead(operation.rawValue) + littleEndian(number) + littleEndian(adapter)
            + littleEndian(UInt16(truncatingIfNeeded: address))
            + littleEndian(UInt16(truncatingIfNeeded: address >> 16))
            + littleEndian(UInt16(truncatingIfNeeded: address >> 32)) + littleEndian(interval)
            + littleEndian(timeout) + [0, 0]
    }
}

/// An answer: 12 bytes, numbers little-endian: head and operation as in the question, its number, the
/// status, RSSI in dBm (signed, zero where not asked), the interval now in force (1.25 ms), and the
/// kernel's error number.
package struct LinkReply: Sendable, Equatable {
    package static let length = 12

    package enum Status: UInt8, Sendable, CaseIterable {
        case done = 0
        /// No live link to that address on that adapter.
        case noLink = 1
        /// The kernel or the controller refused.
        case refused = 2
    }

    package var operation: LinkOperation
    package var number: UInt16
    package var status: Status
    package var rssi: Int8
    package var interval: UInt16
    package var errorNumber: UInt16

    package init(
        _ operation: LinkOperation, number: UInt16, status: Status, rssi: Int8 = 0,
        interval: UInt16 = 0, errorNumber: UInt16 = 0
    ) {
        self.operation = operation
        self.number = number
        self.status = status
        self.rssi = rssi
        self.interval = interval
        self.errorNumber = errorNumber
    }

    package init(_ bytes: [UInt8]) throws(LinkProtocolError) {
        var reader = try LinkReader(bytes, length: LinkReply.length)
        let code = reader.byte()
        guard let operation = LinkOperation(rawValue: code) else { throw .unknownOperation(code) }
        self.operation = operation
        number = reader.word()
        guard let status = Status(rawValue: reader.byte()) else { throw .outOfRange("status") }
        self.status = status
        rssi = Int8(bitPattern: reader.byte())
        interval = reader.word()
        errorNumber = reader.word()
    }

    package var bytes: [UInt8] {
        linkHead(operation.rawValue) + littleEndian(number) + [status.rawValue]
            + [UInt8(bitPattern: rssi)] + littleEndian(interval) + littleEndian(errorNumber)
    }
}

private let magic: [UInt8] = [0x52, 0x4C]
private let version: UInt8 = 1

private func linkHead(_ operation: UInt8) -> [UInt8] { magic + [version, operation] }

private func littleEndian(_ word: UInt16) -> [UInt8] {
    [UInt8(truncatingIfNeeded: word), UInt8(word >> 8)]
}

/// Reads a message whose length has been checked.
private struct LinkReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8], length: Int) throws(LinkProtocolError) {
        guard bytes.count == length else { throw .length(bytes.count) }
        guard bytes.starts(with: magic) else { throw .notOurs }
        rest = bytes.dropFirst(magic.count)
        let version = byte()
        guard version == 1 else { throw .version(version) }
    }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    mutating func word() -> UInt16 {
        let low = byte()
        return UInt16(low) | UInt16(byte()) << 8
    }
}
