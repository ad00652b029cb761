// Descriptions of a board's stream: any text is a description or an error with words, and a description
// that was taken makes a driver that survives the text itself as its stream.

import Kinematics
import Plumbing
import TomlReading
import WearableReading
import Wearables

enum StreamDescriptionFuzz {
    static func run(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(TomlError) {
            let description = try StreamDescriptionReader.read(text: text, file: "fuzz")
            guard var driver = NordicUart(description) else {
                promise(false, "a description that was read makes no driver")
                return
            }
            var buffer = FixedBuffer<ImuSample>(capacity: driver.capabilities.samplesPerPacket)
            for start in stride(from: 0, to: bytes.count, by: 53) {
                let packet = Array(bytes[start..<min(start + 53, bytes.count)])
                buffer.refill { (output: inout OutputSpan<ImuSample>) in
                    do throws(DecodeError) {
                        try driver.decode(packet.span, from: NordicUart.notify, into: &output)
                    } catch {}
                }
                for index in 0..<buffer.count {
                    FrameChecks.check(
                        buffer[index], force: description.specificForceRange,
                        rate: description.angularRateRange)
                }
            }
            _ = driver.buzz(milliseconds: 100)
        } catch {
            promise(!error.message.isEmpty, "an error without words")
        }
    }
}
