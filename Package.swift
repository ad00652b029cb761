// swift-tools-version: 6.3
import PackageDescription

/// Tests look into rooms and call the C library freely.
let testing: [SwiftSetting] = [
    .swiftLanguageMode(.v6), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
let strict: [SwiftSetting] =
    testing + [
        .strictMemorySafety(), .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]

/// A test target, with the rooms it looks into.
func tests(_ name: String, _ rooms: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: rooms, exclude: exclude, swiftSettings: testing)
}

let tests: [Target] = [
    tests("HouseTests", ["Alerts", "Exercises", "Wearables"]),
    tests("KinematicsTests", ["Kinematics"]),
    tests("PlumbingTests", ["Plumbing"]),
    tests("TomlReadingTests", ["TomlReading"]),
    tests("EstimationTests", ["Estimation", "Kinematics"]),
    tests("MovementTests", ["Movement", "Kinematics"]),
    tests(
        "AssessmentTests", ["Assessment", "Movement", "Kinematics"], exclude: ["Vectors"]),
    tests("WearablesTests", ["Wearables", "Kinematics"], exclude: ["Vectors"]),
    tests("WearableReadingTests", ["WearableReading", "TomlReading", "Wearables", "Kinematics"]),
    tests("SyntheticTests", ["Synthetic", "Kinematics"]),
    tests("EventLoopTests", ["EventLoop", "Plumbing"]),
    tests("VarlinkTests", ["Varlink"]),
    tests("ExercisesTests", ["Exercises", "Movement", "Kinematics", "TomlReading"]),
    tests("PipelineTests", ["Pipeline", "Wearables", "Movement", "Kinematics", "Plumbing"]),
    tests("RecordingTests", ["Recording", "Movement", "Kinematics", "Plumbing"]),
    tests("HistoryTests", ["History", "Movement", "Plumbing"]),
    tests("SensorTableTests", ["SensorTable", "Estimation", "Kinematics"]),
    tests("AlertsTests", ["Alerts", "Movement", "Kinematics", "Plumbing"], exclude: ["Vectors"]),
    tests("ControlTests", ["Control", "Varlink", "Plumbing"]),
    tests("DBusTests", ["DBus", "FakeBlueZ", "EventLoop", "CSystemd", "Plumbing"]),
    tests(
        "BluetoothTests",
        [
            "Bluetooth", "DBus", "FakeBlueZ", "EventLoop", "Kinematics", "LinkProtocol", "Plumbing",
            "Wearables",
        ]),
    tests("FakeWearableTests", ["FakeWearable", "Synthetic", "Kinematics", "Plumbing"]),
    tests("ControlServerTests", ["ControlServer", "Control", "EventLoop", "Varlink", "Plumbing"]),
    tests(
        "ReplayTests",
        [
            "Exercises", "FakeWearable", "SensorTable", "Synthetic", "Recording", "Pipeline",
            "Wearables", "Movement", "Kinematics", "Plumbing",
        ],
        exclude: ["Recordings"]),
    tests(
        "DaemonTests",
        [
            "DaemonTestKit", "FakeBlueZ", "Control", "FakeWearable", "Synthetic", "Recording",
            "Varlink", "Wearables", "Daemon", "TomlReading", "Assessment",
            "Movement", "Plumbing", "Kinematics",
        ], exclude: ["Support"]),
    tests(
        "RehabctlTests", ["DaemonTestKit", "rehabctl", "Control", "History", "Plumbing"],
        exclude: ["Goldens"]),
]

/// What tests of whole processes share.
let daemonTestKit: Target = .target(
    name: "DaemonTestKit",
    dependencies: ["Control", "FakeWearable", "Synthetic", "Varlink", "Plumbing", "Kinematics"],
    path: "Tests/DaemonTests/Support", swiftSettings: testing)

/// A stand-in bluetoothd on a private bus.
let fakeBlueZ: Target = .target(
    name: "FakeBlueZ", dependencies: ["DBus", "EventLoop", "Plumbing"],
    path: "Tests/FakeBlueZ", swiftSettings: testing)

/// The stand-in as a program, for trying rehabctl without a radio.
let fakeBlueZCommand: Target = .executableTarget(
    name: "fake-bluez", dependencies: ["FakeBlueZ"], path: "Tests/FakeBlueZCommand",
    swiftSettings: testing)

/// Counts allocations by standing before malloc, so it is built by itself (and never with TSan).
let allocationTests: [Target] = [
    .target(name: "AllocationProbe", path: "Tests/AllocationProbe"),
    tests(
        "AllocationTests",
        ["AllocationProbe", "Pipeline", "Wearables", "Movement", "Kinematics", "Plumbing"]),
]

/// Fuzz executables have no main of their own: only built when asked for (make fuzz).
let fuzzTargets: [Target] = [
    .executableTarget(
        name: "rehab-fuzz",
        dependencies: [
            "Control", "Daemon", "Estimation", "Exercises", "Kinematics", "LinkProtocol",
            "Movement",
            "Pipeline", "Plumbing", "Recording", "SensorTable", "Synthetic", "TomlReading",
            "Varlink", "WearableReading",
            "Wearables",
        ], path: "Tests/Fuzz",
        exclude: ["Corpus", "Dictionaries", "undefined.suppressions"], swiftSettings: testing)
]

/// The product: its rooms, floor by floor, and its programs.
let rooms: [Target] = [
    // Floor 1: C and system libraries.
    .target(name: "CRealtime", linkerSettings: [.linkedLibrary("m")]),
    .target(name: "CLinux"),
    // The benchmark's peer; no product links it.
    .target(name: "CFloor"),
    .systemLibrary(
        name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
    .systemLibrary(
        name: "CBluetooth", pkgConfig: "bluez", providers: [.apt(["libbluetooth-dev"])]),
    .systemLibrary(name: "CALSA", pkgConfig: "alsa", providers: [.apt(["libasound2-dev"])]),

    // Floor 2: the foundations.
    .target(name: "Kinematics", dependencies: ["CRealtime"], swiftSettings: strict),
    .target(name: "Plumbing", dependencies: ["CRealtime", "CLinux"], swiftSettings: strict),
    .target(name: "LinkProtocol", swiftSettings: strict),
    .target(
        name: "TomlReading", dependencies: [.product(name: "TOMLKit", package: "TOMLKit")],
        swiftSettings: strict),

    // Floor 3.
    .target(name: "Estimation", dependencies: ["Kinematics"], swiftSettings: strict),
    .target(name: "Movement", dependencies: ["Kinematics"], swiftSettings: strict),
    .target(name: "Wearables", dependencies: ["Kinematics"], swiftSettings: strict),
    .target(
        name: "Synthetic",
        dependencies: ["Kinematics", "TomlReading"], swiftSettings: strict),
    .target(name: "EventLoop", dependencies: ["Plumbing", "CLinux"], swiftSettings: strict),
    .target(
        name: "ServiceManager", dependencies: ["CLinux", "CSystemd", "Plumbing"],
        swiftSettings: strict),
    .target(name: "Varlink", dependencies: ["Plumbing"], swiftSettings: strict),

    // Floor 4.
    .target(
        name: "Assessment", dependencies: ["Movement", "Kinematics"], swiftSettings: strict),
    .target(
        name: "Exercises", dependencies: ["Kinematics", "Movement", "TomlReading"],
        resources: [.embedInCode("Catalogue"), .embedInCode("Languages")],
        swiftSettings: strict),
    .target(
        name: "WearableReading", dependencies: ["TomlReading", "Wearables", "Kinematics"],
        swiftSettings: strict),
    .target(
        name: "Pipeline",
        dependencies: ["Wearables", "Estimation", "Movement", "Kinematics", "Plumbing"],
        swiftSettings: strict),
    .target(
        name: "Recording", dependencies: ["Movement", "Kinematics", "Plumbing"],
        swiftSettings: strict),
    .target(name: "History", dependencies: ["Movement", "Plumbing"], swiftSettings: strict),
    .target(
        name: "SensorTable", dependencies: ["Estimation", "Kinematics"],
        swiftSettings: strict),
    .target(
        name: "Alerts", dependencies: ["Movement", "Kinematics", "Plumbing", "CALSA"],
        swiftSettings: strict),
    .target(
        name: "Control", dependencies: ["Varlink", "Plumbing"],
        resources: [.embedInCode("org.rehabd.rehab1.varlink")], swiftSettings: strict),
    .target(
        name: "DBus", dependencies: ["CSystemd", "EventLoop", "Plumbing"],
        swiftSettings: strict),

    // Floor 5.
    .target(
        name: "Bluetooth",
        dependencies: [
            "DBus", "EventLoop", "LinkProtocol", "Kinematics", "Plumbing", "Wearables",
        ],
        swiftSettings: strict),
    .target(
        name: "FakeWearable",
        dependencies: [
            "Synthetic", "Recording", "Pipeline", "Wearables", "Movement", "Kinematics",
            "Plumbing",
        ], swiftSettings: strict),
    .target(
        name: "ControlServer", dependencies: ["Control", "EventLoop", "Varlink", "Plumbing"],
        swiftSettings: strict),

    // Floor 6: the composition root.
    .target(
        name: "Daemon",
        dependencies: [
            "Pipeline", "Wearables", "Estimation", "Movement", "Kinematics", "Exercises",
            "TomlReading", "Recording", "Alerts", "Assessment", "Bluetooth", "DBus",
            "ServiceManager", "WearableReading", "Control", "ControlServer",
            "EventLoop", "Varlink", "Plumbing",
        ], swiftSettings: strict),

    // Floor 7: the programs.
    .executableTarget(
        name: "rehabd", dependencies: ["Daemon", "Plumbing"], swiftSettings: strict),
    .executableTarget(
        name: "rehab-link", dependencies: ["CBluetooth", "LinkProtocol", "Plumbing"],
        swiftSettings: strict),
    .executableTarget(
        name: "rehab-bench",
        dependencies: [
            "Alerts", "Control", "DBus", "Estimation", "Exercises", "FakeWearable",
            "Kinematics", "Movement", "Pipeline", "Plumbing", "Recording", "SensorTable",
            "Synthetic", "Wearables", "CFloor",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ], swiftSettings: strict),
    .executableTarget(
        name: "rehabctl",
        dependencies: [
            "Control", "Recording", "Pipeline", "Wearables", "SensorTable", "Synthetic",
            "FakeWearable", "Movement", "Kinematics", "Plumbing", "Daemon", "Bluetooth",
            "History", "TomlReading", "Varlink", "Alerts",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ], swiftSettings: strict),
]

/// What `names` need, and what that needs in turn.
func closure(of names: Set<String>, in targets: [Target]) -> [Target] {
    var needed = names
    while true {
        let more = targets.filter { needed.contains($0.name) }.flatMap(\.dependencies)
            .compactMap { dependency -> String? in
                switch dependency {
                case .byNameItem(let name, _), .targetItem(let name, _): name
                default: nil
                }
            }
        let wider = needed.union(more)
        if wider == needed { return targets.filter { needed.contains($0.name) } }
        needed = wider
    }
}

// One suite alone, with the rooms under it, for builds with another configuration (TSan, ASan, allocation
// counting): the package manager builds every target of the manifest before it runs one test.
let only = Context.environment["REHAB_ONLY"]
let fuzz = Context.environment["REHAB_FUZZ"] == nil ? [] : fuzzTargets
let everyTest = tests + [daemonTestKit, fakeBlueZ, fakeBlueZCommand]
let chosen: [Target] =
    switch only {
    case nil: rooms + everyTest + fuzz
    case .some(let suite): closure(of: [suite], in: rooms + everyTest + allocationTests)
    }
let programs = ["rehabd", "rehabctl", "rehab-link", "rehab-bench"]

let package = Package(
    name: "rehabd",
    products: programs.filter { name in chosen.contains { $0.name == name } }
        .map { .executable(name: $0, targets: [$0]) },
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: chosen
)
