// Calls and replies as other programs write them, and what is no call.

import Testing

@testable import Varlink

@Suite struct VarlinkMessageTests {
    private func call(_ text: String) throws(VarlinkError) -> VarlinkCall {
        try VarlinkCall(message: Array(text.utf8))
    }

    @Test func callsOfOtherProgramsAreRead() throws {
        // As varlinkctl writes it: parameters always, flags only where true.
        #expect(
            try call(#"{"method":"org.varlink.service.GetInfo","parameters":{},"more":true}"#)
                == VarlinkCall(method: "org.varlink.service.GetInfo", more: true))
        // As the Python package writes it: parameters left out, flags always.
        let python = try call(#"{"method": "org.a.B", "more": false, "oneway": false}"#)
        #expect(python == VarlinkCall(method: "org.a.B"))
        #expect(python.interface == "org.a")
        #expect(python.member == "B")
        #expect(try call(#"{"method":"org.a.B","parameters":null}"#).parameters == [:])
        #expect(try call(#"{"method":"org.a.B","org.example.trace":[1]}"#).method == "org.a.B")
    }

    @Test(arguments: [
        "[]", "1", "\"org.a.B\"", "{}", #"{"method":1}"#, #"{"method":null}"#,
        #"{"method":"a.B","parameters":[]}"#, #"{"method":"a.B","parameters":"x"}"#,
        #"{"method":"a.B","more":1}"#, #"{"method":"a.B","oneway":"yes"}"#,
        #"{"method":"a.B","mroe":true}"#, #"{"method":"a.B","oneway":true,"more":true}"#,
        #"{"method":"a.B","method":"c.D"}"#, "", " ", #"{"method":"a.B"}{"#,
    ])
    func whatIsNoCallIsRefused(text: String) {
        #expect(throws: VarlinkError.self) { try call(text) }
    }

    @Test func anOddMethodNameIsStillACall() throws {
        #expect(try call(#"{"method":""}"#).interface == "")
        #expect(try call(#"{"method":"."}"#).member == "")
        #expect(try call(#"{"method":"Plain"}"#).member == "Plain")
    }

    @Test func repliesCarryTheProtocolsMembersOnly() throws {
        func text(_ reply: VarlinkReply) -> String {
            String(decoding: reply.message, as: UTF8.self)
        }
        #expect(text(VarlinkReply()) == "{}\0")
        #expect(text(VarlinkReply(parameters: ["a": 1])) == "{\"parameters\":{\"a\":1}}\0")
        #expect(
            text(VarlinkReply(parameters: ["a": 1], continues: true))
                == "{\"continues\":true,\"parameters\":{\"a\":1}}\0")
        #expect(text(VarlinkReply(error: "org.a.E")) == "{\"error\":\"org.a.E\"}\0")
        let error = VarlinkReply(error: "org.a.E", parameters: ["why": "x"])
        #expect(text(error) == "{\"error\":\"org.a.E\",\"parameters\":{\"why\":\"x\"}}\0")
        #expect(try VarlinkReply(message: error.message.dropLast()) == error)
    }

    @Test func callsAreWrittenSoThatTheyAreReadBack() throws {
        let call = VarlinkCall(method: "org.a.B", parameters: ["x": [1, "é"]], oneway: true)
        #expect(try VarlinkCall(message: call.message.dropLast()) == call)
        #expect(call.message.last == 0)
        #expect(call.message.count { $0 == 0 } == 1)
    }

    @Test func anyBytesAreACallOrRefused() {
        var noise = Noise(seed: 2)
        let seed = Array(#"{"method":"a.B","parameters":{"x":1},"more":false,"oneway":true}"#.utf8)
        var accepted = 0
        for _ in 0..<20_000 {
            if (try? VarlinkCall(message: noise.mutation(of: seed))) != nil { accepted += 1 }
            let length = Int.random(in: 0..<64, using: &noise)
            let random = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &noise) }
            if (try? VarlinkCall(message: random)) != nil { Issue.record("noise was a call") }
        }
        #expect(accepted > 100 && accepted < 19_000)
    }
}

extension VarlinkReply {
    fileprivate init(message: ArraySlice<UInt8>) throws(VarlinkError) {
        try self.init(message: Array(message))
    }
}

extension VarlinkCall {
    fileprivate init(message: ArraySlice<UInt8>) throws(VarlinkError) {
        try self.init(message: Array(message))
    }
}
