// `rehab-bench accuracy`: how far off the vertical, beside the peers on the same data.

import Estimation
import Foundation
import SensorTable

/// Runs every case through the estimator and its peers and prints a table of its own: five numbers a
/// row do not fit the figures of the other sections, so it returns none but for what was skipped.
enum AccuracyBench {
    /// A row of the table: means over the trials, degrees.
    private struct Row {
        var ours: [Double] = []
        var coverage: [Double] = []
        var peers: [[Double]] = []
        /// Error of the recovered rate, percent, where arrivals told it.
        var rate: [Double] = []
    }

    /// What a row is held against, degrees: the goal, and VQF's figure on the trials it was set with.
    ///
    /// These six trials are easier, so the goal is scaled by VQF's figure here.
    private static let goals: [(group: String, id: String, goal: Double, theirs: Double)] = [
        ("free motion, 285.7 Hz", "E1", 0.70, 0.72), ("free motion, 47.6 Hz", "E11", 1.05, 1.21),
        ("slow trials, 1 % lost", "E6", 1.2, 1.70), ("slow trials, 5 % lost", "E6", 2.2, 3.59),
        ("slow trials, 10 % lost", "E6", 3.0, 4.95),
        ("started in motion, bias 0.0 deg/s", "E10", 1.5, 1.90),
    ]

    static func run(_ options: BenchOptions) throws -> [Figure] {
        let names = options.quick ? [AccuracyTrial.names[0]] : AccuracyTrial.names
        // Without the recordings the synthetic people are measured all the same.
        var trials: [(place: Int, trial: AccuracyTrial)] = []
        var skipped: [String] = []
        for (place, name) in names.enumerated() {
            do {
                trials.append((place, try AccuracyTrial(name, directory: options.data)))
            } catch {
                skipped.append("\(error)")
            }
        }
        let people = options.quick ? 1 : options.seeds.count
        let cases =
            AccuracyCase.all(trials)
            + (try AccuracyPeople.cases(people: people, seed: options.seeds.lowerBound))
        var peers: AccuracyPeers?
        var reason = ""
        do {
            peers = try AccuracyPeers(cases, options)
        } catch {
            reason = "\(error)"
        }
        var order: [String] = []
        var rows: [String: Row] = [:]
        for (index, one) in cases.enumerated() {
            if rows[one.group] == nil { order.append(one.group) }
            var row = rows[one.group] ?? Row()
            let result = try ours(one)
            row.ours.append(result.score.degrees)
            row.coverage.append(result.score.coverage)
            if !one.arrivals.isEmpty {
                row.rate.append(abs(result.rateHertz / one.trial.rateHertz - 1) * 100)
            }
            if let peers { row.peers.append(peers.degrees[index]) }
            rows[one.group] = row
        }
        print(
            "accuracy: root mean square inclination error, degrees, mean over \(trials.count) trials "
                + "and \(people) synthetic people")
        print("peers: " + (peers?.versions ?? "not measured: \(reason)"))
        print("| case | ours (worst) | VQF | BasicVQF | Fusion | within 2 sigma | goal, scaled |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for group in order {
            if let row = rows[group] { print(line(group, row)) }
        }
        return skipped.isEmpty
            ? [] : [AccuracyBench.skipped(skipped, of: names.count)]
    }

    /// What was not measured, and why.
    private static func skipped(_ reasons: [String], of count: Int) -> Figure {
        let reason =
            "\(reasons.count) of \(count) recordings of BROAD were skipped: \(reasons[0])"
            + (reasons.count > 1 ? " (and so on)" : "")
            + "; --data or REHABD_DATA says where broad/ is"
        print("skipped: \(reason)")
        return .missing(
            "accuracy-broad", "inclination, recordings with optical reference", .times,
            reason: reason)
    }

    private static func line(_ group: String, _ row: Row) -> String {
        func mean(_ values: [Double]) -> Double {
            values.reduce(0, +) / Double(max(values.count, 1))
        }
        func number(_ value: Double) -> String { String(format: "%.2f", value) }
        let theirs = AccuracyPeers.names.indices.map { place in
            row.peers.isEmpty ? nil : mean(row.peers.map { $0[place] })
        }
        var goal = ""
        if let aim = goals.first(where: { $0.group == group }), let peer = theirs[0] {
            let limit = aim.goal / aim.theirs * peer
            let verdict = mean(row.ours) <= limit ? "reached" : "not reached"
            goal = "\(aim.id) \(number(limit)): \(verdict)"
        } else if !row.rate.isEmpty {
            goal = "rate within \(String(format: "%.4f", row.rate.max() ?? 0)) %"
        }
        let columns =
            ["\(number(mean(row.ours))) (\(number(row.ours.max() ?? 0)))"]
            + theirs.map { $0.map(number) ?? "-" }
            + [String(format: "%.1f %%", 100 * mean(row.coverage)), goal]
        return "| \(group) | " + columns.joined(separator: " | ") + " |"
    }

    /// The estimator on what was received, as `rehabctl estimate` runs it.
    private static func ours(
        _ one: AccuracyCase
    ) throws -> (score: AccuracyScore, rateHertz: Double) {
        let table = SensorTable(
            readings: one.received.map { one.trial.readings[$0] },
            counters: one.received.map { Int64($0) },
            arrivals: one.arrivals.isEmpty ? [] : one.received.map { one.arrivals[$0] })
        let result = try OfflineEstimation.trace(
            table, rate: one.nominalHertz, file: one.trial.name)
        var score = AccuracyScore()
        for (row, estimate) in result.rows {
            guard let truth = one.trial.truth[Int(row.number)] else { continue }
            score.add(estimate.up, truth: truth, sigma: estimate.sigma)
        }
        return (score, result.rateHertz)
    }
}
