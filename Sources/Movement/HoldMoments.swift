// What a hold's summary needs of its samples, in memory that does not grow with the hold.

/// Drops and their times in one hold: the newest singly, since the hold's end may turn out to lie before
/// them; everything older as sums.
struct HoldMoments {
    /// Sums over samples, added up in their order.
    struct Totals: Equatable {
        var count = 0
        /// s of all samples, and of those in band.
        var seconds = 0.0
        var secondsInBand = 0.0
        /// rad.
        var sum = 0.0
        var largest = -Double.infinity
        var smallest = Double.infinity

        var mean: Double? { count > 0 ? sum / Double(count) : nil }
        /// 1 where no time has passed.
        var shareInBand: Double { seconds > 0 ? secondsInBand / seconds : 1 }

        fileprivate mutating func add(_ moment: Moment, inBand: Bool) {
            count += 1
            seconds += moment.interval
            if inBand { secondsInBand += moment.interval }
            sum += moment.drop
            largest = max(largest, moment.drop)
            smallest = min(smallest, moment.drop)
        }
    }

    fileprivate struct Moment {
        var time: Int64
        var interval: Double
        var drop: Double
    }

    /// A way back is recognised within a few seconds of its begin, ns; this leaves room.
    private static let memory: Int64 = 10_000_000_000
    /// Samples that are looked through at most before old ones are summed up.
    private static let crowd = 1024

    /// The band between which a drop counts as kept, rad.
    private let lowest: Double
    private let highest: Double
    private var older = Totals()
    private var recent: [Moment] = []
    /// All samples so far.
    private(set) var present = Totals()

    init(plan: MovementPlan) {
        highest = plan.bandThreshold(of: .drop) ?? Double.infinity
        lowest = -(plan.bandThreshold(of: .hike) ?? Double.infinity)
    }

    var isEmpty: Bool { present.count == 0 }
    /// Samples that are kept singly.
    var keptSingly: Int { recent.count }

    mutating func forget() {
        older = Totals()
        present = Totals()
        recent.removeAll(keepingCapacity: true)
    }

    /// `time` ns, rising; `interval` s; `drop` rad, finite.
    mutating func add(time: Int64, interval: Double, drop: Double) {
        let moment = Moment(time: time, interval: interval, drop: drop)
        recent.append(moment)
        present.add(moment, inBand: isInBand(moment))
        guard recent.count.isMultiple(of: HoldMoments.crowd) else { return }
        let old = recent.prefix { $0.time < time &- HoldMoments.memory }
        for moment in old { older.add(moment, inBand: isInBand(moment)) }
        recent.removeFirst(old.count)
    }

    /// Samples up to `end`, ns.
    func totals(until end: Int64) -> Totals {
        var totals = older
        for moment in recent where moment.time <= end {
            totals.add(moment, inBand: isInBand(moment))
        }
        return totals
    }

    private func isInBand(_ moment: Moment) -> Bool {
        moment.drop < highest && moment.drop > lowest
    }
}
