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
    targets: [
        // Floor 1: C.
        .target(name: "CRealtime", linkerSettings: [.linkedLibrary("m")]),
        .target(name: "CLinux"),
        // Floor 2: the two foundations.
        .target(name: "Kinematics", dependencies: ["CRealtime"], swiftSettings: strict),
        .target(name: "Plumbing", dependencies: ["CRealtime", "CLinux"], swiftSettings: strict),
    ]
)
