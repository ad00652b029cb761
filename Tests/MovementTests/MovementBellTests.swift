// The bells that movements are timed by, and the shape that a set settles on.

import Glibc
import Kinematics
import Testing

@testable import Movement

private let degree = Double.pi / 180

/// u^rise (1 − u)^fall, summed up to a way from 0 to 1.
private struct Beta {
    let rise: Double
    let fall: Double
    private let sums: [Double]

    init(_ rise: Double, _ fall: Double) {
        self.rise = rise
        self.fall = fall
        var sums = [0.0]
        for index in 0..<2_000 {
            let u = (Double(index) + 0.5) / 2_000
            sums.append(sums[index] + pow(u, rise) * pow(1 - u, fall))
        }
        self.sums = sums.map { $0 / sums[2_000] }
    }

    func way(_ u: Double) -> Double {
        let place = max(0, min(1, u)) * 2_000
        let index = min(1_999, Int(place))
        return sums[index] + (sums[index + 1] - sums[index]) * (place - Double(index))
    }
}

@Suite struct MovementBellTests {
    @Test func bellsAreTheSpeedOfAWayOfOneAndItsDerivatives() {
        for index in 0..<BellShape.count {
            let shape = BellShape(index: index)
            var sum = 0.0
            let h = 1e-5
            for step in 1..<1_000 {
                let u = Double(step) / 1_000
                let bell = Bell(at: u, shape: shape)
                let (after, before) = (Bell(at: u + h, shape: shape), Bell(at: u - h, shape: shape))
                sum += bell.value / 1_000
                guard u > 0.01, u < 0.99 else { continue }
                #expect(abs(bell.slope - (after.value - before.value) / (2 * h)) < 1e-4)
                #expect(abs(bell.bend - (after.slope - before.slope) / (2 * h)) < 1e-3)
            }
            #expect(abs(sum - 1) < 1e-4, "shape \(index)")
            for u in [-0.5, 0, 0.2, 0.5, 0.7, 1, 1.5] {
                // The bell's sum up to there, by the midpoint rule.
                let bells = (0..<1_000).map {
                    Bell(at: u * (Double($0) + 0.5) / 1_000, shape: shape).value
                }
                let way = u > 0 ? bells.reduce(0, +) * u / 1_000 : 0
                #expect(abs(shape.way(u) - way) < 1e-3, "shape \(index) at \(u)")
            }
            #expect(Bell(at: 0, shape: shape).value == 0 && Bell(at: 1.2, shape: shape).slope == 0)
        }
    }

    /// There and back by way of another shape is where it began.
    @Test func spansByOtherShapesGoBothWays() {
        let span = MovementSpan(start: 3, end: 5)
        for one in 0..<BellShape.count {
            for other in 0..<BellShape.count {
                let (a, b) = (BellShape(index: one), BellShape(index: other))
                let back = a.span(b.span(span, by: a), by: b)
                #expect(abs(back.start - 3) < 1e-12 && abs(back.end - 5) < 1e-12)
            }
        }
        // SciPy: least jerk over 2 s, by a seventh-order step's accelerations, lasts from −0.165 to 2.165 s.
        let soft = BellShape.soft.span(MovementSpan(start: 0, end: 2), by: .leastJerk)
        #expect(abs(soft.start + 0.165) < 0.01 && abs(soft.end - 2.165) < 0.01)
    }

    /// Repetitions of 35° in 2-1-3-1 s from a body that sways, as the set tells them when it is over.
    private func errors(_ course: Beta, seed: UInt64) -> (first: Double, last: Double, shape: Int) {
        var tracker = RepetitionTracker()
        var random = SeededRandom(seed: seed)
        tracker.begin(source: .tilt, lowersFirst: false, time: 0)
        var found: [Repetition] = []
        for index in 1...4_800 {
            let time = Double(index) * 0.01
            let part = time < 4 || time > 46 ? 0 : (time - 4).truncatingRemainder(dividingBy: 7)
            let way = course.way(part / 2) - course.way((part - 3) / 3)
            let sway = 0.15 * sin(2 * Double.pi * 0.4 * time) + random.normal(0.01)
            if tracker.step(
                angle: (35 * way + sway) * degree, interval: 0.01, time: Int64(time * 1e9))
            {
                found.append(tracker.last)
            }
        }
        guard found.count == 6, let shape = found[5].shape else {
            return (.infinity, .infinity, -1)
        }
        func error(_ repetition: Repetition) -> Double {
            let tempo = repetition.tempos[shape]
            return max(abs(tempo.raise - 2), abs(tempo.hold - 1), abs(tempo.lower - 3))
        }
        #expect(
            found[5].tempos[shape].lower == (found[5].tempo.lower * 1_000).rounded(.down) / 1_000)
        return (error(found[0]), error(found[5]), shape.index)
    }

    /// The first repetition is told apart from the others by nothing: what the set shows holds for it too.
    @Test(arguments: [(2.0, 2.0, 0), (3, 3, 1), (2, 3, 2), (3, 2, 3)])
    func theSetsShapeTimesItsFirstRepetition(rise: Double, fall: Double, index: Int) {
        let course = Beta(rise, fall)
        var worst: [Double] = []
        for seed in 1...3 {
            let found = errors(course, seed: UInt64(seed))
            #expect(found.shape == index)
            worst += [found.first, found.last]
        }
        #expect(worst.allSatisfy { $0 < 0.1 }, "\(worst)")
    }

    /// Eight squats, 3 s down and 3 s up, from a part whose reading is off by 0.15 m/s² and by 0.011 m/s² more where
    /// the pelvis is tipped: 0.04 m/s² across the vertical at 16°.
    private func squats(_ seed: UInt64, depth size: Double, rest: Double, course: Beta) -> Int {
        var random = SeededRandom(seed: seed)
        var vertical = VerticalMotion()
        var tracker = RepetitionTracker()
        tracker.begin(source: .height, lowersFirst: true, isContinuous: rest == 0, time: 0)
        let total = 6 + rest
        var count = 0
        func depth(_ time: Double) -> Double {
            guard time > 6, time < 6 + 8 * total else { return 0 }
            let part = (time - 6).truncatingRemainder(dividingBy: total)
            return course.way(part / 3) - course.way((part - 3) / 3)
        }
        for index in 1...Int(60 * (10 + 8 * total)) {
            let time = Double(index) / 60
            let h = 0.02
            let lift = (depth(time + h) - 2 * depth(time) + depth(time - h)) / (h * h) * -size
            let force = Vector3(
                0,
                standardGravity + lift + 0.15 + 0.011 * depth(time) + random.normal(0.03), 0)
            let up = Vector3(0, 1, 0)
            vertical.step(
                up: up, specificForce: force, rate: 0.02, interval: 1.0 / 60,
                isContinuous: rest == 0, isUnderWay: tracker.isMoving)
            let now = Int64(time * 1e9)
            tracker.feel(
                ForceSample(upward: vertical.acceleration, up: up, specificForce: force, sign: -1),
                weight: ForceHistory.Weight(), interval: 1.0 / 60, time: now)
            let ended = tracker.step(height: vertical, sign: -1, interval: 1.0 / 60, time: now)
            if ended { count += 1 }
            if ended || tracker.drift.isKnown {
                vertical.takeOff(
                    speed: tracker.drift.speed, way: tracker.drift.way,
                    offset: tracker.drift.offset, isKnown: tracker.drift.isKnown)
            }
        }
        return count
    }

    /// Deep ones without a rest between them, and shallow ones.
    @Test(arguments: [(0.25, 0.0), (0.14, 1)])
    func slowSquatsAreCountedByTheHeight(depth: Double, rest: Double) {
        let counts = [Beta(2, 2), Beta(3, 3), Beta(2, 3), Beta(3, 2)].flatMap { course in
            (1...3).map { squats(UInt64($0), depth: depth, rest: rest, course: course) }
        }
        // One of the shallow sets loses one: half of it is as even as standing still.
        #expect(counts.filter { $0 == 8 }.count >= 11, "\(counts)")
        #expect(counts.allSatisfy { $0 >= 7 }, "\(counts)")
    }
}
