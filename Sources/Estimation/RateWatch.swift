// A sensor without a clock that sends faster or slower than it was asked to: noticed from its arrivals.

/// Compares the rate at which samples arrive with the one assumed.
///
/// Three windows in a row of two seconds each that agree with one another and not with the assumption
/// show the true rate (WitMotion's output rate, say, is a setting that its own app can change while it
/// streams). The clock's own error is not meant: that is `ArrivalLine`'s, up to 3.5 %. Where samples are
/// lost evenly the rate falls as well, and a longer period is then the truth too.
package struct RateWatch: BitwiseCopyable, Sendable {
    private var start = 0.0
    private var newest = 0.0
    private var count = 0
    /// Periods of the last two windows, s; 0 where there is none.
    private var last = 0.0
    private var beforeLast = 0.0

    /// s of a window: long against any burst of a link.
    private static var window: Double { 2 }
    /// Share by which the windows' periods may differ from each other: a burst at an end shifts it by 60 ms.
    private static var agreement: Double { 0.03 }
    /// Share beyond which the assumption is off: more than a sensor's clock is believed to err.
    private static var deviation: Double { 0.05 }

    package init() {}

    /// Takes the arrival (s) of one more sample; returns the period (s) that holds in place of `period`, once.
    package mutating func take(arrival: Double, period: Double) -> Double? {
        guard count > 0, arrival >= newest, arrival - newest < 1 else {
            self = RateWatch()
            start = arrival
            newest = arrival
            count = 1
            return nil
        }
        newest = arrival
        count += 1
        guard arrival - start >= RateWatch.window else { return nil }
        let measured = (arrival - start) / Double(count - 1)
        start = arrival
        count = 1
        defer {
            beforeLast = last
            last = measured
        }
        let mean = (measured + last + beforeLast) / 3
        guard last > 0, beforeLast > 0, agrees(measured, mean), agrees(last, mean),
            agrees(beforeLast, mean), abs(mean / period - 1) > RateWatch.deviation
        else { return nil }
        return mean
    }

    private func agrees(_ period: Double, _ mean: Double) -> Bool {
        abs(period / mean - 1) < RateWatch.agreement
    }
}
