// From Polar's frames to samples: acceleration and rate paired by the device's clock, then thinned out.

import Kinematics

/// A reading with its device time, ns.
private struct TimedReading: BitwiseCopyable {
    var time: Int64 = 0
    var value = Vector3.zero
}

/// Readings that wait for their partner, the oldest first.
private struct ReadingRing: BitwiseCopyable {
    static var capacity: Int { @_noLocks get { 256 } }
    private var items: InlineArray<256, TimedReading>
    private var first = 0
    private(set) var count = 0

    @_noLocks
    init() { items = InlineArray(repeating: TimedReading()) }

    /// The newest; the oldest goes where there is no room.
    @_noLocks
    mutating func append(_ reading: TimedReading) {
        if count == Self.capacity { removeFirst() }
        items[(first + count) & (Self.capacity - 1)] = reading
        count += 1
    }

    @_noLocks
    mutating func removeFirst() {
        guard count > 0 else { return }
        first = (first + 1) & (Self.capacity - 1)
        count -= 1
    }

    @_noLocks
    mutating func removeAll() { count = 0 }

    @_noLocks
    func item(_ place: Int) -> TimedReading { items[(first + place) & (Self.capacity - 1)] }
}

/// One stream's last frame.
private struct FrameMemory: BitwiseCopyable {
    var time: UInt64 = 0
    var isSet = false
}

/// The decoding state of a Polar connection.
struct PolarDecoder: Sendable, BitwiseCopyable {
    /// Samples a second of the device's streams.
    var streamRateHertz: Double
    /// Readings that make one sample.
    var thinning: Int
    let hasRate: Bool
    /// Full scales, m/s² and rad/s.
    var forceRange: Double
    var rateRange: Double
    /// From the start answers: 0 where the device gave none.
    var forceFactor = 0.0
    var rateFactor = 0.0

    private var forces = ReadingRing()
    private var rates = ReadingRing()
    private var forceMemory = FrameMemory()
    private var rateMemory = FrameMemory()
    private var clock = DeviceClock(bits: 64, nanosecondsPerTick: 1)
    /// The newest time of any reading.
    private var newest: Int64 = 0

    // The sample in the making.
    private var gathered = 0
    private var forceSum = Vector3.zero
    private var rateSum = Vector3.zero
    private var timeBase: Int64 = 0
    private var timeSum: Int64 = 0
    private var gatheredFlags = SampleFlags(rawValue: 0)

    @_noLocks
    init(
        streamRateHertz: Double, thinning: Int, hasRate: Bool, forceRange: Double,
        rateRange: Double
    ) {
        self.streamRateHertz = streamRateHertz
        self.thinning = thinning
        self.hasRate = hasRate
        self.forceRange = forceRange
        self.rateRange = rateRange
    }

    /// ns between readings.
    private var period: Int64 { @_noLocks get { Int64(1e9 / max(1, streamRateHertz)) } }

    // MARK: Frames

    /// Takes a frame of either stream and appends the samples that it completes.
    ///
    /// A frame is refused as a whole: what it holds before a fault has no certain time.
    @_noLocks
    mutating func take(
        _ packet: Span<UInt8>, into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        let head = try PolarHead(packet)
        guard let layout = head.layout else { throw .malformed }
        let count = try PolarSamples.count(packet, layout, at: PolarHead.length)
        guard count <= ReadingRing.capacity else { throw .malformed }
        switch head.measurement {
        case 2:
            let scale = standardGravity * forceScale(head.frameType)
            try check(packet, layout, scale: scale, range: forceRange)
            let times = try times(head.time, count, memory: &forceMemory)
            try add(packet, layout, times, scale: scale, asRate: false)
        case 5 where hasRate:
            let factor = rateFactor > 0 ? rateFactor : head.frameType == 0x81 ? 1 : defaultFactor
            let scale = radiansPerDegree * factor
            try check(packet, layout, scale: scale, range: rateRange)
            let times = try times(head.time, count, memory: &rateMemory)
            try add(packet, layout, times, scale: scale, asRate: true)
        default:
            // Streams that nobody asked for: another host's, or the field.
            throw .noInertialData
        }
        try drain(into: &samples)
    }

    /// g per count: compressed type 0 needs the device's factor, the others are in mG.
    @_noLocks
    private func forceScale(_ frameType: UInt8) -> Double {
        if frameType == 0x80 {
            return forceFactor > 0 ? forceFactor : forceRange / standardGravity / 32768
        }
        return frameType == 0x81 && forceFactor > 0 ? forceFactor / 1000 : 1 / 1000
    }

    /// °/s per count where the device gave no factor: full scale is 32768 counts.
    private var defaultFactor: Double {
        @_noLocks get { rateRange * degreesPerRadian / 32768 }
    }

    /// Every number must be possible before any is taken.
    @_noLocks
    private func check(
        _ packet: Span<UInt8>, _ layout: PolarLayout, scale: Double, range: Double
    ) throws(DecodeError) {
        var reader = PolarSamples(layout, at: PolarHead.length)
        while try reader.next(packet) {
            let value = try reader.vector(scale: scale)
            guard ReadingCheck.isPossible(value, range: range) else { throw .outOfRange }
        }
    }

    /// Spread as the vendor does, unless frames were lost in between: then by the rate.
    @_noLocks
    private func times(
        _ time: UInt64, _ count: Int, memory: inout FrameMemory
    ) throws(DecodeError) -> PolarTimes {
        guard time <= UInt64(Int64.max) else { throw .outOfRange }
        var previous: UInt64?
        if memory.isSet {
            if time == memory.time { throw .duplicate }
            let limit: UInt64 = 10_000_000_000
            if time < memory.time, memory.time - time <= limit { throw .stale }
            let longest = UInt64(period) &* UInt64(count) &* 3 / 2
            if time > memory.time, time - memory.time <= longest { previous = memory.time }
        }
        let times = try PolarTimes(
            time, after: previous, count: count, rateHertz: streamRateHertz)
        memory.time = time
        memory.isSet = true
        return times
    }

    @_noLocks
    private mutating func add(
        _ packet: Span<UInt8>, _ layout: PolarLayout, _ times: PolarTimes, scale: Double,
        asRate: Bool
    ) throws(DecodeError) {
        var reader = PolarSamples(layout, at: PolarHead.length)
        var index = 0
        while try reader.next(packet) {
            let reading = TimedReading(
                time: Int64(bitPattern: times.nanoseconds(index)),
                value: try reader.vector(scale: scale))
            if index == 0 { forgetJump(to: reading.time, asRate) }
            if asRate { rates.append(reading) } else { forces.append(reading) }
            newest = reading.time
            index += 1
        }
    }

    /// Readings from before a jump of the device's clock will never find a partner.
    @_noLocks
    private mutating func forgetJump(to time: Int64, _ isRate: Bool) {
        let ring = isRate ? rates : forces
        if ring.count == 0 { return }
        let last = ring.item(ring.count - 1).time
        if time > last, time - last <= 10_000_000_000 { return }
        if isRate { rates.removeAll() } else { forces.removeAll() }
    }

    // MARK: Pairs

    @_noLocks
    private mutating func drain(into samples: inout OutputSpan<ImuSample>) throws(DecodeError) {
        while forces.count > 0 {
            let force = forces.item(0)
            if !hasRate {
                forces.removeFirst()
                try gather(force, .zero, into: &samples)
                continue
            }
            while rates.count >= 2, rates.item(1).time <= force.time { rates.removeFirst() }
            if rates.count == 0 { return }
            let before = rates.item(0)
            if before.time > force.time {
                // The rate began later: a force without one is no sample.
                forces.removeFirst()
                if before.time - force.time <= period {
                    try gather(force, before.value, into: &samples)
                }
                continue
            }
            if before.time == force.time {
                forces.removeFirst()
                try gather(force, before.value, into: &samples)
                continue
            }
            if rates.count < 2 { return }
            let after = rates.item(1)
            forces.removeFirst()
            // Across a hole in the rate nothing is made up.
            if after.time - before.time > 3 * period { continue }
            let part = Double(force.time - before.time) / Double(after.time - before.time)
            let rate = before.value + (after.value - before.value) * part
            try gather(force, rate, into: &samples)
        }
    }

    /// Adds a pair to the sample in the making: its mean is the sample.
    @_noLocks
    private mutating func gather(
        _ force: TimedReading, _ rate: Vector3, into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        let offset = force.time &- timeBase
        if gathered > 0, offset <= 0 || offset > period &* Int64(2 * thinning) { gathered = 0 }
        if gathered == 0 {
            timeBase = force.time
            timeSum = 0
            forceSum = .zero
            rateSum = .zero
            gatheredFlags = SampleFlags(rawValue: 0)
        }
        timeSum &+= force.time &- timeBase
        forceSum = forceSum + force.value
        rateSum = rateSum + rate
        gatheredFlags = gatheredFlags.with(
            ReadingCheck.clipFlags(
                force: force.value, within: forceRange, rate: rate, within: rateRange))
        gathered += 1
        if gathered < thinning { return }
        gathered = 0
        guard samples.freeCapacity > 0 else { throw .noRoom }
        let share = 1 / Double(thinning)
        let time = timeBase &+ timeSum / Int64(thinning)
        guard time >= 0 else { throw .outOfRange }
        let reading = try clock.advance(to: UInt64(time))
        var flags = gatheredFlags.with(.hasDeviceTime)
        if reading.startsEpoch { flags = flags.with(.newEpoch) }
        if !hasRate { flags = flags.with(.withoutAngularRate) }
        // Seconds that this sample waited for its frame to fill, and for its partner.
        if newest - time > Int64(Capabilities.liveLimitNanoseconds) { flags = flags.with(.batched) }
        samples.append(
            ImuSample(
                deviceTime: reading.nanoseconds, angularRate: rateSum * share,
                specificForce: forceSum * share, flags: flags))
    }
}

extension Capabilities {
    /// `liveDelay` where no stored constant may be read.
    static var liveLimitNanoseconds: Int { @_noLocks get { 100_000_000 } }
}
