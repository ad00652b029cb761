// What a connection takes and what closes it: the raw socket list of the control documentation.

import Foundation
import Testing
import Varlink

@testable import Control
@testable import ControlServer

@Suite struct FramingTests {
    @Test func aCallIsUnderstoodWhereverItsBytesAreCut() throws {
        let daemon = try TestDaemon()
        var client = try daemon.connect()
        let call = Array(getInfo.utf8)
        for place in 0...call.count {
            if place > 0 { try client.send(Array(call[..<place])) }
            // The first part has been read when the loop has come round.
            try daemon.onLoop {}
            if place < call.count { try client.send(Array(call[place...])) }
            #expect(try client.reply().parameters["product"] == "rehabd")
        }
        for byte in call { try client.send([byte]) }
        #expect(try client.reply().parameters["product"] == "rehabd")
    }

    @Test func callsInOneWriteAreAnsweredInOrder() throws {
        let daemon = try TestDaemon()
        var client = try daemon.connect()
        let detach = #"{"method":"org.rehabd.rehab1.DetachSensor","parameters":{"name":"a"}}"#
        try client.send(detach + "\0" + getInfo + listExercises)
        #expect(try client.reply().parameters == [:])
        #expect(try client.reply().parameters["vendor"] == "rehabd")
        #expect(try client.reply().parameters["exercises"] == [])
        #expect(try daemon.log() == ["detach a", "exercises"])
    }

    @Test func aCallOf64KiBIsTakenAndOneByteMoreIsNot() throws {
        let daemon = try TestDaemon()
        func call(bytes: Int) -> String {
            let head = #"{"method":"org.varlink.service.GetInfo","org.example.pad":""#
            return head + String(repeating: "x", count: bytes - head.utf8.count - 2) + "\"}"
        }
        var client = try daemon.connect()
        try client.send(call(bytes: 65_536) + "\0")
        #expect(try client.reply().parameters["product"] == "rehabd")
        // The server may close before the last byte is out.
        try? client.send(call(bytes: 65_537) + "\0")
        #expect(try client.isClosed())
        #expect(try daemon.counters().malformed == 1)
    }

    @Test func aFloodWithoutAnEndIsClosed() throws {
        let daemon = try TestDaemon()
        var client = try daemon.connect()
        let chunk = [UInt8](repeating: 0x20, count: 65_536)
        #expect(throws: VarlinkError.self) {
            for _ in 0..<1_000 { try client.send(chunk) }
        }
        #expect(try client.isClosed())
        #expect(try daemon.connectionCount() == 0)
    }

    private static let malformed: [[UInt8]] = [
        [0], [0, 0, 0, 0], Array("[]\0".utf8), Array("{}\0".utf8), Array("hello\0".utf8),
        Array("GET / HTTP/1.1\r\n\r\n\0".utf8), Array(#"{"method":1}"#.utf8) + [0],
        Array(#"{"method":"a.B","parameters":[]}"#.utf8) + [0],
        Array(#"{"method":"a.B","mroe":true}"#.utf8) + [0],
        // Invalid UTF-8 inside a string.
        Array(#"{"method":"a.B"#.utf8) + [0xC3, 0x28] + Array("\"}\0".utf8),
        // A depth bomb, as an object and as an array.
        Array((#"{"method":"a.B","parameters":{"x":"# + String(repeating: "[", count: 10_000)).utf8)
            + [0],
        Array(String(repeating: #"{"a":"#, count: 10_000).utf8) + [0],
        // Two methods in one call.
        Array(
            (#"{"method":"org.varlink.service.GetInfo","#
                + #""method":"org.rehabd.rehab1.StopExercise"}"#).utf8) + [0],
    ]

    @Test func whatIsNoCallClosesItsOwnConnectionOnly() throws {
        let daemon = try TestDaemon()
        var bystander = try daemon.connect()
        for bytes in FramingTests.malformed {
            var client = try daemon.connect()
            // A call before it still gets its answer.
            try client.send(Array(getInfo.utf8) + bytes)
            #expect(try client.reply().parameters["product"] == "rehabd")
            #expect(try client.isClosed())
            #expect(try bystander.call("org.varlink.service.GetInfo").error == nil)
        }
        #expect(try daemon.counters().malformed == FramingTests.malformed.count)
        #expect(try daemon.connectionCount() == 1)
        #expect(try daemon.log() == [])
    }

    @Test func aClientThatStopsSendingStillGetsItsAnswers() throws {
        let daemon = try TestDaemon()
        var client = try daemon.connect()
        try client.send(getInfo + listExercises)
        client.endSending()
        #expect(try client.reply().parameters["product"] == "rehabd")
        #expect(try client.reply().parameters["exercises"] == [])
        #expect(try client.isClosed())
    }

    @Test func anUnfinishedCallAtTheEndIsLetGo() throws {
        let daemon = try TestDaemon()
        var client = try daemon.connect()
        try client.send(getInfo + #"{"method":"org.reh"#)
        client.endSending()
        #expect(try client.reply().error == nil)
        #expect(try client.isClosed())
    }

    @Test func aCallWithoutReplyKeepsItsPlaceInTheOrder() throws {
        let daemon = try TestDaemon()
        var client = try daemon.connect()
        func detach(_ name: String, oneway: Bool) -> String {
            #"{"method":"org.rehabd.rehab1.DetachSensor","parameters":{"name":"\#(name)"},"#
                + #""oneway":\#(oneway)}"# + "\0"
        }
        // The first answers with an error, which is not sent either.
        try client.send(
            detach("unknown", oneway: true) + detach("b", oneway: true)
                + #"{"method":"org.rehabd.rehab1.Nothing","oneway":true}"# + "\0"
                + #"{"method":"org.varlink.service.GetInfo","oneway":true}"# + "\0"
                + detach("c", oneway: false) + getInfo)
        #expect(try client.reply() == VarlinkReply())
        #expect(try client.reply().parameters["product"] == "rehabd")
        #expect(try daemon.log() == ["detach unknown", "detach b", "detach c"])
    }

    @Test func callsWithoutReplyAreCarriedOutThoughTheClientIsGone() throws {
        let daemon = try TestDaemon()
        do {
            let client = try daemon.connect()
            // More than the server reads at once.
            let calls = (0..<400).map {
                #"{"method":"org.rehabd.rehab1.AssignSegment","parameters":{"name":"\#($0)"},"#
                    + #""oneway":true}"# + "\0"
            }
            try client.send(calls.joined())
        }
        try daemon.until { [daemon] in
            daemon.server.assumeIsolated { $0.connections.isEmpty }
                && daemon.handler.assumeIsolated { $0.log.count } == 400
        }
        #expect(try daemon.log() == (0..<400).map { "assign \($0) nothing" })
    }

    @Test func aClientThatSendsCallsAndReadsNothingHoldsNoMemory() throws {
        let daemon = try TestDaemon()
        var client = try daemon.connect()
        // Each call asks for the whole interface text, about 8 kB, and is padded to 4 kB itself, so that
        // a hundred of them fill the socket and not thousands, all of which have to be answered.
        let padding = String(repeating: " ", count: 4_000)
        let call = Array(
            (#"{"method":"org.varlink.service.GetInterfaceDescription",\#(padding)"#
                + #""parameters":{"interface":"org.rehabd.rehab1"}}"# + "\0").utf8)
        let batch = Array(repeatElement(call, count: 5).joined())
        var sent = 0
        #expect(throws: VarlinkError.self) {
            // Until the server stops reading, which it must.
            for _ in 0..<2_000 {
                try client.send(batch, within: 500)
                sent += 5
            }
        }
        let waiting = try daemon.onLoop { [daemon] in
            daemon.server.assumeIsolated { server in
                server.connections.values.map { $0.output.count + $0.framing.count }.max() ?? 0
            }
        }
        // One reply beyond the 64 KiB of unread replies, and one read beyond a call's limit.
        #expect(waiting < 200_000)
        let expected = try client.message()
        for _ in 1..<sent where try client.message() != expected {
            Issue.record("the replies differ")
            break
        }
        let reply = try VarlinkReply(message: expected)
        #expect(reply.parameters["description"] == .string(Rehab1.text))
    }

    @Test func noiseClosesConnectionsAndHarmsNothing() throws {
        let daemon = try TestDaemon {
            $0.connections = 1_000
            $0.connectionsPerUser = 1_000
        }
        var generator = SystemRandomNumberGenerator()
        let whole = Array(getInfo.utf8)
        for _ in 0..<200 {
            let client = try daemon.connect()
            var bytes = whole
            for _ in 0..<3 {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
            }
            try? client.send(bytes + bytes)
        }
        var client = try daemon.connect()
        #expect(try client.call("org.varlink.service.GetInfo").error == nil)
    }
}
