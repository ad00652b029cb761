// What the service reads: its settings, its state files, the helper's messages, texts to be made anonymous.

import Daemon
import LinkProtocol
import Movement
import TomlReading
import Varlink

/// Input: rehabd.toml.
enum ConfigurationFuzz {
    static func run(_ bytes: [UInt8]) {
        do throws(TomlError) {
            let settings = try Configuration(
                text: String(decoding: bytes, as: UTF8.self), file: "fuzz.toml")
            promise(!settings.soundDevice.isEmpty, "an empty device was taken")
            promise(
                settings.linkHelper.isEmpty || settings.linkHelper.hasPrefix("/"), "a relative path"
            )
            promise((1...168).contains(settings.calibrationHours), "a wear without an end")
            promise(settings.values.count == 21, "a setting is missing")
            let fading = settings.practice.fading
            promise(
                fading.shares.count == 5 && fading.blockStarts.count == 3, "a schedule with holes")
            promise(fading.independent < fading.dependent, "a step both ways")
            _ = DaemonSettings(environment: [:], configuration: settings)
        } catch {
            promise(error.description.hasPrefix("fuzz.toml"), "an error without its file")
        }
    }
}

/// Input: a JSON file of the state directory.
enum StateFileFuzz {
    private static let kind = StateFile(version: 3, steps: [{ $0 }, { $0 }, { $0 }])

    static func run(_ bytes: [UInt8]) {
        for kind in [StateFile.first, kind] {
            switch kind.content(of: bytes) {
            case .unreadable: break
            case .newer(let version): promise(version > kind.version, "not newer")
            case .present(let present, let from):
                promise(from.map { $0 < kind.version } ?? true, "migrated from the future")
                promise(
                    kind.content(of: present) == .present(present, from: nil),
                    "migrating once is not enough")
            }
        }
    }
}

/// Input: the stream of bytes between the daemon and its helper.
enum LinkProtocolFuzz {
    static func run(_ bytes: [UInt8]) {
        var framing = LinkFraming(length: LinkRequest.length)
        for message in framing.add(bytes) {
            promise(message.count == LinkRequest.length, "a message of another length")
            guard let request = try? LinkRequest(message) else { continue }
            promise(request.bytes == message, "a request changes")
            promise(LinkRequest.intervals.contains(request.interval), "an interval out of range")
            promise(LinkRequest.timeouts.contains(request.timeout), "a timeout out of range")
        }
        var answers = LinkFraming(length: LinkReply.length)
        for message in answers.add(bytes) {
            guard let reply = try? LinkReply(message) else { continue }
            promise(reply.bytes == message, "a reply changes")
        }
    }
}

/// Input: a text with a known address and a known name somewhere.
enum AnonymityFuzz {
    private static let address = "D4:22:CD:0A:A1:B2"

    static func run(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let clean = Anonymity.remove(from: text, hidden: ["Annas-DOT": "pelvis"])
        promise(
            clean.split(separator: "\n", omittingEmptySubsequences: false).count
                == text.split(separator: "\n", omittingEmptySubsequences: false).count,
            "lines were lost")
        let told = Anonymity.remove(
            from: "\(text) \(address) Annas-DOT \(text)",
            hidden: [
                "Annas-DOT": "pelvis"
            ])
        promise(!told.contains(" \(address) "), "an address stayed")
        promise(!told.contains(" Annas-DOT "), "a name stayed")
    }
}
