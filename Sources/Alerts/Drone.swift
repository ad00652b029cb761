// A continuous sound whose loudness is told from moment to moment: for sonification and paced breathing.

import Kinematics

/// Loudness of the drone's two notes on the two sides, 0 to 1 of its own cap.
package struct DroneLevels: Sendable, BitwiseCopyable, Equatable {
    package var lowLeft: Float = 0
    package var lowRight: Float = 0
    package var highLeft: Float = 0
    package var highRight: Float = 0

    package init() {}

    /// One note on both sides.
    package init(low: Float = 0, high: Float = 0) {
        lowLeft = low
        lowRight = low
        highLeft = high
        highRight = high
    }

    var isSilent: Bool { self == DroneLevels() }

    fileprivate func mixed(_ other: DroneLevels, _ share: Float) -> DroneLevels {
        var mixed = self
        mixed.lowLeft += (other.lowLeft - lowLeft) * share
        mixed.lowRight += (other.lowRight - lowRight) * share
        mixed.highLeft += (other.highLeft - highLeft) * share
        mixed.highRight += (other.highRight - highRight) * share
        return mixed
    }

    /// Largest sum of one side.
    fileprivate var loudest: Float { max(lowLeft + highLeft, lowRight + highRight) }

    /// Finite, not negative, no side above 1.
    fileprivate var bounded: DroneLevels {
        func bound(_ value: Float) -> Float { value.isFinite ? max(0, min(1, value)) : 0 }
        var levels = DroneLevels()
        levels.lowLeft = bound(lowLeft)
        levels.lowRight = bound(lowRight)
        levels.highLeft = bound(highLeft)
        levels.highRight = bound(highRight)
        let top = levels.loudest
        guard top > 1 else { return levels }
        return DroneLevels().mixed(levels, 1 / top)
    }
}

/// Two steady notes under a loudness that goes in straight lines from point to point.
///
/// Every frame follows from its number alone, as with tones: the notes never bend, and the points of the
/// last second or so are kept, so a queue can be made again.
struct Drone {
    private struct Point {
        var frame: Int64
        var levels: DroneLevels
    }

    /// G3 and D4, a fifth: soft and low, under the cues' 260 to 800 Hz (engineering default).
    static var lowNote: Double { 196.00 }
    static var highNote: Double { 293.66 }
    /// Loudest frame of one side as a share of the cues' cap: −9 dB.
    static var share: Float { 0.355 }

    private let rate: Double
    private let table: [Float]
    /// In order of frames; the oldest goes when a place is needed.
    private var points: [Point] = []
    private static let places = 128
    private static let tableSize = 1024

    init(rate: Int) {
        self.rate = Double(max(rate, 8000))
        points.reserveCapacity(Drone.places + 2)
        table = (0...Drone.tableSize).map {
            Float(sineAndCosine(2 * Double.pi * Double($0) / Double(Drone.tableSize)).sine)
        }
    }

    /// From `start` on the loudness goes to `levels` in `frames`, and stays there.
    mutating func set(_ levels: DroneLevels, from start: Int64, over frames: Int64) {
        let present = self.levels(at: start)
        while let last = points.last, last.frame >= start { points.removeLast() }
        if points.count > Drone.places - 2 { points.removeFirst(points.count - Drone.places + 2) }
        points.append(Point(frame: start, levels: present))
        points.append(Point(frame: start + max(1, frames), levels: levels.bounded))
    }

    /// The loudness at a frame.
    func levels(at frame: Int64) -> DroneLevels {
        guard let last = points.last else { return DroneLevels() }
        if frame >= last.frame { return last.levels }
        var place = points.count - 1
        while place > 0, points[place - 1].frame > frame { place -= 1 }
        guard place > 0 else { return points[0].levels }
        let before = points[place - 1]
        let after = points[place]
        let share = Float(frame - before.frame) / Float(after.frame - before.frame)
        return before.levels.mixed(after.levels, share)
    }

    /// True where no frame of the stretch sounds.
    func isSilent(from first: Int64, frames: Int) -> Bool {
        let end = first + Int64(frames)
        guard levels(at: first).isSilent, levels(at: end).isSilent else { return false }
        return points.allSatisfy { $0.frame < first || $0.frame > end || $0.levels.isSilent }
    }

    /// Adds the drone to interleaved frames of at most `peak`; the sum stays within `peak`.
    ///
    /// The limiter: both parts are turned down together by what the drone could add at its present
    /// loudness. That factor moves in straight lines and is 1 without a drone, so it is not heard.
    func add(to block: inout [Int16], from first: Int64, frames: Int, channels: Int, peak: Int32) {
        let cap = Float(peak) * Drone.share
        for frame in 0..<frames {
            let number = first + Int64(frame)
            let levels = levels(at: number)
            if levels.isSilent { continue }
            let low = note(Drone.lowNote, number)
            let high = note(Drone.highNote, number)
            let limit = 1 / (1 + Drone.share * levels.loudest)
            let left = (levels.lowLeft * low + levels.highLeft * high) * cap
            let right = (levels.lowRight * low + levels.highRight * high) * cap
            if channels == 1 {
                block[frame] = Int16((Float(block[frame]) + max(left, right)) * limit)
            } else {
                let index = frame * channels
                block[index] = Int16((Float(block[index]) + left) * limit)
                block[index + 1] = Int16((Float(block[index + 1]) + right) * limit)
            }
        }
    }

    private func note(_ frequency: Double, _ frame: Int64) -> Float {
        let turns = Double(frame) * frequency / rate
        let place = (turns - turns.rounded(.down)) * Double(Drone.tableSize)
        let index = min(Int(place), Drone.tableSize - 1)
        return table[index] + (table[index + 1] - table[index]) * Float(place - Double(index))
    }
}
