// Descriptions of boards from TOML: what a sound one becomes, and what is said of one that is not.

import Foundation
import Kinematics
import Testing
import TomlReading
import WearableReading
import Wearables

struct StreamDescriptionReaderTests {
    static let binary = """
        name = "hip-board"
        rate_hz = 50
        framing = "header"
        sync = "A5 5A"
        length = 20
        format = "binary"
        fields = ["skip u16", "counter u8", "skip u8", "t u32", "ax", "ay", "az",
                  "gx scale=0.1", "gy scale=0.1", "gz scale=0.1"]
        [match]
        name = "HipBoard*"
        [units]
        acceleration = "mg"
        """

    private func read(_ text: String) throws(TomlError) -> StreamDescription {
        try StreamDescriptionReader.read(text: text, file: "board.toml")
    }

    @Test("the suggested frame written as a file is the suggested description")
    func suggested() throws {
        var read = try read(Self.binary)
        read.name = StreamDescription.suggested.name
        read.match = StreamDescription.suggested.match
        #expect(read == .suggested)
    }

    @Test("a line of text with everything that can be said")
    func everything() throws {
        let read = try read(
            """
            name = "esp32"
            rate_hz = 100
            framing = "line"
            separator = ";"
            format = "json"
            fields = ["ax key=accX", "ay key=accY", "az key=accZ", "t key=ms", "battery key=b"]
            axes = "-y x z"
            t_bits = 64
            [match]
            service = "FFE0"
            address = "d4:ca:6e:f1:69:3d"
            [gatt]
            service = "ffe0"
            notify = "ffe1"
            [units]
            acceleration = "m/s2"
            time = "ticks"
            tick_hz = 32768
            range_g = 8
            [commands]
            start = "go\\n"
            stop = "hex: 00 FF"
            buzz = "b{ms}"
            """)
        #expect(read.framing == .line(separator: 0x3B))
        #expect(read.fields.map(\.key) == ["accX", "accY", "accZ", "ms", "b"])
        #expect(read.axes == AxisMap(x: -2, y: 1, z: 3))
        #expect(read.service == "0000ffe0-0000-1000-8000-00805f9b34fb")
        #expect(read.write == read.notify)
        #expect(read.units.force == 1)
        #expect(read.units.tickDenominator == 32768)
        #expect(read.specificForceRange == 8 * standardGravity)
        #expect(read.commands.start == Array("go\n".utf8))
        #expect(read.commands.stop == [0x00, 0xFF])
        let driver = try #require(NordicUart(read))
        #expect(!driver.capabilities.streams.contains(.angularRate))
        #expect(driver.capabilities.canBuzz)
    }

    @Test(
        "what cannot be is told with its line and a cure",
        arguments: [
            ("\"ax\", \"ay\", \"az\"", "\"ax\", \"ay\"", 7, "without acceleration"),
            ("length = 20", "length = 12", 5, "fields need 20 bytes"),
            ("sync = \"A5 5A\"", "sync = \"A5 5\"", 4, "hexadecimal"),
            ("\"header\"", "\"frame\"", 3, "known are line"),
            ("rate_hz = 50", "rate_hz = 0", 2, "from 1 to"),
            ("\"hip-board\"", "\"witmotion\"", 1, "built-in"),
            ("scale=0.1\", \"gy", "scale=x\", \"gy", 7, "scale=number"),
            ("t u32", "time u32", 7, "begins with none of"),
            ("length = 20", "length = 20\naxes = \"y x z\"", 6, "right-handed"),
            ("rate_hz = 50", "rate_hz = 50\nrate = 5", 3, "not a known field"),
            ("name = \"HipBoard*\"", "", 9, "needs a name"),
        ])
    func faults(_ from: String, to: String, line: Int, words: String) {
        let text = Self.binary.replacingOccurrences(of: from, with: to)
        #expect(text != Self.binary)
        do throws(TomlError) {
            _ = try read(text)
            Issue.record("was taken")
        } catch {
            #expect(error.message.contains(words), "\(error)")
            #expect(error.line == line, "\(error)")
            #expect(error.file == "board.toml")
        }
    }
}
