// Cuts a byte stream into messages of one length.

/// Bytes of a stream until they make a message; never holds more than one.
package struct LinkFraming: Sendable {
    private let length: Int
    private var held: [UInt8] = []

    package init(length: Int) { self.length = max(1, length) }

    /// Adds bytes and returns the messages that are complete now.
    package mutating func add(_ bytes: some Sequence<UInt8>) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        for byte in bytes {
            held.append(byte)
            if held.count == length {
                messages.append(held)
                held = []
            }
        }
        return messages
    }
}
