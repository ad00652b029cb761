// A second-order Butterworth low-pass that starts with the mean of its first samples.

import Kinematics

/// The difference equation of a second-order Butterworth low-pass with unit gain at rest.
///
/// Made by the bilinear transform with the cut-off prewarped, from the analogue prototype
/// 1 / (s² + √2 s + 1).
struct Butterworth: BitwiseCopyable, Sendable {
    /// Weight of the present and the second last input; the last input has twice that.
    let inputWeight: Double
    /// Weight of the last output.
    let firstFeedback: Double
    /// Weight of the second last output.
    let secondFeedback: Double

    /// A low-pass of the given time constant (s), which is the delay of a slow signal: its cut-off
    /// is √2 / (2π · timeConstant). The caller keeps the cut-off below half the sample rate.
    @_noLocks
    init(timeConstant: Double, samplePeriod: Double) {
        let half = sineAndCosine(squareRoot(0.5) * samplePeriod / timeConstant)
        let warped = half.sine / half.cosine
        let square = warped * warped
        let scale = 1 / (1 + squareRoot(2) * warped + square)
        inputWeight = square * scale
        firstFeedback = 2 * (square - 1) * scale
        secondFeedback = (1 - squareRoot(2) * warped + square) * scale
    }
}

/// How far a group of low-passes that run in step has come: for the first time constant the output
/// is the plain mean of the samples so far, since a filter that starts at zero would take several
/// time constants to forget it.
struct LowPassClock: BitwiseCopyable, Sendable {
    let shape: Butterworth
    private let averagedSamples: Int
    private(set) var count: Int
    /// The weight of the present sample in the mean; 0 once the low-pass runs.
    private(set) var meanWeight: Double

    @_noLocks
    init(timeConstant: Double, samplePeriod: Double) {
        shape = Butterworth(timeConstant: timeConstant, samplePeriod: samplePeriod)
        averagedSamples = max(1, Int(min(timeConstant / samplePeriod, 1e6)))
        count = 0
        meanWeight = 0
    }

    /// True while the outputs are still plain means.
    var isAveraging: Bool { @_noLocks get { count < averagedSamples } }

    /// Called once before the low-passes of the group take their next sample.
    @_noLocks
    mutating func advance() {
        if count < averagedSamples {
            count += 1
            meanWeight = 1 / Double(count)
        } else {
            meanWeight = 0
        }
    }

    @_noLocks
    mutating func restart() { count = 0 }
}

/// Three low-passes, one a component.
struct VectorLowPass: BitwiseCopyable, Sendable {
    private(set) var output: Vector3
    private var first: Vector3
    private var second: Vector3

    @_noLocks
    init() {
        output = .zero
        first = .zero
        second = .zero
    }

    /// Takes one sample; `clock` has been advanced for it.
    @_noLocks
    mutating func step(_ input: Vector3, clock: LowPassClock) {
        let shape = clock.shape
        if clock.meanWeight > 0 {
            output = output + (input - output) * clock.meanWeight
            // The state in which a constant input of that value leaves the output where it is.
            first = output * (1 - shape.inputWeight)
            second = output * (shape.inputWeight - shape.secondFeedback)
            return
        }
        let weighted = input * shape.inputWeight
        output = weighted + first
        first = weighted * 2 - output * shape.firstFeedback + second
        second = weighted - output * shape.secondFeedback
    }
}
