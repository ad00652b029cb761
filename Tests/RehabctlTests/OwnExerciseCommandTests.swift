// A person's own exercise from the model to the list, without a daemon.

import DaemonTestKit
import Foundation
import Plumbing
import Testing

@Suite(.scene()) struct OwnExerciseCommandTests {
    @Test func aBuiltInFileIsTheModelForOnesOwn() throws {
        let home = try TemporaryFolder()
        let folder = home.path + "/rehabd/exercises"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        func exercises(_ arguments: [String]) throws -> ProgramResult {
            try Program.run(
                Products.rehabctl, ["exercises"] + arguments,
                environment: Program.environment([
                    "XDG_CONFIG_HOME": home.path, "REHABD_SOCKET": home.path + "/none",
                ]))
        }
        let model = try exercises(["show", "squat", "--toml"])
        #expect(model.code == 0 && model.output.contains("id = \"squat\""), "\(model)")
        let file = folder + "/wall-squat.toml"
        try model.output.replacing("id = \"squat\"", with: "id = \"wall-squat\"")
            .replacing("number = 11", with: "number = 23")
            .write(toFile: file, atomically: true, encoding: .utf8)
        // It is where it counts already, and yet it is new: not held against itself.
        let check = try exercises(["check", file])
        #expect(check.code == 0 && check.output.contains(", new"), "\(check)")
        #expect(try exercises(["list"]).output.contains("EX23"))
        let own = try exercises(["show", "wall-squat", "--toml"])
        #expect(own.output.contains("id = \"wall-squat\""), "\(own)")
    }
}
