// One number of a test with everything a report must say beside it.

import Kinematics

/// A measure of one run.
///
/// `value` and its companions are SI (rad, m, s, m/s²); `Unit` says how they are shown.
package struct TestMeasure: Sendable, Equatable {
    package enum Source: String, Sendable, CaseIterable {
        case measured, asked
        case notMeasured = "not-measured"
    }

    package enum Unit: String, Sendable, CaseIterable {
        case seconds = "s"
        case degrees = "deg"
        case centimetres = "cm"
        case percent = "%"
        case acceleration = "m/s2"
        case ellipse = "m2/s4"
        case jerk = "m2/s5"
        case perMinute = "1/min"
        case points, answer

        /// What an SI value is multiplied with to be shown.
        package var factor: Double {
            switch self {
            case .degrees: degreesPerRadian
            case .centimetres, .percent: 100
            default: 1
            }
        }
    }

    /// The size of change that counts.
    package enum Counts: Sendable, Equatable {
        /// In the measure's own SI unit.
        case size(Double)
        /// Of the earlier value.
        case share(Double)
        /// Beyond the spread of the tries.
        case ownSpread
        case none
    }

    package var id: String
    package var title: String
    package var unit: Unit
    package var value: Double?
    package var source: Source
    /// Repetitions, steps, tries or 1.
    package var count: Int
    /// One standard deviation of the value where that is known; else the stated default.
    package var uncertainty: Double?
    /// Standard deviation over the repetitions.
    package var spread: Double?
    package var counts: Counts

    package init(
        _ id: String, _ title: String, _ unit: Unit, _ value: Double?, source: Source = .measured,
        count: Int = 1, uncertainty: Double? = nil, spread: Double? = nil, counts: Counts = .none
    ) {
        self.id = id
        self.title = title
        self.unit = unit
        self.value = value.flatMap { $0.isFinite ? $0 : nil }
        self.source = self.value == nil ? .notMeasured : source
        self.count = self.value == nil ? 0 : count
        self.uncertainty = uncertainty.flatMap { $0.isFinite ? $0 : nil }
        self.spread = spread.flatMap { $0.isFinite ? $0 : nil }
        self.counts = counts
    }

    /// The mean of several values, with their spread.
    package init(
        _ id: String, _ title: String, _ unit: Unit, mean values: [Double],
        uncertainty: Double? = nil, counts: Counts = .none
    ) {
        let finite = values.filter(\.isFinite)
        let n = Double(finite.count)
        let mean = finite.reduce(0, +) / max(n, 1)
        let squares = finite.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let spread = finite.count > 1 ? squareRoot(squares / (n - 1)) : nil
        self.init(
            id, title, unit, finite.isEmpty ? nil : mean, count: finite.count,
            uncertainty: uncertainty ?? spread.map { $0 / squareRoot(n) }, spread: spread,
            counts: counts)
    }

    /// An angle's uncertainty where the person's own repeats have not given a better one
    /// (compensations 2): 3° in gait, 4.5° in step tasks, rad.
    package static let gaitUncertainty = 3 * radiansPerDegree
    package static let stepUncertainty = 4.5 * radiansPerDegree
    /// Whether more of a measure is better, for the symmetry index; nil where neither is.
    package static func isMoreBetter(_ id: String) -> Bool? {
        switch id {
        case "hold-s", "hold-best-s", "hold-mean-s", "fall-s": true
        case "sway-sideways", "sway-forward", "sway-both", "sway-path", "sway-jerk",
            "sway-ellipse", "steady-s":
            false
        default: nil
        }
    }

    /// No statement of change of a pelvic angle below 4° (Youdas 2007), rad.
    package static let angleChange = 4 * radiansPerDegree
}

extension TestMeasure {
    /// The size that a difference to an earlier run must have to count, in the measure's SI unit.
    ///
    /// Never less than either number is known by: the larger of both counts. Without an earlier run that of the
    /// next one to this. Nil where there is none, or it is not known.
    package func limit(from earlier: TestMeasure?) -> Double? {
        let size: Double
        switch counts {
        case .size(let given): size = given
        case .share(let share):
            guard let value = earlier?.value ?? value else { return nil }
            size = share * abs(value)
        case .ownSpread:
            guard let own = [earlier?.spread, spread].compactMap({ $0 }).max() else { return nil }
            size = own
        case .none: return nil
        }
        return max(size, resolution ?? 0, earlier?.resolution ?? 0)
    }

    /// What the number is known by.
    ///
    /// The score's open points are no error: scores are compared only where the same parts are open.
    private var resolution: Double? { id == "score" ? nil : uncertainty }
}

/// What a value became since an earlier run.
package enum TestChange: Sendable, Equatable {
    case more, less, none

    /// Nil where there is nothing to compare or no size that counts.
    package init?(from earlier: TestMeasure?, to measure: TestMeasure) {
        guard let before = earlier?.value, let value = measure.value,
            let limit = measure.limit(from: earlier)
        else { return nil }
        // A size that counts is one that is reached; a spread is one that is left.
        let difference = value - before
        let counts =
            measure.counts == .ownSpread
            ? abs(difference) > limit : abs(difference) >= limit - 1e-9
        self = !counts ? .none : difference > 0 ? .more : .less
    }
}

/// What came of one run.
package struct TestOutcome: Sendable, Equatable {
    package var measures: [TestMeasure] = []
    /// Median hike of each second, rad, where the test has a curve.
    package var curve: [Double?] = []
    /// What a reader must know: pattern, conditions, parts that were asked.
    package var notes: [String] = []
    /// Share of the run in which the data could not be trusted.
    package var unknownShare = 0.0
    /// What the sensors saw of a step-down's quality; nil in other tests.
    package var stepDown: StepDownScore.Seen?

    package init() {}
}
