// A playback device through ALSA: bare hardware, PipeWire and PulseAudio behind the same calls.

import CALSA
import Glibc

/// An open ALSA playback device.
///
/// Non-blocking throughout: a full or held device answers at once.
///
/// Domains: opened and closed by the opening thread, used by the alert thread in between, never both.
@safe
package final class AlsaDevice: SoundDevice, @unchecked Sendable {
    package let format: SoundFormat
    let pcm: OpaquePointer
    private let usesMemoryMap: Bool
    /// Room for one block of 32-bit samples, where the device has no 16-bit format.
    private let wide: UnsafeMutableBufferPointer<Int32>

    /// Frames PipeWire is asked to take at a time.
    ///
    /// It decides the latency and, since it wakes this process as often, nearly all of the idle
    /// cost: 128 at 48 kHz was measured to be the largest that keeps the 95th percentile of
    /// decision to sound well under 10 ms (64: 3 ms at twice the cost; 256: 12 ms).
    private static let serverPeriod: snd_pcm_uframes_t = 128
    /// Frames of the queue through PipeWire, 170 ms: it costs no latency, since it is overwritten.
    private static let serverBuffer: snd_pcm_uframes_t = 8192
    /// 5 ms in three periods for everything else, 2 × 128 frames on bare hardware (service sheet 5).
    private static let otherPeriod: snd_pcm_uframes_t = 80
    private static let otherBuffer: snd_pcm_uframes_t = 240
    private static let hardwarePeriod: snd_pcm_uframes_t = 128
    private static let hardwareBuffer: snd_pcm_uframes_t = 256

    /// Opens a device by its ALSA name.
    ///
    /// Takes milliseconds to, with a sound server that hangs, for ever.
    package init(_ name: String) throws(AlertError) {
        AlsaDevice.silenceLibrary
        var opened: OpaquePointer?
        let status = unsafe snd_pcm_open(
            &opened, name, SND_PCM_STREAM_PLAYBACK, Int32(SND_PCM_NONBLOCK))
        guard status >= 0, let opened = unsafe opened else { throw AlertError(code: status) }
        do throws(AlertError) {
            let overwrites = unsafe AlsaDevice.keepsQueueInMemory(opened)
            let granted = try unsafe AlsaDevice.configure(opened, overwrites: overwrites)
            unsafe pcm = opened
            format = granted.format
            usesMemoryMap = granted.usesMemoryMap
            let samples = granted.format.bits == 32 ? 1024 * granted.format.channels : 0
            unsafe wide = .allocate(capacity: samples)
        } catch {
            unsafe snd_pcm_close(opened)
            throw error
        }
    }

    deinit { unsafe wide.deallocate() }

    package func close() { unsafe snd_pcm_close(pcm) }

    package func queued() throws(AlertError) -> Int {
        let available = unsafe snd_pcm_avail_update(pcm)
        if available < 0 { throw AlertError(code: Int32(clamping: available)) }
        return max(0, format.bufferFrames - Int(available))
    }

    package func append(_ samples: [Int16], frames: Int) throws(AlertError) -> Int {
        let count = min(samples.count, frames * format.channels)
        if format.bits == 32 { return try appendWide(samples, count: count) }
        let status = unsafe samples.withUnsafeBytes { unsafe write($0.baseAddress, count: count) }
        return try AlsaDevice.accepted(status)
    }

    private func appendWide(_ samples: [Int16], count: Int) throws(AlertError) -> Int {
        let count = unsafe min(count, wide.count)
        for index in 0..<count { unsafe (wide[index] = Int32(samples[index]) << 16) }
        return try AlsaDevice.accepted(unsafe write(wide.baseAddress, count: count))
    }

    private func write(_ samples: UnsafeRawPointer?, count: Int) -> snd_pcm_sframes_t {
        let frames = snd_pcm_uframes_t(count / format.channels)
        return usesMemoryMap
            ? unsafe snd_pcm_mmap_writei(pcm, samples, frames)
            : unsafe snd_pcm_writei(pcm, samples, frames)
    }

    private static func accepted(_ status: snd_pcm_sframes_t) throws(AlertError) -> Int {
        if status == -snd_pcm_sframes_t(EAGAIN) { return 0 }
        if status < 0 { throw AlertError(code: Int32(clamping: status)) }
        return Int(status)
    }

    package func overwrite(_ samples: [Int16], frames: Int, framesBack: Int) {
        guard format.overwrites, framesBack > 0, framesBack <= format.bufferFrames else { return }
        var areas: UnsafePointer<snd_pcm_channel_area_t>?
        var offset: snd_pcm_uframes_t = 0
        var free: snd_pcm_uframes_t = 1
        // The areas describe the whole ring; `offset` is where the next appended frame goes.
        guard unsafe snd_pcm_mmap_begin(pcm, &areas, &offset, &free) >= 0, let areas = unsafe areas,
            let base = unsafe areas.pointee.addr
        else { return }
        let bytesPerFrame = format.channels * format.bits / 8
        let ring = unsafe base + Int(areas.pointee.first) / 8
        var place = (Int(offset) + format.bufferFrames - framesBack) % format.bufferFrames
        let frames = min(frames, samples.count / format.channels, framesBack)
        let channels = format.channels
        var source = 0
        for _ in 0..<frames {
            let target = unsafe ring + place * bytesPerFrame
            for channel in 0..<channels {
                let sample = samples[source]
                if bytesPerFrame == channels * 4 {
                    unsafe target.storeBytes(
                        of: Int32(sample) << 16, toByteOffset: channel * 4, as: Int32.self)
                } else {
                    unsafe target.storeBytes(of: sample, toByteOffset: channel * 2, as: Int16.self)
                }
                source += 1
            }
            place += 1
            if place == format.bufferFrames { place = 0 }
        }
        _ = unsafe snd_pcm_mmap_commit(pcm, offset, 0)
    }

    package func delay() -> Int? {
        var frames: snd_pcm_sframes_t = 0
        return unsafe snd_pcm_delay(pcm, &frames) >= 0 && frames >= 0 ? Int(frames) : nil
    }

    package func restart() throws(AlertError) {
        // Resuming may take several tries; preparing anew always ends a sleep, and costs no more here.
        let status = unsafe snd_pcm_prepare(pcm)
        if status < 0 { throw AlertError(code: status) }
    }

    // MARK: opening

    /// Stops the library's own lines on the error stream: a device that is absent for an hour would
    /// fill the journal.
    ///
    /// What happened reaches the status by the error number.
    private static let silenceLibrary: Void = {
        // The handler's C type is variadic, which Swift cannot spell; a function that looks at none of
        // its arguments has the same calling convention.
        let ignore: @convention(c) () -> Void = {}
        unsafe snd_lib_error_set_handler(unsafeBitCast(ignore, to: OpaquePointer.self))
    }()

    /// True where the device reads its queue from our memory at the last moment, so that frames not
    /// taken yet can be overwritten.
    ///
    /// PipeWire's plug-in does (its ring is the one the data thread copies from); other plug-ins
    /// pass frames on when they are written. No call tells which kind one is (`snd_pcm_rewindable`
    /// promises it for all), so it goes by the plug-in's own description.
    private static func keepsQueueInMemory(_ pcm: OpaquePointer) -> Bool {
        guard unsafe snd_pcm_type(pcm) == SND_PCM_TYPE_IOPLUG else { return false }
        var opened: OpaquePointer?
        guard unsafe snd_output_buffer_open(&opened) >= 0, let output = unsafe opened else {
            return false
        }
        defer { unsafe snd_output_close(output) }
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe snd_pcm_dump(pcm, output) >= 0, unsafe snd_output_putc(output, 0) >= 0 else {
            return false
        }
        let length = unsafe snd_output_buffer_string(output, &text)
        guard length > 0, let text = unsafe text else { return false }
        return unsafe String(cString: text).contains("PipeWire")
    }

    private static func configure(
        _ pcm: OpaquePointer, overwrites: Bool
    ) throws(AlertError) -> (format: SoundFormat, usesMemoryMap: Bool) {
        var space: OpaquePointer?
        guard unsafe snd_pcm_hw_params_malloc(&space) >= 0, let hardware = unsafe space else {
            throw AlertError(code: ENOMEM)
        }
        defer { unsafe snd_pcm_hw_params_free(hardware) }
        try check(unsafe snd_pcm_hw_params_any(pcm, hardware))
        var usesMemoryMap = overwrites
        if !overwrites {
            usesMemoryMap =
                unsafe snd_pcm_hw_params_set_access(pcm, hardware, SND_PCM_ACCESS_RW_INTERLEAVED)
                < 0
        }
        if usesMemoryMap {
            try check(
                unsafe snd_pcm_hw_params_set_access(
                    pcm, hardware, SND_PCM_ACCESS_MMAP_INTERLEAVED))
        }
        var bits = 16
        if unsafe snd_pcm_hw_params_set_format(pcm, hardware, SND_PCM_FORMAT_S16) < 0 {
            bits = 32
            try check(unsafe snd_pcm_hw_params_set_format(pcm, hardware, SND_PCM_FORMAT_S32))
        }
        var channels: UInt32 = 2
        try check(unsafe snd_pcm_hw_params_set_channels_near(pcm, hardware, &channels))
        var rate: UInt32 = 48_000
        try check(unsafe snd_pcm_hw_params_set_rate_near(pcm, hardware, &rate, nil))
        let isHardware = unsafe snd_pcm_type(pcm) == SND_PCM_TYPE_HW
        var period = overwrites ? serverPeriod : isHardware ? hardwarePeriod : otherPeriod
        var buffer = overwrites ? serverBuffer : isHardware ? hardwareBuffer : otherBuffer
        try check(unsafe snd_pcm_hw_params_set_period_size_near(pcm, hardware, &period, nil))
        try check(unsafe snd_pcm_hw_params_set_buffer_size_near(pcm, hardware, &buffer))
        try check(unsafe snd_pcm_hw_params(pcm, hardware))
        try check(unsafe snd_pcm_hw_params_get_period_size(hardware, &period, nil))
        try check(unsafe snd_pcm_hw_params_get_buffer_size(hardware, &buffer))
        try unsafe startEarly(pcm, period: period)
        guard channels > 0, buffer > 0, rate > 0 else { throw AlertError(.unsuitable) }
        let format = SoundFormat(
            rate: Int(rate), channels: Int(channels), bits: bits, bufferFrames: Int(buffer),
            periodFrames: Int(period), overwrites: overwrites)
        return (format, usesMemoryMap)
    }

    /// Wake-ups a period apart, and a start with the first write.
    private static func startEarly(
        _ pcm: OpaquePointer, period: snd_pcm_uframes_t
    ) throws(AlertError) {
        var space: OpaquePointer?
        guard unsafe snd_pcm_sw_params_malloc(&space) >= 0, let software = unsafe space else {
            throw AlertError(code: ENOMEM)
        }
        defer { unsafe snd_pcm_sw_params_free(software) }
        try check(unsafe snd_pcm_sw_params_current(pcm, software))
        try check(unsafe snd_pcm_sw_params_set_avail_min(pcm, software, period))
        try check(unsafe snd_pcm_sw_params_set_start_threshold(pcm, software, period))
        try check(unsafe snd_pcm_sw_params(pcm, software))
    }

    private static func check(_ status: Int32) throws(AlertError) {
        if status < 0 { throw AlertError(code: status) }
    }
}
