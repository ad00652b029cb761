// When was a sample taken? The sensor's clock, mapped to the host's by the packets that came soonest.

import Estimation
package import Kinematics

/// Maps one sensor's clock to host time and fills in `hostTime` and `interval`.
///
/// `ArrivalLine` tells how fast the sensor's clock runs against the host's (real sensors are off by
/// up to 3 %) and with which least delay its packets come. Stamps therefore neither jitter nor come
/// in bursts. A sensor without a clock is taken for an even grid; `StallDetector` tells whether a
/// silence was the radio's or samples are missing.
/// Pure: arrival times are data, so a recording replays to the same bits.
package struct ClockRecovery: Sendable {
    /// s between samples: the data sheet's until a sensor without a clock shows another.
    package private(set) var nominalPeriod: Double
    private var epochDevice: Int64 = 0
    private var epochHost: Int64 = 0
    package private(set) var started = false
    private var lastDevice: Int64 = 0
    private var lastHost: Int64 = 0
    /// Periods since the epoch, of a sensor without a clock.
    private var countInEpoch: Int64 = 0
    private var line = ArrivalLine()
    private var stall = StallDetector()
    private var rateWatch = RateWatch()

    /// Host seconds per device second.
    package var rate: Double { 1 + line.slope }
    /// Samples that were lost before the newest one.
    package private(set) var lostBefore = 0

    /// Arrivals are host times of a machine that has run for 146 years at the most, ns: the stamps of a
    /// recording come from outside, and whoever subtracts host times must not overflow.
    private static let latestArrival: Int64 = 1 << 62

    /// `nominalPeriod`: s between samples by the sensor's data sheet.
    package init(nominalPeriod: Double) { self.nominalPeriod = nominalPeriod }

    /// Sets `hostTime`, `interval` and gap flags of a sample whose packet arrived at `arrival`.
    ///
    /// Host times rise strictly from sample to sample, also across restarts and where arrivals fall
    /// (the wall clock behind the kernel's stamps was set back).
    package mutating func stamp(_ sample: inout ImuSample, arrival: Int64) {
        let arrival = max(0, min(arrival, ClockRecovery.latestArrival))
        lostBefore = 0
        if !started || sample.flags.has(.newEpoch) {
            begin(
                device: sample.flags.has(.hasDeviceTime) ? sample.deviceTime : 0, arrival: arrival)
            lastHost = max(lastHost &+ 1, arrival)
            sample.hostTime = lastHost
            sample.interval = 0
            sample.flags = sample.flags.with(.newEpoch)
            return
        }
        if !sample.flags.has(.hasDeviceTime),
            let period = rateWatch.take(
                arrival: Double(arrival &- epochHost) * 1e-9, period: nominalPeriod)
        {
            changePeriod(to: period, arrival: arrival)
        }
        let device = deviceTime(of: sample, arrival: arrival)
        let step = Double(device &- lastDevice) * 1e-9
        lastDevice = device
        let elapsed = Double(device &- epochDevice) * 1e-9
        let sinceEpoch = Double(arrival &- epochHost) * 1e-9
        line.add(device: elapsed, arrival: sinceEpoch)
        let computed =
            epochHost &+ nanoseconds((elapsed + elapsed * line.slope + line.intercept) * 1e9)
        // Never after the arrival, never backwards.
        lastHost = max(lastHost &+ 1, min(computed, arrival))
        sample.hostTime = lastHost
        sample.interval = step * rate
        let steps = step / nominalPeriod
        if steps > 1.5, steps < 1e6 {
            lostBefore = Int(steps + 0.5) - 1
            sample.flags = sample.flags.with(.afterGap)
        }
    }

    /// The sensor's clock, or the grid that stands for one.
    private mutating func deviceTime(of sample: ImuSample, arrival: Int64) -> Int64 {
        if sample.flags.has(.hasDeviceTime) { return sample.deviceTime }
        countInEpoch &+= 1
        let time = Double(countInEpoch) * nominalPeriod
        let late = Double(arrival &- epochHost) * 1e-9 - time * rate - line.intercept
        let missing = stall.take(late: late, elapsed: nominalPeriod)
        if missing > 0 {
            // Within 30 years, so that the count stays a count.
            countInEpoch &+= Int64(min(missing, 1e9) / nominalPeriod + 0.5)
        }
        return nanoseconds(Double(countInEpoch) * nominalPeriod * 1e9)
    }

    /// The grid goes on with another period, from the sample before.
    private mutating func changePeriod(to period: Double, arrival: Int64) {
        nominalPeriod = period
        let watch = rateWatch
        begin(device: 0, arrival: max(0, arrival &- nanoseconds(period * 1e9)))
        rateWatch = watch
    }

    private mutating func begin(device: Int64, arrival: Int64) {
        started = true
        epochDevice = device
        epochHost = arrival
        lastDevice = device
        countInEpoch = 0
        line = ArrivalLine()
        stall = StallDetector()
        rateWatch = RateWatch()
        line.add(device: 0, arrival: 0)
    }
}

/// A number of nanoseconds as an integer; numbers beyond the range become its ends.
private func nanoseconds(_ value: Double) -> Int64 {
    guard value.isFinite else { return 0 }
    if value > 9e18 { return 9_000_000_000_000_000_000 }
    if value < -9e18 { return -9_000_000_000_000_000_000 }
    return Int64(value)
}
