// A playback device moved by hand: takes frames when the test says so, and fails as told.

import Alerts
import Synchronization

/// A ring as a sound server reads it: frames may be changed until they are taken.
final class ScriptedDevice: SoundDevice, @unchecked Sendable {
    let format: SoundFormat
    /// What was taken, left side.
    private(set) var played: [Int16] = []
    private var waiting: [Int16] = []
    /// Thrown by the next calls, first to last.
    var errors: [AlertError] = []
    /// Frames taken by itself in the middle of the next rewriting: the device does not wait.
    var takenWhileRewritten = 0
    private(set) var restarts = 0
    private(set) var isClosed = false

    init(bufferFrames: Int = 8192, periodFrames: Int = 128, overwrites: Bool = true) {
        format = SoundFormat(
            rate: 48_000, channels: 2, bufferFrames: bufferFrames, periodFrames: periodFrames,
            overwrites: overwrites)
    }

    /// The device plays; frames it has not got are lost to it.
    func take(_ frames: Int) {
        let count = min(frames, waiting.count)
        played += waiting.prefix(count)
        waiting.removeFirst(count)
    }

    private func throwNext() throws(AlertError) {
        if !errors.isEmpty { throw errors.removeFirst() }
    }

    func queued() throws(AlertError) -> Int {
        try throwNext()
        return waiting.count
    }

    func append(_ samples: [Int16], frames: Int) throws(AlertError) -> Int {
        try throwNext()
        let count = min(frames, format.bufferFrames - waiting.count)
        for frame in 0..<count { waiting.append(samples[2 * frame]) }
        return count
    }

    func overwrite(_ samples: [Int16], frames: Int, framesBack: Int) {
        let first = waiting.count - framesBack
        if takenWhileRewritten > 0 {
            // It took some before the new frames came.
            take(takenWhileRewritten)
            takenWhileRewritten = 0
            return
        }
        for frame in 0..<frames where first + frame >= 0 && first + frame < waiting.count {
            waiting[first + frame] = samples[2 * frame]
        }
    }

    func restart() throws(AlertError) {
        try throwNext()
        waiting = []
        restarts += 1
    }

    func close() { isClosed = true }
}

/// Gives out devices or refusals in order, and counts how often it was asked.
final class DeviceShop: Sendable {
    enum Offer: Sendable {
        case device(ScriptedDevice)
        case refusal(AlertError)
    }

    private let state: Mutex<(offers: [Offer], asked: Int)>

    init(_ offers: [Offer]) { state = Mutex((offers, 0)) }

    var asked: Int { state.withLock { $0.asked } }

    func add(_ offer: Offer) { state.withLock { $0.offers.append(offer) } }

    /// The last offer stands for ever.
    func open(_ name: String) throws(AlertError) -> any SoundDevice {
        let offer = state.withLock { state -> Offer? in
            state.asked += 1
            return state.offers.count > 1 ? state.offers.removeFirst() : state.offers.first
        }
        switch offer {
        case .device(let device): return device
        case .refusal(let error): throw error
        case nil: throw AlertError(.absent)
        }
    }
}

extension ToneAlert {
    /// On the shop's devices, with everything in place.
    convenience init?(_ shop: DeviceShop) {
        self.init(
            AlertSetup(), open: { (name) throws(AlertError) in try shop.open(name) },
            elsewhere: inPlace)
    }
}
