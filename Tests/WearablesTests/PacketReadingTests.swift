// Numbers out of packets: both byte orders, and a throw instead of a read past the end.

import Kinematics
import Testing
import Wearables

struct PacketReadingTests {
    private let bytes: [UInt8] = [0x80, 0x01, 0xFE, 0xFF, 0x00, 0x00, 0xC0, 0x7F, 0x12]

    @Test("numbers in both byte orders")
    func orders() throws {
        // By hand: 80 01 is 0x0180 little, 0x8001 big; 80 01 FE is 0xFE0180 or 0x8001FE; and so on.
        #expect(try bytes.span.uint8(at: 0) == 128)
        #expect(try bytes.span.int8(at: 0) == -128)
        #expect(try bytes.span.uint16(at: 0) == 0x0180)
        #expect(try bytes.span.uint16(at: 0, .bigEndian) == 0x8001)
        #expect(try bytes.span.int16(at: 2) == -2)
        #expect(try bytes.span.int16(at: 0, .bigEndian) == -32767)
        #expect(try bytes.span.int24(at: 0) == 0xFE0180 - 0x1000000)
        #expect(try bytes.span.int24(at: 1, .bigEndian) == 0x01FEFF)
        #expect(try bytes.span.uint32(at: 0) == 0xFFFE_0180)
        #expect(try bytes.span.uint32(at: 0, .bigEndian) == 0x8001_FEFF)
        #expect(try bytes.span.int32(at: 0) == -130_688)
        #expect(try bytes.span.uint64(at: 0) == 0x7FC0_0000_FFFE_0180)
        #expect(try bytes.span.uint64(at: 1, .bigEndian) == 0x01FE_FF00_00C0_7F12)
    }

    @Test("floats: 1.5 both ways, NaN and infinity thrown")
    func floats() throws {
        let little: [UInt8] = [0x00, 0x00, 0xC0, 0x3F]
        #expect(try little.span.float32(at: 0) == 1.5)
        let big: [UInt8] = [0x3F, 0xC0, 0x00, 0x00]
        #expect(try big.span.float32(at: 0, .bigEndian) == 1.5)
        let notANumber: [UInt8] = [0x00, 0x00, 0xC0, 0x7F]
        #expect(throws: DecodeError.notFinite) { try notANumber.span.float32(at: 0) }
        let infinite: [UInt8] = [0x00, 0x00, 0x80, 0xFF]
        #expect(throws: DecodeError.notFinite) { try infinite.span.float32(at: 0) }
    }

    @Test("vectors are scaled")
    func vectors() throws {
        let raw: [UInt8] = [0x00, 0x40, 0x00, 0xC0, 0x01, 0x00]
        #expect(try raw.span.int16Vector(at: 0, scale: 1 / 16384.0) == Vector3(1, -1, 1 / 16384.0))
        #expect(throws: DecodeError.tooShort) { try raw.span.int16Vector(at: 1, scale: 1) }
        #expect(throws: DecodeError.tooShort) { try raw.span.float32Vector(at: 0) }
    }

    @Test(
        "no offset reads outside the packet",
        arguments: [-1, 6, 8, 9, 10, Int.max, Int.max - 3, Int.min])
    func offsets(_ offset: Int) {
        #expect(throws: DecodeError.tooShort) { try bytes.span.uint32(at: offset) }
        #expect(throws: DecodeError.tooShort) { try bytes.span.float32Vector(at: offset) }
        #expect(throws: DecodeError.tooShort) { try bytes.span.uint64(at: offset) }
    }

    @Test("sums of bytes wrap, and stay inside the packet")
    func sums() throws {
        #expect(try bytes.span.byteSum(from: 0, to: 4) == 0x7E)
        #expect(try bytes.span.byteSum(from: 9, to: 9) == 0)
        #expect(throws: DecodeError.tooShort) { try bytes.span.byteSum(from: 0, to: 10) }
        #expect(throws: DecodeError.tooShort) { try bytes.span.byteSum(from: -1, to: 2) }
        #expect(throws: DecodeError.tooShort) { try bytes.span.byteSum(from: 3, to: 2) }
    }
}
