// What several outputs share: the one warm stream, and the volume at which it is opened next.

import Synchronization

/// Lets the outputs that sound find the stream that `ToneAlert` keeps.
///
/// Domains: `tone` is set once while the outputs are made, on the maker's thread; `volume` is atomic.
package final class SoundShare: @unchecked Sendable {
    /// The keeper of the stream; nil where no sound device is asked for.
    var tone: ToneAlert?
    /// Centibels below the cap, so that it fits an atomic; taken when the stream is opened.
    private let centibels: Atomic<Int>

    package init(volumeDecibels: Double = 0) {
        centibels = Atomic(SoundShare.centibels(volumeDecibels))
    }

    package var volumeDecibels: Double {
        get { Double(centibels.load(ordering: .relaxed)) / 10 }
        set { centibels.store(SoundShare.centibels(newValue), ordering: .relaxed) }
    }

    /// Within −60 dB to the cap; what is no number is the cap.
    private static func centibels(_ decibels: Double) -> Int {
        decibels.isFinite ? Int((max(-60, min(0, decibels)) * 10).rounded()) : 0
    }
}

/// What a stream can sound.
enum Sound: Sendable, BitwiseCopyable {
    case tone(Tone)
    case spoken(SpokenKey)
}
