// Sounds as frames of a stream: which one, since when, on which side, and what they add up to.

/// Up to four tones or spoken cues, a drone, and any stretch of frames made from them.
///
/// A tone has a first frame, counted since the stream's start; every frame can be made again from that
/// alone. A value of its own, so that one check of exclusive access covers a whole block.
struct ToneMixer {
    /// One tone that sounds or is about to.
    private struct Voice {
        var sound = Sound.tone(.tick)
        var start: Int64 = 0
        /// From here on it fades out; never where the tone may end by itself.
        var cut = Int64.max
        var end: Int64 = 0
        /// Factors of the two sides, 32768 = 1.
        var left: Int32 = 0
        var right: Int32 = 0
    }

    /// Frames a block holds.
    static var blockFrames: Int { 512 }

    /// The frames made last, interleaved.
    private(set) var block: [Int16]
    private let bank: ToneBank
    private let channels: Int
    /// The spoken cues, once they are rendered.
    var clips = SpokenClips()
    var drone: Drone
    private var voices: InlineArray<4, Voice>

    init(bank: ToneBank, channels: Int) {
        self.bank = bank
        self.channels = channels
        drone = Drone(rate: bank.rate)
        voices = InlineArray(repeating: Voice())
        block = [Int16](repeating: 0, count: ToneMixer.blockFrames * channels)
    }

    /// Begins a tone at a frame; whatever sounds there fades out meanwhile.
    ///
    /// Returns its place.
    mutating func begin(_ sound: Sound, left: Int32, right: Int32, at start: Int64) -> Int {
        for place in 0..<4 where voices[place].end > start && voices[place].cut > start {
            voices[place].cut = start
            voices[place].end = min(voices[place].end, start + Int64(bank.fade.count))
        }
        let place = freeVoice(at: start)
        voices[place] = Voice(sound: sound, left: left, right: right)
        move(place, to: start)
        return place
    }

    /// Lets the tone at a place begin at another frame.
    mutating func move(_ place: Int, to start: Int64) {
        voices[place].start = start
        voices[place].end = start + Int64(length(of: voices[place].sound))
    }

    /// Begins a sound when the newest that still sounds at `frame` ends, their ramps overlapping; at
    /// `frame` itself where none sounds.
    ///
    /// Returns its first frame.
    mutating func follow(_ sound: Sound, left: Int32, right: Int32, at frame: Int64) -> Int64 {
        var start = frame
        for place in 0..<4 where voices[place].end > frame && voices[place].cut == .max {
            start = max(start, voices[place].end - Int64(bank.fade.count))
        }
        let place = freeVoice(at: frame)
        voices[place] = Voice(sound: sound, left: left, right: right)
        move(place, to: start)
        return start
    }

    /// Whether a sound has frames at or after `frame`.
    func isSounding(from frame: Int64) -> Bool {
        for place in 0..<4 where voices[place].end > frame { return true }
        return false
    }

    /// Frames of a sound.
    func length(of sound: Sound) -> Int {
        switch sound {
        case .tone(let tone): bank.length(of: tone)
        case .spoken(let key): clips.length(of: key)
        }
    }

    /// Ends everything.
    mutating func silence() {
        for place in 0..<4 { voices[place].end = 0 }
        drone = Drone(rate: bank.rate)
    }

    /// A voice that has ended, or the oldest.
    private func freeVoice(at frame: Int64) -> Int {
        var best = 0
        for place in 0..<4 {
            if voices[place].end <= frame { return place }
            if voices[place].start < voices[best].start { best = place }
        }
        return best
    }

    /// Makes `frames` frames from `first` on in `block`.
    mutating func render(from first: Int64, frames: Int) {
        for index in 0..<frames * channels { block[index] = 0 }
        for place in 0..<4 where voices[place].end > first {
            let voice = voices[place]
            let begin = max(0, voice.start - first)
            let end = min(Int64(frames), voice.end - first)
            if begin < end { add(voice, from: first, Int(begin)..<Int(end)) }
        }
        guard !drone.isSilent(from: first, frames: frames) else { return }
        drone.add(to: &block, from: first, frames: frames, channels: channels, peak: bank.peak)
    }

    private mutating func add(_ voice: Voice, from first: Int64, _ frames: Range<Int>) {
        let offset = Int(first - voice.start)
        let cut = voice.cut == .max ? Int.max : Int(voice.cut - first)
        let mono = max(voice.left, voice.right)
        for frame in frames {
            var value: Int32 =
                switch voice.sound {
                case .tone(let tone): bank.sample(of: tone, at: offset + frame)
                case .spoken(let key): clips.sample(of: key, at: offset + frame)
                }
            if frame >= cut {
                let step = frame - cut
                value = step < bank.fade.count ? (value * bank.fade[step]) >> 15 : 0
            }
            if channels == 1 {
                mix((value * mono) >> 15, into: frame)
            } else {
                mix((value * voice.left) >> 15, into: frame * channels)
                mix((value * voice.right) >> 15, into: frame * channels + 1)
            }
        }
    }

    /// The sum of two tones stays within the cap by their ramps; the limit is for what they forget.
    private mutating func mix(_ value: Int32, into index: Int) {
        let sum = Int32(block[index]) + value
        block[index] = Int16(clamping: min(max(sum, -bank.peak), bank.peak))
    }
}
