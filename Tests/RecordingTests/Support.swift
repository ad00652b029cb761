// Frames with every kind of number in them, and a directory for files.

import Glibc
import Kinematics
import Movement
import Plumbing

@testable import Recording

/// Doubles that text tends to lose: signed zeros, denormals, extremes, thirds, what is not finite.
let difficultDoubles: [Double] = [
    0, -0.0, 1, -1, 1.0 / 3, -2.0 / 3, 0.1, .pi, 1e22, 1e23, Double.leastNonzeroMagnitude,
    -Double.leastNonzeroMagnitude,
    .leastNormalMagnitude, .leastNormalMagnitude.nextDown, .greatestFiniteMagnitude,
    -.greatestFiniteMagnitude, .ulpOfOne, 1 + .ulpOfOne, 9007199254740992, 123456789.12345679,
    .infinity, -.infinity, .nan,
]

/// Same bits; any not-a-number counts as any other.
func sameBits(_ a: Double?, _ b: Double) -> Bool {
    guard let a else { return false }
    return a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN)
}

/// A pelvis frame whose numbers start at place `offset` of the difficult ones.
func difficultFrame(_ offset: Int) -> MotionFrame {
    func number(_ place: Int) -> Double {
        difficultDoubles[(offset + place) % difficultDoubles.count]
    }
    var frame = MotionFrame()
    frame.sequence = UInt64.max - UInt64(offset)
    frame.channel = UInt8(offset % 32)
    frame.segment = .pelvis
    frame.time = offset % 2 == 0 ? Int64.min : Int64.max
    frame.worldFromSensor = Rotation(w: number(0), x: number(1), y: number(2), z: number(3))
    frame.sigma = number(4)
    frame.tiltFlags = 65535
    frame.gates = Gates(rawValue: 1023)
    frame.posture = .leftSide
    frame.stanceSide = offset % 3 == 0 ? nil : .left
    frame.stanceSource = .detected
    frame.phase = .holding
    frame.obliquity = number(5)
    frame.anteriorTilt = number(6)
    frame.trunkLean = number(7)
    frame.drop = number(8)
    frame.activeRules = UInt32.max
    frame.judgedRules = 0x8000_0001
    frame.holdSeconds = number(9)
    frame.completedHolds = 65535
    frame.holdEnd = .balanceLost
    return frame
}

/// A directory that is removed with what is in it.
final class TemporaryDirectory {
    let path: String

    init() throws(PlumbingError) {
        var template = Array("/tmp/recording-tests-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else {
            throw PlumbingError("create a temporary directory", code: errno)
        }
        path = String(cString: made)
    }

    deinit {
        for name in (try? FileStore.list(path)) ?? [] { try? FileStore.remove("\(path)/\(name)") }
        rmdir(path)
    }
}

/// Looks again and again, for 10 s at the most, until `condition` holds.
func eventually(_ condition: () -> Bool) -> Bool {
    let deadline = MonotonicClock.now() + 10_000_000_000
    while !condition() {
        if MonotonicClock.now() > deadline { return false }
        sched_yield()
    }
    return true
}

/// A file that refuses when 64 KiB are in it, and takes more once it is read.
final class SmallPipe {
    private let reader: Int32
    private var end: Int32
    private(set) var bytes: [UInt8] = []

    init() throws(PlumbingError) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw PlumbingError("create a pipe", code: errno) }
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        (reader, end) = (ends[0], ends[1])
    }

    deinit { close(reader) }

    /// The end to write to; once.
    func writer() -> Descriptor {
        defer { end = -1 }
        return Descriptor(owning: end)
    }

    /// Takes out what is in it.
    func drain() {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(reader, &buffer, buffer.count)
            guard count > 0 else { return }
            bytes += buffer.prefix(count)
        }
    }
}
