// Calls and their answers: the service's own, ours, errors, permissions, descriptors, streams.

import Foundation
import Plumbing
import Testing
import Varlink

@testable import Control
@testable import ControlServer

@Suite struct CallTests {
    @Test func theServiceDescribesItself() throws {
        let daemon = try TestDaemon()
        var client = try daemon.connect()
        let info = try client.call("org.varlink.service.GetInfo").parameters
        #expect(info["interfaces"] == ["org.rehabd.rehab1", "org.varlink.service"])
        let described = try client.call(
            "org.varlink.service.GetInterfaceDescription",
            #"{"interface":"org.rehabd.rehab1"}"#)
        #expect(described.parameters["description"] == .string(Rehab1.text))
    }

    @Test(
        arguments: [
            ("org.rehabd.rehab9.X", "{}", "InterfaceNotFound", ["interface": "org.rehabd.rehab9"]),
            ("org.rehabd.rehab1.X", "{}", "MethodNotFound", ["method": "org.rehabd.rehab1.X"]),
            ("org.rehabd.rehab1.", "{}", "MethodNotFound", ["method": "org.rehabd.rehab1."]),
            ("GetStatus", "{}", "MethodNotFound", ["method": "GetStatus"]),
            ("org.varlink.service.X", "{}", "MethodNotFound", ["method": "org.varlink.service.X"]),
            ("org.rehabd.rehab1.Monitor", "{}", "ExpectedMore", [:]),
            ("org.rehabd.rehab1.Calibrate", "{}", "ExpectedMore", [:]),
            (
                "org.rehabd.rehab1.StartExercise", "{}", "InvalidParameter",
                ["parameter": "exercise"]
            ),
            (
                "org.rehabd.rehab1.StartExercise", #"{"exercise":"a","sied":"left"}"#,
                "InvalidParameter", ["parameter": "sied"]
            ),
            (
                "org.rehabd.rehab1.StartExercise", #"{"exercise":7}"#, "InvalidParameter",
                ["parameter": "exercise"]
            ),
            (
                "org.rehabd.rehab1.RemoveRecording", #"{"name":"a\u0000b"}"#, "InvalidParameter",
                ["parameter": "name"]
            ),
            (
                "org.rehabd.rehab1.Replay",
                #"{"title":"t","commands":[],"channels":[{"channel":"0"}]}"#,
                "InvalidParameter", ["parameter": "channels[0].channel"]
            ),
        ] as [(String, String, String, [String: String])])
    func aCallThatCannotBeAnsweredIsToldWhy(
        method: String, parameters: String, error: String, details: [String: String]
    ) throws {
        let daemon = try TestDaemon()
        var client = try daemon.connect()
        let reply = try client.call(method, parameters)
        #expect(reply.error == "org.varlink.service.\(error)")
        #expect(reply.parameters == .object(details.mapValues { .string($0) }))
        // The connection goes on.
        #expect(try client.call("org.varlink.service.GetInfo").error == nil)
    }

    @Test func upgradesAreRefused() throws {
        let daemon = try TestDaemon()
        var client = try daemon.connect()
        try client.send(#"{"method":"org.rehabd.rehab1.GetStatus","upgrade":true}"# + "\0")
        #expect(try client.reply() == VarlinkService.invalidParameter("upgrade"))
    }

    @Test func aMethodWithOneAnswerGivesOneAlsoWhenMoreAreAllowed() throws {
        let daemon = try TestDaemon()
        var client = try daemon.connect()
        try client.send(#"{"method":"org.rehabd.rehab1.GetStatus","more":true}"# + "\0" + getInfo)
        let reply = try client.reply()
        #expect(!reply.continues)
        #expect(reply.parameters["status"]?["version"] == "0.0.1")
        #expect(try client.reply().parameters["product"] == "rehabd")
    }

    @Test func theHandlersErrorsTravel() throws {
        let daemon = try TestDaemon()
        var client = try daemon.connect()
        let start = try client.call(
            "org.rehabd.rehab1.StartExercise", #"{"exercise":"swim"}"#)
        #expect(start.error == "org.rehabd.rehab1.NoSuchExercise")
        #expect(start.parameters == ["exercise": "swim", "known": ["one-leg-stand"]])
        #expect(
            try client.call("org.rehabd.rehab1.StopExercise").error
                == "org.rehabd.rehab1.NotExercising")
    }

    @Test func whatCannotBeUndoneIsForTheOwnerAndRoot() {
        let authorisation = Authorisation(owner: 1000)
        func allows(_ method: Rehab1.Method, _ user: UInt32) -> Bool {
            authorisation.allows(
                method, to: PeerCredentials(processID: 1, userID: user, groupID: 1000))
        }
        for method in Rehab1.Method.allCases {
            #expect(allows(method, 1000))
            #expect(allows(method, 0))
            #expect(
                allows(method, 1001) == (method != .removeRecording && method != .pairSensor))
        }
    }

    @Test func theClientsTypesMeetTheServer() throws {
        let daemon = try TestDaemon()
        var client = try ControlClient(socket: daemon.path, environment: [:])
        let status = try client.call(Rehab1.GetStatus()).status
        let info = try client.serviceInfo()
        #expect(status.version == "0.0.1")
        #expect(info.interfaces == ["org.rehabd.rehab1", "org.varlink.service"])
        do throws(ControlError) {
            _ = try client.call(Rehab1.DetachSensor(name: "unknown"))
            Issue.record("an unknown sensor was detached")
        } catch {
            #expect(error == .refused(.noSuchSensor(name: "unknown")))
        }
    }

    // MARK: Descriptors

    @Test func descriptorsReachTheHandlerWithTheirCall() throws {
        let daemon = try TestDaemon()
        var client = try ControlClient(socket: daemon.path, environment: [:])
        let pair = try PacketSocket.pair()
        let call = Rehab1.AttachSensor(
            name: "kept", kind: "movella-dot", rateHertz: 60, characteristics: ["measurement"])
        let sensor = try client.call(call, descriptors: [pair.sink.rawValue]).sensor
        #expect(sensor.packets == 1)
        #expect(sensor.flags == ["packet"])
        // The handler's copy is the same socket.
        _ = PacketSocket.send([1, 2, 3], to: pair.source)
        let kept = try daemon.onLoop { [daemon] in
            daemon.handler.assumeIsolated { $0.keptDescriptors }
        }
        #expect(UnixSocket.waitReadable(try #require(kept.first).rawValue, milliseconds: 5_000))
    }

    @Test func descriptorsThatNobodyKeepsAreClosed() throws {
        let daemon = try TestDaemon()
        var client = try ControlClient(socket: daemon.path, environment: [:])
        let (source, sink) = try PacketSocket.pair().split()
        let watched = SharedDescriptor(Descriptor(owning: source))
        do {
            let sent = Descriptor(owning: sink)
            // With a call that takes none.
            _ = try client.call(Rehab1.ListExercises(), descriptors: [sent.rawValue])
        }
        // Once every copy of the other end is closed, this end reads as ended.
        #expect(UnixSocket.waitReadable(watched.rawValue, milliseconds: 5_000))
    }

    @Test func descriptorsBelongToTheCallTheyWereSentWith() throws {
        let daemon = try TestDaemon()
        var client = try daemon.connect()
        let pair = try PacketSocket.pair()
        func attach(_ name: String) -> String {
            #"{"method":"org.rehabd.rehab1.AttachSensor","parameters":{"name":"\#(name)","#
                + #""kind":"k","rate_hz":60,"characteristics":["m"]}}"# + "\0"
        }
        try client.send(attach("first"))
        try client.send(attach("second"), descriptors: [pair.sink.rawValue])
        try client.send(attach("third"))
        #expect(try client.reply().error == "org.rehabd.rehab1.BadDescriptors")
        #expect(try client.reply().parameters["sensor"]?["packets"] == 1)
        let third = try client.reply()
        #expect(third.parameters["received"] == 0)
    }

    @Test func aHoardOfDescriptorsClosesTheConnection() throws {
        let daemon = try TestDaemon()
        var client = try daemon.connect()
        let pair = try PacketSocket.pair()
        let many = [Int32](repeating: pair.sink.rawValue, count: 32)
        for byte in Array("{\"me".utf8) { try? client.send([byte], descriptors: many) }
        #expect(try client.isClosed())
    }

    // MARK: Streams

    @Test func aStreamGoesOnUntilItsLastReplyAndThenTheNextCallIsTaken() throws {
        let daemon = try TestDaemon()
        var client = try daemon.connect()
        try client.send(#"{"method":"org.rehabd.rehab1.Calibrate","more":true}"# + "\0" + getInfo)
        try daemon.until { [daemon] in daemon.handler.assumeIsolated { $0.calibration != nil } }
        try daemon.onLoop { [daemon] in
            daemon.handler.assumeIsolated { handler in
                handler.step(.stand, progress: 0.5)
                handler.step(.bow, progress: 0.5)
                handler.step(.done, progress: 1)
                // Too late: the call has had its last reply.
                handler.step(.refused, progress: 0)
            }
        }
        let replies = [try client.reply(), try client.reply(), try client.reply()]
        #expect(replies.map(\.continues) == [true, true, false])
        #expect(
            replies.map { $0.parameters["step"]?["step"]?.stringValue } == ["stand", "bow", "done"])
        #expect(try client.reply().parameters["product"] == "rehabd")
    }

    @Test func theHandlerIsToldWhenTheClientLeaves() throws {
        let daemon = try TestDaemon()
        do {
            let client = try daemon.connect()
            try client.send(#"{"method":"org.rehabd.rehab1.Calibrate","more":true}"# + "\0")
            try daemon.until { [daemon] in daemon.handler.assumeIsolated { $0.calibration != nil } }
            let open = try daemon.onLoop { [daemon] in
                daemon.handler.assumeIsolated { $0.calibration?.isOpen ?? false }
            }
            #expect(open)
        }
        try daemon.until { [daemon] in daemon.handler.assumeIsolated { $0.calibration == nil } }
        #expect(try daemon.log() == ["calibrate", "calibration left"])
        #expect(try daemon.connectionCount() == 0)
    }

    @Test func aCallerWithoutMoreGetsTheLastReplyOnly() throws {
        let daemon = try TestDaemon()
        var client = try daemon.connect()
        try client.send(
            #"{"method":"org.rehabd.rehab1.Replay","#
                + #""parameters":{"title":"t","channels":[],"commands":[]}}"# + "\0")
        try daemon.until { [daemon] in daemon.handler.assumeIsolated { $0.replay != nil } }
        try daemon.onLoop { [daemon] in
            daemon.handler.assumeIsolated { handler in
                handler.advanceReplay(done: false)
                handler.advanceReplay(done: true)
            }
        }
        let reply = try client.reply()
        #expect(reply.parameters["done"] == true)
        #expect(!reply.continues)
    }

    @Test func aStreamWhoseClientLeftHoldsNoPlaceThoughNobodyEndsIt() throws {
        let daemon = try TestDaemon()
        do {
            let client = try daemon.connect()
            try client.send(
                #"{"method":"org.rehabd.rehab1.Replay","more":true,"#
                    + #""parameters":{"title":"t","channels":[],"commands":[]}}"# + "\0")
            try daemon.until { [daemon] in daemon.handler.assumeIsolated { $0.replay != nil } }
        }
        try daemon.until { [daemon] in daemon.server.assumeIsolated { $0.connections.isEmpty } }
        let open = try daemon.onLoop { [daemon] in
            daemon.handler.assumeIsolated { $0.replay?.isOpen ?? true }
        }
        #expect(!open)
    }
}
