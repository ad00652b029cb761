// Which steps are a walk's own, told from their times, sides and turns alone.

import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

@Suite("Steady walks")
struct SteadyWalkTests {
    /// The verdicts on steps of these lengths, s, with the pelvis turning by so many degrees in each.
    private func verdicts(
        _ seconds: [Double], turn: (Int) -> Double = { _ in 0 },
        side: (Int) -> Side = { $0 % 2 == 0 ? .left : .right },
        pauseAt: Int? = nil
    ) -> [Bool] {
        var walk = SteadyWalk()
        var time: Int64 = 1_000_000_000
        return seconds.enumerated().map { index, length in
            if index == pauseAt { time += 2_000_000_000 }
            let rate = turn(index) * degree / length
            for _ in 0..<100 { walk.step(verticalRate: rate, interval: length / 100) }
            let end = time + Int64(length * 1e9)
            defer { time = end }
            return walk.add(
                Step(number: UInt32(index + 1), side: side(index), start: time, end: end))
        }
    }

    @Test("the first three steps and those after a pause are not judged")
    func starts() {
        #expect(
            verdicts([Double](repeating: 0.55, count: 12), pauseAt: 6)
                == [false, false, false, true, true, true, false, false, false, true, true, true])
    }

    @Test("a walk with a limp is steady: its strides are even though its steps are not")
    func limp() {
        let steps = (0..<12).map { $0 % 2 == 0 ? 0.45 : 0.7 }
        #expect(verdicts(steps).dropFirst(3).allSatisfy { $0 })
    }

    @Test("a long last step is none of the steady ones")
    func stop() {
        #expect(verdicts([Double](repeating: 0.55, count: 8) + [0.9]).suffix(2) == [true, false])
    }

    @Test("the pelvis' turning to and fro is no turn, 20 degrees in a step are")
    func turns() {
        let steps = [Double](repeating: 0.55, count: 12)
        #expect(verdicts(steps) { $0 % 2 == 0 ? 9 : -9 }.dropFirst(3).allSatisfy { $0 })
        let turned = verdicts(steps) { $0 == 6 || $0 == 7 ? 20 : 0 }
        // The turn of the eighth step belongs to the ninth's stride, too.
        #expect(turned[4..<12].map { $0 } == [true, true, false, false, false, true, true, true])
    }

    @Test("twice the same leg: a contact was missed")
    func missed() {
        let verdicts = verdicts([Double](repeating: 0.55, count: 10)) { _ in
            0
        } side: {
            ($0 < 5) == ($0 % 2 == 0) ? .left : .right
        }
        #expect(verdicts == [false, false, false, true, true, false, false, false, true, true])
    }
}
