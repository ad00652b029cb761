// The loop's idea of now: the host clock, or one that a test turns by hand.

import Plumbing
import Synchronization

/// Where an event loop reads the time.
package enum LoopClock: Sendable {
    /// CLOCK_MONOTONIC; timers are armed in the kernel.
    case monotonic
    /// Time stands still until `ManualClock.advance` is called; no timer is armed in the kernel.
    case manual(ManualClock)

    /// Nanoseconds of host time.
    package var now: Int64 {
        switch self {
        case .monotonic: MonotonicClock.now()
        case .manual(let clock): clock.now
        }
    }
}

/// A clock that moves only when told to, so that a test of a five-second limit takes no time.
///
/// May be advanced from any thread: the loops that use it are woken and fire what became due.
package final class ManualClock: Sendable {
    private struct State {
        var now: Int64
        var wake: [@Sendable () -> Void] = []
    }

    private let state: Mutex<State>

    /// Starts at `now` nanoseconds.
    package init(now: Int64 = 1_000_000_000) { state = Mutex(State(now: now)) }

    package var now: Int64 { state.withLock { $0.now } }

    /// Moves the clock forward by `nanoseconds`; a negative step is ignored, as host time never goes
    /// back.
    package func advance(by nanoseconds: Int64) {
        let wake = state.withLock { state in
            if nanoseconds > 0 { state.now &+= nanoseconds }
            return state.wake
        }
        for call in wake { call() }
    }

    /// Calls `body` after every step.
    func whenAdvanced(_ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.wake.append(body) }
    }
}
