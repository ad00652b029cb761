// The pelvis as a continuous sound: silent while it is level, on the low side as it tips.

package import Movement
import Synchronization

/// The continuous sound, an option.
///
/// A soft low note grows on the side that sinks (or on the other, by the convention of the cues), from
/// nothing at 2° to full at 8°; a fifth above it joins in the upper half. It is no cue: it never counts
/// as one.
///
/// Domains: the variables belong to the alert thread; the flags are atomic.
package final class SonificationAlert: AlertOutput, @unchecked Sendable {
    package static let name = "sonification"

    private let next: @Sendable () -> BodyLevel?
    private let tone: ToneAlert
    private let convention: DirectionConvention
    private let isSounding = Atomic<Bool>(false)

    // Alert thread only.
    private var isWanted = true
    private var told = DroneLevels()
    private var newest = BodyLevel()

    /// How often the sound follows the body, ns; each step is a line of 60 ms.
    private static let step: Int64 = 20_000_000
    /// rad at which it begins and at which it is loudest (engineering defaults: half the smallest drop
    /// that is cued, and twice it).
    package static let begin = 2.0 * Double.pi / 180
    package static let full = 8.0 * Double.pi / 180

    package init?(_ setup: AlertSetup) {
        guard let next = setup.levels, let tone = setup.share.tone else { return nil }
        self.next = next
        self.tone = tone
        convention = setup.convention
    }

    package func prepare(now: Int64) { isWanted = true }

    package func finish() {
        isWanted = false
        told = DroneLevels()
        isSounding.store(false, ordering: .relaxed)
    }

    package func present(_ alert: Alert, now: Int64) throws(AlertError) {
        throw AlertError(.notMine)
    }

    package func upkeep(now: Int64) -> Int64? {
        while let level = next() { newest = level }
        guard isWanted, let stream = tone.stream else { return nil }
        let isFresh = newest.isJudged && now - newest.time <= staleAfter
        let levels =
            isFresh
            ? SonificationAlert.levels(obliquity: newest.obliquity, convention) : DroneLevels()
        if levels != told {
            do throws(AlertError) {
                try stream.drone(levels, seconds: isFresh ? 0.06 : 0.2, now: now)
                told = levels
            } catch {
                // What the stream lacks is the tones' to tell; the next step tries again.
                _ = tone.judge(error, now: now)
            }
            isSounding.store(!levels.isSilent, ordering: .relaxed)
        }
        return now + SonificationAlert.step
    }

    /// What is sounded for an obliquity (rad, positive: right side lower).
    package static func levels(
        obliquity: Double, _ convention: DirectionConvention
    ) -> DroneLevels {
        var levels = DroneLevels()
        guard obliquity.isFinite, abs(obliquity) > begin else { return levels }
        let share = Float(min(1, (abs(obliquity) - begin) / (full - begin)))
        let high = max(0, share - 0.5)
        let isRight = (obliquity > 0) == (convention == .awayFrom)
        if isRight {
            levels.lowRight = share - high
            levels.highRight = high
        } else {
            levels.lowLeft = share - high
            levels.highLeft = high
        }
        return levels
    }

    package var health: AlertOutputHealth {
        var health = AlertOutputHealth(name: Self.name)
        health.state = isSounding.load(ordering: .relaxed) ? .ok : .off
        return health
    }
}
