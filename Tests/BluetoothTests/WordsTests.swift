// Names, versions, errors and addresses: strangers' text in, plain words out.

import Bluetooth
import DBus
import Testing
import Wearables

@Suite("Words")
struct WordsTests {
    @Test("26: a hostile name loses its power and stays recognisable")
    func names() {
        #expect(printableName("Movella DOT") == "Movella DOT")
        #expect(printableName("Ärmel 手 3") == "Ärmel 手 3")
        #expect(printableName("\u{1b}[31mred\u{7}") == "\\u{1b}[31mred\\u{7}")
        #expect(printableName("a\u{202e}b\u{200b}c\u{feff}") == "a\\u{202e}b\\u{200b}c\\u{feff}")
        #expect(printableName("a\nb\r\0") == "a\\u{a}b\\u{d}\\u{0}")
        #expect(printableName("\\u{41}") == "\\u{5c}u{41}")
        #expect(printableName(String(repeating: "x", count: 248)).count == 65)
    }

    @Test("26: a thousand random names hold no control character and no direction mark")
    func randomNames() {
        var random = SeededRandom(26)
        for _ in 0..<1_000 {
            let bytes = (0..<random.below(249)).map { _ in UInt8(random.below(256)) }
            let shown = printableName(String(decoding: bytes, as: UTF8.self))
            for scalar in shown.unicodeScalars {
                #expect(scalar.value >= 0x20 && scalar.value != 0x7F)
                #expect(!(0x202A...0x202E).contains(scalar.value))
                #expect(!(0x80...0x9F).contains(scalar.value))
            }
        }
    }

    @Test("27: static, resolvable and other private addresses are told apart by their top bits")
    func addresses() throws {
        // Core Specification, volume 6, part B, 1.3.2: 11 static, 01 resolvable, 00 non-resolvable.
        for (text, lasts) in [
            ("C0:00:00:00:00:01", true), ("FF:00:00:00:00:01", true),
            ("40:00:00:00:00:01", false), ("7F:00:00:00:00:01", false),
            ("3F:00:00:00:00:01", false),
        ] {
            let address = try #require(DeviceAddress(text))
            #expect(AddressKind.random.isLasting(address) == lasts)
            #expect(AddressKind.publicAddress.isLasting(address))
        }
    }

    @Test("BlueZ's errors are sorted by name, and by text where they have only one name")
    func outcomes() {
        func outcome(_ name: String, _ message: String = "") -> CallOutcome {
            CallOutcome(.remote(name: name, message: message))
        }
        #expect(outcome("org.bluez.Error.InProgress", "Already notifying") == .inProgress)
        #expect(outcome("org.bluez.Error.NotPermitted", "Notify acquired") == .notPermitted)
        #expect(
            outcome("org.bluez.Error.NotPermitted", "Not paired") == .refusedByPeer(code: 5))
        #expect(outcome("org.bluez.Error.Failed", "Not connected") == .notConnected)
        #expect(
            outcome("org.bluez.Error.Failed", "Operation failed with ATT error: 0x0e")
                == .refusedByPeer(code: 14))
        #expect(outcome("org.freedesktop.DBus.Error.UnknownObject") == .unknownObject)
        #expect(outcome("org.freedesktop.DBus.Error.NoReply") == .noService)
        #expect(
            outcome("org.bluez.Error.Failed", "le-connection-abort-by-local")
                == .other("le-connection-abort-by-local"))
        #expect(
            outcome("org.bluez.Error.Failed", "ATT error: 0x") == .other("ATT error: 0x"))
        #expect(CallOutcome(.timedOut(member: "Connect")) == .timedOut)
        #expect(CallOutcome(.notConnected) == .noService)
    }

    @Test("BlueZ's version is read as bluetoothd prints it")
    func versions() {
        #expect(BlueZVersion("5.66\n") == BlueZVersion(5, 66))
        #expect(BlueZVersion("5.86").map { $0 >= BlueZVersion(5, 86) } == true)
        #expect(BlueZVersion(5, 9) < BlueZVersion(5, 10))
        for text in ["", "5", "bluetoothd: 5.66", "5.x"] { #expect(BlueZVersion(text) == nil) }
    }

    @Test("the gap limit is the longest of five periods, two intervals, 200 ms and 2.5 batches")
    func gapLimits() {
        func limit(_ rate: Double, _ batch: Double = 0, _ interval: Double = 0.015) -> Int64 {
            RetryPolicy.gapLimit(rateHertz: rate, batchDelay: batch, connectionInterval: interval)
        }
        #expect(limit(60) == 200_000_000)
        #expect(limit(10) == 500_000_000)
        #expect(limit(60, 0, 0.15) == 300_000_000)
        #expect(limit(52, 0.6) == 1_500_000_000)
        #expect(limit(0) == 1_000_000_000)
    }
}
