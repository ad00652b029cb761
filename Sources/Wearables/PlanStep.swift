// The steps that bring a sensor to streaming or to rest, as data.

/// One thing for the holder of the connection to do.
///
/// A plan is a list of these, made without a radio and therefore tested without one. Steps run in
/// order. Bytes that a `read` or an `awaitReply` brings are given to `Wearable.take(reply:from:)`,
/// and the steps it returns run before the rest of the plan. A branch (`otherwise`, `ifSilent`)
/// takes the place of the rest of the plan; an empty branch means that the plan has no answer and
/// the connection is to be given up.
package enum PlanStep: Sendable, Equatable {
    /// Write the bytes.
    case write(CharacteristicIndex, [UInt8], Acknowledgement)
    /// Read the value and give it to the driver.
    case read(CharacteristicIndex)
    /// Read the value; go on where it begins with `expected`.
    case compare(CharacteristicIndex, expected: [UInt8], otherwise: [PlanStep])
    /// Read a value of at least `length` bytes; where `wanted` is not already in it, put `wanted` and
    /// `marks` in and write the first `length` bytes back, acknowledged. Settings in flash are so
    /// written only when they change.
    case amend(CharacteristicIndex, length: Int, wanted: [BytePatch], marks: [BytePatch])
    /// Switch notifications (or indications) on, and open the stream's descriptor.
    case subscribe(CharacteristicIndex)
    /// Switch them off and close the descriptor; nothing to do where they are off.
    case unsubscribe(CharacteristicIndex)
    /// Wait for a packet that begins with `prefix` and give it to the driver.
    case awaitReply(
        CharacteristicIndex, prefix: [UInt8], milliseconds: Int, ifSilent: [PlanStep])
    /// Wait until the decoder has yielded a sample.
    case awaitSample(milliseconds: Int, ifSilent: [PlanStep])
    /// Let the sensor finish.
    case pause(milliseconds: Int)
    /// Run `then` where the device has the characteristic and `otherwise` where it lacks it; both
    /// are followed by the rest of the plan.
    case ifPresent(CharacteristicIndex, then: [PlanStep], otherwise: [PlanStep])
    /// The device is not what it was taken for, or cannot do what is asked: give the connection up and
    /// tell why.
    case refuse(reason: String)

    /// Whether a write waits for the sensor's word.
    package enum Acknowledgement: Sendable, Equatable {
        case withResponse
        case withoutResponse
    }
}

/// Bytes to stand at a place in a characteristic's value.
package struct BytePatch: Sendable, Equatable {
    package var offset: Int
    package var bytes: [UInt8]

    package init(at offset: Int, _ bytes: [UInt8]) {
        self.offset = offset
        self.bytes = bytes
    }

    /// True where the value already holds the bytes.
    package func isIn(_ value: [UInt8]) -> Bool {
        guard fits(value) else { return false }
        return value[offset..<offset + bytes.count].elementsEqual(bytes)
    }

    /// The value with the bytes put in; nil where they do not fit.
    package func applied(to value: [UInt8]) -> [UInt8]? {
        guard fits(value) else { return nil }
        var result = value
        result.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        return result
    }

    private func fits(_ value: [UInt8]) -> Bool {
        offset >= 0 && bytes.count <= value.count && offset <= value.count - bytes.count
    }
}

extension PlanStep {
    /// What an `amend` step must write given the value read: nil where nothing needs to change;
    /// throws `tooShort` where the value read cannot hold the settings.
    package static func amendment(
        of value: [UInt8], length: Int, wanted: [BytePatch], marks: [BytePatch]
    ) throws(DecodeError) -> [UInt8]? {
        guard length >= 0, value.count >= length else { throw .tooShort }
        if wanted.allSatisfy({ $0.isIn(value) }) { return nil }
        var result = Array(value.prefix(length))
        for patch in wanted + marks {
            guard let patched = patch.applied(to: result) else { throw .tooShort }
            result = patched
        }
        return result
    }
}
