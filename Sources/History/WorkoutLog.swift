// The workout log on disk: lines of JSON, whole or not at all, for the person's own eyes.

import FoundationEssentials
import Plumbing

/// What the log could not do, and what helps.
package struct HistoryError: Error, Equatable, Sendable, CustomStringConvertible {
    package let reason: String
    package let cure: String

    package var description: String { "\(reason); \(cure)" }
}

/// The log of one person.
///
/// The first line names the format. Lines that this program does not understand are counted and kept as
/// they are: they may be a newer version's. Every change writes the whole file anew beside the old one
/// and renames it, under a lock, readable for its owner alone.
package struct WorkoutLog: Sendable {
    package let path: String
    package private(set) var entries: [LogEntry] = []
    /// Lines that could not be read.
    package private(set) var unread = 0
    private var lines: [String] = []

    private static let format = "rehabd-log"
    private static let version = 1
    /// Some 40 years of daily work.
    private static let sizeLimit = 64 << 20
    /// A lock is held for milliseconds; this many tries of 20 ms.
    private static let lockTries = 100

    private struct Head: Codable {
        var format: String
        var version: Int
    }

    /// Reads the log; one that is not there is empty.
    package init(path: String) throws(HistoryError) {
        self.path = path
        try read()
    }

    private mutating func read() throws(HistoryError) {
        guard FileStore.attributes(path) != nil else { return }
        let bytes: [UInt8]
        do throws(PlumbingError) {
            bytes = try FileStore.read(path, limit: WorkoutLog.sizeLimit)
        } catch {
            throw HistoryError(
                reason: "the workout log cannot be read: \(error.description)",
                cure: "correct its permissions, or move it away to begin a new one")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let all = text.split(separator: "\n").map(String.init)
        guard let first = all.first else { return }
        guard let head: Head = WorkoutLog.decode(first), head.format == WorkoutLog.format else {
            throw HistoryError(
                reason: "\(path) is not a workout log", cure: "move it away to begin a new one")
        }
        guard head.version == WorkoutLog.version else {
            throw HistoryError(
                reason: "\(path) is of version \(head.version), this program knows version "
                    + "\(WorkoutLog.version)",
                cure: "install a newer rehabctl")
        }
        lines = Array(all.dropFirst())
        entries = []
        unread = 0
        for line in lines {
            if let entry: LogEntry = WorkoutLog.decode(line) {
                entries.append(entry)
            } else {
                unread += 1
            }
        }
    }

    private static func decode<Value: Decodable>(_ line: String) -> Value? {
        try? JSONDecoder().decode(Value.self, from: Data(line.utf8))
    }

    private static func encode(_ value: some Encodable) -> String? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The log as it would be with one more entry; nothing is written.
    package func with(_ entry: LogEntry) -> WorkoutLog {
        var log = self
        log.entries.append(entry)
        return log
    }

    /// Adds entries; what another program added meanwhile is kept.
    package mutating func append(_ new: [LogEntry]) throws(HistoryError) {
        let added = new.compactMap { WorkoutLog.encode($0) }
        guard added.count == new.count,
            let head = WorkoutLog.encode(
                Head(format: WorkoutLog.format, version: WorkoutLog.version))
        else {
            throw HistoryError(
                reason: "an entry of the log holds no number where one belongs",
                cure: "please report this with the command that you gave")
        }
        do throws(PlumbingError) {
            try FileStore.makeDirectory(
                "/" + path.split(separator: "/").dropLast().joined(separator: "/"), mode: 0o700)
            let lock = try WorkoutLog.lock(path + ".lock")
            defer { withExtendedLifetime(lock) {} }
            try reread()
            let text = ([head] + lines + added).joined(separator: "\n") + "\n"
            try FileStore.replace(path, with: Array(text.utf8), mode: 0o600)
        } catch {
            throw HistoryError(
                reason: "the workout log cannot be written: \(error.description)",
                cure: "free space or correct the permissions; nothing of the old log is lost")
        }
        lines += added
        entries += new
    }

    /// Reads again; a log that became unreadable meanwhile stays as it is.
    private mutating func reread() throws(PlumbingError) {
        do throws(HistoryError) {
            try read()
        } catch {
            throw PlumbingError("read \(path) again", code: 5)
        }
    }

    private static func lock(_ path: String) throws(PlumbingError) -> SharedDescriptor {
        for _ in 0..<lockTries {
            if let lock = try FileStore.lock(path) { return SharedDescriptor(lock) }
            MonotonicClock.sleep(until: MonotonicClock.now() + 20_000_000)
        }
        throw PlumbingError("lock \(path)", code: 11)
    }
}

extension WorkoutLog {
    /// The sets, oldest first.
    package var sets: [(day: Day, set: SetEntry)] {
        entries.compactMap { entry in
            if case .set(let set) = entry.content { (entry.day, set) } else { nil }
        }
    }

    /// The newest answer of each day.
    package var mornings: [Day: MorningEntry] {
        var found: [Day: MorningEntry] = [:]
        for entry in entries {
            if case .morning(let morning) = entry.content { found[entry.day] = morning }
        }
        return found
    }

    /// The present stage and since when; nil before the first.
    package var stage: (day: Day, entry: StageEntry)? {
        for entry in entries.reversed() {
            if case .stage(let stage) = entry.content { return (entry.day, stage) }
        }
        return nil
    }

    /// The newest answer to the questions before any exercise.
    package var health: (day: Day, entry: HealthEntry)? {
        for entry in entries.reversed() {
            if case .health(let health) = entry.content { return (entry.day, health) }
        }
        return nil
    }

    /// Left, right or both, as the person said last; nil: never said.
    package var painfulSide: String? {
        for entry in entries.reversed() {
            if case .person(let person) = entry.content { return person.painfulSide }
        }
        return nil
    }
}
