// The loop: timers by a clock turned by hand, descriptors, jobs from other threads, actors.

import Foundation
import Plumbing
import Synchronization
import Testing

@testable import EventLoop

/// Something that callbacks append to.
private final class Record: Sendable {
    private let entries = Mutex<[String]>([])
    func add(_ entry: String) { entries.withLock { $0.append(entry) } }
    var all: [String] { entries.withLock { $0 } }
}

private actor Counter: LoopActor {
    nonisolated let loop: EventLoop
    private(set) var count = 0
    private var allOnLoop = true

    init(loop: EventLoop) { self.loop = loop }

    func increase() {
        count += 1
        allOnLoop = allOnLoop && loop.isCurrent
    }

    func report() -> (count: Int, allOnLoop: Bool) { (count, allOnLoop) }
}

private actor Caller: LoopActor {
    nonisolated let loop: EventLoop
    private let counter: Counter

    init(loop: EventLoop, counter: Counter) {
        self.loop = loop
        self.counter = counter
    }

    func call(times: Int) async { for _ in 0..<times { await counter.increase() } }
}

@Suite struct EventLoopTests {
    @Test func timersFireWhenTheClockIsTurnedAndNotBefore() throws {
        let clock = ManualClock()
        let loop = try EventLoop(clock: .manual(clock))
        let record = Record()
        loop.after(5_000) { record.add("five") }
        loop.at(loop.now + 2_000) { record.add("two") }
        loop.runUntilIdle()
        #expect(record.all == [])
        clock.advance(by: 4_999)
        loop.runUntilIdle()
        #expect(record.all == ["two"])
        clock.advance(by: 1)
        loop.runUntilIdle()
        #expect(record.all == ["two", "five"])
    }

    @Test func aRepeatingTimerCanEndItself() throws {
        let clock = ManualClock()
        let loop = try EventLoop(clock: .manual(clock))
        let record = Record()
        let timer = Mutex<TimerID?>(nil)
        let id = loop.every(1_000) { [weak loop] in
            record.add("beat")
            if record.all.count == 3, let id = timer.withLock({ $0 }) { loop?.cancel(id) }
        }
        timer.withLock { $0 = id }
        for _ in 0..<10 {
            clock.advance(by: 1_000)
            loop.runUntilIdle()
        }
        #expect(record.all.count == 3)
    }

    @Test func aTimerThatSetsTheNextOneAtOnceLetsTheRestRun() throws {
        let loop = try EventLoop(clock: .manual(ManualClock()))
        let record = Record()
        loop.after(0) { [weak loop] in
            record.add("again")
            loop?.after(0) { record.add("next") }
        }
        loop.perform { record.add("performed") }
        loop.runUntilIdle(passes: 1)
        #expect(record.all == ["performed", "again"])
        loop.runUntilIdle(passes: 1)
        #expect(record.all == ["performed", "again", "next"])
    }

    @Test func theKernelsClockFiresATimerAndTheLoopReturnsWhenStopped() throws {
        let loop = try EventLoop()
        let record = Record()
        let start = loop.now
        loop.after(2_000_000) { [weak loop] in
            record.add("fired")
            loop?.stop()
        }
        loop.run()
        #expect(record.all == ["fired"])
        #expect(loop.now - start >= 2_000_000)
    }

    @Test func aWatchTellsOfBytesAndOfHangUpUntilItIsRemoved() throws {
        let loop = try EventLoop()
        let record = Record()
        let (source, sink) = try PacketSocket.pair().split()
        let writer = SharedDescriptor(Descriptor(owning: source))
        let reader = Descriptor(owning: sink)
        let watch = try loop.watch(reader.rawValue, for: .readable) { events in
            record.add(events.contains(.readable) ? "readable" : "other")
        }
        loop.runUntilIdle(passes: 3)
        #expect(record.all == [])
        _ = PacketSocket.send([1, 2], to: try writer.duplicate())
        loop.runUntilIdle(passes: 1)
        #expect(record.all == ["readable"])
        loop.remove(watch)
        loop.runUntilIdle(passes: 3)
        #expect(record.all == ["readable"])
    }

    @Test func aWatchRemovedByAnotherCallbackIsNotCalledAnyMore() throws {
        let loop = try EventLoop()
        let record = Record()
        let first = try PacketSocket.pair()
        let second = try PacketSocket.pair()
        let watches = Mutex<[Watch]>([])
        let body: @Sendable (Poller.Events) -> Void = { [weak loop] _ in
            record.add("called")
            for watch in watches.withLock({ $0 }) { loop?.remove(watch) }
        }
        let both = [
            try loop.watch(first.sink.rawValue, for: .readable, body),
            try loop.watch(second.sink.rawValue, for: .readable, body),
        ]
        watches.withLock { $0 = both }
        _ = PacketSocket.send([1], to: first.source)
        _ = PacketSocket.send([1], to: second.source)
        loop.runUntilIdle(passes: 2)
        #expect(record.all == ["called"])
    }

    @Test func functionsFromOtherThreadsRunOnTheLoopInTheirOrder() throws {
        let loop = try EventLoop()
        let seen = Mutex<[[Int]]>(Array(repeating: [], count: 4))
        let left = Atomic<Int>(4)
        for thread in 0..<4 {
            Thread {
                for number in 0..<500 {
                    loop.perform { seen.withLock { $0[thread].append(number) } }
                }
                if left.subtract(1, ordering: .sequentiallyConsistent).newValue == 0 {
                    loop.perform { loop.stop() }
                }
            }.start()
        }
        loop.run()
        #expect(seen.withLock { $0 } == Array(repeating: Array(0..<500), count: 4))
    }

    @Test func actorsOfOneLoopCallEachOtherOnItsThread() throws {
        let loop = try EventLoop()
        let counter = Counter(loop: loop)
        let caller = Caller(loop: loop, counter: counter)
        let result = Mutex<(count: Int, allOnLoop: Bool)?>(nil)
        Task.detached {
            await caller.call(times: 1_000)
            let report = await counter.report()
            result.withLock { $0 = report }
            loop.stop()
        }
        loop.run()
        let report = try #require(result.withLock { $0 })
        #expect(report.count == 1_000)
        #expect(report.allOnLoop)
        // On the loop's thread an actor may be entered without waiting.
        #expect(counter.assumeIsolated { $0.count } == 1_000)
    }

    @Test func aTaskOfTheLoopStaysOnItAcrossPauses() throws {
        let clock = ManualClock()
        let loop = try EventLoop(clock: .manual(clock))
        let counter = Counter(loop: loop)
        let passes = Record()
        Task(executorPreference: loop) {
            for pause in [0, 5, 0] as [Int64] {
                await counter.pause(pause)
                passes.add(loop.isCurrent ? "on the loop" : "elsewhere")
            }
        }
        // No other thread can have a part in this: the loop is never waited for.
        loop.runUntilIdle()
        #expect(passes.all == ["on the loop"])
        clock.advance(by: 5)
        loop.runUntilIdle()
        #expect(passes.all == Array(repeating: "on the loop", count: 3))
    }

    @Test func anActorsTimerFindsItsState() throws {
        let clock = ManualClock()
        let loop = try EventLoop(clock: .manual(clock))
        let counter = Counter(loop: loop)
        counter.every(10) { $0.increase() }
        for _ in 0..<3 {
            clock.advance(by: 10)
            loop.runUntilIdle()
        }
        #expect(counter.assumeIsolated { $0.count } == 3)
    }

    @Test func signalsArriveAsEvents() throws {
        let loop = try EventLoop()
        let record = Record()
        let signals = try UnixSignals([SIGUSR1, SIGUSR2], on: loop) { record.add("\($0)") }
        raise(SIGUSR2)
        loop.runUntilIdle()
        #expect(record.all == ["\(SIGUSR2)"])
        signals.end(on: loop)
    }

    @Test func useFromAnotherThreadStopsTheProcess() async {
        await #expect(processExitsWith: .failure) {
            let loop = try EventLoop()
            let entered = DispatchSemaphore(value: 0)
            Thread {
                loop.after(0) {}
                entered.signal()
            }.start()
            entered.wait()
        }
    }
}
