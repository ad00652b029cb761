// How an actor lives on an event loop, and how its callbacks re-enter it.

package import Plumbing

/// An actor whose code runs on an event loop's thread.
///
/// ```swift
/// actor Watchdog: LoopActor {
///     nonisolated let loop: EventLoop
///     private var beats = 0
///
///     init(loop: EventLoop) { self.loop = loop }
///
///     func start() {
///         every(1_000_000_000) { watchdog in watchdog.beats += 1 }
///     }
/// }
/// ```
///
/// The executor comes from this protocol, so that a conforming actor needs no unsafe code. Two such
/// actors on one loop call each other without a thread switch. Callbacks hold the actor weakly.
package protocol LoopActor: Actor {
    nonisolated var loop: EventLoop { get }
}

extension LoopActor {
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.asUnownedSerialExecutor()
    }

    /// `EventLoop.watch` with the actor's state at hand.
    package nonisolated func watch(
        _ descriptor: Int32, for events: Poller.Events,
        _ body: @escaping @Sendable (isolated Self, Poller.Events) -> Void
    ) throws(PlumbingError) -> Watch {
        try loop.watch(descriptor, for: events) { [weak self] events in
            self?.assumeIsolated { body($0, events) }
        }
    }

    /// `EventLoop.at` with the actor's state at hand.
    @discardableResult
    package nonisolated func at(
        _ deadline: Int64, _ body: @escaping @Sendable (isolated Self) -> Void
    ) -> TimerID {
        loop.at(deadline) { [weak self] in self?.assumeIsolated { body($0) } }
    }

    /// `EventLoop.after` with the actor's state at hand.
    @discardableResult
    package nonisolated func after(
        _ nanoseconds: Int64, _ body: @escaping @Sendable (isolated Self) -> Void
    ) -> TimerID {
        loop.after(nanoseconds) { [weak self] in self?.assumeIsolated { body($0) } }
    }

    /// `EventLoop.every` with the actor's state at hand.
    @discardableResult
    package nonisolated func every(
        _ nanoseconds: Int64, _ body: @escaping @Sendable (isolated Self) -> Void
    ) -> TimerID {
        loop.every(nanoseconds) { [weak self] in self?.assumeIsolated { body($0) } }
    }

    /// Lets other work of the loop go on for `nanoseconds`, at least for one pass.
    ///
    /// `Task.sleep` and `Task.yield` would go through Swift's thread pool, which nobody here uses.
    package func pause(_ nanoseconds: Int64) async {
        await withCheckedContinuation { continuation in
            loop.after(nanoseconds) { continuation.resume() }
        }
    }
}
