// A hold's sums are those of all its samples, though only the newest are kept.

import Kinematics
import Testing

@testable import Movement

@Suite struct HoldMomentsTests {
    private static let degree = Double.pi / 180
    private static let period: Int64 = 10_000_000

    private static func plan() -> MovementPlan {
        var plan = MovementPlan(
            task: .singleLegHold, posture: .upright, stanceSide: nil, targetHold: 10)
        _ = plan.add(
            Rule(id: .pelvicDrop, signal: .drop, on: 4 * degree, off: 2.5 * degree, minimumOn: 0.5))
        _ = plan.add(
            Rule(id: .hipHike, signal: .hike, on: 5 * degree, off: 3.5 * degree, minimumOn: 0.3))
        return plan
    }

    /// A quarter of an hour at 100 Hz: 8 degrees of drop for the first 9 minutes, level for the rest, and a
    /// hike of 6 in the last second, which is no longer the hold.
    @Test func aLongHoldIsSummedUpWhole() {
        var moments = HoldMoments(plan: Self.plan())
        var most = 0
        for index in 0..<90_000 {
            let drop = index < 54_000 ? 8.0 : index < 89_900 ? 0 : -6
            moments.add(
                time: Int64(index) * Self.period, interval: 0.01, drop: drop * Self.degree)
            most = max(most, moments.keptSingly)
        }
        let kept = moments.totals(until: 89_899 * Self.period)
        #expect(kept.count == 89_900)
        #expect(abs(kept.seconds - 899) < 1e-6)
        #expect(abs(kept.secondsInBand - 359) < 1e-6)
        #expect(abs((kept.mean ?? 0) - 54_000.0 / 89_900 * 8 * Self.degree) < 1e-9)
        #expect(abs(kept.largest - 8 * Self.degree) < 1e-12)
        #expect(kept.smallest == 0)
        #expect(abs(moments.present.smallest + 6 * Self.degree) < 1e-12)
        #expect(moments.present.count == 90_000)
        // A quarter of an hour was 2 MB when every sample was kept.
        #expect(most < 3000)
    }

    @Test func nothingIsLeftOfTheHoldBefore() {
        var moments = HoldMoments(plan: Self.plan())
        for index in 0..<5000 {
            moments.add(time: Int64(index) * Self.period, interval: 0.01, drop: 0.1)
        }
        moments.forget()
        #expect(moments.isEmpty)
        #expect(moments.totals(until: .max) == HoldMoments.Totals())
        moments.add(time: 0, interval: 0.01, drop: 0)
        #expect(moments.totals(until: 0).secondsInBand == 0.01)
    }
}
