// The stand-in's commands as lines of text: for people, scripts, and tests of whole programs.

import EventLoop
import Foundation

/// Carries out commands on a stand-in BlueZ.
package struct FakeScript: Sendable {
    package let fake: FakeBlueZ

    package init(_ fake: FakeBlueZ) { self.fake = fake }

    package static let help = """
        dot ADDRESS [HERTZ]        a Movella DOT that advertises
        myo|metamotion ADDRESS     one that vibrates, advertises and lies still
        play ADDRESS FILE          it sends these packets (a line of hexadecimal digits each)
        away|back ADDRESS          out of range, and back
        battery ADDRESS PERCENT    BlueZ's Battery1 property
        drop|reboot ADDRESS        its link ends; it restarts
        copies ADDRESS COUNT       each notification comes so often
        lie|ignore ADDRESS COUNT   Connect (Disconnect) answers success and does nothing
        adapter off|on|blocked|pull|put [NUMBER]
        fail MEMBER COUNT NAME [MESSAGE]   the next calls answer an error
        silence MEMBER COUNT       the next calls are not answered
        freeze|thaw|crash|restart  of bluetoothd
        calls                      what was called so far
        writes                     the bytes that were written to characteristics so far
        wait SECONDS, help, quit
        """

    /// Carries out one line; the text is what to show.
    ///
    /// Nil ends.
    package func run(_ line: String) async -> String? {
        let words = line.split(separator: " ").map(String.init)
        guard let command = words.first, !command.hasPrefix("#") else { return "" }
        let address = words.count > 1 ? words[1].uppercased() : ""
        let number = words.count > 2 ? Double(words[2]) ?? 0 : 0
        switch command {
        case "dot":
            guard words.count > 1 else { return "dot needs an address" }
            var device = FakeDevice.dot(address, rateHertz: number > 0 ? number : 60)
            device.isKnown = false
            await fake.add(device)
        case "myo", "metamotion":
            guard words.count > 1 else { return "\(command) needs an address" }
            var device = command == "myo" ? FakeDevice.myo(address) : .metaMotion(address)
            device.isKnown = false
            await fake.add(device)
        case "play": return await play(address, words.count > 2 ? words[2] : "")
        case "away": await fake.change(address) { $0.isInRange = false }
        case "back": await fake.change(address) { $0.isInRange = true }
        case "battery": await fake.setBattery(address, UInt8(clamping: Int(number)))
        case "drop": await fake.dropLink(address)
        case "reboot": await fake.reboot(address)
        case "copies": await fake.change(address) { $0.copies = Int(number) }
        case "lie": await fake.change(address) { $0.lyingConnects = Int(number) }
        case "ignore": await fake.change(address) { $0.ignoredDisconnects = Int(number) }
        case "adapter": return await adapter(words.dropFirst().map { $0 })
        case "fail":
            guard words.count > 3 else { return "fail needs a member, a count and an error name" }
            let message = words.dropFirst(4).joined(separator: " ")
            await fake.fail(
                words[1], times: Int(number), .error(name: words[3], message: message))
        case "silence": await fake.fail(words[1], times: max(1, Int(number)), .silence)
        case "freeze": await fake.freeze(true)
        case "thaw": await fake.freeze(false)
        case "crash": await fake.crash()
        case "restart": await fake.restart()
        case "calls":
            return await fake.calls.map { "\($0.member) \($0.path)" }.joined(separator: "\n")
        case "writes":
            return await fake.calls.compactMap { call in
                call.bytes.map { bytes in
                    let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
                    return "\(call.path) " + digits.joined(separator: " ")
                }
            }.joined(separator: "\n")
        case "wait":
            await fake.pause(Int64((Double(words.count > 1 ? words[1] : "") ?? 1) * 1e9))
        case "help": return FakeScript.help
        case "quit": return nil
        default: return "unknown: \(command) (help tells all)"
        }
        return ""
    }

    private func play(_ address: String, _ path: String) async -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            return "\(path) cannot be read"
        }
        let packets = text.split(separator: "\n").compactMap { FakeScript.bytes(String($0)) }
        await fake.change(address) { $0.packets = packets }
        return "\(packets.count) packets"
    }

    static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.filter { !$0.isWhitespace }
        guard digits.count % 2 == 0, !digits.isEmpty else { return nil }
        var bytes: [UInt8] = []
        var rest = digits[...]
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return bytes
    }

    private func adapter(_ words: [String]) async -> String {
        switch words.first {
        case "off": await fake.setPowered(false)
        case "blocked": await fake.setPowered(false, blocked: true)
        case "on": await fake.setPowered(true)
        case "pull": await fake.removeAdapter()
        case "put":
            await fake.addAdapter(number: words.count > 1 ? Int(words[1]) ?? 0 : 0)
        default: return "adapter off|on|blocked|pull|put"
        }
        return ""
    }
}
