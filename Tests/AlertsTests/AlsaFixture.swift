// A private ALSA configuration: devices that are files, and none of the machine's.

import Alerts
import Foundation
import Testing

/// The configuration is written once, before the first ALSA call of the process.
///
/// `capture:FILE` writes raw frames into FILE; it takes everything at once, as its slave is "null".
enum AlsaFixture {
    static let folder: URL = {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "rehabd-alerts-\(ProcessInfo.processInfo.processIdentifier)")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let text = """
            pcm.capture {
                @args [ FILE ]
                @args.FILE { type string }
                type file
                slave.pcm { type null }
                file $FILE
                format "raw"
            }
            pcm.card { type hw card 31 }

            """
        let path = folder.appending(path: "asound.conf")
        try? Data(text.utf8).write(to: path)
        _ = SoundEnvironment.set("ALSA_CONFIG_PATH", path.path)
        atexit { try? FileManager.default.removeItem(at: AlsaFixture.folder) }
        return folder
    }()

    static func file(_ name: String) -> URL { folder.appending(path: name) }

    /// The frames of a raw 16-bit stereo file, one array a side.
    static func frames(of file: URL) throws -> (left: [Int16], right: [Int16]) {
        let bytes = [UInt8](try Data(contentsOf: file))
        var sides: ([Int16], [Int16]) = ([], [])
        for start in stride(from: 0, to: bytes.count - 3, by: 4) {
            sides.0.append(Int16(bitPattern: UInt16(bytes[start]) | UInt16(bytes[start + 1]) << 8))
            sides.1.append(
                Int16(bitPattern: UInt16(bytes[start + 2]) | UInt16(bytes[start + 3]) << 8))
        }
        return (sides.0, sides.1)
    }
}

/// A millisecond and a second of host time.
let millisecond: Int64 = 1_000_000
let second: Int64 = 1_000_000_000

/// Opening and closing at once, on the calling thread: time is then what the test says.
let inPlace: ToneAlert.Elsewhere = {
    $0()
    return true
}

/// A tone output on a real ALSA device, with everything in place.
func alsaTone(_ setup: AlertSetup) throws -> ToneAlert {
    _ = AlsaFixture.folder
    let output = ToneAlert(
        setup, open: { (name) throws(AlertError) in try AlsaDevice(name) }, elsewhere: inPlace)
    return try #require(output)
}

/// Runs an output's upkeep as the alert thread would, every 10 ms of host time.
func keep(_ output: ToneAlert, from begin: Int64, to end: Int64) {
    var now = begin
    while now < end {
        _ = output.upkeep(now: now)
        now += 10 * millisecond
    }
}

/// Power of `samples` at a frequency, by Goertzel's recurrence: nothing of the code under test.
func power(of samples: some Collection<Int16>, at frequency: Double, rate: Double) -> Double {
    let factor = 2 * cos(2 * Double.pi * frequency / rate)
    var (before, last) = (0.0, 0.0)
    for sample in samples {
        (before, last) = (last, Double(sample) + factor * last - before)
    }
    return last * last + before * before - factor * last * before
}

/// The whole frequency from 200 to 1000 Hz with the greatest power: steps of 8 Hz, then of 1 Hz.
func dominantFrequency(of samples: some Collection<Int16>, rate: Double) -> Int {
    func best(_ candidates: some Sequence<Int>) -> Int {
        let powers = candidates.map { ($0, power(of: samples, at: Double($0), rate: rate)) }
        return powers.max { $0.1 < $1.1 }?.0 ?? 0
    }
    let near = best(stride(from: 200, through: 1000, by: 8))
    return best(near - 8...near + 8)
}

/// The greatest difference between neighbours.
func steepest(_ samples: some Collection<Int16>) -> Int {
    zip(samples, samples.dropFirst()).reduce(0) { max($0, abs(Int($1.1) - Int($1.0))) }
}

/// FNV-1a, 64 bit, over the little-endian bytes.
func digest(_ samples: some Collection<Int16>) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for sample in samples {
        for byte in [UInt8(truncatingIfNeeded: sample), UInt8(truncatingIfNeeded: sample >> 8)] {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
    }
    return String(hash, radix: 16)
}

/// Compares with a golden file beside the tests.
///
/// `REHAB_RECORD=1` writes it and fails, so that a recording run is never a pass.
func expectGolden(
    _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Vectors/\(name).golden")
    if ProcessInfo.processInfo.environment["REHAB_RECORD"] == "1" {
        try Data(text.utf8).write(to: file)
        Issue.record("\(name).golden was written", sourceLocation: sourceLocation)
        return
    }
    let golden = try String(contentsOf: file, encoding: .utf8)
    #expect(text == golden, sourceLocation: sourceLocation)
}
