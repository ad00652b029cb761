// WAV files of speech programs: right ones, cut ones, and any bytes at all.

import Alerts
import Testing

/// A file as the format's description (RIFF, 1994) lays it out.
func waveFile(
    _ samples: [Int16], rate: UInt32 = 22_050, channels: UInt16 = 1, claimed: UInt32? = nil,
    bits: UInt16 = 16, code: UInt16 = 1
) -> [UInt8] {
    var bytes: [UInt8] = []
    func word(_ value: UInt32) {
        for shift in [0, 8, 16, 24] { bytes.append(UInt8(value >> shift & 255)) }
    }
    func half(_ value: UInt16) {
        for shift in [0, 8] { bytes.append(UInt8(value >> shift & 255)) }
    }
    bytes += Array("RIFF".utf8)
    word(claimed ?? UInt32(36 + 2 * samples.count))
    bytes += Array("WAVEfmt ".utf8)
    word(16)
    half(code)
    half(channels)
    word(rate)
    word(rate * UInt32(channels) * 2)
    half(channels * 2)
    half(bits)
    bytes += Array("data".utf8)
    word(claimed ?? UInt32(2 * samples.count))
    for sample in samples { half(UInt16(bitPattern: sample)) }
    return bytes
}

@Suite("WAV files")
struct WaveSoundTests {
    @Test("a mono file is read as it is")
    func mono() throws {
        let sound = try WaveSound(parsing: waveFile([1, -2, 300, -32_768, 32_767]))
        #expect(sound == WaveSound(rate: 22_050, samples: [1, -2, 300, -32_768, 32_767]))
    }

    @Test("a length that a pipe could not know goes to the end of the bytes")
    func streamed() throws {
        // espeak-ng writes 0x7ffff000 and more where it cannot seek.
        let sound = try WaveSound(parsing: waveFile([5, 6, 7], claimed: 0x7fff_f000))
        #expect(sound.samples == [5, 6, 7])
        #expect(try WaveSound(parsing: waveFile([5], claimed: .max)).samples == [5])
    }

    @Test("two channels become their mean, without overflow")
    func stereo() throws {
        let file = waveFile([100, 300, -32_768, -32_768, 32_767, 32_767], channels: 2)
        #expect(try WaveSound(parsing: file).samples == [200, -32_768, 32_767])
    }

    @Test("other chunks are passed over, odd ones with their pad byte")
    func chunks() throws {
        var file = waveFile([9, 8])
        file.insert(contentsOf: Array("LIST".utf8) + [3, 0, 0, 0, 1, 2, 3, 0], at: 12)
        #expect(try WaveSound(parsing: file).samples == [9, 8])
    }

    @Test("what is no usable file is refused with its reason")
    func refused() {
        #expect(throws: WaveError.noWave) { try WaveSound(parsing: Array("espeak".utf8)) }
        #expect(throws: WaveError.empty) { try WaveSound(parsing: waveFile([])) }
        #expect(throws: WaveError.cut) { try WaveSound(parsing: Array(waveFile([1]).prefix(30))) }
        #expect(throws: WaveError.format(code: 3, channels: 1, rate: 22_050, bits: 16)) {
            try WaveSound(parsing: waveFile([1], code: 3))
        }
        #expect(throws: WaveError.format(code: 1, channels: 1, rate: 22_050, bits: 8)) {
            try WaveSound(parsing: waveFile([1], bits: 8))
        }
    }

    @Test("no bytes trap: every cut and every changed byte gives a sound or an error")
    func anyBytes() {
        let file = waveFile([1, 2, 3, 4, 5, 6, 7, 8], channels: 2)
        for count in file.indices { _ = try? WaveSound(parsing: Array(file.prefix(count))) }
        for place in file.indices {
            for value: UInt8 in [0, 1, 0x7f, 0x80, 0xff] {
                var changed = file
                changed[place] = value
                _ = try? WaveSound(parsing: changed)
            }
        }
    }
}
