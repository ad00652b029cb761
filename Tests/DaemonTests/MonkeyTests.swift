// Thousands of well-formed calls with values nobody would send: the daemon answers each and lives on.

import Control
import DaemonTestKit
import Plumbing
import Testing
import Varlink

/// A reproducible source of choices (SplitMix64: Steele, Lea, Flood, OOPSLA 2014).
private struct Choices: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

@Suite(.scene()) struct MonkeyTests {
    private static let texts = [
        "", "belt", "one-leg-stand", "movella-dot", "pelvis", "trunk", "left", "both", "../..", "/",
        ".", "\u{0}", "\n", "0 end", "0 attach 0 0.01 pelvis", "18446744073709551615 end",
        "0 detach 255", "0 align 0 1 0 0 0 0 0 0 0", "0 begin single-leg-hold upright - 10",
        "5 assign 31 trunk", "-", String(repeating: "a", count: 4_000), "\u{1F9B4}",
        AttachedSensor.longPayload,
    ]
    private static let numbers: [JSONValue] = [
        0, 1, -1, 2, 31, 32, 33, 60, 255, 256, .integer(.max), .integer(.min), .number(0.5),
        .number(-0.0), .number(1e300), .number(-1e300), .number(1e-300), .number(9.3e18),
    ]

    /// Any value; now and then of a type that does not belong there.
    private static func value(_ kind: String, _ choices: inout Choices) -> JSONValue {
        if Int.random(in: 0..<12, using: &choices) == 0 {
            return [.null, true, [], [:], "x", 7].randomElement(using: &choices) ?? .null
        }
        switch kind {
        case "text": return .string(texts.randomElement(using: &choices) ?? "")
        case "number": return numbers.randomElement(using: &choices) ?? 0
        case "texts":
            let count = Int.random(in: 0...3, using: &choices)
            return .array((0..<count).map { _ in value("text", &choices) })
        case "channels":
            let count = Int.random(in: 0...3, using: &choices)
            return .array(
                (0..<count).map { _ in
                    .object(fields(of: channel, &choices))
                })
        default: return .bool(Bool.random(using: &choices))
        }
    }

    /// Values that get a call past the first checks, for the fields where few values do.
    private static let plausible: [String: [JSONValue]] = [
        "kind": ["movella-dot"], "rate_hz": [60, 1], "characteristic": [0, 1],
        "channel": [-1, 0, 1, 2], "exercise": ["one-leg-stand"], "segment": ["pelvis", .null],
        "characteristics": [[.string(AttachedSensor.longPayload)]], "commands": [[]],
        "name": ["belt"], "side": ["left", .null],
    ]

    private static func fields(
        of names: [(String, String)], _ choices: inout Choices
    ) -> [String: JSONValue] {
        var fields: [String: JSONValue] = [:]
        for (name, kind) in names where Int.random(in: 0..<20, using: &choices) > 0 {
            let known = plausible[name]?.randomElement(using: &choices)
            let isKnown = Int.random(in: 0..<10, using: &choices) < 7
            fields[name] = isKnown ? known ?? value(kind, &choices) : value(kind, &choices)
        }
        return fields
    }

    private static let channel = [
        ("channel", "number"), ("sensor", "text"), ("kind", "text"), ("segment", "text"),
        ("rate_hz", "number"), ("characteristic", "number"),
    ]

    /// Every method with its parameters, by the interface text.
    private static let methods: [(String, [(String, String)])] = [
        ("GetStatus", []), ("Monitor", [("interval_ms", "number")]),
        (
            "AttachSensor",
            [
                ("name", "text"), ("kind", "text"), ("segment", "text"), ("rate_hz", "number"),
                ("characteristics", "texts"),
            ]
        ),
        ("DetachSensor", [("name", "text")]),
        ("AssignSegment", [("name", "text"), ("segment", "text")]),
        ("Calibrate", [("lead_in_s", "number")]), ("ListExercises", []),
        ("StartExercise", [("exercise", "text"), ("side", "text"), ("record", "flag")]),
        ("Pause", [("paused", "flag")]), ("ChangeSide", [("side", "text")]),
        ("Mark", [("text", "text")]),
        ("StopExercise", []), ("ListRecordings", []), ("RemoveRecording", [("name", "text")]),
        ("Scan", [("seconds", "number")]),
        (
            "AddSensor",
            [
                ("address", "text"), ("address_kind", "text"), ("kind", "text"), ("name", "text"),
                ("segment", "text"), ("rate_hz", "number"),
            ]
        ),
        ("ForgetSensor", [("name", "text")]), ("ConnectSensor", [("name", "text")]),
        ("DisconnectSensor", [("name", "text")]), ("IdentifySensor", [("name", "text")]),
        ("BuzzSensor", [("name", "text"), ("milliseconds", "number")]),
        ("PairSensor", [("name", "text")]), ("GetBluetooth", []), ("Reload", []),
        ("GetSound", []),
        (
            "SetSound",
            [
                ("volume_percent", "number"), ("speech", "flag"), ("language", "text"),
                ("sonification", "flag"), ("vibration", "flag"), ("breaks", "flag"),
                ("delay_ms", "number"),
            ]
        ),
        ("PlaySound", [("rule", "text"), ("side", "text")]),
        ("Breathe", [("in_s", "number"), ("out_s", "number"), ("minutes", "number")]),
        ("ListFading", []), ("SetFading", [("exercise", "text"), ("workout", "number")]),
        ("ListTests", []), ("StartTest", [("test", "text"), ("side", "text")]),
        ("StopTest", []), ("GiveUpTest", []),
        ("AnswerTest", [("name", "text"), ("answers", "texts")]),
        ("ListTestResults", [("test", "text")]),
        ("Replay", [("title", "text"), ("channels", "channels"), ("commands", "texts")]),
    ]

    @Test func theListNamesEveryMethod() {
        #expect(Set(MonkeyTests.methods.map(\.0)) == Set(Rehab1.Method.allCases.map(\.rawValue)))
    }

    @Test(arguments: [1, 2, 3, 4]) func noCallEndsTheDaemon(_ seed: UInt64) throws {
        var choices = Choices(state: seed)
        let daemon = try RunningDaemon()
        let folder = try TemporaryFolder()
        let output = try FileStore.create(folder.path + "/out")
        for round in 0..<2_000 {
            let (name, parameters) = MonkeyTests.methods.randomElement(using: &choices) ?? ("", [])
            let fields = MonkeyTests.fields(of: parameters, &choices)
            let call = VarlinkCall(
                method: "\(Rehab1.interface).\(name)", parameters: .object(fields),
                more: Bool.random(using: &choices))
            // Doors that somebody holds, doors that nobody holds, and things that are no doors.
            var given: [Int32] = []
            var ends: [SharedDescriptor] = []
            for _ in 0..<Int.random(in: 0...3, using: &choices) {
                let pair = try PacketSocket.pair().split()
                ends.append(SharedDescriptor(Descriptor(owning: pair.sink)))
                given.append(pair.sink)
                let source = SharedDescriptor(Descriptor(owning: pair.source))
                _ = PacketSocket.send(DotPacket.still(microseconds: 7), to: source)
                if Bool.random(using: &choices) { ends.append(source) }
            }
            if Bool.random(using: &choices) { given.append(output.rawValue) }
            let client = try RawClient(daemon)
            client.send(call.message, descriptors: given)
            // A replay whose door stays open has nothing to say yet.
            let isReplay = name == "Replay"
            let answer = try client.answer(within: isReplay ? 0.05 : 10)
            guard daemon.process.ended() == nil else {
                Issue.record("the daemon ended at round \(round), seed \(seed): \(call)")
                return
            }
            #expect(isReplay || answer != .nothing, "round \(round): \(call)")
        }
        try waitUntil("a place to be free") { (try? daemon.status()) != nil }
        #expect(try daemon.terminate() == .exited(0))
        #expect(daemon.log.contains("rehabd stopped"))
    }
}
