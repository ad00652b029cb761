// The trunk's lag behind the pelvis: planted lags come back, and where there is none to tell none is told.

import Kinematics
import Testing

@testable import Movement

@Suite struct TrunkLagTests {
    /// Side to side at `stride` s, the trunk `lag` s later and `ratio` as far; rough by `noise`, rad.
    private func lag(
        _ lag: Double, stride: Double, ratio: Double = 1, noise: Double = 0.3,
        degrees: Double = 4, seconds: Double = 60, hole: ClosedRange<Double>? = nil
    ) -> Double? {
        var meter = TrunkLag()
        var random = SeededRandom(seed: 5)
        for index in 0..<Int(seconds * 60) {
            let time = Double(index) / 60
            if let hole, hole.contains(time) { continue }
            func wave(_ time: Double) -> Double {
                let turn = time / stride
                return sineAndCosine(2 * .pi * (turn - turn.rounded(.down))).sine * degrees
            }
            let rough = random.normal(noise)
            meter.add(
                time: Int64(time * 1e9), obliquity: (3 + wave(time)) * radiansPerDegree,
                trunkLean: (ratio * wave(time - lag) - 2 + rough) * radiansPerDegree)
        }
        return meter.lag(stride: stride)
    }

    @Test(arguments: [-0.4, -0.1, 0, 0.03, 0.12, 0.25, 0.9], [4.0, 8])
    func plantedLagsComeBack(_ planted: Double, _ stride: Double) throws {
        for ratio in [1.0, 0.5, -1, -2] {
            let told = try #require(lag(planted, stride: stride, ratio: ratio))
            #expect(abs(told - planted) < 0.01, "\(told) for \(planted)")
        }
        // What a lost link leaves out says nothing.
        let holed = try #require(lag(planted, stride: stride, hole: 20...31))
        #expect(abs(holed - planted) < 0.01)
    }

    @Test func whereNothingCanBeToldNothingIs() {
        // Too short, too still, a trunk that does something else, no stride.
        #expect(lag(0.1, stride: 4, seconds: 8) == nil)
        #expect(lag(0.1, stride: 4, degrees: 1) == nil)
        #expect(lag(0.1, stride: 4, ratio: 0.05, noise: 8) == nil)
        #expect(lag(0.1, stride: 0) == nil && lag(0.1, stride: .nan) == nil)
        var meter = TrunkLag()
        for index in 0..<4000 {
            meter.add(time: Int64(index) * 16_000_000, obliquity: .nan, trunkLean: 0.1)
        }
        #expect(meter.lag(stride: 4) == nil)
    }
}
