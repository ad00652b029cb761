// Reading numbers out of a packet at a byte offset; a number that is not wholly there is thrown.

package import Kinematics

/// The order of the bytes in a number of several bytes.
package enum ByteOrder: Sendable, BitwiseCopyable {
    case littleEndian
    case bigEndian
}

// In `a && packet[i] == b` the right side is a closure, which the real-time law refuses: bind the
// byte first.
extension Span where Element == UInt8 {
    /// The unsigned number of `width` (1 to 8) bytes at `offset`; throws `tooShort` unless all of
    /// them are inside the packet.
    @_noLocks
    private func unsigned(
        at offset: Int, width: Int, _ order: ByteOrder
    ) throws(DecodeError) -> UInt64 {
        guard offset >= 0, offset <= count, width <= count - offset else { throw .tooShort }
        // Byte by byte: a packet has no alignment, and the pure rooms load nothing raw.
        var value: UInt64 = 0
        var place = 0
        while place < width {
            let index = order == .littleEndian ? offset + width - 1 - place : offset + place
            value = value << 8 | UInt64(self[index])
            place += 1
        }
        return value
    }

    @_noLocks
    package func uint8(at offset: Int) throws(DecodeError) -> UInt8 {
        UInt8(truncatingIfNeeded: try unsigned(at: offset, width: 1, .littleEndian))
    }

    @_noLocks
    package func int8(at offset: Int) throws(DecodeError) -> Int8 {
        Int8(truncatingIfNeeded: try unsigned(at: offset, width: 1, .littleEndian))
    }

    @_noLocks
    package func uint16(
        at offset: Int, _ order: ByteOrder = .littleEndian
    ) throws(DecodeError) -> UInt16 {
        UInt16(truncatingIfNeeded: try unsigned(at: offset, width: 2, order))
    }

    @_noLocks
    package func int16(
        at offset: Int, _ order: ByteOrder = .littleEndian
    ) throws(DecodeError) -> Int16 {
        Int16(truncatingIfNeeded: try unsigned(at: offset, width: 2, order))
    }

    /// A signed number of three bytes.
    @_noLocks
    package func int24(
        at offset: Int, _ order: ByteOrder = .littleEndian
    ) throws(DecodeError) -> Int32 {
        let raw = Int32(truncatingIfNeeded: try unsigned(at: offset, width: 3, order))
        return (raw << 8) >> 8
    }

    @_noLocks
    package func uint32(
        at offset: Int, _ order: ByteOrder = .littleEndian
    ) throws(DecodeError) -> UInt32 {
        UInt32(truncatingIfNeeded: try unsigned(at: offset, width: 4, order))
    }

    @_noLocks
    package func int32(
        at offset: Int, _ order: ByteOrder = .littleEndian
    ) throws(DecodeError) -> Int32 {
        Int32(truncatingIfNeeded: try unsigned(at: offset, width: 4, order))
    }

    @_noLocks
    package func uint64(
        at offset: Int, _ order: ByteOrder = .littleEndian
    ) throws(DecodeError) -> UInt64 {
        try unsigned(at: offset, width: 8, order)
    }

    /// An IEEE 754 single-precision number; throws `notFinite` for NaN and the infinities, so that
    /// none ever leaves a decoder.
    @_noLocks
    package func float32(
        at offset: Int, _ order: ByteOrder = .littleEndian
    ) throws(DecodeError) -> Double {
        let value = Float(bitPattern: try uint32(at: offset, order))
        guard value.isFinite else { throw .notFinite }
        return Double(value)
    }

    /// Three consecutive single-precision numbers, each multiplied by `scale`.
    @_noLocks
    package func float32Vector(
        at offset: Int, scale: Double = 1, _ order: ByteOrder = .littleEndian
    ) throws(DecodeError) -> Vector3 {
        Vector3(
            try float32(at: offset, order) * scale,
            try float32(at: offset &+ 4, order) * scale,
            try float32(at: offset &+ 8, order) * scale)
    }

    /// Three consecutive signed 16-bit numbers, each multiplied by `scale`.
    @_noLocks
    package func int16Vector(
        at offset: Int, scale: Double, _ order: ByteOrder = .littleEndian
    ) throws(DecodeError) -> Vector3 {
        Vector3(
            Double(try int16(at: offset, order)) * scale,
            Double(try int16(at: offset &+ 2, order)) * scale,
            Double(try int16(at: offset &+ 4, order)) * scale)
    }

    /// The lower byte of the sum of the bytes from `start` up to (not with) `end`.
    @_noLocks
    package func byteSum(from start: Int, to end: Int) throws(DecodeError) -> UInt8 {
        guard start >= 0, start <= end, end <= count else { throw .tooShort }
        var sum: UInt8 = 0
        var index = start
        while index < end {
            sum &+= self[index]
            index += 1
        }
        return sum
    }
}
