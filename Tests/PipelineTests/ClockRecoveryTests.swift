// The sensor's clock mapped to the host's: rate, offset, order, gaps and restarts.

import Kinematics
import Testing

@testable import Pipeline

/// A sensor whose clock runs by (1 + error) against the host's, and its link.
private struct Link {
    var error = 0.0
    var period = 1 / 60.0
    /// Longest random delay, s.
    var jitter = 0.03
    /// Packets go out at multiples of this, s; 0: at once.
    var connectionInterval = 0.0
    /// Shortest delay of all, s.
    var least = 0.005
    var start: Int64 = 3_000_000_000
    /// Whether sample `index` is lost.
    var isLost: (Int) -> Bool = { _ in false }
}

/// One stamped sample beside the truth.
private struct Stamped {
    var sample: ImuSample
    var arrival: Int64
    /// Host time at which it was taken, ns.
    var taken: Int64
    var lostBefore: Int
}

private func run(
    _ link: Link, seconds: Double, seed: UInt64 = 1, clock: inout ClockRecovery
) -> [Stamped] {
    var random = SeededRandom(seed: seed)
    var result: [Stamped] = []
    var last: Int64 = 0
    for index in 0..<Int(seconds / link.period) where !link.isLost(index) {
        // The sensor's own clock shows the nominal grid; true time runs slower or faster.
        let trueTime = Double(index) * link.period * (1 + link.error)
        var sent = trueTime
        if link.connectionInterval > 0 {
            sent = (trueTime / link.connectionInterval).rounded(.up) * link.connectionInterval
        }
        let delay = link.least + Double.random(in: 0...link.jitter, using: &random)
        let arrival = max(last, link.start + Int64((sent + delay) * 1e9))
        last = arrival
        var sample = ImuSample(
            deviceTime: Int64((Double(index) * link.period * 1e9).rounded()), angularRate: .zero,
            specificForce: Vector3(0, 9.8, 0), flags: .hasDeviceTime)
        clock.stamp(&sample, arrival: arrival)
        result.append(
            Stamped(
                sample: sample, arrival: arrival, taken: link.start + Int64(trueTime * 1e9),
                lostBefore: clock.lostBefore))
    }
    return result
}

private func rateError(_ link: Link, after seconds: Double, seed: UInt64) -> Double {
    var clock = ClockRecovery(nominalPeriod: link.period)
    _ = run(link, seconds: seconds, seed: seed, clock: &clock)
    return abs(clock.rate / (1 + link.error) - 1)
}

@Suite struct ClockRecoveryTests {
    /// With up to 30 ms of jitter.
    ///
    /// In bursts every 50 ms, three periods, nothing is to be seen before the first slip: 0.15 % after
    /// 10 s is what arrivals hold; without bursts it is 0.02 %.
    @Test(arguments: [-0.03, -0.01, -0.0005, 0, 0.0005, 0.01, 0.03], [0.0, 0.03, 0.05])
    func theRateIsFoundThroughJitterAndBursts(_ error: Double, _ interval: Double) {
        var worst = (ten: 0.0, sixty: 0.0)
        for seed in 1...10 as ClosedRange<UInt64> {
            let link = Link(
                error: error, jitter: interval == 0 ? 0.03 : 0.005, connectionInterval: interval)
            worst.ten = max(worst.ten, rateError(link, after: 10, seed: seed))
            worst.sixty = max(worst.sixty, rateError(link, after: 60, seed: seed))
        }
        #expect(worst.ten < (interval > 0.04 ? 0.0016 : 0.001), "after 10 s: \(worst.ten * 100) %")
        #expect(worst.sixty < 0.0003, "after 60 s: \(worst.sixty * 100) %")
    }

    @Test func withoutJitterTheRateIsExactWithinTheRoundingOfStamps() {
        for error in [-0.03, 0, 0.02] {
            #expect(rateError(Link(error: error, jitter: 0), after: 12, seed: 1) < 1e-6)
        }
    }

    /// Once settled, stamps neither jitter nor come in bursts: they lie on a line a constant delay
    /// after the truth.
    @Test(arguments: [-0.03, 0, 0.03])
    func stampsLieOnALineBehindTheTruth(_ error: Double) {
        var clock = ClockRecovery(nominalPeriod: 1 / 60.0)
        let stamped = run(
            Link(error: error, connectionInterval: 0.03), seconds: 60, clock: &clock)
        let late = stamped.suffix(60 * 20).map { Double($0.sample.hostTime - $0.taken) * 1e-6 }
        let spread = (late.max() ?? 0) - (late.min() ?? 0)
        #expect(spread < 6, "\(spread) ms")
        #expect((late.min() ?? 0) > 0 && (late.max() ?? 0) < 15)
    }

    @Test(arguments: [-0.03, 0, 0.03], [0.0, 0.05])
    func stampsRiseAndAreNeverAfterTheArrival(_ error: Double, _ interval: Double) {
        var clock = ClockRecovery(nominalPeriod: 1 / 60.0)
        let stamped = run(
            Link(error: error, connectionInterval: interval), seconds: 60, seed: 4, clock: &clock)
        var last = Int64.min
        for one in stamped {
            #expect(one.sample.hostTime > last)
            // Packets with one and the same stamp are told apart by a nanosecond each.
            #expect(one.sample.hostTime <= one.arrival + 10)
            if one.sample.hostTime <= last { return }
            last = one.sample.hostTime
        }
    }

    /// The sum of the intervals is the true time, not the sensor's.
    @Test(arguments: [-0.03, 0.03])
    func intervalsAreTrueSeconds(_ error: Double) {
        var clock = ClockRecovery(nominalPeriod: 1 / 60.0)
        let stamped = run(Link(error: error), seconds: 60, clock: &clock)
        let settled = stamped.suffix(60 * 40)
        let sum = settled.reduce(0) { $0 + $1.sample.interval }
        #expect(abs(sum / (40 * (1 + error)) - 1) < 0.001)
    }

    @Test func theFirstSampleBeginsAnEpochAtItsArrival() {
        var clock = ClockRecovery(nominalPeriod: 0.01)
        var sample = ImuSample(
            deviceTime: 123, angularRate: .zero, specificForce: .zero, flags: .hasDeviceTime)
        clock.stamp(&sample, arrival: 5000)
        #expect(sample.hostTime == 5000 && sample.interval == 0)
        #expect(sample.flags.has(.newEpoch) && !sample.flags.has(.afterGap))
        #expect(clock.rate == 1 && clock.lostBefore == 0)
    }

    @Test func lostSamplesAreCounted() {
        var clock = ClockRecovery(nominalPeriod: 1 / 60.0)
        let stamped = run(
            Link(isLost: { $0 == 100 || (200..<205).contains($0) }), seconds: 5, clock: &clock)
        #expect(stamped.filter { $0.lostBefore > 0 }.map(\.lostBefore) == [1, 5])
        for one in stamped { #expect(one.sample.flags.has(.afterGap) == (one.lostBefore > 0)) }
        let gap = stamped.first { $0.lostBefore == 5 }?.sample.interval ?? 0
        #expect(abs(gap - 6 / 60.0) < 0.001)
    }

    /// After a restart the sensor's clock begins anew; the host's time goes on.
    @Test func aRestartStartsAnewAndNeverGoesBack() {
        var clock = ClockRecovery(nominalPeriod: 1 / 60.0)
        let before = run(Link(error: 0.03), seconds: 30, clock: &clock)
        let last = before.last?.sample.hostTime ?? 0
        var sample = ImuSample(
            deviceTime: 50, angularRate: .zero, specificForce: .zero,
            flags: SampleFlags.hasDeviceTime.with(.newEpoch))
        clock.stamp(&sample, arrival: last + 2_000_000_000)
        #expect(sample.hostTime == last + 2_000_000_000 && sample.interval == 0)
        #expect(clock.rate == 1 && clock.lostBefore == 0)

        // The kernel's stamps may step back with the wall clock: host time still rises.
        var again = sample
        clock.stamp(&again, arrival: last - 5_000_000_000)
        #expect(again.hostTime > sample.hostTime)
        var once = sample
        once.deviceTime += 16_000_000
        once.flags = .hasDeviceTime
        clock.stamp(&once, arrival: last - 4_000_000_000)
        #expect(once.hostTime > again.hostTime)
    }

    @Test func aSensorWithoutAClockIsAnEvenGrid() {
        var clock = ClockRecovery(nominalPeriod: 0.01)
        var times: [Int64] = []
        for index in 0..<2000 {
            var sample = ImuSample(angularRate: .zero, specificForce: .zero)
            // Packets of ten at once.
            clock.stamp(&sample, arrival: 1_000_000_000 + Int64(index / 10 + 1) * 100_000_000)
            times.append(sample.hostTime)
            if index > 0 { #expect(abs(sample.interval - 0.01) < 0.0005) }
        }
        let steps = zip(times.dropFirst(1000), times.dropFirst(1001)).map { $1 - $0 }
        #expect((steps.max() ?? 0) < 11_000_000 && (steps.min() ?? 0) > 9_000_000)
    }

    /// Row 33 of the fault table: a sensor without a clock told to send 50 a second changes to 60, with
    /// jitter and connection events; after a minute the stamps are within 5 ms of a line behind the truth.
    @Test(arguments: [(50.0, 60.0), (60.0, 50.0), (50.0, 50.02), (50.0, 49.98)])
    func aRateThatChangesIsFollowed(_ asked: Double, _ sent: Double) {
        var random = SeededRandom(seed: 33)
        var clock = ClockRecovery(nominalPeriod: 1 / asked)
        var now = 0.0
        var last: Int64 = 0
        var offsets: [Double] = []
        var intervals: [Double] = []
        for index in 0..<Int(90 * asked) {
            now += 1 / (index < Int(10 * asked) ? asked : sent)
            let event = (now / 0.015).rounded(.up) * 0.015
            let delay = 0.005 + Double.random(in: 0...0.01, using: &random)
            last = max(last, 2_000_000_000 + Int64((event + delay) * 1e9))
            var sample = ImuSample(angularRate: .zero, specificForce: .zero)
            clock.stamp(&sample, arrival: last)
            guard now > 70 else { continue }
            offsets.append(Double(sample.hostTime - 2_000_000_000) * 1e-9 - now)
            intervals.append(sample.interval)
        }
        // Less the delay that every packet has at least.
        let errors = offsets.map { abs($0 - 0.0065) }
        #expect((errors.max() ?? 1) <= 0.005, "\(errors.max() ?? 1)")
        let mean = intervals.reduce(0, +) / Double(intervals.count)
        #expect(abs(mean * sent - 1) < 0.001)
    }

    @Test func lostSamplesOfASensorWithoutAClockAreNoOtherRate() {
        var clock = ClockRecovery(nominalPeriod: 0.02)
        for index in 0..<3000 {
            // A burst of a quarter second lost every five seconds.
            guard index % 250 > 12 else { continue }
            var sample = ImuSample(angularRate: .zero, specificForce: .zero)
            clock.stamp(&sample, arrival: 1_000_000_000 + Int64(index) * 20_000_000)
        }
        #expect(clock.nominalPeriod == 0.02)
    }

    /// Whatever the stamps, nothing traps, time rises, and differences of host times fit 64 bits.
    @Test func hostileTimesAreSurvived() {
        let numbers: [Int64] = [
            .min, .min + 1, -1, 0, 1, 1_000_000_000, 1 << 62, .max - 1, .max,
            -9_000_000_000_000_000_000, 9_000_000_000_000_000_000,
        ]
        var random = SeededRandom(seed: 3)
        for _ in 0..<200 {
            var clock = ClockRecovery(nominalPeriod: 0.01)
            var last: Int64 = -1
            for _ in 0..<60 {
                let device = numbers.randomElement(using: &random) ?? 0
                let arrival = numbers.randomElement(using: &random) ?? 0
                var flags = SampleFlags.hasDeviceTime
                if Int.random(in: 0..<8, using: &random) == 0 { flags = flags.with(.newEpoch) }
                var sample = ImuSample(
                    deviceTime: device, angularRate: .zero, specificForce: .zero, flags: flags)
                clock.stamp(&sample, arrival: arrival)
                #expect(sample.hostTime > last && sample.hostTime < 1 << 62 + 1000)
                #expect(sample.interval.isFinite && clock.rate.isFinite)
                #expect(clock.rate > 0.96 && clock.rate < 1.04)
                #expect(clock.lostBefore >= 0)
                last = sample.hostTime
            }
        }
    }
}
