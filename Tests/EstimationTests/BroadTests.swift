// Accuracy and honesty on recordings with an optical reference.

import Estimation
import Foundation
import Kinematics
import Testing

@Suite(
    "Recordings with an optical reference",
    .enabled(if: BroadTrial.areThere, "no recordings in ../shared/data or $REHABD_DATA"))
struct BroadTests {
    @Test("Inclination is no worse than the published VQF's", arguments: BroadTrial.all)
    func accuracy(trial: BroadTrial) throws {
        let run = try TrialRun.of(trial)
        #expect(run.count > 20_000)
        #expect(run.errorDegrees <= trial.publishedDegrees + 0.02)
    }

    @Test("On the whole it is better than the published VQF's")
    func meanAccuracy() throws {
        let errors = try BroadTrial.all.map { try TrialRun.of($0).errorDegrees }
        // VQF: 0.57 on these six.
        #expect(errors.reduce(0, +) / 6 < 0.55)
    }

    @Test("True errors lie within two sigma as often as sigma says", arguments: BroadTrial.all)
    func coverage(trial: BroadTrial) throws {
        let run = try TrialRun.of(trial)
        // An error of two independent parts stays within twice its root mean square in 98 %.
        #expect(run.coverage > 0.90)
        // Not by saying "anything is possible": sigma is of the size of the errors.
        #expect(run.sigmaDegrees < 2.5 * run.errorDegrees)
    }

    @Test("Larger sigma goes with larger errors")
    func sigmaOrdersErrors() throws {
        var pairs: [(sigma: Double, error: Double)] = []
        for trial in BroadTrial.all { pairs += try TrialRun.of(trial).pairs }
        pairs.sort { $0.sigma < $1.sigma }
        let fifth = pairs.count / 5
        let errors = (0..<5).map { rootMeanSquare(pairs[($0 * fifth)..<(($0 + 1) * fifth)]) }
        // Each fifth of the samples errs more than the one before, the last twice the first.
        for index in 1..<5 { #expect(errors[index] > errors[index - 1]) }
        #expect(errors[4] > 2 * errors[0])
    }

    @Test("The same recording gives the same bits again")
    func repeatable() throws {
        let rows = try BroadTrial.all[3].rows().prefix(10_000)
        var first = TiltFilter(samplePeriod: 1 / BroadTrial.sampleRate)
        var second = TiltFilter(samplePeriod: 1 / BroadTrial.sampleRate)
        let one = rows.map { first.step($0.sample) }
        let other = rows.map { second.step($0.sample) }
        #expect(one == other)
    }
}

/// The same recordings from a sensor that has no gyroscope: gravity alone, honestly.
@Suite(
    "Recordings without their gyroscope",
    .enabled(if: BroadTrial.areThere, "no recordings in ../shared/data or $REHABD_DATA"))
struct AccelerometerOnlyTests {
    /// Errors by an independent Python of the same low-pass (NumPy, over the movement phase).
    @Test(
        "Slow movement is followed as well as gravity can, and sigma knows",
        arguments: [(0, 14.16), (2, 4.49)])
    func slow(index: Int, degrees: Double) throws {
        let run = try TrialRun(BroadTrial.all[index]) { sample in
            sample.angularRate = .zero
            sample.flags = sample.flags.with(.withoutAngularRate)
        }
        #expect(abs(run.errorDegrees / degrees - 1) < 0.02)
        #expect(run.coverage > 0.95)
        #expect(run.sigmaDegrees < 2 * run.errorDegrees)
    }
}

/// A trial run through the filter, scored over its movement phase.
private struct TrialRun: Sendable {
    /// Sigma and true error in degrees, a pair a sample.
    var pairs: [(sigma: Double, error: Double)] = []

    var count: Int { pairs.count }
    var errorDegrees: Double { rootMeanSquare(pairs[...]) }
    var sigmaDegrees: Double {
        (pairs.reduce(0) { $0 + $1.sigma * $1.sigma } / Double(count)).squareRoot()
    }
    /// Share of samples with an error below two sigma.
    var coverage: Double { Double(pairs.count { $0.error < 2 * $0.sigma }) / Double(count) }

    /// Each trial is run once for all tests: reading and estimating takes seconds in a debug build.
    private static let runs = BroadTrial.all.map { trial in
        (name: trial.name, run: Result { try TrialRun(trial) })
    }

    static func of(_ trial: BroadTrial) throws -> TrialRun {
        try #require(runs.first { $0.name == trial.name }).run.get()
    }

    init(_ trial: BroadTrial, changing change: (inout ImuSample) -> Void = { _ in }) throws {
        var filter = TiltFilter(samplePeriod: 1 / BroadTrial.sampleRate)
        for row in try trial.rows() {
            var sample = row.sample
            change(&sample)
            let estimate = filter.step(sample)
            guard row.isMovement,
                let error = row.inclinationErrorDegrees(estimate.worldFromSensor)
            else { continue }
            pairs.append((estimate.sigma * 180 / Double.pi, error))
        }
    }
}

private func rootMeanSquare(_ pairs: ArraySlice<(sigma: Double, error: Double)>) -> Double {
    (pairs.reduce(0) { $0 + $1.error * $1.error } / Double(max(1, pairs.count))).squareRoot()
}
