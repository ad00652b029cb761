// A WAV file from a speech program, read totally: any bytes give a sound or an error, never a trap.

/// Why bytes are no sound that we can use.
package enum WaveError: Error, Equatable, Sendable {
    /// Not "RIFF … WAVE".
    case noWave
    /// A chunk other than the last ends beyond the file, or one that is needed is missing.
    case cut
    /// Not 16-bit PCM with one or two channels at 8 to 96 kHz.
    case format(code: Int, channels: Int, rate: Int, bits: Int)
    /// No frame in it.
    case empty
}

/// Sound of one channel.
package struct WaveSound: Sendable, Equatable {
    package var rate: Int
    package var samples: [Int16]

    package init(rate: Int, samples: [Int16]) {
        self.rate = rate
        self.samples = samples
    }

    /// Reads a RIFF file (Microsoft's multimedia format, revision of 1994).
    ///
    /// A program that writes to a pipe cannot know the length beforehand, so the data chunk may claim
    /// more than there is; it then goes to the end. Two channels become their mean.
    package init(parsing bytes: [UInt8]) throws(WaveError) {
        guard bytes.count >= 12, WaveSound.word(bytes, 0) == 0x4646_4952,
            WaveSound.word(bytes, 8) == 0x4556_4157
        else { throw .noWave }
        var place = 12
        var format: (channels: Int, rate: Int)?
        while let name = WaveSound.word(bytes, place), let size = WaveSound.word(bytes, place + 4) {
            let content = place + 8
            let left = bytes.count - content
            if name == 0x6174_6164 {
                guard let format else { throw .cut }
                let count = min(Int(size), left)
                self.init(
                    rate: format.rate,
                    samples: WaveSound.mono(
                        bytes[content..<content + count], channels: format.channels))
                guard !samples.isEmpty else { throw .empty }
                return
            }
            guard Int(size) <= left else { throw .cut }
            if name == 0x2074_6d66 { format = try WaveSound.format(bytes, content, Int(size)) }
            // Chunks begin at even places.
            place = content + Int(size) + Int(size & 1)
        }
        throw .cut
    }

    private static func format(
        _ bytes: [UInt8], _ place: Int, _ size: Int
    ) throws(WaveError) -> (channels: Int, rate: Int) {
        guard size >= 16, let first = word(bytes, place), let rate = word(bytes, place + 4),
            let last = word(bytes, place + 12)
        else { throw .cut }
        let code = Int(first & 0xffff)
        let channels = Int(first >> 16)
        let bits = Int(last >> 16)
        guard code == 1, channels == 1 || channels == 2, (8000...96_000).contains(rate), bits == 16
        else { throw .format(code: code, channels: channels, rate: Int(rate), bits: bits) }
        return (channels, Int(rate))
    }

    private static func mono(_ bytes: ArraySlice<UInt8>, channels: Int) -> [Int16] {
        let width = 2 * channels
        var samples: [Int16] = []
        samples.reserveCapacity(bytes.count / width)
        var place = bytes.startIndex
        while place + width <= bytes.endIndex {
            var sum: Int32 = 0
            for channel in 0..<channels {
                let low = UInt16(bytes[place + 2 * channel])
                let high = UInt16(bytes[place + 2 * channel + 1])
                sum += Int32(Int16(bitPattern: low | high << 8))
            }
            samples.append(Int16(clamping: sum / Int32(channels)))
            place += width
        }
        return samples
    }

    /// Little-endian 32 bits, or nil beyond the end.
    private static func word(_ bytes: [UInt8], _ place: Int) -> UInt32? {
        guard place >= 0, place <= bytes.count - 4 else { return nil }
        return UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8
            | UInt32(bytes[place + 2]) << 16 | UInt32(bytes[place + 3]) << 24
    }
}
