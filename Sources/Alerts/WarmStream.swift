// The one stream that never stops: silence, and tones put into it as early as the device allows.

/// Keeps a device fed and mixes tones into what it is fed.
///
/// Owned by the alert thread.
///
/// Time is counted in frames since the start. The mixer can make any frame again, so the queue of a
/// device that overwrites is simply made anew, with the tone in it, from the next frame the device
/// will take.
final class WarmStream {
    private enum Pacing {
        /// The device's own clock empties the queue.
        case device
        /// The device takes everything at once (file, null): host time plays the part of its clock,
        /// which begins at this host time with frame 0.
        case clock(Int64)
    }

    private let device: any SoundDevice
    var mixer: ToneMixer
    let format: SoundFormat
    /// Frames kept in the queue.
    private let lead: Int
    private var pacing = Pacing.device
    /// Frames appended and frames taken, since the start.
    private var written: Int64 = 0
    private var taken: Int64 = 0
    private var lastProgress: Int64 = 0
    private var hasSounded = false
    private var restartsInARow = 0
    /// From a frame that is put in now to its sound, s; nil where the device does not tell.
    private(set) var pathDelay: Double?
    private var delayDue: Int64 = 0
    /// Times the stream ran dry.
    private(set) var underruns = 0

    /// Host time after which a device that takes nothing counts as not heard, ns: longer than the
    /// largest quantum of a sound server (8192 frames at 48 kHz, 171 ms).
    static let silentAfter: Int64 = 300_000_000
    /// Host time after which such a device is closed and opened again, ns (fault matrix, row 38).
    static let stuckAfter: Int64 = 1_000_000_000

    init(device: any SoundDevice, bank: ToneBank) {
        self.device = device
        format = device.format
        mixer = ToneMixer(bank: bank, channels: format.channels)
        // 150 ms where it costs no latency: the thread may then sleep and be late. Else all there is.
        lead =
            format.overwrites
            ? min(format.rate * 150 / 1000, format.bufferFrames - 1) : format.bufferFrames
    }

    func close() { device.close() }

    // MARK: feeding

    /// Fills the queue for the first time.
    func begin(now: Int64) throws(AlertError) {
        lastProgress = now
        try fill(queued: 0)
        do throws(AlertError) {
            // A real device that started this moment still has its queue; file and null have none.
            if try device.queued() == 0 {
                pacing = .clock(now)
                hasSounded = true
            }
        } catch let error where error.isRepairable {
            try restart(after: error)
            try append(lead)
        }
    }

    /// Tops the queue up with silence or the rest of a tone; returns when to come again, host ns.
    func feed(now: Int64) throws(AlertError) -> Int64 {
        let queued = try observe(now: now)
        let idle = now - lastProgress
        if hasSounded, idle > WarmStream.silentAfter {
            // Whatever still waits in the queue must not sound when the device wakes up.
            silence(queued: queued)
            if idle > WarmStream.stuckAfter { throw AlertError(.stalled) }
        }
        try fill(queued: queued)
        if now >= delayDue { measureDelay(now: now) }
        return now + pause
    }

    /// Asks once a second how far the loudspeaker is behind.
    ///
    /// A queue that is overwritten does not count: a tone goes before all that waits in it.
    private func measureDelay(now: Int64) {
        delayDue = now + 1_000_000_000
        guard case .device = pacing, hasSounded, let frames = device.delay() else { return }
        let waiting = format.overwrites ? (try? device.queued()) ?? 0 : 0
        pathDelay = Double(max(0, frames - waiting)) / Double(format.rate)
    }

    /// Why a tone would not be heard at this moment; nil where it would.
    func obstacle(now: Int64) -> AlertError? {
        let idle = now - lastProgress
        if hasSounded { return idle > WarmStream.silentAfter ? AlertError(.stalled) : nil }
        // A server without an output takes nothing; it may get one any time, so the stream stays open.
        return AlertError(idle > 2 * WarmStream.stuckAfter ? .stalled : .starting)
    }

    /// ns until a good part of the queue is empty.
    private var pause: Int64 {
        let frames: Int
        switch pacing {
        case .clock: frames = clockLead / 2
        case .device: frames = format.overwrites ? lead / 3 : format.periodFrames
        }
        return Int64(frames) * 1_000_000_000 / Int64(format.rate)
    }

    /// 60 ms ahead of host time, where that paces.
    private var clockLead: Int { format.rate * 60 / 1000 }

    /// How many frames wait, after a look at the device or the clock.
    ///
    /// Restarts one that ran dry.
    private func observe(now: Int64) throws(AlertError) -> Int {
        let queued: Int
        switch pacing {
        case .clock(let start):
            let clock = (now - start) / 1000 * Int64(format.rate) / 1_000_000
            if clock - written > Int64(format.rate) {
                // The machine slept: no second of silence for every second of it.
                let rate = Int64(format.rate)
                let played = written / rate * 1_000_000_000 + written % rate * 1_000_000_000 / rate
                pacing = .clock(now - played)
                queued = 0
            } else {
                // Below zero where the thread came late: that much is owed at once.
                queued = Int(written - clock)
            }
        case .device:
            do throws(AlertError) {
                queued = try device.queued()
            } catch let error where error.isRepairable {
                try restart(after: error)
                queued = 0
            }
        }
        let position = written - Int64(queued)
        if position > taken {
            // The frames of the first fill may be "taken" by a restart alone: count real ones only.
            taken = position
            lastProgress = now
            hasSounded = true
            restartsInARow = 0
        }
        return queued
    }

    /// Empties and prepares the device.
    ///
    /// Three times without a frame taken in between is no dry queue but a device that has gone.
    private func restart(after error: AlertError) throws(AlertError) {
        underruns += 1
        restartsInARow += 1
        taken = written
        if restartsInARow > 3 { throw error }
        try device.restart()
    }

    private func fill(queued: Int) throws(AlertError) {
        var target = lead
        if case .clock = pacing { target = clockLead }
        do throws(AlertError) {
            try append(target - queued)
        } catch let error where error.isRepairable {
            try restart(after: error)
            try append(target)
        }
    }

    private func append(_ count: Int) throws(AlertError) {
        var missing = count
        while missing > 0 {
            let frames = min(missing, ToneMixer.blockFrames)
            mixer.render(from: written, frames: frames)
            let accepted = try device.append(mixer.block, frames: frames)
            written += Int64(accepted)
            missing -= accepted
            if accepted < frames { break }
        }
    }

    // MARK: playing

    /// Begins a tone with the next frame the device will take; whatever sounds fades out meanwhile.
    ///
    /// Throws where it would not be heard now.
    func play(
        _ sound: Sound, left: Int32, right: Int32, now: Int64
    ) throws(AlertError) {
        let queued = try observe(now: now)
        if let obstacle = obstacle(now: now) { throw obstacle }
        let overwrites = format.overwrites
        let start = overwrites ? written - Int64(queued) : written + Int64(max(0, -queued))
        let place = mixer.begin(sound, left: left, right: right, at: start)
        if overwrites { try rewriteQueue(queued: queued, voice: place) }
        // The new end of the queue already belongs to the tone.
        try fill(queued: try observe(now: now))
    }

    /// Sounds something after what sounds now; returns whether it has any frames.
    func follow(_ sound: Sound, left: Int32, right: Int32, now: Int64) throws(AlertError) -> Bool {
        guard mixer.length(of: sound) > 0 else { return false }
        let queued = try observe(now: now)
        if let obstacle = obstacle(now: now) { throw obstacle }
        let next = nextFrame(queued: queued)
        let start = mixer.follow(sound, left: left, right: right, at: next)
        if start < written { rewrite(waiting: queued) }
        try fill(queued: try observe(now: now))
        return true
    }

    /// Lets the drone go to `levels` in `seconds`, from the next frame the device will take.
    func drone(_ levels: DroneLevels, seconds: Double, now: Int64) throws(AlertError) {
        let queued = try observe(now: now)
        if let obstacle = obstacle(now: now) { throw obstacle }
        let frames = Int64(max(0, min(60, seconds)) * Double(format.rate))
        mixer.drone.set(levels, from: nextFrame(queued: queued), over: frames)
        if format.overwrites { rewrite(waiting: queued) }
        try fill(queued: try observe(now: now))
    }

    /// Whether a tone or words are heard, or wait to be; also where nobody can tell.
    func isSounding(now: Int64) -> Bool {
        guard let queued = try? observe(now: now) else { return true }
        return mixer.isSounding(from: nextFrame(queued: queued))
    }

    /// The first frame that can still be changed.
    private func nextFrame(queued: Int) -> Int64 {
        format.overwrites ? written - Int64(max(0, queued)) : written + Int64(max(0, -queued))
    }

    /// Renders all that waits anew, where nothing new begins in it at a frame of its own.
    private func rewrite(waiting: Int) {
        guard format.overwrites else { return }
        var done = 0
        while done < waiting {
            let frames = min(waiting - done, ToneMixer.blockFrames)
            overwrite(waiting: waiting, from: done, frames: frames)
            done += frames
        }
    }

    /// Renders what waits anew.
    ///
    /// The device goes on taking frames meanwhile: where it took some while the beginning was written,
    /// the tone begins again at the frame it is at now, so that it is heard whole. What it may have
    /// taken of the first try is the first 3 ms of a 50 ms ramp.
    private func rewriteQueue(queued: Int, voice place: Int) throws(AlertError) {
        var waiting = queued
        for _ in 0..<3 {
            overwrite(waiting: waiting, from: 0, frames: min(waiting, ToneMixer.blockFrames))
            let left = try device.queued()
            if left == waiting { break }
            waiting = left
            mixer.move(place, to: written - Int64(left))
        }
        var done = min(waiting, ToneMixer.blockFrames)
        while done < waiting {
            let frames = min(waiting - done, ToneMixer.blockFrames)
            overwrite(waiting: waiting, from: done, frames: frames)
            done += frames
        }
    }

    private func overwrite(waiting: Int, from offset: Int, frames: Int) {
        guard frames > 0 else { return }
        mixer.render(from: written - Int64(waiting - offset), frames: frames)
        device.overwrite(mixer.block, frames: frames, framesBack: waiting - offset)
    }

    /// Ends every tone, also in what waits.
    private func silence(queued: Int) {
        mixer.silence()
        rewrite(waiting: queued)
    }
}
