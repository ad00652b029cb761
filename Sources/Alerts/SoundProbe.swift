// Listens to a sound server in this process, so that a tone's way can be timed with one clock.

import CALSA
import Glibc
import Plumbing
import Synchronization

/// A capture stream on a thread of its own that notes when a frame other than zero arrives after
/// being armed.
///
/// For `rehab-bench` and tests; the daemon never listens.
///
/// Domains: `pcm` belongs to the thread; the rest is atomic.
@safe
package final class SoundProbe: @unchecked Sendable {
    private let pcm: OpaquePointer
    private let state = ProbeState()
    private var thread: ProbeThread?

    /// Frames asked for at a time.
    ///
    /// Large, so that listening does not make the server work in smaller steps than the playing
    /// stream asked for; the thread looks several times a millisecond anyway.
    private static let period: UInt32 = 2048

    /// Opens `device` for capture, 48 kHz, two channels.
    package init(device: String) throws(AlertError) {
        var opened: OpaquePointer?
        let status = unsafe snd_pcm_open(
            &opened, device, SND_PCM_STREAM_CAPTURE, Int32(SND_PCM_NONBLOCK))
        guard status >= 0, let opened = unsafe opened else { throw AlertError(code: status) }
        let microseconds = SoundProbe.period * 4 * 1000 / 48
        let setting = unsafe snd_pcm_set_params(
            opened, SND_PCM_FORMAT_S16, SND_PCM_ACCESS_RW_INTERLEAVED, 2, 48_000, 1, microseconds)
        guard setting >= 0 else {
            unsafe snd_pcm_close(opened)
            throw AlertError(code: setting)
        }
        unsafe pcm = opened
        do throws(PlumbingError) {
            thread = ProbeThread(
                try RealtimeThread(name: "probe") { [unowned self] in listen() })
        } catch {
            unsafe snd_pcm_close(opened)
            throw AlertError(code: error.code)
        }
    }

    /// Frames heard so far: stands still while nothing is linked.
    package var framesHeard: Int { state.frames.load(ordering: .relaxed) }

    /// Forgets the last sound.
    package func arm() { state.firstSound.store(0, ordering: .releasing) }

    /// Host time, ns, at which the first frame other than zero since `arm` was read; nil until then.
    package var firstSound: Int64? {
        let time = state.firstSound.load(ordering: .acquiring)
        return time == 0 ? nil : time
    }

    package func finish() {
        state.isEnding.store(true, ordering: .releasing)
        thread?.join()
        thread = nil
        unsafe snd_pcm_close(pcm)
    }

    private func listen() {
        _ = RealtimeThread.requestScheduling(fifoPriority: 39)
        var frames = [Int16](repeating: 0, count: 2 * 4096)
        _ = unsafe snd_pcm_start(pcm)
        while !state.isEnding.load(ordering: .acquiring) {
            let count = unsafe frames.withUnsafeMutableBytes {
                unsafe snd_pcm_readi(pcm, $0.baseAddress, 4096)
            }
            if count > 0 {
                let now = MonotonicClock.now()
                state.frames.add(Int(count), ordering: .relaxed)
                let isSilent = frames.prefix(2 * Int(count)).allSatisfy { $0 == 0 }
                if !isSilent, state.firstSound.load(ordering: .relaxed) == 0 {
                    state.firstSound.store(now, ordering: .releasing)
                }
            } else {
                if count < 0, count != -snd_pcm_sframes_t(EAGAIN) {
                    unsafe snd_pcm_prepare(pcm)
                    unsafe snd_pcm_start(pcm)
                }
                MonotonicClock.sleep(until: MonotonicClock.now() + 150_000)
            }
        }
    }
}

private struct ProbeState: ~Copyable {
    let frames = Atomic<Int>(0)
    let firstSound = Atomic<Int64>(0)
    let isEnding = Atomic<Bool>(false)
}

private final class ProbeThread: @unchecked Sendable {
    private var thread: RealtimeThread?

    init(_ thread: consuming RealtimeThread) { self.thread = consume thread }

    func join() {
        if let thread = thread.take() { thread.join() }
    }
}

/// The environment that sound libraries read when a device is opened.
///
/// For measuring programs only, while no other thread reads the environment.
package enum SoundEnvironment {
    /// Sets a variable, or removes it (nil); returns what it was.
    package static func set(_ name: String, _ value: String?) -> String? {
        let before = unsafe getenv(name).map { unsafe String(cString: $0) }
        if let value {
            unsafe setenv(name, value, 1)
        } else {
            unsafe unsetenv(name)
        }
        return before
    }
}
