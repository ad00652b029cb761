// What the warm stream needs of a playback device; ALSA is one, a test's script another.

/// What a device granted.
package struct SoundFormat: Sendable, Equatable, CustomStringConvertible {
    /// Frames a second.
    package var rate: Int
    package var channels: Int
    /// Bits of a sample on the device: 16 or 32.
    package var bits: Int
    package var bufferFrames: Int
    /// Frames the device takes at a time.
    package var periodFrames: Int
    /// Frames already handed over can still be changed until the device takes them.
    package var overwrites: Bool

    package init(
        rate: Int, channels: Int, bits: Int = 16, bufferFrames: Int, periodFrames: Int,
        overwrites: Bool
    ) {
        self.rate = rate
        self.channels = channels
        self.bits = bits
        self.bufferFrames = bufferFrames
        self.periodFrames = periodFrames
        self.overwrites = overwrites
    }

    package var description: String {
        "\(rate) Hz, \(channels) channels, \(bits) bit, buffer \(bufferFrames) frames, period "
            + "\(periodFrames) frames, \(overwrites ? "overwritten in place" : "appended")"
    }
}

/// An open playback device.
///
/// Owned by one thread; nothing here waits.
package protocol SoundDevice: AnyObject, Sendable {
    var format: SoundFormat { get }

    /// Frames handed over that the device has not taken yet.
    ///
    /// Throws `.underrun` where it ran dry.
    func queued() throws(AlertError) -> Int

    /// Hands over the first `frames` interleaved frames of `samples`; returns how many were accepted,
    /// which may be fewer.
    func append(_ samples: [Int16], frames: Int) throws(AlertError) -> Int

    /// Changes frames handed over before: the first `frames` of `samples` replace those that begin
    /// `framesBack` frames before the next appended one. Only where the format says `overwrites`.
    func overwrite(_ samples: [Int16], frames: Int, framesBack: Int)

    /// Starts over with an empty queue after `.underrun` or `.suspended`.
    func restart() throws(AlertError)

    func close()

    /// Frames from the next one appended to the one that is heard now; nil where nobody knows.
    func delay() -> Int?
}

extension SoundDevice {
    package func delay() -> Int? { nil }
}
