// The interface language: what every parser takes, and what some refuse.

import Testing

@testable import Varlink

@Suite struct InterfaceTextTests {
    private static let sample = """
        # Lamps of a house.
        interface org.example.lamps-2

        # One lamp.
        type Lamp (
          # As printed on it.
          name: string,
          state: (on, off, broken),
          watts: ?float,
          tags: []string,
          places: ?[string](room: string, shelf: ?int),
          raw: object
        )

        type Room (kitchen, hall)

        # Switches a lamp.
        method Switch(name: string, on: bool) -> (lamp: Lamp)
        method Count ( ) -> ( )
        error NoSuchLamp (name: string)
        error Tired ()
        """

    private func parsed() throws -> InterfaceText {
        try InterfaceText(parsing: InterfaceTextTests.sample)
    }

    @Test func aTextIsReadWithItsComments() throws {
        let text = try parsed()
        #expect(text.name == "org.example.lamps-2")
        #expect(text.documentation == "Lamps of a house.")
        #expect(text.members == ["Lamp", "Room", "Switch", "Count", "NoSuchLamp", "Tired"])
        #expect(text.types["Room"] == .enumeration(["kitchen", "hall"]))
        #expect(text.methods["Switch"]?.documentation == "Switches a lamp.")
        #expect(text.methods["Switch"]?.result.first?.type == .named("Lamp"))
        #expect(text.methods["Count"]?.parameters == [])
        #expect(text.errors["Tired"] == [])
        guard case .structure(let fields)? = text.types["Lamp"] else {
            Issue.record("no structure")
            return
        }
        #expect(fields.map(\.name) == ["name", "state", "watts", "tags", "places", "raw"])
        #expect(fields[0].documentation == "As printed on it.")
        #expect(fields[1].documentation == "")
        #expect(fields[2].type == .nullable(.float))
        #expect(fields[3].type == .array(.string))
        let shelf = Field(name: "shelf", type: .nullable(.int), documentation: "")
        let room = Field(name: "room", type: .string, documentation: "")
        #expect(fields[4].type == .nullable(.map(.structure([room, shelf]))))
    }

    /// What systemd 257's parser or the Python package refuses, though one might write it.
    @Test(arguments: [
        "type A (a: int,)", "type A (a: ??int)", "type A (a: [][]int)", "type A (a: [string]())",
        "type A (a: [string]?int)", "type A (a: []?int)", "type A (a: Missing)", "type A (a: any)",
        "error E", "type a (b: int)", "method m() -> ()", "error e ()", "type A (a: int, b)",
        "type A (a, b: int)", "type A (a: int a: int)", "type A (a: int, a: int)", "type A ()",
        "type A (_a: int)", "type A (a_: int)", "type A (a__b: int)", "type A (1a: int)",
        "type A_B (a: int)", "method M() - ()", "method M()", "method M(a, b) -> ()",
        "error E (a, b)", "type A (a: int)\ntype A (b: int)", "type A (a: int)\nerror A ()",
        "type A (a: [int]string)", "type A (a: []", "typ A (a: int)", "type A (a: ()", "x", "(",
    ])
    func constructsThatSomeParserRefusesAreRefused(member: String) {
        #expect(throws: VarlinkError.self) {
            try InterfaceText(parsing: "interface org.example.x\n\(member)\n")
        }
    }

    @Test(arguments: [
        "", "interface", "interface x", "interface Org.example", "interface org.", "interface .org",
        "interface org..x", "interface org.-x", "interface org.x-", "interface 1org.x",
        "interface org.éx", "# only a comment",
    ])
    func aTextNeedsAProperName(text: String) {
        #expect(throws: VarlinkError.self) { try InterfaceText(parsing: text) }
    }

    @Test func anErrorTellsThePlace() {
        #expect(
            throws: VarlinkError.notAnInterface(
                line: 3, column: 12, reason: "the type Nothing is not declared")
        ) {
            try InterfaceText(parsing: "interface org.example.x\n\ntype A (a: Nothing)\n")
        }
    }

    @Test func valuesAreComparedWithTheirDeclaration() throws {
        let text = try parsed()
        let fields = [Field(name: "lamp", type: .named("Lamp"), documentation: "")]
        func mismatch(_ change: (inout [String: JSONValue]) -> Void) -> String? {
            var lamp: [String: JSONValue] = [
                "name": "desk", "state": "on", "tags": ["a"], "raw": ["x": 1],
            ]
            change(&lamp)
            return text.mismatch(in: ["lamp": .object(lamp)], fields)
        }
        #expect(mismatch { _ in } == nil)
        #expect(mismatch { $0["watts"] = 3 } == nil)
        #expect(mismatch { $0["watts"] = .null } == nil)
        #expect(mismatch { $0["places"] = ["here": ["room": "hall", "shelf": 2]] } == nil)
        #expect(mismatch { $0["name"] = nil } == "lamp.name")
        #expect(mismatch { $0["name"] = "a\0b" } == "lamp.name")
        #expect(mismatch { $0["state"] = "dim" } == "lamp.state")
        #expect(mismatch { $0["watts"] = "3" } == "lamp.watts")
        #expect(mismatch { $0["tags"] = ["a", 1] } == "lamp.tags[1]")
        #expect(mismatch { $0["places"] = ["here": ["room": 1]] } == "lamp.places.here.room")
        #expect(mismatch { $0["raw"] = [] } == "lamp.raw")
        #expect(mismatch { $0["colour"] = "red" } == "lamp.colour")
        #expect(text.mismatch(in: [:], []) == nil)
        #expect(text.mismatch(in: ["x": 1], []) == "x")
    }

    @Test func theServicesOwnInterfaceIsValid() throws {
        let text = try InterfaceText(parsing: VarlinkService.description)
        #expect(text.name == "org.varlink.service")
        #expect(text.methods.keys.sorted() == ["GetInfo", "GetInterfaceDescription"])
        // The specification's four errors and systemd's two.
        #expect(
            text.errors.keys.sorted() == [
                "ExpectedMore", "InterfaceNotFound", "InvalidParameter", "MethodNotFound",
                "MethodNotImplemented", "PermissionDenied",
            ])
    }

    @Test func theServicesAnswersAreAsDeclared() throws {
        let text = try InterfaceText(parsing: VarlinkService.description)
        let service = VarlinkService(
            vendor: "v", product: "p", version: "1", url: "u", interfaces: ["org.example.x": "t"])
        func reply(_ method: String, _ parameters: JSONValue = [:]) -> VarlinkReply {
            service.reply(
                to: VarlinkCall(method: "org.varlink.service.\(method)", parameters: parameters))
        }
        let info = reply("GetInfo")
        #expect(text.mismatch(in: info.parameters, text.methods["GetInfo"]?.result ?? []) == nil)
        #expect(info.parameters["interfaces"] == ["org.example.x", "org.varlink.service"])
        #expect(
            reply("GetInterfaceDescription", ["interface": "org.example.x"]).parameters
                == ["description": "t"])
        #expect(
            reply("GetInterfaceDescription", ["interface": "org.example.y"])
                == VarlinkService.interfaceNotFound("org.example.y"))
        #expect(reply("GetInterfaceDescription") == VarlinkService.invalidParameter("interface"))
        #expect(reply("GetInfo", ["x": 1]) == VarlinkService.invalidParameter("x"))
        #expect(reply("Other") == VarlinkService.methodNotFound("org.varlink.service.Other"))
    }

    @Test func anyTextIsReadOrRefused() {
        let whole = Array(InterfaceTextTests.sample.utf8)
        for end in 0..<whole.count {
            _ = try? InterfaceText(parsing: String(decoding: whole[..<end], as: UTF8.self))
        }
        var noise = Noise(seed: 3)
        var read = 0
        for _ in 0..<3_000 {
            let text = String(decoding: noise.mutation(of: whole), as: UTF8.self)
            if (try? InterfaceText(parsing: text)) != nil { read += 1 }
        }
        #expect(read > 50 && read < 2_950)
        let deep = String(repeating: "(a: ", count: 10_000)
        #expect(throws: VarlinkError.self) {
            try InterfaceText(parsing: "interface org.example.x\ntype A \(deep)")
        }
    }
}
