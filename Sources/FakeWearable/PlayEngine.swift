// The thread that plays an ensemble: waits for each step's time, takes it, writes what comes out.

import Plumbing
import Synchronization
import Synthetic

/// How fast the motion runs.
package enum Pace: Sendable, Equatable {
    /// Each message at its time by CLOCK_MONOTONIC.
    case realTime
    /// As fast as the other ends read.
    case asFastAsItGoes
}

/// The shared part of a performance.
///
/// Domains: `state` is shared between the playing thread and whoever adds tasks (mutex); `stopping`
/// is set by anyone; the descriptors belong to the playing thread, which closes them at its end.
final class PlayEngine: Sendable {
    struct State: Sendable {
        var ensemble: Ensemble
        /// Host time of the motion's start, ns; set before the thread runs.
        var origin: Int64 = 0
        var reports: [ChannelReport]
        var truth: [[TruthRow]]
    }

    let state: Mutex<State>
    let stopping = Atomic<Bool>(false)
    private let pace: Pace
    private let stamps: StampMode
    private let keptRows: Int

    /// The longest sleep, ns: how soon a stop is noticed.
    private static let longestSleep: Int64 = 20_000_000

    init(ensemble: Ensemble, channels: Int, pace: Pace, stamps: StampMode, keptRows: Int) {
        state = Mutex(
            State(
                ensemble: ensemble, reports: Array(repeating: ChannelReport(), count: channels),
                truth: Array(repeating: [], count: channels)))
        self.pace = pace
        self.stamps = stamps
        self.keptRows = keptRows
    }

    /// The thread's body.
    func run(_ descriptors: [SharedDescriptor]) {
        let origin = state.withLock { $0.origin }
        var order: UInt64 = 0
        while !stopping.load(ordering: .acquiring) {
            guard let next = state.withLock({ $0.ensemble.nextTime }) else { return }
            if pace == .realTime, !reached(origin &+ next) { continue }
            guard let (channel, delivery) = step() else { continue }
            let message = PacketFraming.message(
                delivery.packet, stamp: origin &+ delivery.arrival, order: order, mode: stamps)
            if write(message, to: descriptors[channel], channel, due: origin &+ delivery.arrival) {
                order &+= 1
            }
        }
    }

    /// Sleeps towards `deadline`; true once it is there, false to look around first.
    private func reached(_ deadline: Int64) -> Bool {
        let now = MonotonicClock.now()
        if deadline <= now { return true }
        guard deadline &- now <= Self.longestSleep else {
            MonotonicClock.sleep(until: now &+ Self.longestSleep)
            return false
        }
        MonotonicClock.sleep(until: deadline)
        return true
    }

    /// The next step of the ensemble; a packet to be written, or nil.
    private func step() -> (channel: Int, delivery: Delivery)? {
        state.withLock { state in
            switch state.ensemble.advance() {
            case .sampled(let channel, _, let truth):
                if let truth, state.truth[channel].count < keptRows {
                    state.truth[channel].append(truth)
                }
                return nil
            case .delivered(let channel, let delivery):
                guard !delivery.lost else {
                    state.reports[channel].lost += 1
                    return nil
                }
                return state.reports[channel].closed ? nil : (channel, delivery)
            case nil:
                return nil
            }
        }
    }

    /// Writes a message; false where it was not written.
    private func write(
        _ message: [UInt8], to descriptor: SharedDescriptor, _ channel: Int, due: Int64
    ) -> Bool {
        // A radio does not wait for its listener; a replay does.
        let drops = pace == .realTime && stamps == .kernel
        while !UnixSocket.waitWritable(descriptor.rawValue, milliseconds: drops ? 0 : 20) {
            if drops {
                state.withLock { $0.reports[channel].refused += 1 }
                return false
            }
            if stopping.load(ordering: .acquiring) { return false }
        }
        let sent = PacketSocket.send(message, to: descriptor)
        let late = pace == .realTime ? MonotonicClock.now() &- due : 0
        state.withLock { state in
            if sent {
                state.reports[channel].sent += 1
                state.reports[channel].latest = max(state.reports[channel].latest, late)
            } else {
                state.reports[channel].closed = true
            }
        }
        return sent
    }
}
