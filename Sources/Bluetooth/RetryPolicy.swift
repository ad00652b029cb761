// When to try again: numbers only.

/// How long attempts and pauses last, ns.
///
/// From the fault matrix (rows 1, 2, 13 to 18, 20, 35) and the field reports in the BlueZ sheet.
package enum RetryPolicy {
    static let second: Int64 = 1_000_000_000

    /// Pause after the `count`-th error in a row of `Connect` itself: 0.25 s at first, 5 s in the end,
    /// and so slowly rising that n errors cost at most n seconds up to the tenth.
    package static func pause(afterErrors count: Int) -> Int64 {
        switch count {
        case ...4: second / 4
        case ...6: second / 2
        case ...8: second
        case ...9: 2 * second
        case ...10: 3 * second
        default: 5 * second
        }
    }

    /// How long to search for a sensor that has been away for `absence`, and how long to pause then.
    ///
    /// A pending connection makes the radio listen all the time, at the cost of those that stream: ten
    /// seconds without pause, then half of the time, after five minutes one twelfth.
    package static func search(absentFor absence: Int64) -> (slice: Int64, pause: Int64) {
        if absence < 10 * second { return (10 * second, second / 4) }
        if absence < 300 * second { return (5 * second, 5 * second) }
        return (5 * second, 55 * second)
    }

    /// `Connect` said success: `Connected` must be true by then.
    static let beliefLimit = second
    /// For `ServicesResolved`, then for the objects.
    static let resolveLimit = 10 * second
    static let objectLimit = 2 * second
    /// For the serial number.
    static let probeLimit = 2 * second
    /// For a whole plan.
    static let planLimit = 60 * second
    /// Silence of a connected sensor after which the link is given up.
    static let phantomLimit = 4 * second
    /// For `Connected` to turn false after `Disconnect`.
    static let closeLimit = 5 * second
    static let removeLimit = 5 * second
    static let stopLimit = 5 * second
    /// Between two reconnections where another program ends the link: no fight.
    static let foreignPause = 5 * second
    /// Unanswered subscriptions, and plans without an end, until a person is asked.
    static let subscriptionTries = 3
    static let planTries = 3
    /// Links to a paired sensor that ended in their setup until the bond is doubted.
    static let bondDoubts = 3
    /// Unanswered writes and reads until pairing is named as what may be wanted.
    static let unansweredTries = 2
    /// The first packet of a stream may take longer than the gap limit.
    static let firstDataLimit = second
    /// Data younger than this when the link ends means that the sensor was in reach.
    static let freshLimit = second / 5

    /// Silence that counts as a loss: five periods, two connection intervals, 200 ms, whichever is
    /// longest (the fault matrix); for sensors that send in batches two and a half batches.
    package static func gapLimit(
        rateHertz: Double, batchDelay: Double, connectionInterval: Double
    ) -> Int64 {
        let periods = rateHertz > 0 ? 5 / rateHertz : 1
        let seconds = max(0.2, periods, 2 * connectionInterval, 2.5 * batchDelay)
        return Int64((seconds.isFinite ? min(seconds, 60) : 60) * 1e9)
    }
}
