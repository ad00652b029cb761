// Which runs of a test are alike enough to be held against each other, and why others are not.

/// A run with what it was done under.
package struct ComparedRun: Sendable, Equatable {
    package var test: String
    package var sensors: Set<String>
    package var answers: TestAnswers
    /// With the answers in it.
    package var outcome: TestOutcome

    package init(
        test: String, sensors: Set<String>, answers: TestAnswers, outcome: TestOutcome
    ) {
        self.test = test
        self.sensors = sensors
        self.answers = answers
        self.outcome = outcome
    }

    /// Where the other run of a pair stands, in words.
    package enum Place: String, Sendable {
        case before, there
    }

    /// m by which two steps are one height: half of what their numbers are told to.
    private static let height = 0.005
    /// Share of the longer time by which two runs lasted about the same [engineering default].
    private static let duration = 0.05
    /// Steps a side from which a change of a walk is told (programme 5, T6).
    static let steps = 50

    /// Why nothing of this run is held against `other`; nil where it may be.
    ///
    /// Other sensors see other things; a fingertip, another step and another pace are other tests.
    package func obstacle(to other: ComparedRun, _ place: Place) -> String? {
        if sensors != other.sensors { return "other sensors were worn" }
        if answers.fingertip ?? false != other.answers.fingertip ?? false {
            return "a fingertip touched in one of them"
        }
        switch test {
        case "T4":
            guard let here = answers.stepHeight, let there = other.answers.stepHeight else {
                return "the height of the step is not answered"
            }
            guard abs(here - there) > ComparedRun.height else { return nil }
            func told(_ metres: Double) -> String { "\(Int((metres * 100).rounded())) cm" }
            return "a step of \(told(here)) here, \(told(there)) \(place.rawValue)"
        case "T7":
            guard let here = answers.pace, let there = other.answers.pace else {
                return "whether from a walk or a jog is not answered"
            }
            return here == there
                ? nil : "from a \(here.rawValue) here, from a \(there.rawValue) \(place.rawValue)"
        default: return nil
        }
    }

    /// Why one number of this run is not held against that of `other`.
    package func obstacle(
        to other: ComparedRun, of measure: String, _ place: Place
    ) -> String? {
        switch (test, measure) {
        case ("T2", "hold-best-s"), ("T2", "hold-mean-s"):
            let (here, there) = (count(measure), other.count(measure))
            return min(here, there) >= TestScoring.tries
                ? nil : "\(here) of \(TestScoring.tries) tries here, \(there) \(place.rawValue)"
        case ("T3", "sway-path"), ("T3", "sway-jerk"):
            // Sums over the time: twice the time is twice as much.
            guard let here = value("seconds"), let there = other.value("seconds") else {
                return "how long the standing lasted is not known"
            }
            guard abs(here - there) > ComparedRun.duration * max(here, there) else { return nil }
            func told(_ seconds: Double) -> String { "\((seconds * 10).rounded() / 10) s" }
            return "\(told(here)) here, \(told(there)) \(place.rawValue)"
        case ("T4", "score"):
            return knownParts == other.knownParts ? nil : "other parts were measured or asked"
        case ("T6", _):
            let (here, there) = (steps(measure), other.steps(measure))
            return min(here, there) >= ComparedRun.steps
                ? nil
                : "\(here) steps a side here, \(there) \(place.rawValue), "
                    + "a change is told from \(ComparedRun.steps) on"
        default: return nil
        }
    }

    private func first(_ id: String) -> TestMeasure? { outcome.measures.first { $0.id == id } }
    private func value(_ id: String) -> Double? { first(id)?.value }
    private func count(_ id: String) -> Int { first(id)?.count ?? 0 }

    /// Steps of the side that a number of a walk is of; of both, the side with fewer.
    private func steps(_ measure: String) -> Int {
        switch measure {
        case "asymmetry", "cadence": min(count("step-left-s"), count("step-right-s"))
        case "pain": .max
        default: count(measure)
        }
    }

    /// Of each part of the step-down score, whether it was measured and whether it was asked.
    private var knownParts: [Bool] {
        let seen = outcome.stepDown ?? StepDownScore.Seen()
        return [
            seen.trunkLeant != nil, seen.pelvisOffLevel != nil, seen.wavered != nil,
            seen.knee != nil, answers.knee != nil, answers.steppedDown != nil,
            answers.handsLeftWaist != nil,
        ]
    }
}
