// When a hold began and ended, against a shift of weight that was played.

import Kinematics
import Testing

@testable import Movement

@Suite struct HoldTimesTests {
    /// A shift as people make it: 35u⁴ − 84u⁵ + 70u⁶ − 20u⁷ of the way after a share u of the time.
    ///
    /// Its acceleration at `time` s, for one that starts at `start`.
    private func shift(_ way: Double, _ time: Double, start: Double, length: Double) -> Double {
        let u = (time - start) / length
        guard u > 0, u < 1 else { return 0 }
        let rest = 1 - u
        return 420 * u * u * rest * rest * (1 - 2 * u) * way / (length * length)
    }

    /// The weight over the foot at `8 + length` s, on its way back from 25 s on, the foot on the floor 0.15 s
    /// before.
    @Test(arguments: [
        (0.055, 0.8), (0.06, 1.0), (0.085, 0.8), (0.085, 1.2), (0.11, 0.8), (0.11, 1.2),
    ])
    func aHoldLastsFromTheEndOfTheShiftToTheFootOnTheFloor(_ way: Double, _ length: Double) {
        var wearing = Wearing()
        let origin = wearing.time
        wearing.run(5, segmentUp(0))
        wearing.begin(.right)
        for _ in 0..<2_500 {
            let now = wearing.now
            let sideways =
                shift(way, now, start: 8, length: length)
                - shift(way, now, start: 25, length: length)
            wearing.change = { $0.specificForce = $0.specificForce + Vector3(0, 0, sideways) }
            wearing.step(segmentUp(0))
        }
        let hold = wearing.body.hold
        #expect(hold.completed == 1)
        #expect(hold.endedBy == .lowered)
        #expect(abs(seconds(fromNanoseconds: hold.holdStart - origin) - 8 - length) < 0.2)
        #expect(abs(seconds(fromNanoseconds: hold.holdEnd - origin) - 24.85) < 0.2)
    }
}
