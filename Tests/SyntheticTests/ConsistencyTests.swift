// Rates and forces against independent numerical integration and differencing of the motion.

import Kinematics
import Synthetic
import Testing

@Suite struct ConsistencyTests {
    /// Fourth-order central difference of the orientation: log(q(t)* q(t ± h)) / h, combined.
    private func differencedRate(
        _ motion: BodyMotion, _ segment: Segment, _ time: Double
    ) -> Vector3 {
        let h = 2e-4
        let centre = motion.segment(segment, at: time).worldFromSegment
        func turn(_ offset: Double) -> Vector3 {
            let q = centre.inverse * motion.segment(segment, at: time + offset).worldFromSegment
            let vector = Vector3(q.x, q.y, q.z)
            let sine = vector.norm
            guard sine > 0 else { return .zero }
            return vector * (2 * arctangent(y: sine, x: q.w) / sine)
        }
        let near = (turn(h) - turn(-h)) * (1 / (2 * h))
        let far = (turn(2 * h) - turn(-2 * h)) * (1 / (4 * h))
        return near * (4.0 / 3) - far * (1.0 / 3)
    }

    @Test(arguments: Segment.allCases)
    func theRateIsTheDerivativeOfTheOrientation(segment: Segment) throws {
        let motion = try everything()
        var largest = 0.0
        var fastest = 0.0
        for tick in 1..<1_200 {
            let time = Double(tick) * 0.031
            let rate = motion.segment(segment, at: time).angularRate
            largest = max(largest, (rate - differencedRate(motion, segment, time)).norm)
            fastest = max(fastest, rate.norm)
        }
        // The brief asks for 1e-6 rad/s; what is left is the difference quotient's own rounding.
        #expect(largest < 1e-6)
        #expect(fastest > 0.1)
    }

    /// Integrates the rates with the midpoint rule from the first orientation, knowing nothing
    /// else.
    @Test(arguments: Segment.allCases)
    func integratingTheRatesGivesTheOrientation(segment: Segment) throws {
        let motion = try everything()
        let step = 1e-3
        var orientation = motion.segment(segment, at: 0).worldFromSegment
        let steps = Int(motion.end / step)
        for index in 0..<steps {
            let middle = (Double(index) + 0.5) * step
            let rate = motion.segment(segment, at: middle).angularRate
            orientation = (orientation * Rotation(turn: rate * step)).normalized()
        }
        let end = motion.segment(segment, at: Double(steps) * step).worldFromSegment
        #expect(angle(orientation, end) < 2e-5)
    }

    /// Fourth-order central second difference of the position, turned into the segment, plus
    /// gravity.
    @Test(arguments: Segment.allCases)
    func theForceIsTheSecondDifferenceOfThePosition(segment: Segment) throws {
        let motion = try everything()
        let h = 5e-4
        var largest = 0.0
        var strongest = 0.0
        for tick in 1..<1_200 {
            let time = Double(tick) * 0.031
            func position(_ offset: Double) -> Vector3 {
                motion.segment(segment, at: time + offset).position
            }
            let near = position(h) + position(-h)
            let far = position(2 * h) + position(-2 * h)
            let acceleration =
                (near * 16 - far - position(0) * 30) * (1 / (12 * h * h))
            let state = motion.segment(segment, at: time)
            let force = state.worldFromSegment.inverse.apply(
                acceleration + Vector3(0, 0, 9.806_65))
            largest = max(largest, (force - state.specificForce).norm)
            strongest = max(strongest, state.acceleration.norm)
        }
        #expect(largest < 2e-3)
        #expect(strongest > 1)
    }

    /// Integrating the forces twice, with the orientation, gives the way the sensor went.
    @Test func integratingTheForcesTwiceGivesThePosition() throws {
        let motion = try everything()
        let step = 5e-4
        let first = motion.segment(.pelvis, at: 0)
        var velocity = first.velocity
        var position = first.position
        let steps = Int(20 / step)
        for index in 0..<steps {
            let state = motion.segment(.pelvis, at: (Double(index) + 0.5) * step)
            let acceleration =
                state.worldFromSegment.apply(state.specificForce) - Vector3(0, 0, 9.806_65)
            position = position + velocity * step + acceleration * (step * step / 2)
            velocity = velocity + acceleration * step
        }
        let end = motion.segment(.pelvis, at: 20)
        #expect((position - end.position).norm < 1e-4)
        #expect((velocity - end.velocity).norm < 1e-5)
    }

    @Test func aStillPersonReadsGravityOnly() throws {
        let motion = try motion(.quietStand(seconds: 5))
        for segment in Segment.allCases {
            let state = motion.segment(segment, at: 2)
            #expect(abs(state.specificForce.norm - 9.806_65) < 1e-12)
            #expect(state.angularRate == .zero)
        }
    }

    /// With a sensor that is turned and wobbles, its own readings integrate to its own orientation.
    @Test func theWobblingSensorIsConsistentWithItself() throws {
        let motion = try everything()
        var model = idealSensor(rate: 1_000)
        model.sensorFromSegment = SensorModel.mounting(yaw: 0.3, roll: -0.2, pitch: 1.1)
        model.wobble.compliance = 2 * radiansPerDegree
        var stream = BodySensorStream(segment: .pelvis, model: model)
        var reading = stream.next(motion).reading
        var orientation = reading.worldFromSensor
        var largest = 0.0
        var rocked = 0.0
        for _ in 0..<20_000 {
            let next = stream.next(motion).reading
            let rate = (reading.angularRate + next.angularRate) * 0.5
            orientation = (orientation * Rotation(turn: rate * 0.001)).normalized()
            reading = next
            largest = max(largest, angle(orientation, reading.worldFromSensor))
            let rigid =
                motion.segment(.pelvis, at: Double(reading.hostTime) * 1e-9).worldFromSegment
                * model.sensorFromSegment.inverse
            rocked = max(rocked, angle(rigid, reading.worldFromSensor))
        }
        #expect(largest < 2e-4)
        // It did wobble, and far enough for the second-order terms of its rate to matter: without
        // them the orientations part by 1.5e-3.
        #expect(rocked > 4 * radiansPerDegree)
        #expect(rocked < 15 * radiansPerDegree)
    }
}
