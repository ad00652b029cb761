// WitMotion's byte stream cut into frames: notifications may split and merge them.

/// Finds frames `55 61` (readings) and `55 71` (register answers) in a byte stream.
///
/// There is no length and no checksum. A frame is 20 bytes; some models append the time of day to
/// readings, 28 bytes in all. Bytes that begin no frame are dropped one by one, so that a stray `55`
/// does not eat the frame behind it.
package struct WitMotionFrames: Sendable, BitwiseCopyable {
    package static var length: Int { @_noLocks get { 20 } }
    package static var longLength: Int { @_noLocks get { 28 } }
    /// Twice the longest frame and a notification of the default MTU.
    private static var room: Int { @_noLocks get { 128 } }

    private var bytes: InlineArray<128, UInt8>
    private var filled = 0
    /// Readings carry the time of day.
    package private(set) var isLong = false
    /// The frame that `next` found, for the readers below.
    private var frame: InlineArray<28, UInt8>

    @_noLocks
    package init() {
        bytes = InlineArray(repeating: 0)
        frame = InlineArray(repeating: 0)
    }

    /// What `next` found.
    package enum Found: UInt8, Sendable, BitwiseCopyable {
        case nothing, readings, timedReadings, registers
    }

    /// Takes bytes; true where they did not all fit, which means that nothing was found for long: the
    /// oldest are dropped.
    @_noLocks
    package mutating func put(_ byte: UInt8) {
        if filled == Self.room { drop(1) }
        bytes[filled] = byte
        filled += 1
    }

    @_noLocks
    private mutating func drop(_ count: Int) {
        var index = count
        while index < filled {
            bytes[index - count] = bytes[index]
            index += 1
        }
        filled -= count
    }

    /// True where a frame begins at `place`, or could when more bytes come.
    @_noLocks
    private func mayBegin(at place: Int) -> Bool {
        if place >= filled { return true }
        if bytes[place] != 0x55 { return false }
        if place + 1 >= filled { return true }
        let kind = bytes[place + 1]
        return kind == 0x61 || kind == 0x71
    }

    /// The next whole frame; `dropped` counts bytes that belonged to none.
    @_noLocks
    package mutating func next(dropped: inout Int) -> Found {
        while filled > 0, !mayBegin(at: 0) {
            drop(1)
            dropped += 1
        }
        if filled < 2 { return .nothing }
        if bytes[1] == 0x71 { return take(Self.length, as: .registers) }
        if filled >= Self.longLength, hasTimeOfDay, mayBegin(at: Self.longLength) {
            // Where 20 bytes already lead to a header, they are the frame.
            let isShort = !isLong && bytes[20] == 0x55 && mayBegin(at: Self.length)
            if !isShort {
                isLong = true
                return take(Self.longLength, as: .timedReadings)
            }
        }
        if isLong {
            if filled < Self.longLength { return .nothing }
            // A long stream that has become short again: another firmware cannot appear on one
            // connection, so these bytes are torn.
            drop(2)
            dropped += 2
            return next(dropped: &dropped)
        }
        return take(Self.length, as: .readings)
    }

    @_noLocks
    private mutating func take(_ count: Int, as found: Found) -> Found {
        if filled < count { return .nothing }
        var index = 0
        while index < count {
            frame[index] = bytes[index]
            index += 1
        }
        drop(count)
        return found
    }

    /// Month, day, hour, minute, second and milliseconds make sense (bytes 21 to 27).
    private var hasTimeOfDay: Bool {
        @_noLocks get {
            let milliseconds = UInt16(bytes[26]) | UInt16(bytes[27]) << 8
            return bytes[21] >= 1 && bytes[21] <= 12 && bytes[22] >= 1 && bytes[22] <= 31
                && bytes[23] < 24 && bytes[24] < 60 && bytes[25] < 60 && milliseconds < 1000
        }
    }

    /// Signed 16-bit number `index` of the frame's nine behind the header.
    @_noLocks
    package func value(_ index: Int) -> Int16 {
        guard index >= 0, index < 9 else { return 0 }
        let low = UInt16(frame[2 + 2 * index])
        return Int16(truncatingIfNeeded: low | UInt16(frame[3 + 2 * index]) << 8)
    }

    /// Milliseconds since the year 2000 of a long frame's time of day; months are counted as 31 days,
    /// which only makes a step at their end: differences within a session are what counts.
    package var milliseconds: UInt64 {
        @_noLocks get {
            var time = UInt64(frame[20]) &* 12 &+ UInt64(frame[21])
            time = time &* 31 &+ UInt64(frame[22])
            time = time &* 24 &+ UInt64(frame[23])
            time = time &* 60 &+ UInt64(frame[24])
            time = time &* 60 &+ UInt64(frame[25])
            return time &* 1000 &+ (UInt64(frame[26]) | UInt64(frame[27]) << 8)
        }
    }
}
