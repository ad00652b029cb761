// From the segments' newest samples and their alignments to angles at one moment.

import Kinematics

extension Body {
    /// Up in a segment's axes at its newest sample, or nil without a sensor or an alignment.
    @_noLocks
    mutating func upInSegment(_ segment: Segment) -> Vector3? {
        guard let observation = tracks[segment.index].latest,
            let alignment = alignments[segment.index]
        else { return nil }
        return alignment.segmentFromSensor.apply(observation.upInSensor)
    }

    /// True where a segment's newest sample may be used at `time`.
    @_noLocks
    private mutating func isFresh(_ observation: SegmentObservation, at time: Int64) -> Bool {
        !observation.unknown && !observation.saturated
            && abs(time - observation.time) <= keeper.limits.staleAfter
    }

    /// The angles relative to neutral of every segment whose sensor can be trusted at `time`.
    @_noLocks
    mutating func measuredAngles(at time: Int64) -> BodyAngles {
        var angles = BodyAngles()
        var index = 0
        while index < 6 {
            if let segment = Segment(index: index), let observation = tracks[index].latest,
                let alignment = alignments[index], isFresh(observation, at: time),
                let direction = tracks[index].up(at: time)
            {
                let sigma = alignment.sigmaFromNeutral(observation.sigma)
                // The pelvis' own uncertainty is a gate; another segment's makes it not measured.
                if segment == .pelvis || sigma <= keeper.limits.largestSigma {
                    let up = alignment.segmentFromSensor.apply(direction)
                    angles.set(
                        segment, SegmentAngles(upInSegment: up).relative(to: alignment.neutral),
                        sigma: sigma)
                }
            }
            index += 1
        }
        return angles
    }

    /// A segment's forward axis in its sensor's axes; nil without an alignment.
    @_noLocks
    private mutating func forward(_ segment: Segment) -> Vector3? {
        guard let alignment = alignments[segment.index] else { return nil }
        return alignment.segmentFromSensor.inverse.apply(Vector3(1, 0, 0))
    }

    /// The thighs' directions in their sensors' axes: no alignment is needed.
    @_noLocks
    mutating func thighDirections(at time: Int64) -> ThighDirections {
        var thighs = ThighDirections()
        if let left = tracks[Segment.leftThigh.index].latest, isFresh(left, at: time) {
            thighs.left = tracks[Segment.leftThigh.index].up(at: time)
            thighs.leftForward = forward(.leftThigh)
        }
        if let right = tracks[Segment.rightThigh.index].latest, isFresh(right, at: time) {
            thighs.right = tracks[Segment.rightThigh.index].up(at: time)
            thighs.rightForward = forward(.rightThigh)
        }
        return thighs
    }
}
