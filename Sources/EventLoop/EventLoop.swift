// One thread that waits for descriptors, timers, signals and jobs, and runs actors.

import Glibc
package import Plumbing
import Synchronization

/// An epoll loop that is a Swift serial executor: actors that use it (`LoopActor`) run on the
/// thread that called `run()`, and call each other without a thread switch.
///
/// It is a task executor too: a task made with `Task(executorPreference: loop)` stays on that
/// thread throughout, while a plain one passes through Swift's thread pool whenever a continuation
/// resumes it (seen with 6.3.1).
///
/// Domains:
/// - `enqueue`, `perform`, `stop` and `now` may be called from any thread;
/// - everything else, and every callback, belongs to the loop's thread: the one that made the loop
///   until `run()` is called, and from then on the one that runs it. `checkIsolated` stops the
///   process when that is not kept.
package final class EventLoop: SerialExecutor, TaskExecutor {
    /// Something to run: a piece of an actor's or task's work, or a plain function.
    private enum Item {
        case job(UnownedJob)
        case call(@Sendable () -> Void)
    }

    /// What other threads leave for the loop.
    private struct Inbox {
        var items: [Item] = []
        /// The loop has been told to look here and has not looked yet.
        var signalled = false
        var stopping = false
    }

    /// What only the loop's thread touches.
    private final class Owned {
        var poller: Poller
        var watches: [UInt64: @Sendable (Poller.Events) -> Void] = [:]
        var lastToken: UInt64 = 0
        var timers = TimerQueue()
        /// The deadline the kernel's timer stands at, nil when disarmed.
        var armed: Int64?

        init() throws(PlumbingError) { poller = try Poller() }
    }

    private let clock: LoopClock
    private let inbox = Mutex(Inbox())
    private let wakeup: Wakeup
    private let kernelTimer: KernelTimer
    private let thread = Atomic<UInt>(currentThread())
    // Owned by the loop's thread; every access goes through `owned`, which checks that.
    nonisolated(unsafe) private let ownedStorage: Owned

    package init(clock: LoopClock = .monotonic) throws(PlumbingError) {
        self.clock = clock
        wakeup = try Wakeup()
        kernelTimer = try KernelTimer()
        let owned = try Owned()
        try owned.poller.add(wakeup.rawValue, .readable, token: EventLoop.wakeupToken)
        try owned.poller.add(kernelTimer.rawValue, .readable, token: EventLoop.timerToken)
        owned.lastToken = EventLoop.timerToken
        unsafe ownedStorage = owned
        if case .manual(let manual) = clock {
            manual.whenAdvanced { [weak self] in self?.wake() }
        }
    }

    private static let wakeupToken: UInt64 = 1
    private static let timerToken: UInt64 = 2

    private var owned: Owned {
        checkIsolated()
        return unsafe ownedStorage
    }

    /// Host time in nanoseconds, as this loop's timers see it.
    package var now: Int64 { clock.now }

    // MARK: Running

    /// Runs on the calling thread until `stop()`.
    ///
    /// The loop belongs to this thread from now on.
    package func run() {
        thread.store(currentThread(), ordering: .sequentiallyConsistent)
        while !inbox.withLock({ $0.stopping }) { turn(mayWait: true) }
        inbox.withLock { $0.stopping = false }
    }

    /// Runs what can be run without waiting, on the calling thread, and returns: for tests that
    /// drive a loop by hand.
    ///
    /// A watch whose callback does not take what is there is called again, at most `passes` times.
    package func runUntilIdle(passes: Int = 1_000) {
        thread.store(currentThread(), ordering: .sequentiallyConsistent)
        for _ in 0..<passes where !turn(mayWait: false) { return }
    }

    /// Ends `run()` after the callbacks in progress.
    ///
    /// From any thread.
    package func stop() {
        inbox.withLock { $0.stopping = true }
        wakeup.signal()
    }

    /// One pass: jobs, then descriptors, then timers.
    ///
    /// Returns whether there was anything to do.
    @discardableResult
    private func turn(mayWait: Bool) -> Bool {
        let ran = runInbox()
        arm()
        let idle = inbox.withLock { inbox in
            let empty = inbox.items.isEmpty && !inbox.stopping
            if empty { inbox.signalled = false }
            return empty
        }
        let due = owned.timers.earliest.map { $0 <= now } ?? false
        let wait = mayWait && idle && !due
        let ready = owned.poller.wait(milliseconds: wait ? nil : 0)
        let handled = dispatch(ready)
        let fired = fireTimers()
        return ran || !idle || handled || fired
    }

    /// Runs what was in the inbox at the start of the pass; what is added meanwhile waits for the
    /// next pass, so that descriptors get their turn.
    private func runInbox() -> Bool {
        let items = inbox.withLock { inbox in
            let items = inbox.items
            inbox.items.removeAll()
            return items
        }
        for item in items {
            switch item {
            case .job(let job):
                unsafe job.runSynchronously(
                    isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            case .call(let body): body()
            }
        }
        return !items.isEmpty
    }

    private func dispatch(_ count: Int) -> Bool {
        // Copied first: a callback may remove a watch whose event is further down the list, and
        // then that event must not be delivered.
        var events: [(token: UInt64, events: Poller.Events)] = []
        for index in 0..<count {
            events.append((owned.poller.token(at: index), owned.poller.events(at: index)))
        }
        var handled = false
        for (token, what) in events {
            switch token {
            case EventLoop.wakeupToken: wakeup.wait()
            case EventLoop.timerToken: kernelTimer.clear()
            default:
                handled = true
                owned.watches[token]?(what)
            }
        }
        return handled
    }

    // MARK: Executor

    /// Takes a job from the Swift runtime.
    ///
    /// From any thread.
    package func enqueue(_ job: consuming ExecutorJob) {
        leave(.job(UnownedJob(job)))
    }

    /// Runs `body` on the loop's thread, after what is already waiting.
    ///
    /// From any thread.
    package func perform(_ body: @escaping @Sendable () -> Void) {
        leave(.call(body))
    }

    private func leave(_ item: Item) {
        let mustSignal = inbox.withLock { inbox in
            inbox.items.append(item)
            defer { inbox.signalled = true }
            return !inbox.signalled
        }
        // The loop's own thread looks into the inbox before it waits again.
        if mustSignal && !isCurrent { wakeup.signal() }
    }

    private func wake() { wakeup.signal() }

    /// True on the loop's thread.
    package var isCurrent: Bool {
        thread.load(ordering: .sequentiallyConsistent) == currentThread()
    }

    /// Stops the process when called off the loop's thread: a mistake of ours that would corrupt
    /// the state of an actor.
    package func checkIsolated() {
        precondition(isCurrent, "called outside the event loop's thread")
    }

    package func isIsolatingCurrentContext() -> Bool? { isCurrent }

    // MARK: Descriptors

    /// Calls `body` on the loop whenever one of `events` holds for `descriptor` (level-triggered;
    /// error and hang-up are always reported).
    ///
    /// The caller keeps the descriptor open until the watch is removed.
    package func watch(
        _ descriptor: Int32, for events: Poller.Events,
        _ body: @escaping @Sendable (Poller.Events) -> Void
    ) throws(PlumbingError) -> Watch {
        let owned = owned
        owned.lastToken &+= 1
        let token = owned.lastToken
        try owned.poller.add(descriptor, events, token: token)
        owned.watches[token] = body
        return Watch(descriptor: descriptor, token: token)
    }

    /// Changes what a watch waits for; `[]` leaves error and hang-up.
    package func change(_ watch: Watch, to events: Poller.Events) throws(PlumbingError) {
        try owned.poller.modify(watch.descriptor, events, token: watch.token)
    }

    /// Ends a watch; its callback is not called again.
    ///
    /// Call it before closing the descriptor.
    package func remove(_ watch: Watch) {
        let owned = owned
        if owned.watches.removeValue(forKey: watch.token) != nil {
            owned.poller.remove(watch.descriptor)
        }
    }

    // MARK: Timers

    /// Calls `body` once, at `deadline` nanoseconds of host time; at once if that is past.
    @discardableResult
    package func at(_ deadline: Int64, _ body: @escaping @Sendable () -> Void) -> TimerID {
        owned.timers.add(deadline: deadline, interval: nil, body)
    }

    /// Calls `body` once, `nanoseconds` from now.
    @discardableResult
    package func after(_ nanoseconds: Int64, _ body: @escaping @Sendable () -> Void) -> TimerID {
        at(now &+ max(0, nanoseconds), body)
    }

    /// Calls `body` every `nanoseconds`, first in `nanoseconds` from now.
    ///
    /// Firings that were missed are skipped, the rhythm is kept.
    @discardableResult
    package func every(_ nanoseconds: Int64, _ body: @escaping @Sendable () -> Void) -> TimerID {
        let interval = max(1, nanoseconds)
        return owned.timers.add(deadline: now &+ interval, interval: interval, body)
    }

    package func cancel(_ timer: TimerID) { owned.timers.remove(timer) }

    private func fireTimers() -> Bool {
        let now = now
        var fired = false
        // No more than there were, so that a timer that sets the next one cannot hold the loop up.
        for _ in 0..<owned.timers.count {
            guard let timer = owned.timers.popDue(at: now) else { break }
            fired = true
            timer.body()
        }
        return fired
    }

    /// Sets the kernel's timer to the earliest deadline.
    private func arm() {
        guard case .monotonic = clock else { return }
        let owned = owned
        let earliest = owned.timers.earliest
        if earliest == owned.armed { return }
        kernelTimer.set(earliest)
        owned.armed = earliest
    }
}

/// One watched descriptor of a loop.
package struct Watch: Sendable, Hashable {
    package let descriptor: Int32
    let token: UInt64
}

/// The calling thread's identity.
private func currentThread() -> UInt { UInt(pthread_self()) }
