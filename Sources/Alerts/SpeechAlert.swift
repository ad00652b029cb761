// Cues as speech, on the stream of the tones: after the tone, cut by the next cue.

import Kinematics
package import Movement
import Plumbing
import Synchronization

/// The spoken output.
///
/// The tone tells side and moment; the words follow when it ends. A later cue fades them out within
/// 50 ms, so two cues are never heard at once.
///
/// Domains: the variables belong to the alert thread; counters are atomic; `arrival` and `told` are
/// shared (mutex, held for a copy).
package final class SpeechAlert: AlertOutput, @unchecked Sendable {
    package static let name = "speech"

    private let store: SpeechStore
    private let tone: ToneAlert
    private let convention: DirectionConvention
    private let share: SoundShare
    private let elsewhere: ToneAlert.Elsewhere
    private let presented = Atomic<Int>(0)
    private let notHeard = Atomic<Int>(0)
    private let stale = Atomic<Int>(0)
    private let isInstalled = Atomic<Bool>(false)
    private let arrival = Mutex<SpokenClips?>(nil)

    // Alert thread only.
    private var clips: SpokenClips?
    private var clipVolume = 0.0
    private var isMaking = false
    /// The opening of the device whose stream has the clips.
    private var installedIn = 0

    package convenience init?(_ setup: AlertSetup) {
        self.init(setup, elsewhere: ToneAlert.onThreadOfItsOwn)
    }

    /// With another way to run things elsewhere: tests do them in place.
    package init?(_ setup: AlertSetup, elsewhere: @escaping ToneAlert.Elsewhere) {
        guard let store = setup.speech, let tone = setup.share.tone else { return nil }
        self.store = store
        self.tone = tone
        self.elsewhere = elsewhere
        convention = setup.convention
        share = setup.share
    }

    package func upkeep(now: Int64) -> Int64? {
        guard let stream = tone.stream else {
            isInstalled.store(false, ordering: .relaxed)
            return nil
        }
        if let new = arrival.withLock({ $0.take() }) {
            clips = new
            isMaking = false
        }
        let isFitting = clips?.rate == stream.format.rate && clipVolume == share.volumeDecibels
        if isFitting, let clips {
            if installedIn != tone.openingCount {
                stream.mixer.clips = clips
                installedIn = tone.openingCount
                isInstalled.store(true, ordering: .relaxed)
            }
            return nil
        }
        if case .ready(let sounds) = store.state, !isMaking {
            make(sounds, rate: stream.format.rate)
        }
        return store.problem == nil ? now + 50_000_000 : nil
    }

    /// Lets the frames be made for the rate of the stream, elsewhere.
    private func make(_ sounds: [SpokenKey: WaveSound], rate: Int) {
        isMaking = true
        installedIn = 0
        clipVolume = share.volumeDecibels
        let peak = ToneBank.peak(volumeDecibels: clipVolume)
        let hasBegun = elsewhere { [self] in
            let clips = SpokenClips(sounds, rate: rate, peak: peak)
            arrival.withLock { $0 = clips }
        }
        if !hasBegun { isMaking = false }
    }

    package func present(_ alert: Alert, now: Int64) throws(AlertError) {
        if alert.isStale(at: now) {
            stale.add(1, ordering: .relaxed)
            throw AlertError(.stale)
        }
        do throws(AlertError) {
            try speak(alert, now: now)
            presented.add(1, ordering: .relaxed)
        } catch {
            notHeard.add(1, ordering: .relaxed)
            throw error
        }
    }

    private func speak(_ alert: Alert, now: Int64) throws(AlertError) {
        guard let stream = tone.stream else { throw tone.lastError }
        let side = convention.side(of: alert)
        let key = SpokenKey(rule: alert.rule, signal: alert.signal)
        let isSpoken: Bool
        do throws(AlertError) {
            isSpoken = try stream.follow(
                .spoken(key), left: side == .right ? ToneAlert.quietSide : ToneAlert.loudSide,
                right: side == .left ? ToneAlert.quietSide : ToneAlert.loudSide, now: now)
        } catch {
            throw tone.judge(error, now: now)
        }
        guard isSpoken else { throw AlertError(.voiceless) }
    }

    package var health: AlertOutputHealth {
        var health = AlertOutputHealth(name: Self.name)
        health.presented = presented.load(ordering: .relaxed)
        health.notHeard = notHeard.load(ordering: .relaxed)
        health.stale = stale.load(ordering: .relaxed)
        if let problem = store.problem {
            health.state = .failing
            health.reason = problem.reason
            health.cure = problem.cure
        } else {
            health.state = isInstalled.load(ordering: .relaxed) ? .ok : .off
            health.details = "voice \(store.texts.voice)"
        }
        return health
    }
}
