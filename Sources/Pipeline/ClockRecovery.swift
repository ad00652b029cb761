// When was a sample taken? The sensor's clock, mapped to the host's by the packets that came soonest.

package import Kinematics

/// Maps one sensor's clock to host time and fills in `hostTime` and `interval`.
///
/// A packet is never early, so the soonest arrivals of each second lie on the true line plus the
/// smallest delay. A line through them gives the rate of the sensor's clock against the host's (real
/// sensors are off by up to 3 %) and the offset. Stamps therefore neither jitter nor come in bursts.
/// Pure: arrival times are data, so a recording replays to the same bits.
package struct ClockRecovery: Sendable {
    /// One second's soonest arrival: device time, and arrival minus device time, both ns from the start.
    private struct Bin {
        var device: Double
        var delay: Double
    }

    private let nominalPeriod: Double
    private var epochDevice: Int64 = 0
    private var epochHost: Int64 = 0
    private var started = false
    private var lastDevice: Int64 = 0
    private var lastHost: Int64 = 0
    private var countInEpoch: Int64 = 0
    private var bins: InlineArray<32, Bin>
    private var binCount = 0
    private var openBin: Int64 = -1
    private var slope = 0.0
    private var intercept = 0.0

    /// Host seconds per device second.
    package var rate: Double { 1 + slope }
    /// Samples that were lost before the newest one.
    package private(set) var lostBefore = 0

    /// Largest error of a sensor's clock that is believed (data sheets and field reports: 3 %).
    private static let largestSlope = 0.035
    /// Seconds of soonest arrivals that the line is laid through.
    private static let window = 30
    /// Bins wanted before the slope is believed at all.
    private static let leastBins = 4
    /// Arrivals are host times of a machine that has run for 146 years at the most, ns: the stamps of a
    /// recording come from outside, and whoever subtracts host times must not overflow.
    private static let latestArrival: Int64 = 1 << 62

    /// `nominalPeriod`: s between samples by the sensor's data sheet.
    package init(nominalPeriod: Double) {
        self.nominalPeriod = nominalPeriod
        bins = InlineArray(repeating: Bin(device: 0, delay: 0))
    }

    /// Sets `hostTime`, `interval` and gap flags of a sample whose packet arrived at `arrival`.
    ///
    /// Host times rise strictly from sample to sample, also across restarts and where arrivals fall
    /// (the wall clock behind the kernel's stamps was set back).
    package mutating func stamp(_ sample: inout ImuSample, arrival: Int64) {
        let arrival = max(0, min(arrival, ClockRecovery.latestArrival))
        lostBefore = 0
        let device = deviceTime(of: sample)
        if !started || sample.flags.has(.newEpoch) {
            begin(device: device, arrival: arrival)
            lastHost = max(lastHost &+ 1, arrival)
            sample.hostTime = lastHost
            sample.interval = 0
            sample.flags = sample.flags.with(.newEpoch)
            return
        }
        let step = Double(device &- lastDevice) * 1e-9
        lastDevice = device
        observe(device: device, arrival: arrival)
        let elapsed = Double(device &- epochDevice)
        let computed = epochHost &+ nanoseconds(elapsed + elapsed * slope + intercept)
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

    private mutating func deviceTime(of sample: ImuSample) -> Int64 {
        if sample.flags.has(.hasDeviceTime) { return sample.deviceTime }
        // Without a clock of its own the sensor is taken for an even grid.
        countInEpoch &+= 1
        return nanoseconds(Double(countInEpoch) * nominalPeriod * 1e9)
    }

    private mutating func begin(device: Int64, arrival: Int64) {
        started = true
        epochDevice = device
        epochHost = arrival
        lastDevice = device
        binCount = 0
        openBin = -1
        slope = 0
        intercept = 0
    }

    private mutating func observe(device: Int64, arrival: Int64) {
        let elapsed = Double(device &- epochDevice)
        let delay = Double(arrival &- epochHost) - elapsed
        guard elapsed.isFinite, delay.isFinite else { return }
        let second = nanoseconds(elapsed * 1e-9)
        if second != openBin || binCount == 0 {
            openBin = second
            if binCount == ClockRecovery.window {
                for index in 1..<binCount { bins[index - 1] = bins[index] }
                binCount -= 1
            }
            bins[binCount] = Bin(device: elapsed, delay: delay)
            binCount += 1
            fit()
        } else if delay < bins[binCount - 1].delay {
            bins[binCount - 1] = Bin(device: elapsed, delay: delay)
            lower()
        }
    }

    /// Least squares through the closed bins, then lowered until no packet is early.
    private mutating func fit() {
        let closed = binCount - 1
        if closed >= ClockRecovery.leastBins {
            var meanX = 0.0
            var meanY = 0.0
            for index in 0..<closed {
                meanX += bins[index].device
                meanY += bins[index].delay
            }
            meanX /= Double(closed)
            meanY /= Double(closed)
            var cross = 0.0
            var square = 0.0
            for index in 0..<closed {
                let x = bins[index].device - meanX
                cross += x * (bins[index].delay - meanY)
                square += x * x
            }
            if square > 0 {
                let limit = ClockRecovery.largestSlope
                slope = max(-limit, min(limit, cross / square))
            }
        }
        lower()
    }

    private mutating func lower() {
        var least = bins[0].delay - bins[0].device * slope
        for index in 1..<max(binCount, 1) {
            least = min(least, bins[index].delay - bins[index].device * slope)
        }
        intercept = least
    }
}

/// A number of nanoseconds as an integer; numbers beyond the range become its ends.
private func nanoseconds(_ value: Double) -> Int64 {
    guard value.isFinite else { return 0 }
    if value > 9e18 { return 9_000_000_000_000_000_000 }
    if value < -9e18 { return -9_000_000_000_000_000_000 }
    return Int64(value)
}
