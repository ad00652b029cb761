// Clients that break every rule of the protocol, against the running daemon: nobody else may notice.

import Control
import DaemonTestKit
import Foundation
import Glibc
import Plumbing
import Synchronization
import Testing
import Varlink

private let status = "org.rehabd.rehab1.GetStatus"

@Suite(.scene()) struct HostileClientTests {
    // MARK: what a client may do, however odd

    @Test func aCallMayArriveByteByByte() throws {
        let daemon = try RunningDaemon()
        let client = try RawClient(daemon)
        for byte in Array("{\"method\":\"\(status)\"}\0".utf8) { #expect(client.send([byte])) }
        #expect(try client.reply().parameters["status"] != nil)
        // Split in two at each place.
        let call = Array("{\"method\":\"org.varlink.service.GetInfo\",\"parameters\":{}}\0".utf8)
        for place in 1..<call.count {
            client.send(Array(call[..<place]))
            client.send(Array(call[place...]))
            #expect(try client.reply().parameters["vendor"] == "rehabd")
        }
    }

    @Test func repliesComeInTheOrderOfTheCalls() throws {
        let daemon = try RunningDaemon()
        let client = try RawClient(daemon)
        client.send(
            "{\"method\":\"org.varlink.service.GetInfo\"}\0{\"method\":\"\(status)\"}\0"
                + "{\"method\":\"org.rehabd.rehab1.DetachSensor\",\"parameters\":{\"name\":\"x\"},"
                + "\"oneway\":true}\0{\"method\":\"org.rehabd.rehab1.ListExercises\"}\0")
        #expect(try client.reply().parameters["vendor"] == "rehabd")
        #expect(try client.reply().parameters["status"] != nil)
        // The call without reply has none, not even its error.
        #expect(try client.reply().parameters["exercises"] != nil)
        #expect(try client.answer(within: 0.2) == .nothing)
    }

    @Test func aClientThatStopsWritingStillGetsItsReplies() throws {
        let daemon = try RunningDaemon()
        let client = try RawClient(daemon)
        client.call(status)
        client.call("org.rehabd.rehab1.ListExercises")
        shutdown(client.rawValue, Int32(SHUT_WR))
        #expect(try client.reply().error == nil)
        #expect(try client.reply().error == nil)
        #expect(try client.answer() == .closed)
    }

    @Test func wellFormedNonsenseIsAnsweredWithAnError() throws {
        let daemon = try RunningDaemon()
        let client = try RawClient(daemon)
        let service = "org.varlink.service"
        let cases: [(String, String, String, String)] = [
            ("no.such.interface.Method", "{}", "", "\(service).InterfaceNotFound"),
            ("org.rehabd.rehab1.NoSuchMethod", "{}", "", "\(service).MethodNotFound"),
            ("org.rehabd.rehab1.Monitor", "{}", "", "\(service).ExpectedMore"),
            ("org.rehabd.rehab1.Calibrate", "{}", "", "\(service).ExpectedMore"),
            ("org.rehabd.rehab1.StartExercise", "{}", "", "\(service).InvalidParameter"),
            (
                "org.rehabd.rehab1.StartExercise", "{\"exercise\":7}", "",
                "\(service).InvalidParameter"
            ),
            (
                "org.rehabd.rehab1.StartExercise", "{\"exercise\":\"swim\"}", "",
                "org.rehabd.rehab1.NoSuchExercise"
            ),
            (
                "org.rehabd.rehab1.RemoveRecording", "{\"name\":\"../calibrations/x\"}", "",
                "\(service).InvalidParameter"
            ),
            (
                "org.rehabd.rehab1.RemoveRecording", "{\"name\":\"none\"}", "",
                "org.rehabd.rehab1.NoSuchRecording"
            ),
            (
                "org.rehabd.rehab1.Replay", "{\"title\":\"\",\"channels\":[],\"commands\":[]}", "",
                "org.rehabd.rehab1.BadDescriptors"
            ),
            (status, "{}", ",\"upgrade\":true", "\(service).InvalidParameter"),
            (
                "\(service).GetInterfaceDescription", "{\"interface\":\"x.y\"}", "",
                "\(service).InterfaceNotFound"
            ),
        ]
        for (method, parameters, flags, error) in cases {
            client.call(method, parameters, flags: flags)
            #expect(try client.reply().error == error, "\(method) \(parameters)")
        }
        client.call(status)
        #expect(try client.reply().error == nil)
    }

    // MARK: what no client may do

    /// What is no call closes the connection: nothing after it can be trusted.
    @Test func whatIsNoCallClosesTheConnection() throws {
        let daemon = try RunningDaemon()
        let deep = String(repeating: "[", count: 10_000)
        let messages: [(String, [UInt8])] = [
            ("not JSON", Array("hello\0".utf8)),
            ("empty", [0]),
            ("an array", Array("[1,2]\0".utf8)),
            ("a number", Array("7\0".utf8)),
            ("no method", Array("{}\0".utf8)),
            ("method of another type", Array("{\"method\":7}\0".utf8)),
            ("flag of another type", Array("{\"method\":\"\(status)\",\"more\":1}\0".utf8)),
            (
                "parameters of another type",
                Array("{\"method\":\"\(status)\",\"parameters\":[]}\0".utf8)
            ),
            ("cut", Array("{\"method\":\"\(status)\"\0".utf8)),
            ("two documents", Array("{\"method\":\"\(status)\"} {}\0".utf8)),
            (
                "a member twice",
                Array("{\"method\":\"\(status)\",\"method\":\"x.y.Z\"}\0".utf8)
            ),
            (
                "invalid UTF-8",
                Array("{\"method\":\"\(status)\",\"x.y\":\"".utf8) + [0xFF, 0xC0]
                    + Array("\"}\0".utf8)
            ),
            ("a lone surrogate", Array("{\"method\":\"\\ud800\"}\0".utf8)),
            (
                "nested 10,000 deep",
                Array("{\"method\":\"\(status)\",\"parameters\":{\"x\":\(deep)".utf8)
                    + [0]
            ),
            ("unknown member", Array("{\"method\":\"\(status)\",\"moore\":true}\0".utf8)),
            (
                "64 KiB and a byte",
                [UInt8](repeating: UInt8(ascii: " "), count: (64 << 10) + 1) + [0]
            ),
        ]
        for (name, message) in messages {
            let client = try RawClient(daemon)
            client.send(message)
            #expect(try client.answer() == .closed, "\(name)")
        }
        #expect(try daemon.status().warnings == [])
    }

    /// A megabyte without an end, an endless flood of ends.
    @Test func floodsAreCutOff() throws {
        let daemon = try RunningDaemon()
        let before = try daemon.status().residentBytes
        for byte in [UInt8(ascii: "x"), 0] {
            let client = try RawClient(daemon)
            let block = [UInt8](repeating: byte, count: 1 << 20)
            client.send(block)
            #expect(try client.answer() == .closed)
        }
        let grown = Double(try daemon.status().residentBytes - before) / 1_048_576
        print("floods: memory +\(grown) MiB")
        #expect(grown < 8)
    }

    /// The largest call that is allowed is taken.
    @Test func sixtyFourKibibytesAreTaken() throws {
        let daemon = try RunningDaemon()
        let client = try RawClient(daemon)
        let frame = "{\"method\":\"\(status)\",\"x.y\":\"\"}"
        let filling = String(repeating: "a", count: (64 << 10) - frame.utf8.count)
        client.send("{\"method\":\"\(status)\",\"x.y\":\"\(filling)\"}\0")
        #expect(try client.reply().error == nil)
    }

    /// A thousand connections: eight of one user live at a time, and giving one up frees its place.
    @Test func connectionsOfOneUserAreBounded() throws {
        let daemon = try RunningDaemon()
        // Keeps its place throughout.
        var kept = try daemon.connect()
        _ = try kept.call(Rehab1.GetStatus())
        var others: [SharedDescriptor] = []
        for _ in 0..<1_000 {
            others.append(SharedDescriptor(try UnixSocket.connect(path: daemon.socket)))
            if others.count > 200 { others.removeFirst(100) }
        }
        _ = try kept.call(Rehab1.GetStatus())
        // Those beyond the eighth were closed at once.
        let closed = others.count { descriptor in
            UnixSocket.waitReadable(descriptor.rawValue, milliseconds: 0)
        }
        #expect(closed >= others.count - 8)
        others.removeAll()
        try waitUntil("a place to be free again") { (try? daemon.status()) != nil }
        let files = try FileManager.default.contentsOfDirectory(
            atPath: "/proc/\(daemon.process.id)/fd")
        #expect(files.count < 40)
    }

    /// A monitoring client that never reads: it loses events, then its connection; others lose none.
    @Test func aMonitorThatNeverReadsIsClosed() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 40))
        let daemon = try RunningDaemon()
        let log = try EventLog(daemon, intervalMilliseconds: 20)
        let deaf = try RawClient(daemon)
        deaf.call("org.rehabd.rehab1.Monitor", "{\"interval_ms\":1}", flags: ",\"more\":true")
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: sensor)
        let before = try daemon.status().residentBytes
        // Some 200 kB of the kernel's fill up first, then five seconds without a byte taken.
        try waitUntil("the daemon to let go of it", within: 60) {
            var entry = pollfd(fd: deaf.rawValue, events: 0, revents: 0)
            return unsafe poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLHUP) != 0
        }
        #expect(log.ending == nil)
        #expect(log.entries.allSatisfy { $0.event.dropped == 0 })
        let grown = Double(try daemon.status().residentBytes - before) / 1_048_576
        print("a monitor that does not read: memory +\(grown) MiB")
        #expect(grown < 8)
        player.stop()
    }
}
