// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .strictMemorySafety(), .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "rehabd",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        // Floor 1: C.
        .target(name: "CRealtime", linkerSettings: [.linkedLibrary("m")]),
        .target(name: "CLinux"),
        // Floor 2: the two foundations.
        .target(name: "Kinematics", dependencies: ["CRealtime"], swiftSettings: strict),
        .target(name: "Plumbing", dependencies: ["CRealtime", "CLinux"], swiftSettings: strict),
        .target(
            name: "TomlReading", dependencies: [.product(name: "TOMLKit", package: "TOMLKit")],
            swiftSettings: strict),
        // Floor 3.
        .target(name: "Movement", dependencies: ["Kinematics"], swiftSettings: strict),
        .target(name: "Estimation", dependencies: ["Kinematics"], swiftSettings: strict),
        .target(name: "Wearables", dependencies: ["Kinematics"], swiftSettings: strict),
        // Floor 4.
        .target(
            name: "Pipeline",
            dependencies: ["Wearables", "Estimation", "Movement", "Kinematics", "Plumbing"],
            swiftSettings: strict),
        .target(
            name: "Recording", dependencies: ["Movement", "Kinematics", "Plumbing"],
            swiftSettings: strict),
        .target(
            name: "Exercises", dependencies: ["Kinematics", "Movement", "TomlReading"],
            resources: [.embedInCode("Catalogue")], swiftSettings: strict),
    ]
)
