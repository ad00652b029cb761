// Spoken cues as frames of the stream: resampled, levelled, with soft edges, made before the first cue.

import Glibc
import Kinematics
package import Movement

/// Which spoken text a cue has: the rule's number, and 21 for the second text of C12.
package struct SpokenKey: Sendable, BitwiseCopyable, Hashable {
    package let number: UInt8

    package init(number: UInt8) { self.number = number }

    package init(rule: RuleID, signal: Signal) {
        let isMidline = rule.number == 12 && signal.rawValue == Signal.pastMidline.rawValue
        number = isMidline ? 21 : rule.number
    }

    package static var count: Int { 22 }
}

/// The frames of all spoken cues at one rate, mono, 16 bit.
package struct SpokenClips: Sendable {
    package let rate: Int
    private var samples: [Int16] = []
    private var spans: [Range<Int>]

    /// No text at all.
    package init() {
        rate = 0
        spans = [Range<Int>](repeating: 0..<0, count: SpokenKey.count)
    }

    /// Makes every text's frames for `rate`, none above `peak`.
    package init(_ texts: [SpokenKey: WaveSound], rate: Int, peak: Int32) {
        self.rate = rate
        spans = [Range<Int>](repeating: 0..<0, count: SpokenKey.count)
        for key in texts.keys.sorted(by: { $0.number < $1.number }) {
            guard Int(key.number) < SpokenKey.count, let sound = texts[key] else { continue }
            let first = samples.count
            append(sound, peak: peak)
            spans[Int(key.number)] = first..<samples.count
        }
    }

    package func length(of key: SpokenKey) -> Int {
        Int(key.number) < spans.count ? spans[Int(key.number)].count : 0
    }

    func sample(of key: SpokenKey, at frame: Int) -> Int32 {
        guard frame >= 0, frame < length(of: key) else { return 0 }
        return Int32(samples[spans[Int(key.number)].lowerBound + frame])
    }

    /// Loudest value that counts as silence, of the loudest: −40 dB.
    private static var silence: Double { 0.01 }
    /// Texts longer than this end with a soft edge, s: no cue may run into the next one.
    package static var longest: Double { 2.5 }

    private mutating func append(_ sound: WaveSound, peak: Int32) {
        let top = sound.samples.reduce(0) { max($0, abs(Int($1))) }
        let limit = Int(Double(top) * SpokenClips.silence)
        guard top > 0, let first = sound.samples.firstIndex(where: { abs(Int($0)) > limit }),
            let last = sound.samples.lastIndex(where: { abs(Int($0)) > limit })
        else { return }
        let input = sound.samples[first...last].map { Double($0) / Double(top) }
        var output = resampled(input, from: Double(sound.rate), to: Double(rate))
        output = Array(output.prefix(Int(SpokenClips.longest * Double(rate))))
        // Filtering may overshoot; the loudest frame is the cap's again.
        let loudest = output.reduce(0) { max($0, $1.magnitude) }
        guard loudest > 0 else { return }
        // Half the ramp lies before the first sound, so that a first consonant is not lost in it.
        let ramp = Int(Tone.shortestRamp * Double(rate))
        let lead = ramp / 2
        let count = output.count + lead
        for frame in 0..<count {
            let edge = min(frame, count - 1 - frame)
            let rise =
                edge < ramp
                ? 0.5 - 0.5 * sineAndCosine(Double.pi * Double(edge) / Double(ramp)).cosine : 1
            let value = frame < lead ? 0 : output[frame - lead]
            samples.append(Int16(value * Double(peak) / loudest * rise))
        }
    }
}

/// Windowed sinc, 12 zero crossings a side under a raised cosine: what lies above the lower of the two
/// Nyquist frequencies is taken out, the voice's formants pass.
private func resampled(_ input: [Double], from: Double, to: Double) -> [Double] {
    guard from > 0, to > 0, from != to else { return input }
    let step = from / to
    let cutoff = min(1, to / from)
    let reach = Kernel.crossings / cutoff
    let kernel = Kernel.table
    var output = [Double](repeating: 0, count: Int(Double(input.count) / step))
    for frame in output.indices {
        let centre = Double(frame) * step
        var sum = 0.0
        var place = max(0, Int((centre - reach).rounded(.up)))
        let end = min(input.count - 1, Int(centre + reach))
        while place <= end {
            let distance = abs(Double(place) - centre) * cutoff * Kernel.steps
            let index = min(Int(distance), kernel.count - 1)
            sum += input[place] * kernel[index]
            place += 1
        }
        output[frame] = sum * cutoff
    }
    return output
}

/// One side of the windowed sinc, 512 values a crossing: the nearest is within −60 dB.
private enum Kernel {
    static var crossings: Double { 12 }
    static var steps: Double { 512 }
    static let table: [Double] = (0...Int(crossings * steps)).map { index in
        let distance = (Double(index) + 0.5) / steps
        let angle = Double.pi * distance
        let window = 0.5 + 0.5 * sineAndCosine(angle / crossings).cosine
        return distance < crossings ? sineAndCosine(angle).sine / angle * window : 0
    }
}
