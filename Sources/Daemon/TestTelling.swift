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
    /// The run for clients, held against the newest before it that was done alike, and against that of
    /// the other side.
    func told(among others: [StoredTest]) -> Rehab1.TestResult {
        let own = compared
        let earlier = others.filter {
            $0.test == test && $0.side == side && $0.name != name
                && ($0.date, $0.name) < (date, self.name)
        }
        let before = earlier.last { own.obstacle(to: $0.compared, .before) == nil }
        var notes = own.outcome.notes
        if let newest = earlier.last, newest.name != before?.name,
            let reason = own.obstacle(to: newest.compared, .before)
        {
            notes.append("not compared with \(newest.date): \(reason)")
        }
        let other = before?.compared
        var hindered = Hindrances()
        let measures = own.outcome.measures.map { measure in
            let then = other?.outcome.measures.first { $0.id == measure.id }
            guard let other, measure.value != nil, then?.value != nil,
                let reason = own.obstacle(to: other, of: measure.id, .before)
            else { return measure.told(since: then) }
            hindered.add(measure.title, reason)
            return measure.told(since: nil)
        }
        notes += hindered.sentences("not compared with \(before?.date ?? "")")
        let (symmetry, unlike) = symmetry(own, others: others)
        return Rehab1.TestResult(
            version: Int64(version), name: name, test: test,
            title: TestBattery.test(test)?.title ?? test, date: date, side: side,
            sensors: sensors, measures: measures,
            curve: curve.enumerated().compactMap { second, lift in
                lift.map {
                    Rehab1.TestCurvePoint(
                        second: Int64(second), liftDegrees: $0 * degreesPerRadian)
                }
            }, notes: notes + unlike, answers: answers, earlierDate: before?.date,
            symmetry: symmetry, unknownShare: unknownShare, recording: recording)
    }

    /// This side against the newest run of the other, where both have the number; the rest in words.
    private func symmetry(
        _ own: ComparedRun, others: [StoredTest]
    ) -> ([Rehab1.TestSymmetry], notes: [String]) {
        guard let side, let leg = Side(name: side),
            let run = others.last(where: { $0.test == test && $0.side == leg.opposite.name }),
            own.outcome.measures.contains(where: { TestMeasure.isMoreBetter($0.id) != nil })
        else { return ([], []) }
        let other = run.compared
        let apart = "not held against the other side (\(run.date))"
        if let reason = own.obstacle(to: other, .there) { return ([], ["\(apart): \(reason)"]) }
        var hindered = Hindrances()
        let indices = own.outcome.measures.compactMap { measure -> Rehab1.TestSymmetry? in
            guard let isMoreBetter = TestMeasure.isMoreBetter(measure.id),
                let value = measure.value,
                let theirs = other.outcome.measures.first(where: { $0.id == measure.id })?.value,
                let index = Symmetry.index(
                    affected: value, other: theirs, moreIsBetter: isMoreBetter)
            else { return nil }
            if let reason = own.obstacle(to: other, of: measure.id, .there) {
                hindered.add(measure.title, reason)
                return nil
            }
            return Rehab1.TestSymmetry(
                id: measure.id, title: measure.title, percent: index, otherDate: run.date)
        }
        return (indices, hindered.sentences(apart))
    }
}

/// Numbers that are not held against others, by the reason.
private struct Hindrances {
    private var all: [(reason: String, titles: [String])] = []

    mutating func add(_ title: String, _ reason: String) {
        if let index = all.firstIndex(where: { $0.reason == reason }) {
            all[index].titles.append(title)
        } else {
            all.append((reason, [title]))
        }
    }

    func sentences(_ what: String) -> [String] {
        all.map { "\($0.titles.joined(separator: "; ")): \(what): \($0.reason)" }
    }
}

extension TestMeasure {
    /// The measure in its shown unit; `before`: that of the run before.
    func told(since before: TestMeasure?) -> Rehab1.TestMeasure {
        let change = TestChange(from: before, to: self)
        func shown(_ value: Double?) -> Double? { value.map { $0 * unit.factor } }
        return Rehab1.TestMeasure(
            id: id, title: title, unit: unit.rawValue, value: shown(value),
            source: source.rawValue, count: Int64(count), uncertainty: shown(uncertainty),
            spread: shown(spread),
            counts: value == nil ? nil : shown(limit(from: before)),
            earlier: shown(before?.value),
            change: change.map {
                switch $0 {
                case .more: "more"
                case .less: "less"
                case .none: "none"
                }
            })
    }
}
