// What a restarted daemon goes on with, after a crash or an upgrade: the open recording and the set.

import Control
import FoundationEssentials
import Plumbing
import ServiceManager

/// The session as its successor finds it.
struct SessionNote: Codable, Sendable, Equatable {
    /// Breaking changes only: a successor of another version begins anew.
    var version = 1
    var recording: String
    var path: String
    /// The exercise in progress; nil between sets.
    var exercise: String?
    var side: String?
    var probe: Bool?
    var thresholds: [Rehab1.Threshold]?
    var count: Int64?
    var holdSeconds: Double?
    /// False: the user asked not to record.
    var record: Bool?
    /// Host time of the last change, ns.
    var time: Int64
}

/// Keeps the note and the file in the manager's store for as long as a session lasts.
///
/// Owned by the Supervisor.
struct SessionKeeper {
    private static let noteName = "session"
    private static let fileName = "recording"

    private var text: StoredText?
    private(set) var note: SessionNote?

    /// A session began to record into `file`.
    mutating func begin(_ note: SessionNote, file: Int32) {
        guard DescriptorStore.isThere, file >= 0 else { return }
        let text = self.text ?? StoredText(name: "rehabd-session")
        guard let text else { return }
        self.text = text
        self.note = note
        write()
        // What the predecessor left is ours now; the store has room for so many only.
        DescriptorStore.forget(SessionKeeper.noteName)
        DescriptorStore.forget(SessionKeeper.fileName)
        DescriptorStore.keep(text.descriptor.rawValue, as: SessionKeeper.noteName)
        DescriptorStore.keep(file, as: SessionKeeper.fileName)
    }

    /// The set that runs as it was asked for; nil between sets.
    mutating func setExercise(_ call: Rehab1.StartExercise?) {
        guard note != nil else { return }
        note?.exercise = call?.exercise
        note?.side = call?.side
        note?.probe = call?.probe
        note?.thresholds = call?.thresholds
        note?.count = call?.count
        note?.holdSeconds = call?.holdSeconds
        if let record = call?.record { note?.record = record }
        write()
    }

    /// The daemon ends in order, perhaps to be started again at once: the successor finds what ran.
    mutating func leave(_ running: SessionNote?, at time: Int64) {
        guard note != nil, var running else { return }
        running.time = time
        note = running
        write()
    }

    /// The session ended in order: nothing is left to go on with.
    mutating func end() {
        guard note != nil else { return }
        note = nil
        text = nil
        DescriptorStore.forget(SessionKeeper.noteName)
        DescriptorStore.forget(SessionKeeper.fileName)
    }

    private func write() {
        guard let text, let note, let data = try? JSONEncoder().encode(note) else { return }
        text.write(Array(data))
    }

    // MARK: after a restart

    /// What the last daemon left; nil where nothing ran, or its file is gone.
    static func inherit() -> Inherited? {
        guard let kept = DescriptorStore.take(noteName) else { return nil }
        guard let file = DescriptorStore.take(fileName),
            let note = try? JSONDecoder().decode(
                SessionNote.self, from: Data(StoredText(kept).read())), note.version == 1,
            FileStore.isSame(file.rawValue, note.path)
        else {
            DescriptorStore.forget(noteName)
            DescriptorStore.forget(fileName)
            return nil
        }
        return Inherited(note: note, file: file)
    }

    /// A recording to go on with.
    struct Inherited: Sendable {
        var note: SessionNote
        let file: SharedDescriptor
    }
}
