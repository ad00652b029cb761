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

    /// A low-pass of the given time constant (s), which is the delay of a slow signal.
    ///
    /// Its cut-off is √2 / (2π · timeConstant); the caller keeps that below half the sample rate.
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

/// Four low-passes side by side, as wide as the processor's vector registers like them.
struct LowPass: BitwiseCopyable, Sendable {
    private(set) var output: SIMD4<Double>
    private var first: SIMD4<Double>
    private var second: SIMD4<Double>

    @_noLocks
    init() {
        output = SIMD4(repeating: 0)
        first = SIMD4(repeating: 0)
        second = SIMD4(repeating: 0)
    }

    /// The first three outputs.
    var vector: Vector3 {
        @_noLocks @inline(__always) get { Vector3(output.x, output.y, output.z) }
    }

    /// Takes one sample; `clock` has been advanced for it.
    @_noLocks @inline(__always)
    mutating func step(_ input: SIMD4<Double>, clock: LowPassClock) {
        let shape = clock.shape
        if clock.meanWeight > 0 {
            output += (input - output) * clock.meanWeight
            // The state in which a constant input of that value leaves the output where it is.
            first = output * (1 - shape.inputWeight)
            second = output * (shape.inputWeight - shape.secondFeedback)
            return
        }
        let weighted = input * shape.inputWeight
        output = weighted + first
        first = weighted + weighted - output * shape.firstFeedback + second
        second = weighted - output * shape.secondFeedback
    }

    @_noLocks @inline(__always)
    mutating func step(_ input: Vector3, clock: LowPassClock) {
        step(SIMD4(input.x, input.y, input.z, 0), clock: clock)
    }
}
