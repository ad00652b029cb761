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
    /// How long silence is played once the device plays, ns: a sound server needs some of it to settle.
    private static let span: Int64 = 400_000_000
    /// How long a device may take to begin, ns: a sound server has to link the stream first.
    private static let patience: Int64 = 2_000_000_000

    /// Opens `device` as the daemon does, plays silence, and reads its delay.
    ///
    /// A device that takes nothing has no delay: it is an error, as it is for the daemon.
    package static func measure(device name: String) throws(AlertError) -> SoundPath {
        let began = MonotonicClock.now()
        let device = try AlsaDevice(name)
        defer { device.close() }
        let opening = Double(MonotonicClock.now() - began) * 1e-9
        let format = device.format
        let silence = [Int16](repeating: 0, count: 8192 * format.channels)
        var delays: [Int] = []
        var steps: [Int] = []
        var (appended, taken) = (0, 0)
        var end = MonotonicClock.now() + patience
        var plays = false
        while MonotonicClock.now() < end {
            do throws(AlertError) {
                let room = format.bufferFrames - (try device.queued())
                if room > 0 { appended += try device.append(silence, frames: min(room, 8192)) }
                let queued = try device.queued()
                if !plays, appended > queued {
                    plays = true
                    end = MonotonicClock.now() + span
                }
                if appended - queued > taken { steps.append(appended - queued - taken) }
                taken = max(taken, appended - queued)
                if plays, let delay = device.delayFrames() {
                    delays.append(format.overwrites ? max(0, delay - queued) : delay)
                }
            } catch {
                guard error.kind == .underrun else { throw error }
                try device.restart()
                (appended, taken) = (0, 0)
            }
            MonotonicClock.sleep(
                until: MonotonicClock.now() + Int64(format.periodFrames) * 1_000_000_000
                    / Int64(max(format.rate, 1)) / 2)
        }
        guard plays else { throw AlertError(.stalled) }
        // The second half, once the stream runs evenly; the median is not moved by a late wake-up.
        let settled = delays.suffix(max(1, delays.count / 2)).sorted()
        var frames = settled.isEmpty ? format.bufferFrames : settled[settled.count / 2]
        if format.overwrites, !settled.isEmpty {
            // What is queued can be overwritten up to the step that the server takes next. It may take more
            // at a time than it was asked to, and no call tells: so it is seen from what goes.
            steps.sort()
            frames += max(format.periodFrames, steps.isEmpty ? 0 : steps[steps.count / 2])
        }
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
