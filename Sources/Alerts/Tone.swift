// The sounds of the cues: which notes belong to which rule, and their frames, made once.

import Glibc
import Kinematics
package import Movement

/// A sound that can be told apart from the others by its notes.
package enum Tone: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// C01: rises, as the free side should.
    case pelvisLow
    /// C04: falls, as the free side should.
    case pelvisHigh
    /// C02, C03: the trunk.
    case trunk
    /// C05, C06, C10: hip and knee over the stance foot.
    case hip
    /// C07, C08: the pelvis turns or tips.
    case turn
    /// C11 to C14: tempo and range.
    case tempo
    /// All other rules.
    case general
    /// C19: calm, low and soft, for both sides; the repetition is over.
    case repetitionEnded
    case tick
    case ready
    case refused
    case attention
    /// The pace of repetitions by the clock: one short, soft note each.
    case raise
    case lower

    package static var count: Int { 14 }

    package init(rule: RuleID) {
        self =
            switch rule.number {
            case 1: .pelvisLow
            case 4: .pelvisHigh
            case 2, 3: .trunk
            case 5, 6, 10: .hip
            case 7, 8: .turn
            case 11...14: .tempo
            case 19: .repetitionEnded
            default: .general
            }
    }

    package init(notice: Notice) {
        self =
            switch notice {
            case .tick: .tick
            case .ready: .ready
            case .refused: .refused
            case .attention: .attention
            case .raise: .raise
            case .lower: .lower
            }
    }

    /// The notes in Hz, equal temperament with A at 440: 260 to 800 Hz, where small loudspeakers still
    /// sound and hearing loss of age is small (engineering default, no published value).
    package var notes: [Double] {
        switch self {
        case .pelvisLow: [523.25, 659.26]
        case .pelvisHigh: [659.26, 523.25]
        case .trunk: [440.00]
        case .hip: [587.33, 440.00]
        case .turn: [392.00, 493.88, 392.00]
        case .tempo: [349.23, 440.00]
        case .general: [493.88]
        case .repetitionEnded: [329.63, 261.63]
        case .tick: [783.99]
        case .ready: [523.25, 659.26, 783.99]
        case .refused: [392.00, 329.63]
        case .attention: [440.00, 349.23, 440.00]
        case .raise: [587.33]
        case .lower: [392.00]
        }
    }

    /// Seconds of one note, both ramps included.
    package var noteSeconds: Double {
        switch self {
        case .tick, .raise, .lower: 0.12
        case .repetitionEnded: 0.4
        default: 0.2
        }
    }

    /// Seconds of each ramp: never under 50 ms, since no cue may startle (programme 7, rule 7).
    package var rampSeconds: Double {
        switch self {
        case .repetitionEnded: 0.15
        default: Tone.shortestRamp
        }
    }

    package static var shortestRamp: Double { 0.05 }

    /// Level below the cap, as a factor: the end of a repetition is said softly (−6 dB), the pace more so (−12 dB),
    /// since it is no cue and comes again and again.
    var level: Double {
        switch self {
        case .repetitionEnded: 0.5
        case .raise, .lower: 0.25
        default: 1
        }
    }

    /// The greatest value a frame may have, of 32767: −12 dBFS, 32767 · 10^(−12/20) rounded down.
    package static var peakCap: Int32 { 8230 }
}

/// The frames of all tones at one rate, mono, 16 bit, made before the first cue.
package struct ToneBank: Sendable {
    package let rate: Int
    /// The greatest value in it, the volume included.
    let peak: Int32
    /// Raised-cosine fade-out of 50 ms, 32768 = 1, for a cue that gives way to another.
    let fade: [Int32]
    private var samples: [Int16] = []
    private var starts: [Int] = [0]

    /// Renders for `rate` frames a second, `volumeDecibels` (0 or less) below the cap.
    package init(rate: Int, volumeDecibels: Double = 0) {
        self.rate = max(rate, 8000)
        peak = ToneBank.peak(volumeDecibels: volumeDecibels)
        let frames = Int(Tone.shortestRamp * Double(self.rate))
        fade = (0..<frames).map { Int32(32768 * (1 - rise($0, of: frames))) }
        for tone in Tone.allCases {
            render(tone)
            starts.append(samples.count)
        }
    }

    /// The greatest value at a volume.
    static func peak(volumeDecibels: Double) -> Int32 {
        // 10^(x/20); 0 stays exactly 1 so that the usual frames have the same bits everywhere.
        let quiet = volumeDecibels < 0 ? exp(max(volumeDecibels, -60) * (Double.ln10 / 20)) : 1
        return Int32(Double(Tone.peakCap) * quiet)
    }

    /// Frames of a tone.
    package func length(of tone: Tone) -> Int {
        starts[Int(tone.rawValue) + 1] - starts[Int(tone.rawValue)]
    }

    /// One frame of a tone; 0 outside it.
    func sample(of tone: Tone, at frame: Int) -> Int32 {
        guard frame >= 0, frame < length(of: tone) else { return 0 }
        return Int32(samples[starts[Int(tone.rawValue)] + frame])
    }

    /// Notes follow each other with overlapping ramps.
    ///
    /// The two raised cosines of an overlap add up to one, so the sum never exceeds the peak.
    private mutating func render(_ tone: Tone) {
        let note = Int(tone.noteSeconds * Double(rate))
        let ramp = Int(tone.rampSeconds * Double(rate))
        let step = note - ramp
        let notes = tone.notes
        let first = samples.count
        samples.append(
            contentsOf: repeatElement(0, count: step * notes.count + ramp))
        let amplitude = Double(peak) * tone.level
        for (place, frequency) in notes.enumerated() {
            for frame in 0..<note {
                let edge = min(frame, note - 1 - frame)
                let angle = 2 * Double.pi * frequency * Double(frame) / Double(rate)
                let value = amplitude * rise(edge, of: ramp) * sineAndCosine(angle).sine
                let index = first + place * step + frame
                // Towards zero: the sum of two notes stays below the peak.
                samples[index] += Int16(value)
            }
        }
        // The smallest step there is, at once: the onset can be measured to the frame.
        samples[first] = 1
    }
}

extension Double {
    fileprivate static var ln10: Double { 2.302_585_092_994_046 }
}

/// Raised cosine from 0 to 1 over `length` frames.
private func rise(_ frame: Int, of length: Int) -> Double {
    guard frame < length else { return 1 }
    return 0.5 - 0.5 * sineAndCosine(Double.pi * Double(frame) / Double(length)).cosine
}
