// A sound that paces the breath: it swells while one breathes in, and sinks while one breathes out.

package import Movement
import Synchronization

/// The pace of a breathing sound.
package struct BreathPace: Sendable, Equatable {
    package var inSeconds: Double
    package var outSeconds: Double

    package init(inSeconds: Double, outSeconds: Double) {
        self.inSeconds = max(1, min(20, inSeconds))
        self.outSeconds = max(1, min(20, outSeconds))
    }

    /// 4 s in, 6 s out: six breaths a minute (engineering default).
    package static let usual = BreathPace(inSeconds: 4, outSeconds: 6)
}

/// Paces only: these sensors cannot see breathing, and nothing here claims to.
///
/// Domains: the variables belong to the alert thread; `count` and `isIn` are atomic.
package final class BreathAlert: AlertOutput, @unchecked Sendable {
    package static let name = "breath"

    private enum Phase {
        case waiting, inwards, turning, outwards
    }

    private let pace: BreathPace
    private let tone: ToneAlert
    private let breaths = Atomic<Int>(0)
    private let inwards = Atomic<Bool>(false)

    // Alert thread only.
    private var phase = Phase.waiting
    private var due: Int64 = 0

    /// s in which the note changes at the top of a breath.
    private static let turn = 0.4
    private static let loud: Float = 0.7

    package init?(_ setup: AlertSetup) {
        guard let pace = setup.breath, let tone = setup.share.tone else { return nil }
        self.pace = pace
        self.tone = tone
    }

    /// Breaths begun, and whether the present phase is the one in.
    package var count: Int { breaths.load(ordering: .acquiring) }
    package var isIn: Bool { inwards.load(ordering: .acquiring) }

    package func finish() { phase = .waiting }

    package func present(_ alert: Alert, now: Int64) throws(AlertError) {
        throw AlertError(.notMine)
    }

    package func upkeep(now: Int64) -> Int64? {
        guard let stream = tone.stream else {
            phase = .waiting
            return nil
        }
        if phase != .waiting, now < due { return due }
        let (next, levels, seconds) = following()
        do throws(AlertError) {
            try stream.drone(levels, seconds: seconds, now: now)
        } catch {
            _ = tone.judge(error, now: now)
            phase = .waiting
            return now + 50_000_000
        }
        let length = Int64(seconds * 1e9)
        // From the boundary that was due, so that the pace does not drift.
        due = (phase == .waiting ? now : due) + length
        phase = next
        if next == .inwards { breaths.add(1, ordering: .releasing) }
        inwards.store(next == .inwards, ordering: .releasing)
        return due
    }

    /// The phase that comes, what it sounds like at its end, and how long it takes.
    private func following() -> (Phase, DroneLevels, seconds: Double) {
        switch phase {
        case .waiting, .outwards:
            (.inwards, DroneLevels(high: Self.loud), pace.inSeconds)
        case .inwards: (.turning, DroneLevels(low: Self.loud), Self.turn)
        case .turning: (.outwards, DroneLevels(), pace.outSeconds - Self.turn)
        }
    }

    package var health: AlertOutputHealth {
        var health = AlertOutputHealth(name: Self.name)
        health.state = count > 0 ? .ok : .off
        return health
    }
}
