// The exercises this program knows: one line each.

package import TomlReading

/// The built-in catalogue, embedded in the binary.
package enum Catalogue {
    /// File name and bytes of each built-in exercise.
    private static let files: [(name: String, bytes: [UInt8])] = [
        ("glute-set.toml", PackageResources.glute_set_toml),
        ("static-abd-supine.toml", PackageResources.static_abd_supine_toml),
        ("static-abd-stand.toml", PackageResources.static_abd_stand_toml),
        ("clam.toml", PackageResources.clam_toml),
        ("side-lift.toml", PackageResources.side_lift_toml),
        ("bridge.toml", PackageResources.bridge_toml),
        ("stand-abd.toml", PackageResources.stand_abd_toml),
        ("hip-hitch.toml", PackageResources.hip_hitch_toml),
        ("one-leg-stand.toml", PackageResources.one_leg_stand_toml),
        ("march.toml", PackageResources.march_toml),
        ("squat.toml", PackageResources.squat_toml),
        ("hinge.toml", PackageResources.hinge_toml),
        ("side-step.toml", PackageResources.side_step_toml),
        ("sit-stand.toml", PackageResources.sit_stand_toml),
        ("step-up.toml", PackageResources.step_up_toml),
        ("side-step-down.toml", PackageResources.side_step_down_toml),
        ("sl-squat.toml", PackageResources.sl_squat_toml),
        ("carry.toml", PackageResources.carry_toml),
        ("gait.toml", PackageResources.gait_toml),
        ("decelerate.toml", PackageResources.decelerate_toml),
        ("hops.toml", PackageResources.hops_toml),
        ("habits.toml", PackageResources.habits_toml),
    ]

    /// Names of the built-in files, for the house's own checks.
    package static var fileNames: [String] { files.map(\.name) }

    /// The text of a built-in file, the model for a person's own; nil where none has that name.
    package static func text(_ name: String) -> String? {
        files.first { $0.name == name }.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// All built-in exercises, in the catalogue's order.
    package static func load() throws(TomlError) -> [Exercise] {
        var exercises: [Exercise] = []
        for file in files {
            exercises.append(
                try ExerciseFile.parse(
                    String(decoding: file.bytes, as: UTF8.self), file: file.name))
        }
        let set = ExerciseSet(builtIn: exercises)
        for exercise in exercises {
            if let fault = set.linkFault(for: exercise) { throw fault }
        }
        return exercises
    }
}
