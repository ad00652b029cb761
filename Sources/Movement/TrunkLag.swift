// How long after the pelvis the trunk tips from side to side, over a set of steps.

import Kinematics

/// The time by which the trunk's side lean follows the pelvis' obliquity (exercises, EX10: trunk-pelvis lag).
///
/// The lag of their largest correlation, whichever its sign, at most a quarter of the stride either way: a trunk
/// that leans against the pelvis and one that leans with it are half a stride apart and told alike.
package struct TrunkLag: Sendable {
    /// s of one bin, of which each holds the mean of its samples.
    private static let bin = 0.05
    /// Bins that are kept at most: half an hour.
    private static let most = 36_000
    /// s of both that must be seen, standard deviation of both, rad, and correlation, below which there is no telling
    /// which leads [engineering defaults].
    private static let leastSeconds = 10.0
    private static let leastMotion = 1 * radiansPerDegree
    private static let leastCorrelation = 0.5

    private struct Bin: Sendable {
        var pelvis = 0.0
        var trunk = 0.0
        var count = 0.0
    }

    private var bins: [Bin] = []
    private var start: Int64?

    package init() {}

    /// Takes the angles of a moment, rad; those that are not measured are passed over.
    package mutating func add(time: Int64, obliquity: Double, trunkLean: Double) {
        guard obliquity.isFinite, trunkLean.isFinite else { return }
        let begin = start ?? time
        start = begin
        let place = seconds(fromNanoseconds: time &- begin) / TrunkLag.bin
        guard place >= 0, place < Double(TrunkLag.most) else { return }
        let index = Int(place)
        while bins.count <= index { bins.append(Bin()) }
        bins[index].pelvis += obliquity
        bins[index].trunk += trunkLean
        bins[index].count += 1
    }

    /// The lag, s, above zero where the trunk follows; nil where it is not told.
    ///
    /// `stride`: s from a foot's step to its next.
    package func lag(stride: Double) -> Double? {
        guard stride.isFinite, stride > 0 else { return nil }
        let seen = bins.filter { $0.count > 0 }
        guard Double(seen.count) * TrunkLag.bin >= TrunkLag.leastSeconds else { return nil }
        let pelvis = TrunkLag.centred(bins.map { $0.count > 0 ? $0.pelvis / $0.count : .nan })
        let trunk = TrunkLag.centred(bins.map { $0.count > 0 ? $0.trunk / $0.count : .nan })
        guard TrunkLag.deviation(pelvis) >= TrunkLag.leastMotion,
            TrunkLag.deviation(trunk) >= TrunkLag.leastMotion
        else { return nil }
        let reach = Int(stride / 4 / TrunkLag.bin)
        // One bin more on each side: the top of the curve may lie between two.
        let values = (-reach - 1...reach + 1).map {
            abs(TrunkLag.correlation(pelvis, trunk, shift: $0))
        }
        guard let best = (1...2 * reach + 1).max(by: { values[$0] < values[$1] }),
            values[best] >= TrunkLag.leastCorrelation
        else { return nil }
        let (before, top, after) = (values[best - 1], values[best], values[best + 1])
        let bend = before - 2 * top + after
        let refined = bend < 0 ? max(-0.5, min(0.5, (before - after) / (2 * bend))) : 0
        return (Double(best - reach - 1) + refined) * TrunkLag.bin
    }

    private static func centred(_ values: [Double]) -> [Double] {
        let known = values.filter(\.isFinite)
        let mean = known.reduce(0, +) / Double(max(1, known.count))
        return values.map { $0 - mean }
    }

    private static func deviation(_ centred: [Double]) -> Double {
        let known = centred.filter(\.isFinite)
        guard !known.isEmpty else { return 0 }
        return (known.reduce(0) { $0 + $1 * $1 } / Double(known.count)).squareRoot()
    }

    /// Correlation of `a` with `b` so many bins later, over the bins in which both are known; 0 without any.
    private static func correlation(_ a: [Double], _ b: [Double], shift: Int) -> Double {
        var (product, ofA, ofB) = (0.0, 0.0, 0.0)
        for index in max(0, -shift)..<max(max(0, -shift), min(a.count, b.count - shift)) {
            let (x, y) = (a[index], b[index + shift])
            guard x.isFinite, y.isFinite else { continue }
            product += x * y
            ofA += x * x
            ofB += y * y
        }
        return ofA > 0 && ofB > 0 ? product / (ofA * ofB).squareRoot() : 0
    }
}
