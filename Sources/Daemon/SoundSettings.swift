// What a person chose about sound, vibration and reminders, on disk: one small JSON file.

import FoundationEssentials
import Plumbing

/// The chosen settings.
struct SoundSettings: Codable, Sendable, Equatable {
    /// Breaking changes only.
    var version = 1
    var volumePercent = 100
    var speech = false
    var language = "en"
    var sonification = false
    var vibration = false
    var breaks = false
    /// What the person says the loudspeaker is behind, ms.
    var delayMilliseconds: Double?

    private enum CodingKeys: String, CodingKey {
        case version, speech, language, sonification, vibration, breaks
        case volumePercent = "volume_percent"
        case delayMilliseconds = "delay_ms"
    }

    /// Every percent is 0.4 dB: equal steps sound equal; the last one down is silence.
    var volumeDecibels: Double { volumePercent == 0 ? -60 : -40 + 0.4 * Double(volumePercent) }

    /// ms of delay that a person may name.
    static let delays = 0.0...5000.0

    private var isSound: Bool {
        version == 1 && (0...100).contains(volumePercent) && (1...12).contains(language.count)
            && delayMilliseconds.map { SoundSettings.delays.contains($0) } ?? true
    }

    /// Reads the file; a sentence where it cannot be used: the defaults are in force then.
    static func load(_ path: String) -> (settings: SoundSettings, complaint: String?) {
        guard FileStore.attributes(path) != nil else { return (SoundSettings(), nil) }
        do throws(PlumbingError) {
            let bytes = try FileStore.read(path, limit: 64 * 1024)
            if let read = try? JSONDecoder().decode(SoundSettings.self, from: Data(bytes)),
                read.isSound
            {
                return (read, nil)
            }
        } catch {
            return (
                SoundSettings(),
                "the sound settings cannot be read: \(error.description). Correct the permissions "
                    + "and start rehabd again; until then the usual ones hold."
            )
        }
        return (
            SoundSettings(),
            "\(path) holds no sound settings of this version: the usual ones hold until you set them "
                + "with: rehabctl sound"
        )
    }

    func save(_ path: String) throws(PlumbingError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let data = try? encoder.encode(self) else {
            throw PlumbingError("write \(path)", code: 22)
        }
        let directory = path.split(separator: "/").dropLast().joined(separator: "/")
        try FileStore.makeDirectory("/" + directory)
        try FileStore.replace(path, with: Array(data) + [10])
    }
}

extension StatePaths {
    var soundSettings: String { state + "/sound.json" }
    var fading: String { state + "/fading" }
    /// The person's own languages of the spoken cues.
    var languages: String { configuration + "/languages" }
}
