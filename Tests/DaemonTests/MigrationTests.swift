// State files of older and newer versions: brought up to date with a copy kept, or left alone.

import DaemonTestKit
import Foundation
import Plumbing
import Testing
import Varlink

@testable import Daemon

@Suite struct MigrationTests {
    /// Version 1 had `rate`, version 2 `rate_hz`, version 3 a list in place of one sensor.
    private static let kind = StateFile(
        version: 3,
        steps: [
            { $0 },
            { fields in
                guard let rate = fields["rate"] else { return nil }
                var next = fields
                next["rate"] = nil
                next["rate_hz"] = rate
                return next
            },
            { fields in ["sensors": .array([.object(fields.filter { $0.key != "version" })])] },
        ])

    private static func content(_ text: String) -> StateFile.Content {
        kind.content(of: Array(text.utf8))
    }

    @Test func olderVersionsGoThroughEveryStep() throws {
        for (text, from) in [("{\"rate\":60}", 0), ("{\"version\":1,\"rate\":60}", 1)] {
            guard case .present(let bytes, let told) = Self.content(text) else {
                Issue.record("\(text) was not migrated")
                continue
            }
            #expect(told == from)
            let value = try JSONReader.read(bytes)
            #expect(value == ["version": 3, "sensors": [["rate_hz": 60]]])
            // Once is enough.
            #expect(Self.kind.content(of: bytes) == .present(bytes, from: nil))
        }
    }

    @Test(arguments: [
        "", "[]", "3", "{", "{\"version\":1}", "{\"version\":\"1\"}", "{\"version\":-1}",
        "{\"version\":0}", "{\"version\":1.5}", "{\"version\":null}",
    ])
    func whatIsOfNoVersionIsUnreadable(_ text: String) {
        #expect(Self.content(text) == .unreadable)
    }

    @Test func newerVersionsAreNotTouched() {
        #expect(Self.content("{\"version\":4,\"x\":1}") == .newer(4))
    }

    /// The real daemon: a list of sensors from before versions, with the old file kept.
    @Test func anUnversionedListOfSensorsIsTakenOver() throws {
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        try FileManager.default.createDirectory(
            atPath: state, withIntermediateDirectories: true)
        let old = """
            {"sensors":[{"address":"D4:22:CD:00:00:01","address_kind":"random","kind":"movella-dot",
            "name":"belt","segment":"pelvis","rate_hz":60,"added":"2026-01-01T00:00:00Z"}]}
            """
        try folder.write("state/sensors.json", old)
        let daemon = try RunningDaemon { $0.state = state }
        #expect(try daemon.status().sensors.map(\.name) == ["belt"])
        #expect(try daemon.status().warnings.isEmpty)
        try daemon.terminate()
        let now = try String(contentsOfFile: state + "/sensors.json", encoding: .utf8)
        #expect(now.contains("\"version\":1"))
        let kept = try String(contentsOfFile: state + "/sensors.json.version-0", encoding: .utf8)
        #expect(kept == old)
    }

    @Test func aNewerListOfSensorsIsPutAsideUnderItsVersion() throws {
        let folder = try TemporaryFolder()
        let state = folder.path + "/state"
        try FileManager.default.createDirectory(
            atPath: state, withIntermediateDirectories: true)
        let newer = "{\"version\":7,\"people\":[]}"
        try folder.write("state/sensors.json", newer)
        let daemon = try RunningDaemon { $0.state = state }
        #expect(try daemon.status().warnings.contains { $0.contains("version-7") })
        let kept = try String(contentsOfFile: state + "/sensors.json.version-7", encoding: .utf8)
        #expect(kept == newer)
    }
}
