// The sensors that a person has added, on disk: what rehabd connects to by itself.

import FoundationEssentials
import Kinematics
import Plumbing
import Wearables

/// One added sensor.
struct BookEntry: Codable, Sendable, Equatable {
    /// Its identity; names and object paths are none.
    var address: String
    /// `public` or `random`.
    var addressKind: String
    /// Driver name, as in the wearable registry or a person's own description.
    var kind: String
    /// What people call it; unique.
    var name: String
    /// Nil where it is worn nowhere.
    var segment: String?
    var rateHertz: Double
    /// UTC, ISO 8601.
    var added: String
    /// As the device told it at the first connection: another device behind the same address is refused.
    var serialNumber: String?
    /// Told to rest: not connected until asked for.
    var isResting: Bool?

    var deviceAddress: DeviceAddress? { DeviceAddress(address) }

    private enum CodingKeys: String, CodingKey {
        case address, kind, name, segment, added
        case addressKind = "address_kind"
        case rateHertz = "rate_hz"
        case serialNumber = "serial_number"
        case isResting = "resting"
    }
}

/// Reads and writes the book.
///
/// Owned by the Supervisor. A file that cannot be read is put aside, never overwritten.
struct SensorBook {
    private struct File: Codable {
        var version = 1
        var sensors: [BookEntry]
    }

    let path: String
    private(set) var entries: [BookEntry] = []

    private static let sizeLimit = 1 << 20

    init(path: String) { self.path = path }

    /// Reads the file; returns a sentence where that did not go well.
    mutating func load() -> String? {
        guard FileStore.attributes(path) != nil else { return nil }
        let content: StateFile.Content
        do throws(PlumbingError) {
            content = try StateFile.first.read(path, limit: SensorBook.sizeLimit)
        } catch {
            return
                "the list of sensors cannot be read: \(error.description). Correct its permissions "
                + "and start rehabd again."
        }
        if case .present(let bytes, _) = content,
            let file = try? JSONDecoder().decode(File.self, from: Data(bytes)),
            file.sensors.allSatisfy(SensorBook.isSound)
        {
            entries = file.sensors
            return nil
        }
        var aside = path + ".unreadable"
        if case .newer(let version) = content { aside = path + ".version-\(version)" }
        do throws(PlumbingError) {
            try FileStore.move(path, to: aside)
            return
                "\(path) is not a list of sensors of this version: it was put aside as \(aside). "
                + "Add the sensors again with: rehabctl setup"
        } catch {
            return "\(path) is not a list of sensors of this version, and cannot be put aside: "
                + "\(error.description)"
        }
    }

    private static func isSound(_ entry: BookEntry) -> Bool {
        entry.deviceAddress != nil && ["public", "random"].contains(entry.addressKind)
            && (1...4000).contains(entry.rateHertz) && !entry.name.isEmpty
            && (entry.segment.map { Segment(name: $0) != nil } ?? true)
    }

    subscript(address: DeviceAddress) -> BookEntry? {
        entries.first { $0.deviceAddress == address }
    }

    /// By name, or by address.
    func find(_ text: String) -> BookEntry? {
        entries.first { $0.name == text }
            ?? DeviceAddress(text).flatMap { address in self[address] }
    }

    /// A name that is free: the kind and a number.
    func freeName(for kind: String, besides taken: Set<String>) -> String {
        let taken = taken.union(entries.map(\.name))
        var number = 1
        while taken.contains("\(kind)-\(number)") { number += 1 }
        return "\(kind)-\(number)"
    }

    /// Adds or replaces, by address.
    mutating func put(_ entry: BookEntry) throws(PlumbingError) {
        var changed = entries.filter { $0.deviceAddress != entry.deviceAddress }
        changed.append(entry)
        try save(changed)
    }

    mutating func remove(_ address: DeviceAddress) throws(PlumbingError) {
        try save(entries.filter { $0.deviceAddress != address })
    }

    /// The book changes only once the file has.
    private mutating func save(_ changed: [BookEntry]) throws(PlumbingError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let data = try? encoder.encode(File(sensors: changed)) else {
            throw PlumbingError("write \(path)", code: 22)
        }
        try FileStore.replace(path, with: Array(data) + [10])
        entries = changed
    }
}
