// Order in the house: vectors for every registry line, short files with a head, words we do not use.

import Alerts
import Exercises
import Foundation
import Testing
import Wearables

@Suite("Household")
struct HouseholdTests {
    @Test("every wearable has its vectors")
    func wearablesHaveVectors() {
        #expect(!wearableRegistry.isEmpty)
        for family in wearableRegistry {
            let path = "Tests/WearablesTests/Vectors/\(family.identity.name).json"
            #expect(House.exists(path), "\(path) is missing")
        }
    }

    @Test("every exercise has a clean and a faulty recording with script and golden")
    func exercisesHaveRecordings() throws {
        let exercises = try Catalogue.load()
        #expect(exercises.count == Catalogue.fileNames.count)
        for exercise in exercises {
            for run in ["clean", "fault"] {
                for ending in ["toml", "recording", "golden"] {
                    let path = "Tests/ReplayTests/Recordings/\(exercise.id)-\(run).\(ending)"
                    #expect(House.exists(path), "\(path) is missing")
                }
            }
        }
    }

    @Test("every catalogue file is in the registry")
    func catalogueIsRegistered() throws {
        let folder = House.root.appending(path: "Sources/Exercises/Catalogue")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(files) == Set(Catalogue.fileNames))
    }

    @Test("every alert output has its golden")
    func outputsHaveGoldens() {
        #expect(!alertOutputNames.isEmpty)
        for name in alertOutputNames {
            #expect(House.exists("Tests/AlertsTests/Vectors/\(name).golden"), "\(name)")
        }
    }

    @Test("files are short and begin with their one job")
    func filesAreShort() throws {
        for file in House.swiftFiles(in: "Sources") + House.swiftFiles(in: "Tests") {
            let text = try House.text(file)
            let count = text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
            #expect(count <= 400, "\(file) has \(count) lines")
            #expect(text.hasPrefix("//"), "\(file) has no head comment")
        }
    }

    @Test("words that the project does not use")
    func wordsAreClean() throws {
        let forbidden = [
            "positive trendelenburg", "weak gluteus", "tendinopathy detected", "injury risk",
            "guaranteed", "cures ", " treats ", "you are cleared",
        ]
        let texts = House.swiftFiles(in: "Sources") + ["README.md"]
        for file in texts {
            let text = try House.text(file).lowercased()
            for word in forbidden { #expect(!text.contains(word), "\(file) says \"\(word)\"") }
        }
    }
}
