// The walk's numbers: steps of either leg, and the legs against each other.

import Kinematics
import Movement

extension TestScoring {
    func scoreWalk(_ outcome: inout TestOutcome) {
        let change = TestMeasure.Counts.size(2 * radiansPerDegree)
        for side in [Side.left, .right] {
            let steps = trace.steps.filter { $0.side == side }
            for (id, title, values) in [
                ("drop", "mean drop", steps.map(\.drop)),
                ("lean", "mean lean to the stance side", steps.map(\.leanIpsilateral)),
            ] {
                outcome.measures.append(
                    TestMeasure(
                        "\(id)-\(side.name)-deg", "\(title), \(side.name) stance", .degrees,
                        mean: values, uncertainty: TestMeasure.gaitUncertainty, counts: change))
            }
            outcome.measures.append(
                TestMeasure(
                    "step-\(side.name)-s", "step time, \(side.name) stance", .seconds,
                    mean: steps.map(\.duration), counts: .share(0.1)))
            if steps.count < ComparedRun.steps {
                outcome.notes.append(
                    "\(steps.count) steps on the \(side.name): \(ComparedRun.steps) are wanted")
            }
        }
        addPace(&outcome)
        outcome.notes.append("left and right are inferred from the pelvis")
    }

    private func addPace(_ outcome: inout TestOutcome) {
        let summary = trace.record?.steps
        let steps = (summary?.left.count ?? 0) + (summary?.right.count ?? 0)
        let times = StepTimes(trace.steps)
        outcome.measures.append(
            TestMeasure(
                "asymmetry", "left-right difference of step times", .percent,
                summary?.timeRatio.map { $0 - 1 }, count: steps,
                uncertainty: summary?.timeRatio.flatMap { times?.error(ofRatio: $0) },
                counts: .size(0.1)))
        outcome.measures.append(
            TestMeasure(
                "cadence", "cadence", .perMinute, summary?.cadence, count: steps,
                uncertainty: summary?.cadence.flatMap { times?.error(ofCadence: $0) },
                counts: .share(0.1)))
    }
}

/// How well the mean step times of both legs are known.
private struct StepTimes {
    /// s and s²: of one leg's steps.
    private struct Leg {
        var count: Double
        var mean: Double
        var variance: Double

        init?(_ times: [Double]) {
            count = Double(times.count)
            guard times.count > 1 else { return nil }
            let mean = times.reduce(0, +) / count
            self.mean = mean
            guard mean > 0 else { return nil }
            variance = times.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        }

        /// Square of the mean's standard error as a share of the mean.
        var relative: Double { variance / count / (mean * mean) }
    }

    private let left: Leg
    private let right: Leg

    /// Nil below two steps of either leg.
    init?(_ steps: [Step]) {
        func times(_ side: Side) -> [Double] { steps.filter { $0.side == side }.map(\.duration) }
        guard let left = Leg(times(.left)), let right = Leg(times(.right)) else { return nil }
        self.left = left
        self.right = right
    }

    /// Standard error of the ratio of the legs' means.
    func error(ofRatio ratio: Double) -> Double {
        ratio * squareRoot(left.relative + right.relative)
    }

    /// Standard error of the cadence, in its own unit: what the legs differ by is no scatter.
    func error(ofCadence cadence: Double) -> Double {
        let count = left.count + right.count
        let mean = (left.count * left.mean + right.count * right.mean) / count
        let square = (left.count * left.variance + right.count * right.variance) / (count * count)
        return cadence * squareRoot(square) / mean
    }
}
