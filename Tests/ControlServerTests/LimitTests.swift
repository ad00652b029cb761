// Who gets in, who is slow, who is stuck, and who has the socket already.

import Foundation
import Testing
import Varlink

@testable import Control
@testable import ControlServer
@testable import EventLoop

@Suite struct LimitTests {
    @Test func the33rdConnectionIsTurnedAway() throws {
        let daemon = try TestDaemon { $0.connectionsPerUser = 100 }
        let others = try (0..<32).map { _ in try Held(daemon) }
        for held in others { #expect(try held.answers()) }
        var late = try daemon.connect()
        #expect(try late.isClosed())
        #expect(try daemon.counters().turnedAway == 1)
        #expect(try others[0].answers())
    }

    @Test func theNinthConnectionOfOneUserIsTurnedAwayUntilOneCloses() throws {
        let daemon = try TestDaemon()
        var others = try (0..<8).map { _ in try Held(daemon) }
        for held in others { #expect(try held.answers()) }
        var late = try daemon.connect()
        #expect(try late.isClosed())
        others.removeLast()
        try daemon.until { [daemon] in daemon.server.assumeIsolated { $0.connections.count } == 7 }
        var next = try daemon.connect()
        #expect(try next.call("org.varlink.service.GetInfo").error == nil)
        #expect(try others[0].answers())
    }

    /// A client that can be kept in an array.
    private final class Held {
        private var client: TestClient
        init(_ daemon: TestDaemon) throws { client = try daemon.connect() }
        func answers() throws -> Bool {
            try client.call("org.varlink.service.GetInfo").error == nil
        }
    }

    @Test func aClientThatReadsNothingIsClosedAfterFiveSeconds() throws {
        let daemon = try TestDaemon()
        var stuck = try daemon.connect()
        var reading = try daemon.connect()
        let monitor =
            #"{"method":"org.rehabd.rehab1.Monitor","parameters":{"interval_ms":0},"#
            + #""more":true}"# + "\0"
        try stuck.send(monitor)
        try reading.send(monitor)
        #expect(try stuck.event().kind == .status)
        #expect(try reading.event().kind == .status)
        // A client that was owed nothing for long has its five seconds all the same.
        daemon.clock.advance(by: 60_000_000_000)
        // Fill the kernel's buffer and some of ours.
        try daemon.onLoop { [daemon] in
            for number in 0..<300 {
                daemon.server.broadcast(.warning(String(repeating: "\(number % 10)", count: 500)))
            }
        }
        var read = 0
        while read < 300 {
            #expect(try reading.event().sequence == Int64(read + 2))
            read += 1
        }
        // The loop has seen that the reading client is owed nothing before time passes.
        try daemon.until { [daemon] in
            daemon.server.assumeIsolated { server in
                server.connections.values.count { $0.output.isEmpty } == 1
            }
        }
        daemon.clock.advance(by: 4_999_999_999)
        try daemon.onLoop {}
        #expect(try daemon.connectionCount() == 2)
        daemon.clock.advance(by: 1)
        try daemon.until { [daemon] in daemon.server.assumeIsolated { $0.connections.count } == 1 }
        #expect(try daemon.counters().stuck == 1)
        try daemon.onLoop { [daemon] in daemon.server.broadcast(.warning("still here")) }
        #expect(try reading.event().warning == "still here")
    }

    @Test func aClientThatReadsSlowlyButSteadilyStays() throws {
        let daemon = try TestDaemon { $0.unsentBytes = 4 << 20 }
        var client = try daemon.connect()
        try client.send(
            #"{"method":"org.rehabd.rehab1.Monitor","parameters":{"interval_ms":0},"more":true}"#
                + "\0")
        #expect(try client.event().kind == .status)
        try daemon.onLoop { [daemon] in
            for _ in 0..<2_000 {
                daemon.server.broadcast(.warning(String(repeating: "x", count: 500)))
            }
        }
        func owed() throws -> Int {
            try daemon.onLoop { [daemon] in
                daemon.server.assumeIsolated { $0.connections.values.first?.output.count ?? -1 }
            }
        }
        for _ in 0..<3 {
            let before = try owed()
            #expect(before > 0)
            // More than the kernel holds, so that the server gets to write.
            for _ in 0..<400 { #expect(try client.event().kind == .warning) }
            try daemon.until { [daemon] in
                daemon.server.assumeIsolated { server in
                    server.connections.values.allSatisfy { $0.output.count < before }
                }
            }
            daemon.clock.advance(by: 4_000_000_000)
        }
        #expect(try daemon.connectionCount() == 1)
        daemon.clock.advance(by: 5_000_000_000)
        try daemon.until { [daemon] in daemon.server.assumeIsolated { $0.connections.isEmpty } }
    }

    @Test func aSlowClientLosesFramesFirstAndIsToldHowMany() throws {
        let daemon = try TestDaemon { $0.unsentBytes = 64 << 10 }
        var client = try daemon.connect()
        try client.send(
            #"{"method":"org.rehabd.rehab1.Monitor","parameters":{"interval_ms":0},"more":true}"#
                + "\0")
        #expect(try client.event().kind == .status)
        let cues = 100
        try daemon.onLoop { [daemon] in
            for number in 0..<3_000 {
                daemon.server.broadcast(.frame(Fixture.frame(time: Int64(number))))
                if number % 30 == 0 {
                    daemon.server.broadcast(.cue(Fixture.cue(time: Int64(number))))
                }
            }
            daemon.server.broadcast(.warning("last"))
        }
        var sequence: Int64 = 1
        var dropped: Int64 = 0
        var heard: [Int64] = []
        var received = 0
        while true {
            let event = try client.event()
            #expect(event.sequence == sequence + 1)
            sequence = event.sequence
            dropped += event.dropped
            received += 1
            if let cue = event.cue { heard.append(cue.time) }
            if event.warning == "last" { break }
        }
        // Every cue in its order; every event received or counted.
        #expect(heard == (0..<cues).map { Int64($0 * 30) })
        #expect(dropped > 0)
        #expect(received + Int(dropped) == 3_000 + cues + 1)
    }

    @Test func aClientWithManyCallsLetsOthersHaveTheirTurn() throws {
        // A loop driven by hand, one pass at a time.
        let folder = NSTemporaryDirectory() + "rehabd-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let loop = try EventLoop(clock: .manual(ManualClock()))
        let server = ControlServer(
            loop: loop, owner: 0,
            service: VarlinkService(
                vendor: "v", product: "p", version: "1", url: "", interfaces: [:]))
        try server.start(at: folder + "/control", handler: TestHandler(loop: loop))
        var client = try TestClient(path: folder + "/control")
        try client.send(String(repeating: getInfo, count: 100))
        var perPass: [Int] = []
        while server.counters.calls < 100 {
            let before = server.counters.calls
            loop.runUntilIdle(passes: 1)
            perPass.append(server.counters.calls - before)
            try #require(perPass.count < 100)
        }
        #expect(perPass.max() ?? 0 <= 32)
        for _ in 0..<100 { #expect(try client.reply().parameters["product"] == "p") }
        server.stop()
    }

    @Test func aSecondServerIsRefusedByName() throws {
        let daemon = try TestDaemon()
        let loop = try EventLoop()
        let second = ControlServer(
            loop: loop, owner: 0,
            service: VarlinkService(
                vendor: "", product: "", version: "", url: "", interfaces: [:]))
        do throws(ControlServerError) {
            try second.start(at: daemon.path, handler: TestHandler(loop: loop))
            Issue.record("two servers on one socket")
        } catch {
            #expect(error == .listening(.inUse(path: daemon.path)))
            #expect(error.description.contains(daemon.path))
            #expect(error.description.contains("another rehabd"))
        }
        var client = try daemon.connect()
        #expect(try client.call("org.varlink.service.GetInfo").error == nil)
    }

    @Test func theSocketGoesWhenTheServerStops() throws {
        let daemon = try TestDaemon()
        var client = try daemon.connect()
        #expect(try client.call("org.varlink.service.GetInfo").error == nil)
        try daemon.onLoop { [daemon] in daemon.server.stop() }
        #expect(try client.isClosed())
        #expect(!FileManager.default.fileExists(atPath: daemon.path))
    }
}

enum Fixture {
    static func frame(time: Int64) -> Rehab1.Frame {
        Rehab1.Frame(
            time: time, posture: "standing", obliquityDegrees: 1.5, stanceSource: "given",
            phase: .holding, holdSeconds: 1, activeRules: [], gates: [], quaternion: [1, 0, 0, 0])
    }

    static func cue(time: Int64) -> Rehab1.Cue {
        Rehab1.Cue(
            time: time, rule: "C01", signal: "drop", valueDegrees: 6, text: "t", spoken: "s",
            crossed: time, heard: true)
    }
}
