// The log on disk: whole, private, versioned, and careful with lines it does not know.

import Foundation
import Testing

@testable import History

/// A folder for the tests of this target, left to the system's own cleaning of /tmp at their end.
struct Folder {
    let path: String

    static let shared = Result {
        let path = NSTemporaryDirectory() + "/rehabd-history-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return Folder(path: path)
    }
}

extension Result where Success == Folder {
    var path: String { get throws { try get().path } }
}

@Suite struct WorkoutLogTests {
    private func newPath() throws -> String {
        try Folder.shared.path + "/\(UUID().uuidString)/state/log.jsonl"
    }

    private let entries = [
        LogEntry(
            day: Logs.today,
            .set(
                Logs.set {
                    $0.during = 3
                    $0.typicalDegrees = ["C01 drop": 2.5]
                })),
        LogEntry(day: Logs.today, .morning(MorningEntry(pain: 2, place: "outer hip", night: 1))),
        LogEntry(day: Logs.today, .stage(StageEntry(stage: 2, why: "by the person"))),
        LogEntry(day: Logs.today, .health(HealthEntry(applies: false))),
        LogEntry(
            day: Logs.today,
            .threshold(
                ThresholdEntry(exercise: "squat", rule: "C01", onDegrees: nil, by: "Dr. Ö \"x\""))),
    ]

    @Test func everyKindOfEntryComesBackAsItWas() throws {
        let path = try newPath()
        var log = try WorkoutLog(path: path)
        #expect(log.entries.isEmpty)
        for entry in entries { try log.append([entry]) }
        let again = try WorkoutLog(path: path)
        #expect(again.entries == entries && log.entries == entries)
        #expect(again.unread == 0)
    }

    @Test func itIsForItsOwnerAlone() throws {
        let path = try newPath()
        var log = try WorkoutLog(path: path)
        try log.append(entries)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? Int) == 0o600)
        let folder = URL(filePath: path).deletingLastPathComponent().path
        let of = try FileManager.default.attributesOfItem(atPath: folder)
        #expect((of[.posixPermissions] as? Int) == 0o700)
        // Nothing half-written lies around.
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                == ["log.jsonl", "log.jsonl.lock"])
    }

    @Test func whatAnotherProgramAddedIsKept() throws {
        let path = try newPath()
        var one = try WorkoutLog(path: path)
        var two = try WorkoutLog(path: path)
        try one.append([entries[0]])
        try two.append([entries[1]])
        #expect(two.entries == [entries[0], entries[1]])
        #expect(try WorkoutLog(path: path).entries == [entries[0], entries[1]])
    }

    @Test func linesOfANewerProgramAreCountedAndKept() throws {
        let path = try newPath()
        var log = try WorkoutLog(path: path)
        try log.append([entries[0]])
        let strange = #"{"day":"2026-11-26","dream":{"of":"sheep"}}"#
        let torn = #"{"day":"2026-11-26","set":{"before":2,"cu"#
        try (String(contentsOfFile: path, encoding: .utf8) + strange + "\n" + torn)
            .write(toFile: path, atomically: true, encoding: .utf8)
        var again = try WorkoutLog(path: path)
        #expect(again.unread == 2 && again.entries == [entries[0]])
        try again.append([entries[1]])
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 5)
        #expect(lines.contains { $0 == strange } && lines.contains { $0 == torn })
        #expect(try WorkoutLog(path: path).entries == [entries[0], entries[1]])
    }

    @Test(arguments: [
        ("hello\n", "not a workout log"), (#"{"format":"rehabd-log","version":2}"#, "version 2"),
        (#"{"format":"else","version":1}"#, "not a workout log"),
    ])
    func whatIsNoLogIsRefusedAndNotOverwritten(_ text: String, _ reason: String) throws {
        let path = try newPath()
        try FileManager.default.createDirectory(
            at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        do throws(HistoryError) {
            _ = try WorkoutLog(path: path)
            Issue.record("it was read")
        } catch {
            #expect(error.reason.contains(reason), "\(error)")
            #expect(!error.cure.isEmpty)
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }

    /// Lines of random bytes and of cut entries: read or counted, never a crash.
    @Test func noiseIsCounted() throws {
        var random = SystemRandomNumberGenerator()
        let path = try newPath()
        var log = try WorkoutLog(path: path)
        try log.append(entries)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let head = try #require(text.split(separator: "\n").first)
        for _ in 0..<200 {
            var bytes = Array(text.utf8.dropFirst(head.utf8.count + 1))
            for _ in 0..<20 {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] = UInt8.random(in: 0...255, using: &random)
            }
            try Data(Array(head.utf8) + [10] + bytes).write(to: URL(filePath: path))
            let read = try WorkoutLog(path: path)
            #expect(read.entries.count <= 60)
        }
    }
}
