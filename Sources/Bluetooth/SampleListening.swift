// Tells whether a packet holds a sample, without keeping it.

import Kinematics
import Wearables

extension Wearable {
    /// Decodes the packet and forgets the samples; true where there was one.
    mutating func yieldsSample(
        _ packet: borrowing Span<UInt8>, from index: CharacteristicIndex
    ) -> Bool {
        let packet = copy packet
        let room = max(1, capabilities.samplesPerPacket)
        let samples = [ImuSample](capacity: room) { output in
            do throws(DecodeError) {
                try decode(packet, from: index, into: &output)
            } catch {
                // What came before the error counts.
            }
        }
        return !samples.isEmpty
    }
}
