// A person's own exercise from the model to the list, without a daemon.

import Control
import DaemonTestKit
import Foundation
import Plumbing
import Testing

/// A person's directory of exercises, and `rehabctl exercises` that reads it.
private struct OwnFolder {
    private let home: TemporaryFolder
    var folder: String { home.path + "/rehabd/exercises" }

    init() throws {
        home = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
    }

    func exercises(_ arguments: [String]) throws -> ProgramResult {
        try Program.run(
            Products.rehabctl, ["exercises"] + arguments,
            environment: Program.environment([
                "XDG_CONFIG_HOME": home.path, "REHABD_SOCKET": home.path + "/none",
            ]))
    }
}

@Suite(.scene()) struct OwnExerciseCommandTests {
    @Test func aBuiltInFileIsTheModelForOnesOwn() throws {
        let person = try OwnFolder()
        let (folder, exercises) = (person.folder, person.exercises)
        let model = try exercises(["show", "squat", "--toml"])
        #expect(model.code == 0 && model.output.contains("id = \"squat\""), "\(model)")
        let file = folder + "/wall-squat.toml"
        try model.output.replacing("id = \"squat\"", with: "id = \"wall-squat\"")
            .replacing("number = 11", with: "number = 23")
            .write(toFile: file, atomically: true, encoding: .utf8)
        // It is where it counts already, and yet it is new: not held against itself.
        let check = try exercises(["check", file])
        #expect(check.code == 0 && check.output.contains(", new"), "\(check)")
        let list = try exercises(["list"]).output
        #expect(list.contains("EX23"))
        // Torn into the lines of a narrow column, a path is none.
        #expect(list.contains("(own)") && !list.contains("/"), "\(list)")
        // Another file's fault is not this one's, whichever comes first.
        for name in ["a-ring", "z-ring"] {
            try model.output.replacing("id = \"squat\"", with: "id = \"\(name)\"")
                .replacing("number = 11", with: "numbr = 24")
                .write(toFile: folder + "/\(name).toml", atomically: true, encoding: .utf8)
        }
        let other = try exercises(["check", folder + "/z-ring.toml"])
        #expect(
            other.code == 65 && other.output.contains("z-ring.toml:")
                && !other.output.contains("a-ring"), "\(other)")
        #expect(try exercises(["check", file]).code == 0)
        let own = try exercises(["show", "wall-squat", "--toml"])
        #expect(own.output.contains("id = \"wall-squat\""), "\(own)")
    }

    /// A draft is checked where it is written, before it takes the place of the one that is installed.
    @Test func aDraftIsNoDuplicateOfWhatItReplaces() throws {
        let person = try OwnFolder()
        let (folder, exercises) = (person.folder, person.exercises)
        let text = try exercises(["show", "squat", "--toml"]).output
            .replacing("id = \"squat\"", with: "id = \"wall-squat\"")
            .replacing("number = 11", with: "number = 23")
        try text.write(toFile: folder + "/wall-squat.toml", atomically: true, encoding: .utf8)
        let drafts = try TemporaryFolder()
        let draft = drafts.path + "/wall-squat.toml"
        try text.replacing("version = 1", with: "version = 2")
            .write(toFile: draft, atomically: true, encoding: .utf8)
        let check = try exercises(["check", draft])
        #expect(check.code == 0, "\(check)")
        #expect(
            check.output.contains("version 2")
                && check.output.contains(
                    "takes the place of version 1 of \(folder)/wall-squat.toml"),
            "\(check)")
        // Two that are installed are still one too many.
        try text.replacing("version = 1", with: "version = 3").write(
            toFile: folder + "/z-squat.toml", atomically: true, encoding: .utf8)
        let second = try exercises(["check", folder + "/z-squat.toml"])
        #expect(second.code == 65 && second.output.contains("is in "), "\(second)")
    }

    /// Two files that name each other are right, each checked beside the other; a ring is told as one.
    @Test func filesThatNameEachOtherAreCheckedTogether() throws {
        let person = try OwnFolder()
        let (folder, exercises) = (person.folder, person.exercises)
        let model = try exercises(["show", "squat", "--toml"]).output
            .replacing(/(?m)^(easier|harder)-exercise = .*$/, with: "")
        func write(_ id: String, _ number: Int, _ link: String) throws {
            try model.replacing("id = \"squat\"", with: "id = \"\(id)\"")
                .replacing("number = 11", with: "number = \(number)")
                .replacing("[dose]", with: link + "\n[dose]")
                .write(toFile: folder + "/\(id).toml", atomically: true, encoding: .utf8)
        }
        try write("low-one", 30, "harder-exercise = \"high-one\"")
        try write("high-one", 31, "easier-exercise = \"low-one\"")
        for id in ["low-one", "high-one"] {
            let check = try exercises(["check", folder + "/\(id).toml"])
            #expect(check.code == 0 && check.output.contains(", new"), "\(check)")
        }
        try write("high-one", 31, "harder-exercise = \"low-one\"")
        for id in ["low-one", "high-one"] {
            let check = try exercises(["check", folder + "/\(id).toml"])
            #expect(check.code == 65 && check.output.contains("goes round in a ring"), "\(check)")
        }
    }

    /// A file with a fault is left out, and whoever looks for it is told why.
    @Test func aFileThatIsLeftOutIsSaidWhereItIsMissed() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path + "/exercises", withIntermediateDirectories: true)
        try folder.write("exercises/mine.toml", "format = 1\nid = \"mine\"\nspeling = 3\n")
        let daemon = try RunningDaemon {
            $0.environment = ["CONFIGURATION_DIRECTORY": folder.path]
        }
        #expect(try daemon.status().warnings.contains { $0.contains("mine.toml:") })
        let start = try daemon.rehabctl(["start", "mine"])
        #expect(start.code == 65 && start.errors.contains("left out: "), "\(start)")
        #expect(start.errors.contains("mine.toml:"), "\(start)")
        #expect(try daemon.rehabctl(["exercises", "list"]).errors.contains("mine.toml:"))
        // Mended, it is no longer said, whoever asks first.
        let mended = try daemon.rehabctl(["exercises", "show", "squat", "--toml"]).output
            .replacing("id = \"squat\"", with: "id = \"mine\"")
            .replacing("number = 11", with: "number = 23")
        try folder.write("exercises/mine.toml", mended)
        let status = try daemon.rehabctl(["status"])
        #expect(!status.output.contains("mine.toml"), "\(status)")
        // One that nobody may read is said, and is not any more once it is gone.
        try FileManager.default.createDirectory(
            atPath: folder.path + "/exercises/z.toml", withIntermediateDirectories: true)
        #expect(try daemon.rehabctl(["exercises", "list"]).errors.contains("z.toml"))
        #expect(try daemon.status().warnings.contains { $0.contains("z.toml") })
        try FileManager.default.removeItem(atPath: folder.path + "/exercises/z.toml")
        #expect(try !daemon.status().warnings.contains { $0.contains("z.toml") })
    }
}
