// A door through which cues leave the alert thread for outputs that only the loop can serve.

package import Movement
package import Plumbing
import Synchronization

/// Cues on their way to the loop, and what became of them.
///
/// Domains: `offer` belongs to the alert thread; `next`, `clearWake` and `note` to the loop; the counts
/// are atomic, the reason is shared (mutex, held for a copy).
package final class CueDoor: Sendable {
    private let ring: SampleRing<Alert, 16>
    private let wake: Wakeup
    private let delivered = Atomic<Int>(0)
    private let undelivered = Atomic<Int>(0)
    private let trouble = Mutex<(reason: String, cure: String)?>(nil)

    package init() throws(PlumbingError) {
        ring = SampleRing(filledWith: Alert())
        wake = try Wakeup()
    }

    /// Hands a cue to the loop; false where 16 wait already.
    func offer(_ alert: Alert) -> Bool {
        let isQueued = ring.push(alert)
        if isQueued { wake.signal() } else { undelivered.add(1, ordering: .relaxed) }
        return isQueued
    }

    package func next() -> Alert? { ring.pop() }
    /// Becomes readable when a cue waits.
    package var wakeDescriptor: Int32 { wake.rawValue }
    package func clearWake() { wake.wait() }

    /// The cue arrived.
    package func noteDelivered() {
        delivered.add(1, ordering: .relaxed)
        trouble.withLock { $0 = nil }
    }

    /// The cue did not arrive, and why.
    package func noteUndelivered(reason: String, cure: String) {
        undelivered.add(1, ordering: .relaxed)
        trouble.withLock { $0 = (reason, cure) }
    }

    /// What stands in the way of the next cue, before there is one; nil: nothing.
    package func noteOutlook(_ trouble: (reason: String, cure: String)?) {
        self.trouble.withLock { $0 = trouble }
    }

    /// The health of the output that this door serves.
    func health(named name: String) -> AlertOutputHealth {
        var health = AlertOutputHealth(name: name)
        health.presented = delivered.load(ordering: .relaxed)
        health.notHeard = undelivered.load(ordering: .relaxed)
        let trouble = trouble.withLock { $0 }
        health.state = trouble == nil ? .ok : .failing
        health.reason = trouble?.reason
        health.cure = trouble?.cure
        return health
    }
}
