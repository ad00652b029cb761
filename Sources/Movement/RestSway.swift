// How fast a person sways when nothing is asked of them.

import Kinematics

/// The middle of the last windows of rest: sway has quiet moments, and a window may hold the start of a movement.
package struct RestSway: BitwiseCopyable, Sendable {
    /// Speed at rest, RMS squared.
    package private(set) var power = 0.0
    /// Windows seen so far.
    package private(set) var windows = 0
    /// The newest windows of rest, RMS squared.
    private var rests: InlineArray<16, Double>
    private var sum = 0.0
    private var time = 0.0

    /// s of rest that give one figure of its speed.
    private static var window: Double { @_noLocks get { 0.5 } }
    private static var kept: Int { @_noLocks get { 16 } }

    @_noLocks
    package init() { rests = InlineArray(repeating: 0) }

    /// Takes a speed at rest.
    @_noLocks
    package mutating func add(_ speed: Double, interval: Double) {
        sum += speed * speed * interval
        time += interval
        guard time >= RestSway.window else { return }
        rests[windows % RestSway.kept] = sum / time
        windows += 1
        power = middle()
        sum = 0
        time = 0
    }

    /// A movement has begun: its start is not judged as rest.
    @_noLocks
    package mutating func leave() {
        sum = 0
        time = 0
    }

    /// The middle of the kept windows: the one that as many lie below as above.
    @_noLocks
    private func middle() -> Double {
        let kept = min(windows, RestSway.kept)
        var one = 0
        while one < kept {
            var below = 0
            var other = 0
            while other < kept {
                // Equal ones in their order.
                if rests[other] < rests[one] || rests[other] == rests[one] && other < one {
                    below += 1
                }
                other += 1
            }
            if below == (kept - 1) / 2 { return rests[one] }
            one += 1
        }
        return rests[0]
    }
}
