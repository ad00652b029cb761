// Tests and kept runs as they are told over the control socket: here SI becomes the shown units.

import Assessment
import Control
import Kinematics
import Movement

extension BatteryTest {
    /// The test, or the part of it that a run with or without a side is.
    func told(hasSide: Bool) -> Rehab1.Test {
        let (word, seconds, count): (String, Double?, Int64?) =
            switch goal(hasSide: hasSide) {
            case .hold(let seconds): ("hold", seconds, nil)
            case .holds(let count, let longest): ("holds", longest, Int64(count))
            case .time(let seconds): ("time", seconds, nil)
            case .count(let count): ("count", nil, Int64(count))
            }
        return Rehab1.Test(
            id: id, title: title, legs: legs.rawValue, exercise: exercise(hasSide: hasSide),
            goal: word, goalSeconds: seconds, goalCount: count, instructions: instructions,
            questions: questions.map { Rehab1.TestQuestion(id: $0.rawValue, text: $0.text) },
            counts: counts)
    }
}

extension StoredTest {
    /// The run for clients, held against the one before it and the newest of the other side.
    func told(among others: [StoredTest]) -> Rehab1.TestResult {
        let outcome = answered
        let alike = others.filter {
            $0.test == test && $0.name != name && ($0.date, $0.name) < (date, self.name)
        }
        let before = alike.last { $0.side == side }
        // Other sensors see other things, and a fingertip is another test.
        var notes = outcome.notes
        var earlier: TestOutcome?
        if let before {
            if Set(before.sensors) != Set(sensors) {
                notes.append("not compared with \(before.date): other sensors were worn")
            } else if before.answers.fingertip ?? false != answers.fingertip ?? false {
                notes.append("not compared with \(before.date): a fingertip touched in one of them")
            } else {
                earlier = before.answered
            }
        }
        return Rehab1.TestResult(
            version: Int64(version), name: name, test: test,
            title: TestBattery.test(test)?.title ?? test, date: date, side: side,
            sensors: sensors, measures: outcome.measures.map { $0.told(since: earlier) },
            curve: curve.enumerated().compactMap { second, lift in
                lift.map {
                    Rehab1.TestCurvePoint(
                        second: Int64(second), liftDegrees: $0 * degreesPerRadian)
                }
            }, notes: notes, answers: answers,
            earlierDate: earlier == nil ? nil : before?.date,
            symmetry: symmetry(outcome, others: others), unknownShare: unknownShare,
            recording: recording)
    }

    /// This side against the newest run of the other, where both have the number.
    private func symmetry(_ outcome: TestOutcome, others: [StoredTest]) -> [Rehab1.TestSymmetry] {
        guard let side, let own = Side(name: side),
            let other = others.last(where: { $0.test == test && $0.side == own.opposite.name })
        else { return [] }
        let otherMeasures = other.answered.measures
        return outcome.measures.compactMap { measure in
            guard let isMoreBetter = TestMeasure.isMoreBetter(measure.id),
                let value = measure.value,
                let theirs = otherMeasures.first(where: { $0.id == measure.id })?.value,
                let index = Symmetry.index(
                    affected: value, other: theirs, moreIsBetter: isMoreBetter)
            else { return nil }
            return Rehab1.TestSymmetry(
                id: measure.id, title: measure.title, percent: index, otherDate: other.date)
        }
    }
}

extension TestMeasure {
    /// The measure in its shown unit; `earlier`: the run before.
    func told(since earlier: TestOutcome?) -> Rehab1.TestMeasure {
        let before = earlier?.measures.first { $0.id == id }
        let change = TestChange(from: before?.value, spread: before?.spread, to: self)
        func shown(_ value: Double?) -> Double? { value.map { $0 * unit.factor } }
        let size: Double? =
            switch counts {
            case .size(let size): size
            case .share(let share): before?.value.map { abs($0) * share }
            case .ownSpread: spread
            case .none: nil
            }
        return Rehab1.TestMeasure(
            id: id, title: title, unit: unit.rawValue, value: shown(value),
            source: source.rawValue, count: Int64(count), uncertainty: shown(uncertainty),
            spread: shown(spread), counts: shown(size), earlier: shown(before?.value),
            change: change.map {
                switch $0 {
                case .more: "more"
                case .less: "less"
                case .none: "none"
                }
            })
    }
}
