// Threads, wake-ups, the poll set and the clocks.

import Glibc
import Plumbing
import Synchronization
import Testing

private final class Findings: Sendable {
    let threadID = Atomic<Int32>(0)
    let policy = Atomic<Int32>(-1)
    let priority = Atomic<Int32>(-1)
    let nice = Atomic<Int32>(99)
    let brokerID = Atomic<Int32>(0)
    let grant = Atomic<UInt8>(255)
    let count = Atomic<Int>(0)
    let isDone = Atomic<Bool>(false)

    /// What the kernel says of the calling thread, written down.
    func note(_ granted: SchedulingGrant) {
        grant.store(granted.rawValue, ordering: .relaxed)
        policy.store(sched_getscheduler(0), ordering: .relaxed)
        var parameters = sched_param()
        _ = sched_getparam(0, &parameters)
        priority.store(parameters.sched_priority, ordering: .relaxed)
        nice.store(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0), ordering: .relaxed)
    }

    var granted: SchedulingGrant? { SchedulingGrant(rawValue: grant.load(ordering: .relaxed)) }
}

/// SCHED_RESET_ON_FORK of sched(7), a macro that Swift does not see.
private let resetOnFork: Int32 = 0x4000_0000

@Suite struct RealtimeThreadTests {
    @Test func theThreadHasItsNameAndRuns() throws {
        let findings = Findings()
        let thread = try RealtimeThread(name: "a-name-that-is-too-long") {
            findings.threadID.store(RealtimeThread.currentID(), ordering: .releasing)
            while !findings.isDone.load(ordering: .acquiring) { sched_yield() }
        }
        #expect(eventually { findings.threadID.load(ordering: .acquiring) != 0 })
        let id = findings.threadID.load(ordering: .acquiring)
        let name = try FileStore.read("/proc/self/task/\(id)/comm", limit: 100)
        // The kernel keeps 15 characters (pthread_setname_np(3)).
        #expect(String(decoding: name, as: UTF8.self) == "a-name-that-is-\n")
        findings.isDone.store(true, ordering: .releasing)
        thread.join()
    }

    @Test func whatTheThreadHeldIsReleasedWithIt() throws {
        weak var watched: Findings?
        do {
            let findings = Findings()
            watched = findings
            let thread = try RealtimeThread(name: "short") {
                findings.count.wrappingAdd(1, ordering: .relaxed)
            }
            thread.join()
            #expect(findings.count.load(ordering: .relaxed) == 1)
        }
        #expect(watched == nil)
    }

    /// What is reported is what the kernel did, whichever it granted here.
    @Test func theGrantIsTheTruth() throws {
        let findings = Findings()
        let thread = try RealtimeThread(name: "grant") {
            findings.note(RealtimeThread.requestScheduling(fifoPriority: 2))
        }
        thread.join()
        let policy = findings.policy.load(ordering: .relaxed)
        switch findings.granted {
        case .fifo:
            #expect(policy == SCHED_FIFO | resetOnFork)
            #expect(findings.priority.load(ordering: .relaxed) == 2)
        case .nice:
            #expect(policy == SCHED_OTHER)
            #expect(findings.nice.load(ordering: .relaxed) == -11)
        case .plain: #expect(policy == SCHED_OTHER)
        default: Issue.record("no broker was asked")
        }
    }

    /// Priority 1000 does not exist, so the kernel refuses it to everybody.
    @Test func whereTheKernelRefusesTheBrokerIsAskedWithTheThreadsID() throws {
        let findings = Findings()
        let thread = try RealtimeThread(name: "broker") {
            findings.threadID.store(RealtimeThread.currentID(), ordering: .relaxed)
            findings.note(
                RealtimeThread.requestScheduling(
                    fifoPriority: 1000,
                    broker: { id in
                        findings.brokerID.store(id, ordering: .relaxed)
                        return true
                    }))
        }
        thread.join()
        #expect(findings.granted == .rtkit)
        #expect(
            findings.brokerID.load(ordering: .relaxed)
                == findings.threadID.load(ordering: .relaxed))
        #expect(findings.threadID.load(ordering: .relaxed) != getpid())
    }

    @Test func whereNobodyGrantsTheThreadIsNiceOrPlain() throws {
        let findings = Findings()
        let thread = try RealtimeThread(name: "nice") {
            findings.note(RealtimeThread.requestScheduling(fifoPriority: 1000))
        }
        thread.join()
        let nice = findings.nice.load(ordering: .relaxed)
        switch findings.granted {
        case .nice: #expect(nice == -11)
        case .plain: #expect(nice > -11)
        default: Issue.record("a priority of 1000 cannot have been granted")
        }
        #expect(findings.policy.load(ordering: .relaxed) == SCHED_OTHER)
    }

    @Test func settlingFitsTheStack() throws {
        let findings = Findings()
        let thread = try RealtimeThread(name: "settle") {
            RealtimeThread.settle()
            findings.count.wrappingAdd(1, ordering: .relaxed)
        }
        thread.join()
        #expect(findings.count.load(ordering: .relaxed) == 1)
    }

    @Test func theProcessKnowsItsOwnUse() {
        #expect(RealtimeProcess.residentBytes() > 1_000_000)
        let before = RealtimeProcess.cpuTime()
        var sum = 0.0
        for index in 0..<100_000 { sum += Double(index).squareRoot() }
        #expect(sum > 0)
        #expect(RealtimeProcess.cpuTime() > before)
    }
}

private final class SharedWakeup: Sendable {
    let wakeup: Wakeup
    init() throws(PlumbingError) { wakeup = try Wakeup() }
}

@Suite struct WakeupTests {
    @Test func aSignalBeforeTheWaitIsKept() throws {
        let wakeup = try Wakeup()
        for _ in 0..<1000 { wakeup.signal() }
        wakeup.wait()
        let descriptor = wakeup.rawValue
        #expect(!UnixSocket.waitReadable(descriptor, milliseconds: 0))
        wakeup.signal()
        #expect(UnixSocket.waitReadable(descriptor, milliseconds: 0))
    }

    @Test func aWaitingThreadWakes() throws {
        let shared = try SharedWakeup()
        let findings = Findings()
        let thread = try RealtimeThread(name: "waiter") {
            for _ in 0..<1000 {
                shared.wakeup.wait()
                findings.count.wrappingAdd(1, ordering: .releasing)
            }
        }
        for round in 1...1000 {
            shared.wakeup.signal()
            #expect(eventually { findings.count.load(ordering: .acquiring) >= round })
        }
        thread.join()
    }
}

@Suite struct PollerTests {
    @Test func theReadyMemberIsNamedByItsToken() throws {
        var poller = try Poller()
        let first = try Ends()
        let second = try Ends()
        try poller.add(first.sink, .readable, token: 7)
        try poller.add(second.sink, .readable, token: UInt64.max)
        let none = poller.wait(milliseconds: 0)
        #expect(none == 0)
        #expect(second.send([1]))
        let one = poller.wait(milliseconds: 1000)
        let token = poller.token(at: 0)
        let events = poller.events(at: 0)
        #expect(one == 1)
        #expect(token == UInt64.max)
        #expect(events.contains(.readable) && !events.contains(.hangup))
        #expect(first.send([1]))
        let both = poller.wait(milliseconds: 1000)
        #expect(both == 2)
        poller.remove(second.sink)
        let left = poller.wait(milliseconds: 1000)
        let leftToken = poller.token(at: 0)
        #expect(left == 1 && leftToken == 7)
    }

    @Test func aHangUpIsReportedUnasked() throws {
        var poller = try Poller()
        let (source, sink) = try PacketSocket.pair().split()
        try poller.add(sink, [], token: 1)
        close(source)
        let count = poller.wait(milliseconds: 1000)
        let events = poller.events(at: 0)
        #expect(count == 1)
        #expect(events.contains(.hangup))
        close(sink)
    }

    @Test func whatIsWatchedCanBeChanged() throws {
        var poller = try Poller()
        let pair = try Ends()
        try poller.add(pair.source, .writable, token: 1)
        let writable = poller.wait(milliseconds: 0)
        #expect(writable == 1)
        try poller.modify(pair.source, .readable, token: 2)
        let quiet = poller.wait(milliseconds: 0)
        #expect(quiet == 0)
        let twice = #expect(throws: PlumbingError.self) {
            try poller.add(pair.source, .readable, token: 1)
        }
        #expect(twice?.code == EEXIST)
        let unknown = #expect(throws: PlumbingError.self) {
            try poller.modify(pair.sink, .readable, token: 1)
        }
        #expect(unknown?.code == ENOENT)
    }

    @Test func moreReadyMembersThanRoomComeInTurns() throws {
        var poller = try Poller(capacity: 2)
        let pairs = try (0..<5).map { _ in try Ends() }
        for (token, pair) in pairs.enumerated() {
            #expect(pair.send([1]))
            try poller.add(pair.sink, .readable, token: UInt64(token))
        }
        var seen: Set<UInt64> = []
        for _ in 0..<5 {
            let count = poller.wait(milliseconds: 0)
            #expect(count <= 2)
            for index in 0..<count { seen.insert(poller.token(at: index)) }
        }
        withExtendedLifetime(pairs) { #expect(seen == [0, 1, 2, 3, 4]) }
    }
}

@Suite struct MonotonicClockTests {
    @Test func itRisesAndIsTheKernelsOwn() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let reference = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        var last = MonotonicClock.now()
        #expect(last >= reference && last - reference < 1_000_000_000)
        for _ in 0..<1000 {
            let now = MonotonicClock.now()
            #expect(now >= last)
            last = now
        }
    }

    @Test func theOffsetTurnsWallTimeIntoHostTime() {
        let before = MonotonicClock.now()
        let host = MonotonicClock.wallTime() + MonotonicClock.offsetFromRealtime()
        let after = MonotonicClock.now()
        // A clock correction may fall between; it is far below a millisecond.
        #expect(host > before - 1_000_000 && host < after + 1_000_000)
    }

    @Test func sleepingUntilThePastReturns() {
        MonotonicClock.sleep(until: 0)
        let deadline = MonotonicClock.now() + 2_000_000
        MonotonicClock.sleep(until: deadline)
        #expect(MonotonicClock.now() >= deadline)
    }
}
