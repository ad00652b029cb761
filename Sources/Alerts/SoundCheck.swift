// Measures a playback device with silence: how long from handing frames over until they are played.

import CALSA
import Glibc
import Plumbing

/// What a device showed.
package struct SoundPath: Sendable {
    package let format: SoundFormat
    /// From handing a frame over to its sound, as the device tells it while it plays, seconds.
    package let delay: Double
    /// Opening took so long, seconds.
    package let opening: Double
}

/// For `rehabctl doctor`: nothing is heard.
package enum SoundCheck {
    /// How long silence is played, ns: a sound server needs some of it to settle.
    private static let span: Int64 = 400_000_000

    /// Opens `device` as the daemon does, plays silence, and reads its delay.
    package static func measure(device name: String) throws(AlertError) -> SoundPath {
        let began = MonotonicClock.now()
        let device = try AlsaDevice(name)
        defer { device.close() }
        let opening = Double(MonotonicClock.now() - began) * 1e-9
        let format = device.format
        let silence = [Int16](repeating: 0, count: 8192 * format.channels)
        var delays: [Int] = []
        let end = MonotonicClock.now() + span
        while MonotonicClock.now() < end {
            let room = format.bufferFrames - (try device.queued())
            if room > 0 { _ = try device.append(silence, frames: min(room, 8192)) }
            let queued = try device.queued()
            if let delay = device.delayFrames() {
                // What is queued can be overwritten up to the period that comes next.
                delays.append(
                    format.overwrites ? max(0, delay - queued) + format.periodFrames : delay)
            }
            MonotonicClock.sleep(
                until: MonotonicClock.now() + Int64(format.periodFrames) * 1_000_000_000
                    / Int64(max(format.rate, 1)) / 2)
        }
        // The second half, once the stream runs evenly; the median is not moved by a late wake-up.
        let settled = delays.suffix(max(1, delays.count / 2)).sorted()
        let frames = settled.isEmpty ? format.bufferFrames : settled[settled.count / 2]
        return SoundPath(
            format: format, delay: Double(frames) / Double(max(format.rate, 1)), opening: opening)
    }
}

extension AlsaDevice {
    /// Frames until a frame handed over now is played, all that lies behind the device included; nil
    /// while it does not run.
    func delayFrames() -> Int? {
        var frames: snd_pcm_sframes_t = 0
        guard unsafe snd_pcm_delay(pcm, &frames) >= 0 else { return nil }
        return max(0, Int(frames))
    }
}
