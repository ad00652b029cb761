// rehab-link: its words, its manners as a process, and what the central makes of it.

import Bluetooth
import EventLoop
import FakeBlueZ
import Foundation
import Glibc
import LinkProtocol
import Plumbing
import Synchronization
import Testing
import Wearables

@Suite("Link protocol")
struct LinkProtocolTests {
    /// From Python's `struct.pack('<2sBBHHHHHHHH', b'RL', 1, 2, 7, 1, 1, 0xCD00, 0xD422, 12, 200, 0)`.
    static let request: [UInt8] = [
        0x52, 0x4C, 1, 2, 7, 0, 1, 0, 1, 0, 0, 0xCD, 0x22, 0xD4, 12, 0, 0xC8, 0, 0, 0,
    ]
    /// From Python's `struct.pack('<2sBBHBbHH', b'RL', 1, 3, 7, 0, -61, 0, 0)`.
    static let reply: [UInt8] = [0x52, 0x4C, 1, 3, 7, 0, 0, 0xC3, 0, 0, 0, 0]

    @Test("a question and an answer, byte for byte")
    func vectors() throws {
        let request = LinkRequest(
            .setParameters, number: 7, adapter: 1, address: 0xD422_CD00_0001, interval: 12,
            timeout: 200)
        #expect(request.bytes == LinkProtocolTests.request)
        #expect(try LinkRequest(LinkProtocolTests.request) == request)
        let reply = LinkReply(.readRSSI, number: 7, status: .done, rssi: -61)
        #expect(reply.bytes == LinkProtocolTests.reply)
        #expect(try LinkReply(LinkProtocolTests.reply) == reply)
    }

    @Test("every field that is out of its range is refused, and every other length")
    func refusals() {
        func with(_ offset: Int, _ value: UInt8) -> [UInt8] {
            var bytes = LinkProtocolTests.request
            bytes[offset] = value
            return bytes
        }
        let cases: [([UInt8], LinkProtocolError)] = [
            (with(0, 0x53), .notOurs), (with(1, 0), .notOurs), (with(2, 2), .version(2)),
            (with(3, 0), .unknownOperation(0)), (with(3, 4), .unknownOperation(4)),
            (with(7, 1), .outOfRange("adapter")), (with(14, 5), .outOfRange("interval")),
            (with(14, 81), .outOfRange("interval")), (with(15, 1), .outOfRange("interval")),
            (with(16, 9), .outOfRange("timeout")), (with(17, 3), .outOfRange("timeout")),
            (with(18, 1), .outOfRange("spare bytes")), (with(19, 1), .outOfRange("spare bytes")),
        ]
        for (bytes, expected) in cases {
            #expect(throws: expected) { try LinkRequest(bytes) }
        }
        for length in (0...64) where length != LinkRequest.length {
            let bytes = [UInt8](repeating: 0x52, count: length)
            #expect(throws: LinkProtocolError.length(length)) { try LinkRequest(bytes) }
        }
        // A timeout of two intervals or less is not legal: 80 x 1.25 ms against 100 ms.
        var tight = with(14, 80)
        tight[16] = 20
        #expect(throws: LinkProtocolError.outOfRange("timeout")) { try LinkRequest(tight) }
    }

    @Test("random bytes never trap; what is taken is written back as it was")
    func noise() {
        var random = SeededRandom(4)
        for round in 0..<200_000 {
            var bytes = LinkProtocolTests.request
            if round % 2 == 0 {
                bytes = (0..<random.below(40)).map { _ in UInt8(random.below(256)) }
            } else {
                for _ in 0...random.below(4) {
                    bytes[random.below(bytes.count)] = UInt8(random.below(256))
                }
            }
            if let request = try? LinkRequest(bytes) { #expect(request.bytes == bytes) }
            if let reply = try? LinkReply(bytes) { #expect(reply.bytes == bytes) }
        }
    }

    @Test("a stream is cut into messages however it is torn")
    func framing() {
        let bytes = LinkProtocolTests.request + LinkProtocolTests.request
        for cut in 1..<bytes.count {
            var framing = LinkFraming(length: LinkRequest.length)
            let messages = framing.add(bytes.prefix(cut)) + framing.add(bytes.dropFirst(cut))
            #expect(messages == [LinkProtocolTests.request, LinkProtocolTests.request])
        }
    }
}

@Suite("rehab-link, the process", .serialized, .timeLimit(.minutes(1)))
struct LinkProcessTests {
    static let program: String? = {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let path = URL(filePath: own).deletingLastPathComponent().path + "/rehab-link"
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()

    private final class Running {
        let process = Process()
        let path: String

        init(_ program: String) throws {
            path = NSTemporaryDirectory() + "rehab-link-\(getpid())-\(UInt32.random(in: 0...9_999))"
            process.executableURL = URL(filePath: program)
            process.arguments = [path]
            try process.run()
        }

        func connect() throws -> SharedDescriptor {
            for _ in 0..<500 {
                if let descriptor = try? UnixSocket.connect(path: path) {
                    return SharedDescriptor(descriptor)
                }
                usleep(10_000)
            }
            return SharedDescriptor(try UnixSocket.connect(path: path))
        }

        /// Sends bytes and reads what comes; nil where the helper closed the connection.
        func ask(_ bytes: [UInt8], on descriptor: SharedDescriptor) -> [UInt8]? {
            guard
                bytes.isEmpty
                    || UnixSocket.send(bytes, to: descriptor.rawValue) == .wrote(bytes.count)
            else { return nil }
            _ = UnixSocket.waitReadable(descriptor.rawValue, milliseconds: 3_000)
            var buffer = [UInt8](repeating: 0, count: 64)
            guard
                case .bytes(let count, _) = UnixSocket.receive(
                    from: descriptor.rawValue, into: &buffer)
            else { return nil }
            return Array(buffer.prefix(count))
        }

        deinit {
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
            unlink(path)
        }
    }

    @Test(
        "answers, says where there is no link, drops who talks nonsense",
        .enabled(if: program != nil))
    func manners() throws {
        let helper = try Running(try #require(LinkProcessTests.program))
        let client = try helper.connect()
        let hello = LinkRequest(.hello, number: 3)
        let answer = try LinkReply(try #require(helper.ask(hello.bytes, on: client)))
        #expect(answer == LinkReply(.hello, number: 3, status: .done))
        // No machine has 256 adapters.
        let set = LinkRequest(.setParameters, number: 4, adapter: 255, address: 1)
        let refused = try LinkReply(try #require(helper.ask(set.bytes, on: client)))
        #expect(refused.number == 4)
        #expect(refused.status == .noLink)
        #expect(refused.errorNumber != 0)
        #expect(helper.ask([UInt8](repeating: 0xFF, count: LinkRequest.length), on: client) == nil)
        // Others are served as before.
        let next = try helper.connect()
        #expect(helper.ask(hello.bytes, on: next) != nil)
        #expect(helper.process.isRunning)
    }

    @Test("who asks too often, and the ninth client, are turned away", .enabled(if: program != nil))
    func limits() throws {
        let helper = try Running(try #require(LinkProcessTests.program))
        let hello = LinkRequest(.hello, number: 3).bytes
        let client = try helper.connect()
        var answers = 0
        while answers < 100, helper.ask(hello, on: client) != nil { answers += 1 }
        #expect(answers == 50)
        var clients: [SharedDescriptor] = []
        for _ in 0..<8 {
            let new = try helper.connect()
            #expect(helper.ask(hello, on: new) != nil)
            clients.append(new)
        }
        let ninth = try helper.connect()
        #expect(helper.ask(hello, on: ninth) == nil)
        #expect(clients.count == 8)
    }

    @Test("random bytes from a thousand clients leave it standing", .enabled(if: program != nil))
    func noise() throws {
        let helper = try Running(try #require(LinkProcessTests.program))
        var random = SeededRandom(9)
        for _ in 0..<1_000 {
            let client = try helper.connect()
            let bytes = (0..<1 + random.below(200)).map { _ in UInt8(random.below(256)) }
            _ = UnixSocket.send(bytes, to: client.rawValue)
        }
        let client = try helper.connect()
        // Closed connections make room as they are noticed.
        var answer: [UInt8]?
        for _ in 0..<20 where answer == nil {
            let next = try helper.connect()
            answer = helper.ask(LinkRequest(.hello, number: 1).bytes, on: next)
        }
        #expect(answer != nil)
        #expect(helper.process.isRunning)
        _ = client
    }
}

/// A stand-in for the helper that grants everything and notes what it was asked.
final class FakeLink: Sendable {
    let path: String
    private let asked = Mutex<[LinkRequest]>([])
    var requests: [LinkRequest] { asked.withLock { $0 } }

    init(on loop: EventLoop) throws {
        path = NSTemporaryDirectory() + "fake-link-\(getpid())-\(UInt32.random(in: 0...9_999))"
        let listener = SharedDescriptor(try UnixSocket.listen(path: path, mode: 0o600))
        loop.perform { [self] in
            _ = try? loop.watch(listener.rawValue, for: .readable) { [self] _ in
                guard let client = UnixSocket.accept(from: listener.rawValue) else { return }
                let shared = SharedDescriptor(client)
                _ = try? loop.watch(shared.rawValue, for: .readable) { [self] _ in
                    answer(shared, loop)
                }
            }
        }
    }

    private func answer(_ client: SharedDescriptor, _ loop: EventLoop) {
        var buffer = [UInt8](repeating: 0, count: 1_024)
        guard case .bytes(let count, _) = UnixSocket.receive(from: client.rawValue, into: &buffer)
        else { return }
        var framing = LinkFraming(length: LinkRequest.length)
        for message in framing.add(buffer.prefix(count)) {
            guard let request = try? LinkRequest(message) else { continue }
            asked.withLock { $0.append(request) }
            let reply = LinkReply(
                request.operation, number: request.number, status: .done, rssi: -42,
                interval: request.interval)
            _ = UnixSocket.send(reply.bytes, to: client.rawValue)
        }
    }

    deinit { unlink(path) }
}

extension CentralTests {
    @Suite("Link quality")
    struct LinkQualityTests {}
}

extension CentralTests.LinkQualityTests {
    @Test("15 ms for up to three sensors, 30 ms for all from the fourth on, 2 s of patience")
    func intervals() async throws {
        let thread = try LoopThread()
        let link = try FakeLink(on: thread.loop)
        let rig = try await Rig { $0.linkHelper = link.path }
        try await rig.start((1...4).map { FakeDevice.dot(Rig.address($0)) })
        for number in 1...3 { try await rig.addDot(number) }
        _ = try await rig.report(3, "15 ms") { $0.connectionIntervalMilliseconds == 15 }
        #expect(link.requests.allSatisfy { $0.interval == 12 && $0.timeout == 200 })
        #expect(link.requests.last?.address == 0xD422_CD00_0003)
        #expect(link.requests.allSatisfy { $0.adapter == 0 })
        try await rig.addDot(4)
        for number in 1...4 {
            _ = try await rig.report(number, "30 ms") { $0.connectionIntervalMilliseconds == 30 }
        }
        #expect(await rig.central.doctor.hasHelper)
        await rig.end()
        thread.end()
    }

    @Test("without the helper all goes on, and what that costs is said once")
    func absent() async throws {
        let rig = try await Rig { $0.linkHelper = "/nonexistent/rehab-link" }
        try await rig.start([FakeDevice.dot(Rig.address(1)), FakeDevice.dot(Rig.address(2))])
        try await rig.addDot(1)
        try await rig.addDot(2)
        _ = try await rig.event("the cost") { event in
            if case .warning(LinkHelper.cost) = event { true } else { false }
        }
        await rig.pause(0.1)
        let warnings = rig.tale.entries.count { timed in
            if case .event(.warning(LinkHelper.cost)) = timed.entry { true } else { false }
        }
        #expect(warnings == 1)
        let report = await rig.central.report(of: try Rig.device(1))
        #expect(report?.state == .streaming)
        #expect(await rig.central.doctor.hasHelper == false)
        await rig.end()
    }

    @Test("a helper that does not answer is given up after three seconds")
    func silent() throws {
        let clock = ManualClock()
        let loop = try EventLoop(clock: .manual(clock))
        let path = NSTemporaryDirectory() + "silent-link-\(getpid())"
        let listener = try UnixSocket.listen(path: path, mode: 0o600)
        defer { unlink(path) }
        let helper = LinkHelper(loop: loop, path: path)
        let answers = Mutex<[LinkReply?]>([])
        helper.assumeIsolated { helper in
            helper.ask(LinkRequest(.hello, number: 0)) { reply in
                answers.withLock { $0.append(reply) }
            }
        }
        loop.runUntilIdle()
        #expect(answers.withLock { $0 }.isEmpty)
        clock.advance(by: 3_000_000_000)
        loop.runUntilIdle()
        #expect(answers.withLock { $0 } == [nil])
        _ = listener.rawValue
    }
}
