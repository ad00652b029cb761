// What a thread gets from rtkit, and that it never waits long for a no.

import DBus
import Foundation
import Plumbing
import Testing

/// Each case runs in a process of its own: asking lowers the process's limit of real-time CPU time.
@Suite("RealtimeKit", .serialized, .timeLimit(.minutes(1)))
struct RealtimeKitTests {
    static let hasBus = PrivateBus.program != nil

    @Test("a granted request", .enabled(if: hasBus, "dbus-daemon is not installed"))
    func granted() async {
        await #expect(processExitsWith: .success) {
            let bus = try #require(PrivateBus())
            defer { bus.stop() }
            setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address, 1)
            let kit = try #require(FakeRealtimeKit(on: bus.address))
            #expect(RealtimeKit.makeRealtime(thread: 1234))
            // Signature, process, thread and priority as in rtkit's interface.
            let process = UInt64(getpid())
            #expect(
                kit.calls == [
                    .init(
                        method: "MakeThreadRealtimeWithPID", process: process, thread: 1234,
                        value: 20)
                ])
            // rtkit refuses a process that allows itself more than 200 ms.
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(15), &limit)
            #expect(limit.rlim_max == 200_000)
            #expect(limit.rlim_cur < limit.rlim_max)
            kit.stop()
        }
    }

    @Test(
        "refused real time becomes a nice value",
        .enabled(if: hasBus, "dbus-daemon is not installed"))
    func refused() async {
        await #expect(processExitsWith: .success) {
            let bus = try #require(PrivateBus())
            defer { bus.stop() }
            setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address, 1)
            let kit = try #require(
                FakeRealtimeKit(on: bus.address, refusing: ["MakeThreadRealtimeWithPID"]))
            #expect(RealtimeKit.request(thread: 7, process: 8) == .highPriority)
            #expect(!RealtimeKit.makeRealtime(thread: 7, process: 8))
            #expect(
                kit.calls.map(\.method) == [
                    "MakeThreadRealtimeWithPID", "MakeThreadHighPriorityWithPID",
                    "MakeThreadRealtimeWithPID", "MakeThreadHighPriorityWithPID",
                ])
            #expect(
                kit.calls[1]
                    == .init(
                        method: "MakeThreadHighPriorityWithPID", process: 8, thread: 7, value: -11))
            kit.stop()
        }
    }

    @Test("nothing granted, no rtkit, no bus", .enabled(if: hasBus, "dbus-daemon is not installed"))
    func nothing() async {
        await #expect(processExitsWith: .success) {
            setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", 1)
            #expect(RealtimeKit.request(thread: 7) == .none)
            let bus = try #require(PrivateBus())
            defer { bus.stop() }
            setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address, 1)
            // A bus on which nobody has the name.
            #expect(RealtimeKit.request(thread: 7) == .none)
            let kit = try #require(
                FakeRealtimeKit(
                    on: bus.address,
                    refusing: ["MakeThreadRealtimeWithPID", "MakeThreadHighPriorityWithPID"]))
            #expect(RealtimeKit.request(thread: 7) == .none)
            #expect(kit.calls.count == 2)
            // Nonsense is not even sent.
            #expect(RealtimeKit.request(thread: 0) == .none)
            #expect(RealtimeKit.request(thread: 7, process: -1) == .none)
            #expect(kit.calls.count == 2)
            kit.stop()
        }
    }

    @Test(
        "a bus or a broker that hangs costs a second at most",
        .enabled(if: hasBus, "dbus-daemon is not installed"))
    func hanging() async {
        await #expect(processExitsWith: .success) {
            let bus = try #require(PrivateBus())
            defer { bus.stop() }
            setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address, 1)
            let kit = try #require(FakeRealtimeKit(on: bus.address, isSilent: true))
            var begin = MonotonicClock.now()
            #expect(RealtimeKit.request(thread: 7) == .none)
            // Two answers of 500 ms at most, and the machine's own delay.
            #expect(MonotonicClock.now() - begin < 2_500_000_000)
            #expect(kit.calls.count == 2)
            kit.stop()
            bus.freeze()
            begin = MonotonicClock.now()
            #expect(RealtimeKit.request(thread: 7) == .none)
            #expect(MonotonicClock.now() - begin < 2_000_000_000)
        }
    }
}
