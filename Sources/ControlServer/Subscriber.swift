// One client that watches: when it wants its next frame.

/// The pace of one monitoring stream.
///
/// Events of other kinds go out at once; of the frames that come within one interval only the
/// newest does.
struct Subscriber {
    /// Nanoseconds between two frames.
    let interval: Int64
    /// Host time from which the next frame may go out.
    private var due: Int64 = .min
    /// The newest frame that was held back.
    private var held: EventBody?

    init(interval: Int64) { self.interval = max(0, interval) }

    /// When the held frame may go out; nil where none is held.
    var heldUntil: Int64? { held == nil ? nil : due }

    /// Takes a new frame.
    ///
    /// Returns it where it may go out now, and else keeps it in place of an older one.
    mutating func admit(_ frame: EventBody, at now: Int64) -> EventBody? {
        guard now >= due else {
            held = frame
            return nil
        }
        held = nil
        advance(at: now)
        return frame
    }

    /// The held frame, if its time has come.
    mutating func takeHeld(at now: Int64) -> EventBody? {
        guard let frame = held, now >= due else { return nil }
        held = nil
        advance(at: now)
        return frame
    }

    /// Keeps the rhythm rather than starting a new interval at each frame, so that 60 frames a
    /// second make 20 and not 15 at an interval of 50 ms.
    private mutating func advance(at now: Int64) {
        let next = due == .min ? now &+ interval : due &+ interval
        due = next > now ? next : now &+ interval
    }
}
