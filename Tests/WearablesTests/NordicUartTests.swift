// The configurable driver: text and binary frames as described, and descriptions that cannot be.

import Kinematics
import Testing
import Wearables

struct NordicUartTests {
    typealias Field = StreamDescription.Field

    private static let six: [Field] = [
        Field(.ax), Field(.ay), Field(.az), Field(.gx), Field(.gy), Field(.gz),
    ]

    private static func description(
        _ framing: StreamDescription.Framing, _ format: StreamDescription.Format,
        _ fields: [Field] = six
    ) -> StreamDescription {
        StreamDescription(
            name: "my-board", match: .init(name: "My*"), framing: framing, format: format,
            fields: fields, rateHertz: 50)
    }

    private func samples(
        _ description: StreamDescription, _ packets: [[UInt8]]
    ) throws -> (samples: [ImuSample], errors: [DecodeError]) {
        var driver: any Wearable = try #require(NordicUart(description))
        var errors: [DecodeError] = []
        var samples: [ImuSample] = []
        for packet in packets {
            samples += [ImuSample](capacity: 64) { output in
                do throws(DecodeError) {
                    try driver.decode(packet.span, from: NordicUart.notify, into: &output)
                } catch {
                    errors.append(error)
                }
            }
        }
        return (samples, errors)
    }

    @Test("lines of numbers, split anywhere, with units, exponents and a line that is none")
    func lines() throws {
        var text = Self.description(.line(separator: 0x0A), .csv(decimalComma: false))
        text.units.force = standardGravity
        text.units.rate = radiansPerDegree
        let bytes = Array("0.5,-1e-1,1.25,10,-20.5,+3\nhello\n0.5,,1,1,1,1\n1,2,3,4,5,6\r\n".utf8)
        for cut in 0...bytes.count {
            let found = try samples(
                text, [Array(bytes[..<cut]), Array(bytes[cut...])].filter { !$0.isEmpty })
            #expect(found.samples.count == 2)
            let first = try #require(found.samples.first)
            #expect(abs(first.specificForce.x - 4.903325) < 1e-12)
            #expect(abs(first.specificForce.y - -0.980665) < 1e-12)
            #expect(abs(first.angularRate.y - -0.35779249665883754) < 1e-15)
            #expect(!found.errors.isEmpty)
        }
    }

    @Test(
        "numbers in text are read to the last bit of a double",
        arguments: [
            ("0", 0.0), ("-12.5", -12.5), ("1e3", 1000), ("9.80665", 9.80665), (".5", 0.5),
            ("5.", 5), (" 7 ", 7), ("123456789012345678901234", 123456789012345678901234.0),
            ("0.1", 0.1), ("1e-5", 1e-5), ("-0.000244140625", -0.000244140625),
        ])
    func numbers(_ text: String, value: Double) throws {
        #expect(number(text) == value)
    }

    @Test(
        "what is no number is none",
        arguments: ["", " ", "nan", "inf", "1e", "1e9999", "--1", "1.2.3", "0x10", "12a", "e5"])
    func notNumbers(_ text: String) { #expect(number(text) == nil) }

    private func number(_ text: String) -> Double? {
        var bytes = FrameBytes(repeating: 0)
        for (index, byte) in text.utf8.enumerated() { bytes[index] = byte }
        return DecimalReading.number(bytes, from: 0, to: text.utf8.count)
    }

    @Test("a decimal comma, with semicolons between the columns")
    func decimalComma() throws {
        let text = Self.description(.line(separator: 0x0A), .csv(decimalComma: true))
        let found = try samples(text, [Array("0,5;0;0,75;1;2;3\n".utf8)])
        #expect(found.errors.isEmpty)
        #expect(found.samples.map(\.specificForce.z) == [0.75 * standardGravity])
    }

    @Test("a flat JSON object by its keys, in any order, other keys passed over")
    func json() throws {
        var fields = Self.six
        fields[0] = Field(.ax, key: "accX")
        let text = Self.description(.line(separator: 0x0A), .json, fields)
        let line =
            "{\"name\":\"hip\", \"gz\": 3,\"gy\":2,\"gx\":1,\"az\":1.0,\"ay\":0,\"accX\":-0.5}\n"
        let found = try samples(text, [Array(line.utf8)])
        #expect(found.errors.isEmpty)
        #expect(found.samples.map(\.specificForce.x) == [-0.5 * standardGravity])
        #expect(found.samples.map(\.angularRate.z) == [3 * radiansPerDegree])
        let without = try samples(text, [Array("{\"ay\":0,\"az\":1}\n".utf8)])
        #expect(without.errors == [.noInertialData])
    }

    @Test("binary numbers of every type in both orders")
    func binaryTypes() throws {
        // Packed by hand: −2 as i8, 65535 as u16 big-endian, −70000 as i24 and 1.5 as f32.
        let fields = [
            Field(.ax, .i8), Field(.ay, .u16, order: .bigEndian, scale: 1e-4), Field(.az, .f32),
            Field(.skip, .i24), Field(.skip, .f64), Field(.skip, .u32),
        ]
        let description = Self.description(.notification, .binary, fields)
        let packet: [UInt8] =
            [0xFE, 0xFF, 0xFF] + SoundStream.word32(Float(1.5).bitPattern) + [0x90, 0xEE, 0xFE]
            + SoundStream.word64((2.5).bitPattern) + SoundStream.word32(7)
        let found = try samples(description, [packet])
        #expect(found.errors.isEmpty)
        let force = try #require(found.samples.first).specificForce
        #expect(force.x == -2 * standardGravity)
        #expect(abs(force.y - 6.5535 * standardGravity) < 1e-12)
        #expect(force.z == 1.5 * standardGravity)
        #expect(found.samples.first?.flags.has(.withoutAngularRate) == true)
        let cut = try samples(description, [Array(packet.dropLast())])
        #expect(cut.errors == [.tooShort])
    }

    @Test(
        "checksums: sum, xor and CRC-16, and a frame whose check does not fit is passed over",
        arguments: [
            // Of the nine bytes 31 … 39 ("123456789"): sum 0x1DD, xor 0x31, CRC-16/CCITT-FALSE 0x29B1.
            (StreamDescription.Checksum.sum8, [0xDD] as [UInt8]), (.xor8, [0x31]),
            (.crc16, [0xB1, 0x29]),
        ])
    func checksums(_ kind: StreamDescription.Checksum, check: [UInt8]) throws {
        let content = Array("123456789".utf8)
        let fields = [
            Field(.skip, .u8), Field(.ax, .i8, scale: 0.01), Field(.ay, .i8, scale: 0.01),
            Field(.az, .i8, scale: 0.01),
        ]
        let description = Self.description(
            .header(
                sync: [0x31], length: 9 + check.count, checksum: kind, checksumStart: 0), .binary,
            fields)
        let good = try samples(description, [content + check])
        #expect(good.samples.count == 1)
        var torn = content + check
        torn[4] ^= 0x10
        let bad = try samples(description, [torn, content + check])
        #expect(bad.samples.count == 1)
        #expect(bad.errors.first == .malformed)
    }

    @Test("axes turn as described; a left-handed map is refused")
    func axes() throws {
        var description = Self.description(.line(separator: 0x0A), .csv(decimalComma: false))
        description.axes = try #require(AxisMap("-y x z"))
        let found = try samples(description, [Array("1,2,3,4,5,6\n".utf8)])
        let force = try #require(found.samples.first).specificForce
        #expect(force == Vector3(-2, 1, 3) * standardGravity)
        for words in ["y x z", "x x z", "-x y z"] {
            description.axes = try #require(AxisMap(words))
            #expect(description.fault?.part == "axes", "\(words)")
            #expect(NordicUart(description) == nil)
        }
        for words in ["", "x y", "x y w", "x y z x"] { #expect(AxisMap(words) == nil) }
    }

    @Test("a time of 16 bits wraps, a counter alone is a clock of the nominal rate")
    func times() throws {
        var fields = Self.six + [Field(.t, .u16)]
        var description = Self.description(.notification, .binary, fields)
        description.timeBits = 16
        description.units.tickNumerator = 1_000_000
        func packet(_ time: Int16) -> [UInt8] { SoundStream.words([0, 0, 1, 0, 0, 0, time]) }
        let wrapped = try samples(description, [packet(-10), packet(10), packet(10)])
        #expect(wrapped.samples.map(\.deviceTime) == [65_526_000_000, 65_546_000_000])
        #expect(wrapped.errors == [.duplicate])

        fields[6] = Field(.counter, .u8)
        let counted = Self.description(.notification, .binary, fields)
        func numbered(_ number: UInt8) -> [UInt8] {
            SoundStream.words([0, 0, 1, 0, 0, 0]) + [number]
        }
        let found = try samples(counted, [numbered(254), numbered(1), numbered(1)])
        #expect(found.samples.map(\.deviceTime) == [5_080_000_000, 5_140_000_000])
        #expect(found.errors == [.duplicate])
    }

    @Test("twenty frames in a row that cannot be read are told once")
    func doesNotFit() throws {
        var driver: any Wearable = NordicUart(StreamRequest())
        var events = 0
        let description = Self.description(.line(separator: 0x0A), .csv(decimalComma: false))
        driver = try #require(NordicUart(description))
        for _ in 0..<50 {
            _ = refusal(Array("a,b,c\n".utf8), from: NordicUart.notify, with: &driver)
            if driver.takeEvent() == .formatDoesNotFit { events += 1 }
        }
        #expect(events == 1)
    }

    @Test("what is written comes from the description, in pieces of 20 bytes, the time put in")
    func commands() throws {
        var description = Self.description(.notification, .binary)
        description.commands.start = Array("begin the stream at fifty hertz\n".utf8)
        description.commands.buzz = Array("buzz({ms})\n".utf8)
        let driver: any Wearable = try #require(NordicUart(description))
        let writes = driver.plan().compactMap { step -> [UInt8]? in
            if case .write(_, let bytes, _) = step { bytes } else { nil }
        }
        #expect(writes.map(\.count) == [20, 12])
        #expect(driver.capabilities.canBuzz && !driver.capabilities.canIdentify)
        #expect(
            driver.buzz(milliseconds: 250)
                == [.write(NordicUart.write, Array("buzz(250)\n".utf8), .withoutResponse)])
        #expect(driver.identify() == nil)
    }

    @Test("described kinds are found before the built-in ones, by name, service and address")
    func kinds() throws {
        let kinds = WearableKinds(descriptions: [
            Self.description(.notification, .binary)
        ])
        let mine = kinds.kind(
            recognising: Advertisement(localName: "MyHip", services: [NordicUart.serviceUUID]))
        #expect(mine?.kind.identity.name == "my-board")
        #expect(mine?.recognition.strength == .likely)
        #expect(mine?.kind.driver(StreamRequest()).identity.name == "my-board")
        let dot = kinds.kind(recognising: Advertisement(localName: "Movella DOT"))
        #expect(dot?.kind.identity.name == "movella-dot")
        #expect(kinds.kind(named: "witmotion") != nil)
    }
}
