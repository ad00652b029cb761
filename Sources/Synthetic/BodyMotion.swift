// The moving body: which task is under way, and from it the pose at any moment.

package import Kinematics

/// A task with its place in time, s since the start of the motion.
package struct ScheduledTask: Sendable, Equatable {
    package var name: String
    package var task: MotionTask
    package var start: Double

    package var end: Double { start + task.duration }
}

/// A person standing quietly, and doing tasks at set times.
///
/// Time is in s since the start.
///
/// Between tasks the person stands and sways. Since every task begins and ends in quiet stance,
/// tasks can be appended while the motion is being played, and the moment is a function of the time
/// alone.
package struct BodyMotion: Sendable {
    /// The longest motion, s.
    package static let maximumDuration = 24.0 * 3600

    package let person: Person
    /// In order of time, without overlap.
    package private(set) var scheduled: [ScheduledTask] = []
    private let sway: Sway
    private let body: BodyGeometry

    package init(person: Person, seed: UInt64) {
        self.person = person
        sway = Sway(seed: seed)
        body = BodyGeometry(person: person)
    }

    /// End of the last task, s.
    package var end: Double { scheduled.last?.end ?? 0 }

    /// Appends a task that starts at `start`, or at the end of the last one where that is later.
    @discardableResult
    package mutating func schedule(
        _ task: NamedTask, at start: Double? = nil
    ) throws(SyntheticError) -> ScheduledTask {
        let begin = max(start ?? end, end)
        guard begin.isFinite, begin + task.task.duration <= Self.maximumDuration else {
            throw SyntheticError(
                field: task.name,
                "the motion would last longer than 24 hours; shorten the tasks or use fewer")
        }
        let place = ScheduledTask(name: task.name, task: task.task, start: begin)
        scheduled.append(place)
        return place
    }

    /// The task under way at a moment, with its place in `scheduled`.
    package func task(at time: Double) -> (index: Int, task: ScheduledTask)? {
        // Binary search for the last task that has begun.
        var low = 0
        var high = scheduled.count
        while low < high {
            let middle = low + (high - low) / 2
            if scheduled[middle].start <= time { low = middle + 1 } else { high = middle }
        }
        guard low > 0, time < scheduled[low - 1].end else { return nil }
        return (low - 1, scheduled[low - 1])
    }

    /// Phase and stance side at a moment.
    package func stance(at time: Double) -> Stance {
        guard let current = task(at: time)?.task else { return Stance(.both) }
        return current.task.stance(at: time - current.start)
    }

    /// Angles of all segments and movement of the hips at a moment.
    package func pose(at time: Double) -> Pose {
        var offsets = PoseOffsets()
        if let current = task(at: time)?.task {
            offsets = current.task.offsets(at: time - current.start, person: person)
        }
        addSway(to: &offsets, at: time)
        return body.pose(offsets)
    }

    /// Orientation, rate, position and acceleration of a segment's sensor point at a moment.
    package func segment(_ segment: Segment, at time: Double) -> SegmentMotion {
        body.motion(of: segment, in: pose(at: time))
    }

    /// Sways more on one leg: by half as much again, chosen.
    private func addSway(to offsets: inout PoseOffsets, at time: Double) {
        let size = Jet(1) + offsets.load * offsets.load * 0.5
        func channel(_ channel: Sway.Channel, _ amount: Double) -> Jet {
            guard amount > 0 else { return .zero }
            return sway.value(channel, at: time) * size * amount
        }
        let angle = person.swayAngle
        offsets.pelvisTilt += channel(.tilt, angle)
        offsets.pelvisObliquity += channel(.obliquity, 0.6 * angle)
        offsets.pelvisRotation += channel(.rotation, 0.8 * angle)
        offsets.trunkFlexion += channel(.trunkFlexion, 1.2 * angle)
        offsets.trunkLean += channel(.trunkLean, 0.8 * angle)
        offsets.forward += channel(.forward, person.swayDistance)
        offsets.right += channel(.right, 0.7 * person.swayDistance)
    }
}

/// A task with the name it is called by.
package struct NamedTask: Sendable, Equatable {
    package var name: String
    package var task: MotionTask

    package init(name: String, task: MotionTask) {
        self.name = name
        self.task = task
    }
}
