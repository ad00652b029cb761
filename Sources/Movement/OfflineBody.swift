// Body signals of recorded sensors, without daemon, clock or thread.

package import Kinematics

/// One sensor of a recording, estimated already.
package struct OfflineSegment: Sendable {
    /// One estimated sample.
    package struct Sample: Sendable {
        package var sample: ImuSample
        package var worldFromSensor: Rotation
        /// One standard deviation of inclination, rad.
        package var sigma: Double
        /// The tilt cannot be known at this moment.
        package var unknown: Bool

        /// `sample.hostTime` must be set.
        package init(sample: ImuSample, worldFromSensor: Rotation, sigma: Double, unknown: Bool) {
            self.sample = sample
            self.worldFromSensor = worldFromSensor
            self.sigma = sigma
            self.unknown = unknown
        }
    }

    package var segment: Segment
    /// s between samples.
    package var period: Double
    /// In order of time.
    package var samples: [Sample]
    /// Nil: to be found by `OfflineBody.alignment`.
    package var alignment: SensorAlignment?

    package init(
        segment: Segment, period: Double, samples: [Sample], alignment: SensorAlignment? = nil
    ) {
        self.segment = segment
        self.period = period
        self.samples = samples
        self.alignment = alignment
    }
}

/// The body of a recording.
package enum OfflineBody {
    /// What an alignment rests on.
    package enum Basis: Sendable, Equatable {
        /// The stand and the axis of the recorded movements, with its share of variance.
        case movement(varianceExplained: Double)
        /// The stand and the stated forward axis alone.
        case mounting
    }

    /// s at the start of a recording that are taken for the quiet stand.
    package static let stand = 3.0

    /// Finds how a recorded sensor sat: up from the first 3 s, left-right from the movements.
    ///
    /// Nil where the first seconds do not give it, or where neither the movements turn about one axis
    /// nor `forward` (in sensor axes) is stated. The neutral is the stand itself.
    package static func alignment(
        of segment: OfflineSegment, forward: Vector3?
    ) -> (alignment: SensorAlignment, basis: Basis)? {
        guard let first = segment.samples.first else { return nil }
        var stand = QuietStand()
        let end = first.sample.hostTime &+ Int64(OfflineBody.stand * 1e9)
        for entry in segment.samples where entry.sample.hostTime <= end {
            stand.add(
                entry.sample, up: entry.worldFromSensor.destinationZInSource, sigma: entry.sigma)
        }
        guard let up = stand.up, stand.count >= 10 else { return nil }
        if let found = axis(of: segment, up: up, offset: stand.meanRate, after: end) {
            let alignment = SensorAlignment(
                segmentFromSensor: found.segmentFromSensor,
                neutral: stand.neutral(segmentFromSensor: found.segmentFromSensor),
                calmJerk: stand.calmJerk, standSigma: stand.sigma)
            return (alignment, .movement(varianceExplained: found.varianceExplained))
        }
        guard let forward, let alignment = SensorAlignment(standingUp: up, forward: forward) else {
            return nil
        }
        return (alignment, .mounting)
    }

    private static func axis(
        of segment: OfflineSegment, up: Vector3, offset: Vector3, after: Int64
    ) -> BowAxis.Result? {
        switch segment.segment {
        case .pelvis, .trunk:
            var bows = BowAxis(standUp: up, offset: offset)
            for entry in segment.samples where entry.sample.hostTime > after {
                bows.add(entry.sample, up: entry.worldFromSensor.destinationZInSource)
                // The bows come first; what follows may turn about anything.
                if bows.count == BowAxis.wanted { break }
            }
            return bows.count >= 1 ? try? bows.result() : nil
        case .leftThigh, .rightThigh, .leftShank, .rightShank:
            var legs = LegAxis(segment: segment.segment, standUp: up, offset: offset)
            for entry in segment.samples where entry.sample.hostTime > after {
                legs.add(entry.sample, up: entry.worldFromSensor.destinationZInSource)
            }
            return legs.count >= 1 ? try? legs.result() : nil
        }
    }

    /// One frame for each pelvis sample: the very body that runs live, fed in order of time.
    ///
    /// `plan` begins at host time `start`; nil: no exercise; the stance side is then that of the steps, where there are any.
    /// Segments without an alignment are not measured.
    package static func frames(
        _ segments: [OfflineSegment], plan: MovementPlan? = nil, from start: Int64 = 0
    ) -> [MotionFrame] {
        var body = Body()
        for segment in segments { body.align(segment.segment, segment.alignment) }
        var places = [Int](repeating: 0, count: segments.count)
        var frames: [MotionFrame] = []
        var sequence: UInt64 = 0
        var hasBegun = false
        while let next = earliest(segments, places) {
            let segment = segments[next]
            let entry = segment.samples[places[next]]
            places[next] += 1
            sequence += 1
            if let plan, !hasBegun, entry.sample.hostTime >= start {
                body.begin(plan, time: entry.sample.hostTime)
                hasBegun = true
            }
            var frame = MotionFrame()
            frame.sequence = sequence
            frame.channel = UInt8(truncatingIfNeeded: next)
            frame.segment = segment.segment
            frame.time = entry.sample.hostTime
            frame.arrival = entry.sample.hostTime
            frame.sample = entry.sample
            frame.worldFromSensor = entry.worldFromSensor
            frame.sigma = entry.sigma
            let clipped = SampleFlags.accelerometerClipped.with(.gyroscopeClipped)
            let observation = SegmentObservation(
                time: entry.sample.hostTime, interval: entry.sample.interval,
                period: segment.period,
                upInSensor: entry.worldFromSensor.destinationZInSource,
                specificForce: entry.sample.specificForce, sigma: entry.sigma,
                saturated: entry.sample.flags.has(clipped), unknown: entry.unknown,
                batched: false, angularRate: entry.sample.angularRate)
            frame.alert = body.step(segment.segment, observation, frame: &frame)
            if segment.segment == .pelvis { frames.append(frame) }
        }
        return frames
    }

    /// The segment with the earliest waiting sample; the pelvis last at equal times, so that it is judged
    /// with the others' newest.
    private static func earliest(_ segments: [OfflineSegment], _ places: [Int]) -> Int? {
        var best: (time: Int64, index: Int)?
        for index in segments.indices where places[index] < segments[index].samples.count {
            let time = segments[index].samples[places[index]].sample.hostTime
            guard let found = best else {
                best = (time, index)
                continue
            }
            let yields = segments[found.index].segment == .pelvis
            if time < found.time || time == found.time && yields { best = (time, index) }
        }
        return best?.index
    }
}
