// Cues as tones on a warm ALSA stream: on the side to move away from, within milliseconds or not at all.

import Glibc
import Kinematics
package import Movement
import Plumbing
import Synchronization

/// The tone output.
///
/// Opens its device away from the alert thread, keeps it warm, and tries again every second where
/// there is none; a cue that comes meanwhile is counted, never played later.
///
/// Domains: the variables belong to the alert thread; `counters` are read by any thread; `report` and
/// `arrival` are shared (mutex, held for a copy).
package final class ToneAlert: AlertOutput, @unchecked Sendable {
    package static let name = "tone"

    /// Opens a device by name: ALSA in the daemon, a script in tests.
    package typealias Opening = @Sendable (String) throws(AlertError) -> any SoundDevice
    /// Runs something elsewhere, since opening and closing may take long, with a sound server that
    /// hangs for ever.
    ///
    /// False where it cannot even begin.
    package typealias Elsewhere = @Sendable (@escaping @Sendable () -> Void) -> Bool

    enum Phase {
        /// Not begun, at rest, or ended.
        case idle
        /// Waiting for the next attempt.
        case closed
        /// The answer has not come.
        case opening
        case open
    }

    private struct Counters: ~Copyable {
        let presented = Atomic<Int>(0)
        let notHeard = Atomic<Int>(0)
        let stale = Atomic<Int>(0)
        let underruns = Atomic<Int>(0)
        let openings = Atomic<Int>(0)
        /// µs from a frame put in to its sound; −1 where unknown.
        let delay = Atomic<Int>(-1)
    }

    private struct Report {
        var state = AlertOutputHealth.State.off
        var error: AlertError?
        var format: SoundFormat?
    }

    /// Where the other side of the loud channel is heard, 32768 = 1: an eighth (−18 dB), so that a cue
    /// is not lost on a person who hears with one ear.
    static let quietSide: Int32 = 4096
    static let loudSide: Int32 = 32768
    /// ns between two attempts to open (fault matrix, row 36).
    package static let retryInterval: Int64 = 1_000_000_000
    /// ns after which an opening without an answer is told as a sound server that hangs.
    private static let openingLimit: Int64 = 2_000_000_000

    /// ns by which a beat may come late.
    private static let beatLasts: Int64 = 300_000_000

    // Settings, the same for the output's whole life.
    private let device: String
    private let share: SoundShare
    private let convention: DirectionConvention
    private let open: Opening
    private let elsewhere: Elsewhere

    private let counters = Counters()
    private let report = Mutex(Report())
    private let arrival = Arrival()

    // Alert thread only.
    private(set) var phase = Phase.idle
    /// There is one exactly in phase `open`.
    private(set) var stream: WarmStream?
    /// Begin of the last attempt to open, or the moment the device was given up, host ns.
    private var since: Int64 = 0
    /// Underruns of this stream that `counters` already hold.
    private var underrunsBefore = 0
    /// A beat that waits for the device, and since when.
    private var late: (notice: Notice, since: Int64)?
    /// What a cue is answered while nothing is open.
    private(set) var lastError = AlertError(.starting)

    package convenience init?(_ setup: AlertSetup) {
        self.init(setup, open: { (name) throws(AlertError) in try AlsaDevice(name) })
    }

    /// With another way to open, and to run things elsewhere: tests do both in place.
    package init?(
        _ setup: AlertSetup, open: @escaping Opening,
        elsewhere: @escaping Elsewhere = ToneAlert.onThreadOfItsOwn
    ) {
        guard let device = setup.soundDevice else { return nil }
        self.device = device
        share = setup.share
        convention = setup.convention
        self.open = open
        self.elsewhere = elsewhere
        share.tone = self
    }

    package func prepare(now: Int64) {
        startOpening(now: now)
        _ = upkeep(now: now)
    }

    package func present(_ alert: Alert, now: Int64) throws(AlertError) {
        if alert.isStale(at: now) {
            counters.stale.add(1, ordering: .relaxed)
            throw AlertError(.stale)
        }
        let side = convention.side(of: alert)
        do throws(AlertError) {
            try play(
                Tone(rule: alert.rule), left: side == .right ? Self.quietSide : Self.loudSide,
                right: side == .left ? Self.quietSide : Self.loudSide, now: now)
            counters.presented.add(1, ordering: .relaxed)
        } catch {
            counters.notHeard.add(1, ordering: .relaxed)
            throw error
        }
    }

    package func present(_ notice: Notice, now: Int64) {
        late = nil
        // A cue is worth more than a beat, and would be faded out by it.
        if notice.isBeat, stream?.isSounding(now: now) == true { return }
        do throws(AlertError) {
            try play(Tone(notice: notice), left: Self.loudSide, right: Self.loudSide, now: now)
        } catch {
            if notice.isBeat, error.kind == .starting { late = (notice, now) }
        }
    }

    /// A set's first beat finds a device that is being opened: it is made up for while it is still one to move by.
    private func makeUp(now: Int64) {
        guard let (notice, since) = late else { return }
        let isOver = now - since > Self.beatLasts
        guard isOver || stream?.obstacle(now: now) == nil else { return }
        late = nil
        if !isOver { present(notice, now: now) }
    }

    private func play(
        _ tone: Tone, left: Int32, right: Int32, now: Int64
    ) throws(AlertError) {
        guard phase == .open, let stream else { throw lastError }
        do throws(AlertError) {
            try stream.play(.tone(tone), left: left, right: right, now: now)
        } catch {
            // A stream that only has not begun or stands still is `feed`'s to judge.
            if error.kind != .starting, error.kind != .stalled { giveUp(error, now: now) }
            throw error
        }
    }

    package func upkeep(now: Int64) -> Int64? {
        switch phase {
        case .idle: return nil
        case .closed:
            if now < since + Self.retryInterval { return since + Self.retryInterval }
            startOpening(now: now)
            return upkeep(now: now)
        case .opening:
            if let outcome = arrival.take() {
                settle(outcome, now: now)
                return phase == .open ? feed(now: now) : since + Self.retryInterval
            }
            if now - since > Self.openingLimit { note(AlertError(.unreachable)) }
            return now + 10_000_000
        case .open: return feed(now: now)
        }
    }

    package func finish() {
        if phase == .open, let stream { close(stream) }
        arrival.abandon()
        stream = nil
        late = nil
        phase = .idle
        lastError = AlertError(.starting)
        reported = nil
        report.withLock { $0 = Report() }
    }

    package var health: AlertOutputHealth {
        var health = AlertOutputHealth(name: Self.name)
        let report = report.withLock { $0 }
        health.state = report.state
        if let error = report.error {
            health.reason = "\(device): \(error.reason)"
            health.cure = error.cure.isEmpty ? nil : error.cure
        }
        health.details = report.format?.description
        health.presented = counters.presented.load(ordering: .relaxed)
        health.notHeard = counters.notHeard.load(ordering: .relaxed)
        health.stale = counters.stale.load(ordering: .relaxed)
        health.underruns = counters.underruns.load(ordering: .relaxed)
        let delay = counters.delay.load(ordering: .relaxed)
        health.delaySeconds = delay < 0 ? nil : Double(delay) * 1e-6
        health.openings = counters.openings.load(ordering: .relaxed)
        return health
    }

    // MARK: opening, feeding, giving up

    /// Lets a device be opened, and its tones be made for the rate it granted, elsewhere.
    private func startOpening(now: Int64) {
        phase = .opening
        since = now
        if lastError.kind == .starting { note(lastError) }
        let (device, volume, open, arrival) = (device, share.volumeDecibels, open, arrival)
        let ticket = arrival.expect()
        let hasBegun = elsewhere {
            do throws(AlertError) {
                let opened = try open(device)
                let bank = ToneBank(rate: opened.format.rate, volumeDecibels: volume)
                arrival.deliver(.open(WarmStream(device: opened, bank: bank)), for: ticket)
            } catch {
                arrival.deliver(.refused(error), for: ticket)
            }
        }
        if !hasBegun { arrival.deliver(.refused(AlertError(.other, code: EAGAIN)), for: ticket) }
    }

    /// Takes what an opening brought.
    private func settle(_ outcome: Arrival.Outcome, now: Int64) {
        switch outcome {
        case .refused(let error):
            phase = .closed
            lastError = error
            note(error)
        case .open(let opened):
            counters.openings.add(1, ordering: .relaxed)
            phase = .open
            stream = opened
            underrunsBefore = 0
            do throws(AlertError) {
                try opened.begin(now: now)
                report.withLock { $0.format = opened.format }
            } catch {
                giveUp(error, now: now)
            }
        }
    }

    /// Times the device was opened: a stream with another number is a new one.
    var openingCount: Int { counters.openings.load(ordering: .relaxed) }

    /// What went amiss with the stream in another output's hands; returns the error to throw.
    func judge(_ error: AlertError, now: Int64) -> AlertError {
        if error.kind != .starting, error.kind != .stalled { giveUp(error, now: now) }
        return error
    }

    /// Keeps the stream fed and the report true; returns when to come again.
    private func feed(now: Int64) -> Int64 {
        guard let stream else { return now + Self.retryInterval }
        do throws(AlertError) {
            let next = try stream.feed(now: now)
            if stream.underruns != underrunsBefore {
                counters.underruns.add(stream.underruns - underrunsBefore, ordering: .relaxed)
                underrunsBefore = stream.underruns
            }
            if let delay = stream.pathDelay {
                counters.delay.store(Int(delay * 1e6), ordering: .relaxed)
            }
            let error = stream.obstacle(now: now)
            if error != reported { note(error) }
            makeUp(now: now)
            return next
        } catch {
            giveUp(error, now: now)
            return since + Self.retryInterval
        }
    }

    /// Closes the device; the next attempt to open one is a second away.
    private func giveUp(_ error: AlertError, now: Int64) {
        // What a restart did not mend is no dry queue: the other end has gone.
        let error = error.isRepairable ? AlertError(.unplugged, code: error.code) : error
        if let stream { close(stream) }
        stream = nil
        phase = .closed
        since = now
        lastError = error
        note(error)
    }

    private func close(_ stream: WarmStream) {
        let handover = Handover(stream)
        // Without a thread to close it on, the device stays open: waiting here is the greater harm.
        _ = elsewhere { handover.close() }
    }

    /// What `note` said last; alert thread only.
    private var reported: AlertError?

    private func note(_ error: AlertError?) {
        reported = error
        let state: AlertOutputHealth.State =
            switch error?.kind {
            case nil: .ok
            case .starting: .off
            default: .failing
            }
        report.withLock {
            $0.state = state
            $0.error = error
        }
    }

    /// The usual `Elsewhere`: a thread that ends with its work.
    ///
    /// One that hangs is left behind.
    package static let onThreadOfItsOwn: Elsewhere = { work in
        do throws(PlumbingError) {
            let thread = try RealtimeThread(name: "sound-open", stackBytes: 512 * 1024) {
                // Nobody joins it: it gives its stack back by itself.
                pthread_detach(pthread_self())
                work()
            }
            _ = consume thread
            return true
        } catch {
            return false
        }
    }
}

/// Carries a stream to the thread that closes it.
private final class Handover: @unchecked Sendable {
    private let stream: WarmStream
    init(_ stream: WarmStream) { self.stream = stream }
    func close() { stream.close() }
}

/// Where an opening thread leaves what it got.
///
/// Of several openings only the last one asked for counts; a device that comes for nobody is closed
/// by the thread that brings it.
private final class Arrival: Sendable {
    enum Outcome: @unchecked Sendable {
        case open(WarmStream)
        case refused(AlertError)
    }

    private struct State {
        var ticket = 0
        var isAwaited = false
        var outcome: Outcome?
    }

    private let state = Mutex(State())

    func expect() -> Int {
        state.withLock {
            $0.ticket += 1
            $0.isAwaited = true
            return $0.ticket
        }
    }

    func deliver(_ outcome: Outcome, for ticket: Int) {
        let isWanted = state.withLock { state -> Bool in
            guard state.isAwaited, state.ticket == ticket else { return false }
            state.outcome = outcome
            return true
        }
        if !isWanted, case .open(let stream) = outcome { stream.close() }
    }

    func take() -> Outcome? {
        state.withLock { state in
            guard let outcome = state.outcome else { return nil }
            state.outcome = nil
            state.isAwaited = false
            return outcome
        }
    }

    /// Nobody waits any more.
    func abandon() {
        let left = state.withLock { state -> Outcome? in
            let left = state.outcome
            state.outcome = nil
            state.isAwaited = false
            return left
        }
        if case .open(let stream) = left { stream.close() }
    }
}
