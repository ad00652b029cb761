// Every recording in the folder, run again without threads, comes to its golden.

import Foundation
import Plumbing
import Recording
import Testing

@Suite("Recordings and their goldens")
struct RecordingReplayTests {
    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: Golden.folder.path)) ?? []
        return files.filter { $0.hasSuffix(".recording") }.map { String($0.dropLast(10)) }.sorted()
    }()

    @Test("there are recordings")
    func foundRecordings() { #expect(!RecordingReplayTests.names.isEmpty) }

    /// `side-step-down` begins as `side-step` does.
    @Test(
        "the list of what to record names exercises and recordings, not beginnings of names",
        arguments: [
            ("side-step", ["side-step-clean", "side-step-fault"]),
            ("side-step-down-fault", ["side-step-down-fault"]),
            ("one-leg-stand", ["one-leg-stand", "one-leg-stand-clean", "one-leg-stand-fault"]),
            ("squat,gait-fault", ["gait-fault", "squat-clean", "squat-fault"]),
            ("1", names), ("", []), ("s", []), (",", []),
        ])
    func listOfRecordings(list: String, recorded: [String]) {
        #expect(RecordingReplayTests.names.filter { Golden.isNamed($0, in: list) } == recorded)
    }

    @Test("comes to its golden, and to the same twice", arguments: names)
    func comesToGolden(name: String) throws {
        let path = Golden.folder.appending(path: "\(name).recording").path
        let recording = try RecordingReader.parse(
            try FileStore.read(path, limit: RecordingFormat.readLimit), file: path)
        // A recording without a head is not a recording of anything known.
        for key in ["date", "device", "placement", "who", "notes"] {
            #expect(recording.value(key) != nil, "\(name).recording has no \(key)")
        }
        let text = try Golden.text(recording, name: name)
        #expect(text == (try Golden.text(recording, name: name)))
        try Golden.check(text, name: name)
    }
}
