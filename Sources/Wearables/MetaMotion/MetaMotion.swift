// MbientLab MetaMotion S, R and RL (MetaWear protocol): six axes at 25 to 200 Hz with the board's
// ticks, light, button, and a motor where one is fitted; little-endian. Protocol: P,
// mbientlab/MetaWear-API `docs/protocol-reference.md` @b43bb730; C, mbientlab/MetaWear-SDK-Cpp
// @f67699e5 (tests and implementation); where they differ C counts. Commands, fusion and vectors are in
// the files beside this one.

package import Kinematics

/// One connection to a MetaMotion board.
package struct MetaMotion: Wearable {
    // MARK: Identity

    package static let identity = WearableIdentity(
        name: "metawear", services: ["326a9000-85cb-9195-d9dd-464cfbbae75a"],
        characteristics: [
            "326a9001-85cb-9195-d9dd-464cfbbae75a", "326a9006-85cb-9195-d9dd-464cfbbae75a",
            standardUUID("2a24"),
        ],
        nominalRatesHertz: [25, 50, 100, 200])

    // The places in `identity.characteristics`; they stand in recordings and never change.
    package static var command: CharacteristicIndex { @_noLocks get { .init(rawValue: 0) } }
    package static var notify: CharacteristicIndex { @_noLocks get { .init(rawValue: 1) } }
    package static var model: CharacteristicIndex { @_noLocks get { .init(rawValue: 2) } }

    // MARK: Recognise

    /// The name is the owner's to change and the service is not always advertised.
    package static func recognise(_ advertisement: Advertisement) -> Recognition? {
        if advertisement.services.contains(where: identity.services.contains) {
            return Recognition(.certain)
        }
        guard let name = advertisement.localName?.lowercased() else { return nil }
        return name.hasPrefix("metawear") || name.hasPrefix("metamotion")
            ? Recognition(.likely) : nil
    }

    // MARK: Capabilities

    package static let capabilities = Capabilities(
        streams: [.specificForce, .angularRate], specificForceRange: 16 * standardGravity,
        angularRateRange: 2000 * radiansPerDegree, hasDeviceTime: true, samplesPerPacket: 1,
        canIdentify: true, canBuzz: true, tellsBattery: true)

    package let nominalRateHertz: Double
    /// The ranges that the plan sets, g and °/s.
    let rangeG: Double
    let rangeDegreesPerSecond: Double

    // Learned from replies.
    var accelerometerChip: MetaMotionChip?
    var gyroscopeChip: MetaMotionChip?
    var hasFuser = false
    var hasHaptic = false
    var lightRevision: UInt8 = 0
    /// Processors made so far: buffer, fuser, accounter.
    var chainLength = 0
    /// The processor whose packets are the stream; any is taken before it is known.
    var accounter: UInt8?

    private var clock = DeviceClock(bits: 32, nanosecondsPerTick: 5_859_375, over: 4)
    private var pairing = ArrivalPairing()
    /// Timed packets came: plain readings, which an earlier host may have left running, are not mixed
    /// in.
    private var isTimed = false
    var event: WearableEvent?

    package init(_ request: StreamRequest) {
        nominalRateHertz = request.nearestRate(of: Self.identity.nominalRatesHertz)
        rangeG = request.smallestRange(
            request.specificForceRange / standardGravity, of: MetaMotionCommand.forceRanges)
        rangeDegreesPerSecond = request.smallestRange(
            request.angularRateRange * degreesPerRadian,
            of: MetaMotionCommand.rateRanges.reversed())
    }

    // The plan is in MetaMotionPlan.swift.

    // MARK: Decode

    /// One sample of the board's fused packets, or of the plain streams where it has no fuser.
    @_noLocks
    package mutating func decode(
        _ packet: Span<UInt8>, from characteristic: CharacteristicIndex,
        into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        guard characteristic.rawValue == Self.notify.rawValue else {
            throw .unexpectedCharacteristic
        }
        let module = try packet.uint8(at: 0)
        let register = try packet.uint8(at: 1)
        switch module {
        case 0x09 where register == 0x03:
            try decodeFused(packet, into: &samples)
        case 0x03 where register == 0x04 && isTimed, 0x13 where isTimed: return
        case 0x03 where register == 0x04:
            guard packet.count == 8 else { throw .tooShort }
            pairing.put(force: try packet.int16Vector(at: 2, scale: forceScale))
            try appendPair(into: &samples)
        case 0x13 where register == 0x05 || register == 0x04:
            // 0x05 is a single reading on one chip and three packed ones on the other.
            guard packet.count == 8 else { throw .malformed }
            pairing.put(rate: try packet.int16Vector(at: 2, scale: rateScale))
            try appendPair(into: &samples)
        case 0x01 where register == 0x01:
            let isPressed = try packet.uint8(at: 2) == 1
            if isPressed { event = .buttonPressed(clicks: 1) }
        case 0x11 where register == 0x8C:
            event = .battery(try Self.battery(packet))
        case 0x01, 0x02, 0x03, 0x08, 0x09, 0x0A, 0x0B, 0x11, 0x13, 0x15, 0x19, 0xFE:
            // Answers to commands, and streams that an earlier host left running.
            return
        default:
            throw .malformed
        }
    }

    /// `09 03 id tick force rate`, 19 bytes.
    @_noLocks
    private mutating func decodeFused(
        _ packet: Span<UInt8>, into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        let processor = try packet.uint8(at: 2)
        if let accounter, processor != accounter { throw .unexpectedCharacteristic }
        let tick = try packet.uint32(at: 3)
        let force = try packet.int16Vector(at: 7, scale: forceScale)
        let rate = try packet.int16Vector(at: 13, scale: rateScale)
        guard packet.count == 19 else { throw .malformed }
        guard samples.freeCapacity > 0 else { throw .noRoom }
        let reading = try clock.advance(to: UInt64(tick))
        isTimed = true
        var flags = SampleFlags.hasDeviceTime
        if reading.startsEpoch { flags = flags.with(.newEpoch) }
        try append(force, rate, flags, reading.nanoseconds, into: &samples)
    }

    @_noLocks
    private mutating func appendPair(
        into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        guard let pair = pairing.take() else { return }
        try append(pair.force, pair.rate, SampleFlags(rawValue: 0), 0, into: &samples)
    }

    @_noLocks
    private func append(
        _ force: Vector3, _ rate: Vector3, _ flags: SampleFlags, _ time: Int64,
        into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        try ReadingCheck.append(
            force: force, within: rangeG * standardGravity, rate: rate,
            within: 32768 * rateScale, flags: flags, deviceTime: time, into: &samples)
    }

    /// m/s² per count: 32768 counts are the range.
    private var forceScale: Double { @_noLocks get { rangeG * standardGravity / 32768 } }
    /// rad/s per count: 16.4 counts are 1 °/s at 2000 °/s, and so on by halves (C).
    private var rateScale: Double {
        @_noLocks get { rangeDegreesPerSecond * radiansPerDegree / 32800 }
    }

    /// `11 8C percent millivolts`.
    @_noLocks
    static func battery(_ packet: Span<UInt8>) throws(DecodeError) -> BatteryLevel {
        let percent = try packet.uint8(at: 2)
        let millivolts = try packet.uint16(at: 3)
        guard percent <= 100 else { throw .outOfRange }
        return BatteryLevel(percent: percent, millivolts: millivolts)
    }

    @_noLocks
    package mutating func takeEvent() -> WearableEvent? {
        let taken = event
        event = nil
        return taken
    }
}
