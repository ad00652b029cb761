// What intake counts for each sensor, readable from any thread.

package import Synchronization
import Wearables

/// Counters of one channel.
///
/// Domain: written by intake, read by anyone.
package final class ChannelCounters: Sendable {
    package let packets = Atomic<Int>(0)
    package let samples = Atomic<Int>(0)
    package let decodeErrors = Atomic<Int>(0)
    package let duplicates = Atomic<Int>(0)
    package let gaps = Atomic<Int>(0)
    package let lost = Atomic<Int>(0)
    /// Samples the estimator's ring had no room for.
    package let refused = Atomic<Int>(0)
    /// Host time of the newest packet, ns; 0 before the first.
    package let lastArrival = Atomic<Int64>(0)
    /// Parts per million by which the sensor's clock is slow (+) or fast (−).
    package let clockPPM = Atomic<Int>(0)
    /// ns between samples that the sensor was seen to keep in place of the nominal period; 0: the nominal.
    package let seenPeriod = Atomic<Int>(0)
    /// Raw value of the newest decode error plus one; 0: none yet.
    package let lastError = Atomic<UInt8>(0)
    /// Battery, percent; −1 until the sensor tells.
    package let battery = Atomic<Int>(-1)
    /// Times that the sensor said it switches itself off, and that it goes to sleep.
    package let poweredOff = Atomic<Int>(0)
    package let powerSaving = Atomic<Int>(0)
    /// Presses of the sensor's button.
    package let buttonPresses = Atomic<Int>(0)
    /// Times that a described board's frames could not be read twenty times in a row.
    package let formatMisfits = Atomic<Int>(0)
    /// Descriptors still open.
    package let openDoors = Atomic<Int>(0)

    package init() {}
}

extension ChannelCounters {
    /// Intake: something the sensor told.
    func note(_ event: WearableEvent) {
        switch event {
        case .battery(let level): battery.store(Int(level.percent), ordering: .relaxed)
        case .buttonPressed(let clicks): buttonPresses.add(Int(clicks))
        case .poweredOff: poweredOff.add(1)
        case .powerSaving: powerSaving.add(1)
        case .formatDoesNotFit: formatMisfits.add(1)
        }
    }
}

extension Atomic<Int> {
    /// Adds without an ordering: these are counters.
    func add(_ amount: Int) { wrappingAdd(amount, ordering: .relaxed) }

    /// The present count.
    package var value: Int { load(ordering: .relaxed) }
}
