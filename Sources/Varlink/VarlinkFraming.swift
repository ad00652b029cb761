// Cuts a byte stream into messages at NUL bytes, with bounded memory.

/// The receiving half of a connection: bytes in, whole messages out.
///
/// Total for any input. Holds at most `limit` bytes of an unfinished message plus what one `append`
/// brought.
package struct VarlinkFraming: Sendable {
    /// The longest message taken, bytes, the terminating NUL not counted.
    package let limit: Int

    private var buffer: [UInt8] = []
    /// Where the oldest message that was not handed out starts.
    private var start = 0
    /// Bytes before this place were searched for a NUL and have none after `start`.
    private var searched = 0
    /// How many messages were handed out.
    private var taken = 0
    /// How many terminators were appended.
    private var terminators = 0

    package init(limit: Int) { self.limit = limit }

    /// Bytes waiting, whole messages included.
    package var count: Int { buffer.count - start }

    /// A whole message waits.
    package var hasMessage: Bool { terminators > taken }

    /// Adds what was read and returns the number (0 for the connection's first) of the message that
    /// the last of these bytes belongs to.
    ///
    /// That is the message whose descriptors came along: the kernel ends a read after the piece
    /// that carried descriptors, and a call travels in one piece with its own.
    @discardableResult
    package mutating func append(_ bytes: ArraySlice<UInt8>) -> Int {
        if start > 0 {
            buffer.removeFirst(start)
            searched -= start
            start = 0
        }
        buffer.append(contentsOf: bytes)
        for byte in bytes where byte == 0 { terminators += 1 }
        return bytes.last == 0 ? terminators - 1 : terminators
    }

    /// The next whole message without its NUL, and its number; nil when more bytes are needed.
    package mutating func next() throws(VarlinkError) -> (message: [UInt8], number: Int)? {
        guard let end = buffer[searched...].firstIndex(of: 0) else {
            searched = buffer.count
            if count > limit { throw .tooLong(limit: limit) }
            return nil
        }
        if end - start > limit { throw .tooLong(limit: limit) }
        let message = Array(buffer[start..<end])
        start = end + 1
        searched = start
        defer { taken += 1 }
        return (message, taken)
    }
}
