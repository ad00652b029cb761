// The bus actor against the bus daemon itself and against busctl, which encodes and decodes by itself.

import DBus
import EventLoop
import FakeBlueZ
import Foundation
import Glibc
import Plumbing
import Synchronization
import Testing

@Suite(
    "Bus", .serialized, .timeLimit(.minutes(1)),
    .enabled(if: TestBus.program != nil, "dbus-daemon is not installed"))
struct BusTests {
    static let busctl = ["/usr/bin/busctl", "/bin/busctl"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
    static let second: Int64 = 1_000_000_000

    /// A connected bus on a loop of its own.
    private func connected(_ daemon: TestBus, _ thread: LoopThread) async -> Bus {
        let bus = Bus(loop: thread.loop, address: .at(daemon.address))
        await ready(bus)
        return bus
    }

    private func ready(_ bus: Bus) async {
        await withCheckedContinuation { continuation in
            let once = Once(continuation)
            bus.loop.perform {
                bus.assumeIsolated { bus in
                    bus.onState { if $0 { once.resume() } }
                    bus.open()
                }
            }
        }
    }

    private func daemonCall(_ member: String, _ arguments: [BusValue] = []) -> BusCall {
        BusCall(
            to: "org.freedesktop.DBus", path: "/org/freedesktop/DBus",
            interface: "org.freedesktop.DBus", member: member, arguments)
    }

    @Test("calls are answered by the bus daemon, and errors keep their names")
    func calls() async throws {
        let daemon = try TestBus()
        let thread = try LoopThread()
        let bus = await connected(daemon, thread)
        let names = try await bus.call(daemonCall("ListNames"), limit: BusTests.second)
        #expect(names.first?.asStrings?.contains("org.freedesktop.DBus") == true)
        let user = try await bus.call(
            daemonCall("GetConnectionUnixUser", [.string("org.freedesktop.DBus")]),
            limit: BusTests.second)
        #expect(user.first == .uint32(getuid()))
        await #expect(throws: BusError.self) {
            _ = try await bus.call(
                daemonCall("GetNameOwner", [.string("org.nobody.here")]), limit: BusTests.second)
        }
        do throws(BusError) {
            _ = try await bus.call(
                daemonCall("GetNameOwner", [.string("org.nobody.here")]), limit: BusTests.second)
        } catch {
            #expect(error.remoteName == "org.freedesktop.DBus.Error.NameHasNoOwner")
        }
        await bus.close()
        thread.end()
    }

    @Test("values that D-Bus does not allow are refused here, not sent")
    func unsendable() async throws {
        let daemon = try TestBus()
        let thread = try LoopThread()
        let bus = await connected(daemon, thread)
        for value: BusValue in [
            .objectPath("no/slash"), .string("a\0b"), .signature("("), .variant(.objectPath("")),
        ] {
            do throws(BusError) {
                _ = try await bus.call(daemonCall("ListNames", [value]), limit: BusTests.second)
                Issue.record("\(value) was sent")
            } catch {
                #expect(error == .unsendable(member: "ListNames"))
            }
        }
        await bus.close()
        thread.end()
    }

    @Test("a silent service costs the caller's own limit, no more")
    func timeouts() async throws {
        let daemon = try TestBus()
        let thread = try LoopThread()
        let bus = await connected(daemon, thread)
        let silent = await connected(daemon, thread)
        await silent.onInvocation { _ in true }
        let name = try #require(await silent.uniqueName)
        let start = MonotonicClock.now()
        do throws(BusError) {
            _ = try await bus.call(
                BusCall(to: name, path: "/", interface: "a.b", member: "Silence"),
                limit: 100_000_000)
            Issue.record("answered")
        } catch {
            #expect(error == .timedOut(member: "Silence"))
        }
        let spent = MonotonicClock.now() - start
        #expect(spent >= 100_000_000)
        // The library's own limit is 25 s; a busy machine may be half a second late.
        #expect(spent < 2_000_000_000)
        await bus.close()
        await silent.close()
        thread.end()
    }

    @Test(
        "every type comes in and goes out as busctl writes and reads it",
        .enabled(if: busctl != nil))
    func types() async throws {
        let daemon = try TestBus()
        let thread = try LoopThread()
        let bus = await connected(daemon, thread)
        let taken = Mutex<[BusValue]>([])
        await bus.onInvocation { call in
            taken.withLock { $0 = call.arguments }
            return call.reply(call.arguments)
        }
        let name = try #require(await bus.uniqueName)
        // Grammar of busctl(1): signature, then the values, containers with their count first.
        let words = [
            "ybnqiuxtdsogayasa{sv}(ib)v", "7", "true", "-2", "3", "-4", "5", "-6", "8", "1.5",
            "text", "/a/b", "as", "3", "1", "2", "255", "2", "one", "two", "1", "key", "u", "9",
            "11", "false", "s", "inner",
        ]
        let answer = try #require(
            run(["call", name, "/", "a.b", "Echo"] + words, on: daemon))
        let expected = """
            ybnqiuxtdsogayasa{sv}(ib)v 7 true -2 3 -4 5 -6 8 1.5 "text" "/a/b" "as" 3 1 2 255 2 \
            "one" "two" 1 "key" u 9 11 false s "inner"
            """
        #expect(answer == expected)
        let values = taken.withLock { $0 }
        #expect(
            values == [
                .byte(7), .boolean(true), .int16(-2), .uint16(3), .int32(-4), .uint32(5),
                .int64(-6), .uint64(8), .double(1.5), .string("text"), .objectPath("/a/b"),
                .signature("as"), .bytes([1, 2, 255]), .strings(["one", "two"]),
                .properties(["key": .uint32(9)]), .structure([.int32(11), .boolean(false)]),
                .variant(.string("inner")),
            ])
        #expect(values.map(\.signature).joined() == words[0])
        await bus.close()
        thread.end()
    }

    private func run(_ arguments: [String], on daemon: TestBus) -> String? {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: BusTests.busctl ?? "")
        process.arguments = ["--address=\(daemon.address)", "--"] + arguments
        process.standardOutput = output
        guard (try? process.run()) != nil else { return nil }
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.trimmingCharacters(in: .newlines)
    }

    @Test("a descriptor that came is our own: it works when the message is gone")
    func descriptors() async throws {
        let daemon = try TestBus()
        let thread = try LoopThread()
        let bus = await connected(daemon, thread)
        let server = await connected(daemon, thread)
        let ends = try PacketSocket.pair().split()
        let (kept, given) = (
            SharedDescriptor(Descriptor(owning: ends.source)),
            SharedDescriptor(Descriptor(owning: ends.sink))
        )
        await server.onInvocation { $0.reply([.descriptor(given), .uint16(247)]) }
        let name = try #require(await server.uniqueName)
        let reply = try await bus.call(
            BusCall(to: name, path: "/", interface: "a.b", member: "Give"), limit: BusTests.second)
        let received = try #require(reply.first?.asDescriptor)
        #expect(received.rawValue != given.rawValue)
        #expect(received.isPacketSocket)
        #expect(PacketSocket.send([1, 2, 3], to: received))
        var buffer = [UInt8](repeating: 0, count: 16)
        var space = buffer.mutableSpan
        #expect(
            PacketSocket.receive(from: kept.rawValue, into: &space)
                == .packet(count: 3, realtimeStamp: nil))
        await bus.close()
        await server.close()
        thread.end()
    }

    @Test("a name's owner is told when it comes, changes and goes")
    func names() async throws {
        let daemon = try TestBus()
        let thread = try LoopThread()
        let bus = await connected(daemon, thread)
        let told = Mutex<[String?]>([])
        await bus.watchName("org.rehabd.Test") { owner in told.withLock { $0.append(owner) } }
        for _ in 0..<2 {
            let owner = await connected(daemon, thread)
            await owner.requestName("org.rehabd.Test")
            _ = try await owner.call(daemonCall("GetId"), limit: BusTests.second)
            await owner.close()
        }
        _ = try await bus.call(daemonCall("GetId"), limit: BusTests.second)
        await bus.pause(50_000_000)
        let owners = told.withLock { $0 }
        #expect(owners.count == 5)
        #expect(owners.first == .some(nil))
        #expect(owners[1] != nil && owners[2] == nil && owners[3] != nil && owners[4] == nil)
        #expect(owners[1] != owners[3])
        await bus.close()
        thread.end()
    }

    @Test("the bus dies: calls that wait are answered, and a new connection takes up everything")
    func reconnects() async throws {
        let daemon = try TestBus()
        let thread = try LoopThread()
        let bus = await connected(daemon, thread)
        let silent = await connected(daemon, thread)
        await silent.onInvocation { _ in true }
        let name = try #require(await silent.uniqueName)
        let heard = Mutex(0)
        let rule = SignalRule(sender: "org.rehabd.Test", interface: "a.b", member: "Hello")
        await bus.subscribe(rule) { _ in heard.withLock { $0 += 1 } }
        let waiting = Task { () -> BusError? in
            do throws(BusError) {
                _ = try await bus.call(
                    BusCall(to: name, path: "/", interface: "a.b", member: "Silence"),
                    limit: 20 * BusTests.second)
                return nil
            } catch { return error }
        }
        await bus.pause(50_000_000)
        daemon.kill()
        #expect(await waiting.value == .notConnected)
        do throws(BusError) {
            _ = try await bus.call(daemonCall("GetId"), limit: BusTests.second)
            Issue.record("answered without a bus")
        } catch {
            #expect(error == .notConnected)
        }
        try daemon.start()
        await silent.requestName("org.rehabd.Test")
        while await !bus.isReady { await bus.pause(10_000_000) }
        while await bus.ownerOf("org.rehabd.Test") == nil { await bus.pause(10_000_000) }
        await silent.emit(path: "/x", interface: "a.b", member: "Hello")
        await bus.pause(100_000_000)
        #expect(heard.withLock { $0 } == 1)
        await bus.close()
        await silent.close()
        thread.end()
    }

    @Test("signals are taken from the owner of the name alone")
    func senderCheck() async throws {
        let daemon = try TestBus()
        let thread = try LoopThread()
        let bus = await connected(daemon, thread)
        let owner = await connected(daemon, thread)
        let stranger = await connected(daemon, thread)
        await owner.requestName("org.rehabd.Test")
        let heard = Mutex<[String]>([])
        let rule = SignalRule(
            sender: "org.rehabd.Test", interface: "a.b", pathNamespace: "/right")
        await bus.subscribe(rule) { signal in heard.withLock { $0.append(signal.path) } }
        while await bus.ownerOf("org.rehabd.Test") == nil { await bus.pause(10_000_000) }
        let receiver = await bus.uniqueName
        await stranger.emit(path: "/right", interface: "a.b", member: "M", to: receiver)
        await owner.emit(path: "/right", interface: "a.b", member: "M")
        await owner.emit(path: "/right/below", interface: "a.b", member: "M")
        await owner.emit(path: "/rightmost", interface: "a.b", member: "M")
        await owner.emit(path: "/right", interface: "a.c", member: "M", to: receiver)
        await bus.pause(100_000_000)
        #expect(heard.withLock { $0 } == ["/right", "/right/below"])
        #expect(await bus.forgedSignals == 1)
        for each in [bus, owner, stranger] { await each.close() }
        thread.end()
    }
}
