// The alert thread: takes cues from the real-time thread and hands each to every output at once.

import Glibc
package import Movement
package import Plumbing
import Synchronization

/// Where the dispatcher gets its alerts: the consuming end of a pipeline's alert ring.
package struct AlertSource: Sendable {
    package var next: @Sendable () -> Alert?
    /// Becomes readable when an alert was decided.
    package var wakeDescriptor: Int32
    /// Takes the wake-up away; only called when the descriptor is readable.
    package var clearWake: @Sendable () -> Void

    package init(
        next: @escaping @Sendable () -> Alert?, wakeDescriptor: Int32,
        clearWake: @escaping @Sendable () -> Void
    ) {
        self.next = next
        self.wakeDescriptor = wakeDescriptor
        self.clearWake = clearWake
    }
}

/// What became of one alert.
package struct Presented: BitwiseCopyable, Sendable, Equatable {
    package var alert = Alert()
    /// When the alert thread took the alert, and when the last output had it; host ns.
    package var taken: Int64 = 0
    package var time: Int64 = 0
    /// Bit i: output i presented it.
    package var heardBy: UInt8 = 0
    /// Kept back because its sample was too old.
    package var isStale = false

    package init() {}

    /// At least one output presented it.
    package var heard: Bool { heardBy != 0 }
    /// ns from the sample under the decision to the hand-over: the sensor's way included, since an
    /// alert carries no other time.
    package var latency: Int64 { time - alert.time }
    package func heard(byOutput index: Int) -> Bool { heardBy & (1 << UInt8(index)) != 0 }
}

/// Owns the alert thread for one session.
///
/// Domains: `notify` and `nextPresented` belong to one thread (the loop); the outputs to the alert
/// thread, but for their `health`; `isEnding` and `granted` are atomic.
package final class AlertDispatcher: @unchecked Sendable {
    private let source: AlertSource
    private let outputs: [any AlertOutput]
    private let clock: @Sendable () -> Int64
    private let wake: Wakeup
    private let presentedWake: Wakeup
    private let presented: SampleRing<Presented, 256>
    private let notices: SampleRing<Notice, 16>
    private let isEnding = Atomic<Bool>(false)
    private let wantsWarm: Atomic<Bool>
    private let granted = Atomic<UInt8>(SchedulingGrant.plain.rawValue)
    private let turnCount = Atomic<UInt64>(0)
    private var thread: DispatcherThread?
    /// Alert thread only: the two descriptors it waits for, and whether the outputs are prepared.
    private var awaited: [pollfd]
    private var isWarm = false

    /// Outputs a dispatcher can tell apart in `Presented`.
    package static let outputLimit = 8

    /// Starts the thread.
    ///
    /// It asks for SCHED_FIFO 39, `broker` (rtkit) where that is refused. `isWarm`: see `setWarm`.
    /// `clock` is the host time by which the age of a sample is judged; a replay gives its own.
    package init(
        source: AlertSource, outputs: [any AlertOutput], realtime: Bool = true,
        isWarm: Bool = true,
        broker: @escaping @Sendable (Int32) -> Bool = { _ in false },
        clock: @escaping @Sendable () -> Int64 = { MonotonicClock.now() }
    ) throws(PlumbingError) {
        self.source = source
        self.outputs = Array(outputs.prefix(AlertDispatcher.outputLimit))
        self.clock = clock
        wantsWarm = Atomic(isWarm)
        wake = try Wakeup()
        presentedWake = try Wakeup()
        presented = SampleRing(filledWith: Presented())
        notices = SampleRing(filledWith: .tick)
        awaited = [
            pollfd(fd: source.wakeDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wake.rawValue, events: Int16(POLLIN), revents: 0),
        ]
        let started = try RealtimeThread(name: "alert") { [unowned self] in
            RealtimeThread.settle()
            if realtime {
                let answer = RealtimeThread.requestScheduling(fifoPriority: 39, broker: broker)
                granted.store(answer.rawValue, ordering: .releasing)
            }
            run()
        }
        thread = DispatcherThread(started)
    }

    /// Sounds a signal of the program; false where 16 wait already.
    @discardableResult
    package func notify(_ notice: Notice) -> Bool {
        let isQueued = notices.push(notice)
        wake.signal()
        return isQueued
    }

    /// Whether the outputs are kept ready.
    ///
    /// A warm sound stream costs CPU time even in silence, nearly all of it PipeWire's: while nobody
    /// exercises or calibrates it may rest. Warming up takes some tens of milliseconds; cues that come
    /// to a resting output are not heard.
    package func setWarm(_ on: Bool) {
        wantsWarm.store(on, ordering: .releasing)
        wake.signal()
    }

    /// What became of the oldest alert not asked for yet.
    package func nextPresented() -> Presented? { presented.pop() }

    /// Becomes readable when something can be popped; `clearPresented` takes that away.
    package var presentedDescriptor: Int32 { presentedWake.rawValue }
    package func clearPresented() { presentedWake.wait() }

    /// Each output's health, in the order of `Presented`'s bits.
    package var health: [AlertOutputHealth] { outputs.map { $0.health } }

    package var grant: SchedulingGrant {
        SchedulingGrant(rawValue: granted.load(ordering: .acquiring)) ?? .plain
    }

    /// Turns of the thread's loop, for the watchdog: at least one a second passes while outputs live.
    package var turns: UInt64 { turnCount.load(ordering: .relaxed) }

    /// Presents what waits, ends every output and joins the thread.
    package func stop() {
        isEnding.store(true, ordering: .releasing)
        wake.signal()
        thread?.join()
        thread = nil
    }

    // MARK: alert thread

    private func run() {
        while true {
            warmOrRest()
            turnCount.add(1, ordering: .relaxed)
            let isEnding = isEnding.load(ordering: .acquiring)
            while let alert = source.next() { present(alert) }
            while let notice = notices.pop() {
                for output in outputs { output.present(notice, now: clock()) }
            }
            if isEnding { break }
            wait(until: upkeep())
        }
        for output in outputs { output.finish() }
    }

    private func warmOrRest() {
        let wanted = wantsWarm.load(ordering: .acquiring)
        guard wanted != isWarm else { return }
        isWarm = wanted
        for output in outputs {
            if wanted { output.prepare(now: clock()) } else { output.finish() }
        }
    }

    /// Hands one alert to every output.
    ///
    /// What one of them throws is noted and stops there.
    private func present(_ alert: Alert) {
        var result = Presented()
        result.alert = alert
        result.taken = clock()
        for index in outputs.indices {
            // A reminder of the background mode: what rests is not woken for it, nor blamed.
            if !isWarm, alert.rule.isReminder, !type(of: outputs[index]).worksAtRest { continue }
            do throws(AlertError) {
                try outputs[index].present(alert, now: clock())
                result.heardBy |= 1 << UInt8(index)
            } catch {
                if error.kind == .stale { result.isStale = true }
            }
        }
        result.time = clock()
        if presented.push(result) { presentedWake.signal() }
    }

    /// The earliest time at which an output wants to be called again.
    private func upkeep() -> Int64 {
        var earliest = clock() + AlertDispatcher.longestWait
        for output in outputs {
            if let next = output.upkeep(now: clock()) { earliest = min(earliest, next) }
        }
        return earliest
    }

    /// One second: the thread shows that it lives.
    private static let longestWait: Int64 = 1_000_000_000

    /// Waits for an alert, a notice, or the time.
    ///
    /// Whole milliseconds, rounded up: outputs ask to be called while they still have some in hand.
    private func wait(until deadline: Int64) {
        let left = max(0, deadline - clock())
        let milliseconds = Int32(clamping: max(1, (left + 999_999) / 1_000_000))
        let count = unsafe awaited.withUnsafeMutableBufferPointer {
            unsafe poll($0.baseAddress, nfds_t($0.count), milliseconds)
        }
        guard count > 0 else { return }
        if awaited[0].revents & Int16(POLLIN) != 0 { source.clearWake() }
        if awaited[1].revents & Int16(POLLIN) != 0 { wake.wait() }
    }
}

/// Holds the thread until it is joined.
private final class DispatcherThread: @unchecked Sendable {
    private var thread: RealtimeThread?

    init(_ thread: consuming RealtimeThread) { self.thread = consume thread }

    func join() {
        if let thread = thread.take() { thread.join() }
    }
}
