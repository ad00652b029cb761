// Body, sensors and links together, advanced one happening at a time: the pure engine behind the
// offline run and the live fake wearable.

package import Kinematics

/// A sensor as it is worn, with its radio.
package struct WornSensor: Sendable, Equatable {
    /// Unique among the sensors of a script.
    package var name: String
    package var segment: Segment
    package var sensor: SensorModel
    package var link: LinkModel
    package var mode: DotPackets.Mode

    package init(
        name: String? = nil, segment: Segment, sensor: SensorModel = SensorModel(),
        link: LinkModel = LinkModel(), mode: DotPackets.Mode = .custom5
    ) {
        self.name = name ?? segment.name
        self.segment = segment
        self.sensor = sensor
        self.link = link
        self.mode = mode
    }
}

/// A recording that is played as the packets of a sensor.
package struct RecordedSensor: Sendable {
    package var name: String
    /// Where it was worn; nil where that is not known or not of the body.
    package var segment: Segment?
    package var stream: RecordedStream
    package var link: LinkModel
    package var mode: DotPackets.Mode

    package init(
        name: String, segment: Segment? = nil, stream: RecordedStream,
        link: LinkModel = LinkModel(), mode: DotPackets.Mode = .rateQuantities
    ) {
        self.name = name
        self.segment = segment
        self.stream = stream
        self.link = link
        self.mode = mode
    }
}

/// Where the packets of a channel come from.
package enum SensorSource: Sendable {
    /// Made from the moving body as time goes on.
    case worn(WornSensor)
    /// Read from arrays that hold all of it.
    case recorded(RecordedSensor)
}

/// What an ensemble did in one step.
package enum EnsembleStep: Sendable {
    /// A sensor of the channel took a sample; truth is nil for a recording.
    case sampled(channel: Int, SensorReading, TruthRow?)
    /// A packet came out of the channel's link, or was lost in it.
    case delivered(channel: Int, Delivery)
}

/// A moving body with its sensors and links.
///
/// Time is ns since the start.
///
/// Every step is the earliest thing that has not happened yet: a sample, or an arrival. A sample is
/// made only when its time has come, so tasks can be added to `motion` from `generatedUntil` on.
package struct Ensemble: Sendable {
    private enum Source {
        case body(BodySensorStream)
        case recorded(RecordedStream)
    }

    private struct Channel {
        var source: Source
        var link: Link
        let mode: DotPackets.Mode
        var finished = false
    }

    package private(set) var motion: BodyMotion
    /// Samples up to here have been made, ns.
    package private(set) var generatedUntil: Int64 = 0
    /// Sensors on the body stop here; nil lets them run until 24 hours are over.
    package var end: Int64?
    private var channels: [Channel]

    package init(motion: BodyMotion, sources: [SensorSource], end: Int64? = nil) {
        self.motion = motion
        self.end = end
        channels = sources.map { source in
            switch source {
            case .worn(let worn):
                Channel(
                    source: .body(BodySensorStream(segment: worn.segment, model: worn.sensor)),
                    link: Link(worn.link), mode: worn.mode)
            case .recorded(let recorded):
                Channel(
                    source: .recorded(recorded.stream), link: Link(recorded.link),
                    mode: recorded.mode)
            }
        }
    }

    /// Appends a task that starts at `time` (ns), or as soon after it as can be: after the last
    /// task, and after what has been sampled.
    @discardableResult
    package mutating func schedule(
        _ task: NamedTask, at time: Int64 = 0
    ) throws(SyntheticError) -> ScheduledTask {
        let start = Double(max(time, generatedUntil)) * 1e-9
        return try motion.schedule(task, at: start)
    }

    /// Time of the next step, ns; nil when all is over.
    package var nextTime: Int64? { earliest()?.time }

    /// Takes the next step.
    package mutating func advance() -> EnsembleStep? {
        // Links whose source has dried up let go of what they hold back.
        for index in channels.indices
        where !channels[index].finished && sampleTime(of: index) == nil {
            channels[index].finished = true
            channels[index].link.finish()
        }
        guard let next = earliest() else { return nil }
        if !next.isSample {
            return channels[next.channel].link.next().map { delivery in
                .delivered(channel: next.channel, delivery)
            }
        }
        generatedUntil = max(generatedUntil, next.time)
        switch channels[next.channel].source {
        case .body(var stream):
            let sample = stream.next(motion)
            channels[next.channel].source = .body(stream)
            hand(sample.reading, to: next.channel)
            return .sampled(channel: next.channel, sample.reading, sample.truth)
        case .recorded(var stream):
            // The array is shared, not copied: only the place in it changes.
            guard let reading = stream.next() else { return nil }
            channels[next.channel].source = .recorded(stream)
            hand(reading, to: next.channel)
            return .sampled(channel: next.channel, reading, nil)
        }
    }

    /// A reading becomes a notification and goes into the channel's link.
    private mutating func hand(_ reading: SensorReading, to channel: Int) {
        let packet = DotPackets.encode(reading, mode: channels[channel].mode)
        channels[channel].link.send(packet, at: reading.hostTime)
    }

    /// When the channel's next sample is due; nil when there is none any more.
    private func sampleTime(of channel: Int) -> Int64? {
        switch channels[channel].source {
        case .body(let stream):
            let limit = end ?? nanoseconds(fromSeconds: BodyMotion.maximumDuration)
            return stream.nextTime < limit ? stream.nextTime : nil
        case .recorded(let stream):
            return stream.nextTime
        }
    }

    /// The earliest sample or arrival; arrivals first at equal times, then the lower channel.
    private func earliest() -> (time: Int64, channel: Int, isSample: Bool)? {
        var best: (time: Int64, channel: Int, isSample: Bool)?
        for index in channels.indices {
            if let arrival = channels[index].link.nextArrival {
                if best.map({ arrival < $0.time || arrival == $0.time && $0.isSample }) ?? true {
                    best = (arrival, index, false)
                }
            }
            if let sample = sampleTime(of: index), best.map({ sample < $0.time }) ?? true {
                best = (sample, index, true)
            }
        }
        return best
    }
}
