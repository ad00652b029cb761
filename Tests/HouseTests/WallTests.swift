// The walls: who may import whom, where Foundation, unsafe code and libm have no place.

import Foundation
import Testing

@Suite("Walls")
struct WallTests {
    /// Rooms that run on a plane: no I/O, no clock, no unsafe.
    static let pureWing = [
        "Kinematics", "Estimation", "Movement", "Exercises", "Wearables", "Synthetic", "Assessment",
    ]

    /// Rooms in which Swift's `unsafe` may stand.
    static let unsafeRooms = ["Plumbing", "EventLoop", "ServiceManager", "DBus", "Alerts"]

    /// The floor of each room: imports go down only.
    static let floors = [
        "CRealtime": 1, "CLinux": 1, "CALSA": 1, "CSystemd": 1, "CBluetooth": 1, "Kinematics": 2,
        "Plumbing": 2, "LinkProtocol": 2, "TomlReading": 2, "Estimation": 3, "Movement": 3,
        "Wearables": 3, "Synthetic": 3, "EventLoop": 3, "Varlink": 3, "ServiceManager": 3,
        "Exercises": 4, "Pipeline": 4, "Recording": 4, "Alerts": 4, "Control": 4, "DBus": 4,
        "WearableReading": 4, "SensorTable": 4, "History": 4, "Assessment": 4, "FakeWearable": 5,
        "ControlServer": 5,
        "Bluetooth": 5, "rehab-link": 5, "Daemon": 6, "rehabctl": 7, "rehabd": 7, "rehab-bench": 7,
    ]

    /// Modules of the toolchain that a room may import besides its dependencies.
    static func systemModules(_ room: String) -> Set<String> {
        if pureWing.contains(room) { return [] }
        switch room {
        case "TomlReading": return []
        case "Plumbing", "EventLoop", "Alerts", "DBus", "Pipeline", "Recording", "ControlServer":
            return ["Glibc", "Synchronization", "FoundationEssentials"]
        case "Varlink", "Control", "FakeWearable", "SensorTable":
            return ["Glibc", "Synchronization", "FoundationEssentials"]
        case "Daemon": return ["Glibc", "Synchronization", "FoundationEssentials"]
        case "rehab-bench":
            return ["Glibc", "Synchronization", "FoundationEssentials", "Foundation"]
        // Foundation whole would bring 40 MB of tables for languages into what is installed.
        default: return ["Glibc", "Synchronization", "FoundationEssentials"]
        }
    }

    @Test("every import is declared in the manifest")
    func importsAreDeclared() throws {
        let rooms = try House.rooms()
        #expect(rooms.count > 20)
        for room in rooms where House.exists("Sources/\(room.name)") {
            let allowed = room.dependencies.union(WallTests.systemModules(room.name))
            for file in House.swiftFiles(in: "Sources/\(room.name)") {
                for module in try House.imports(of: file) {
                    #expect(allowed.contains(module), "\(file) imports \(module)")
                }
            }
        }
    }

    @Test("imports go down: no arrow to the same floor or upward, so no cycle")
    func importsGoDown() throws {
        for room in try House.rooms() where House.exists("Sources/\(room.name)") {
            guard room.name != "rehab-fuzz" else { continue }
            let floor = try #require(WallTests.floors[room.name], "\(room.name) has no floor")
            for dependency in room.dependencies {
                guard let below = WallTests.floors[dependency] else { continue }
                #expect(below < floor, "\(room.name) (\(floor)) imports \(dependency) (\(below))")
            }
        }
    }

    @Test("a planted offence is found")
    func offenceIsFound() throws {
        let allowed = try #require(try House.rooms().first { $0.name == "Kinematics" })
            .dependencies.union(WallTests.systemModules("Kinematics"))
        #expect(!allowed.contains("Foundation"))
        #expect(!allowed.contains("Plumbing"))
    }

    @Test("the pure wing has no Foundation, no Glibc and no clock")
    func pureWingIsPure() throws {
        let forbidden = ["Glibc.", "clock_gettime", "Date()", "ContinuousClock", "MonotonicClock"]
        for room in WallTests.pureWing {
            for file in House.swiftFiles(in: "Sources/\(room)") {
                let modules = try House.imports(of: file)
                #expect(modules.isDisjoint(with: ["Foundation", "FoundationEssentials", "Glibc"]))
                let code = try WallTests.code(of: file)
                for word in forbidden { #expect(!code.contains(word), "\(file) says \(word)") }
            }
        }
    }

    @Test("unsafe stands only where it may")
    func unsafeIsConfined() throws {
        for room in try House.rooms() where !WallTests.unsafeRooms.contains(room.name) {
            for file in House.swiftFiles(in: "Sources/\(room.name)") {
                let code = try WallTests.code(of: file)
                let words = code.split { !$0.isLetter && $0 != "_" && $0 != "@" }
                #expect(!words.contains("unsafe"), "\(file) has unsafe code")
            }
        }
    }

    @Test("every Swift room is strict: language mode 6, memory safety, warnings are errors")
    func roomsAreStrict() throws {
        for room in try House.rooms() where !House.swiftFiles(in: "Sources/\(room.name)").isEmpty {
            #expect(room.isStrict, "\(room.name) is not strict")
        }
    }

    /// A file's text without comments.
    static func code(of path: String) throws -> String {
        try House.text(path).split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in
                line.range(of: "//").map { String(line[..<$0.lowerBound]) } ?? String(line)
            }.joined(separator: "\n")
    }
}
