// The exercises this program knows: one line each.

package import TomlReading

/// The built-in catalogue, embedded in the binary.
package enum Catalogue {
    /// File name and bytes of each built-in exercise.
    private static let files: [(name: String, bytes: [UInt8])] = [
        ("one-leg-stand.toml", PackageResources.one_leg_stand_toml)
    ]

    /// Names of the built-in files, for the house's own checks.
    package static var fileNames: [String] { files.map(\.name) }

    /// All built-in exercises, in the catalogue's order.
    package static func load() throws(TomlError) -> [Exercise] {
        var exercises: [Exercise] = []
        for file in files {
            exercises.append(
                try ExerciseFile.parse(
                    String(decoding: file.bytes, as: UTF8.self), file: file.name))
        }
        return exercises
    }
}
