// WitMotion Bluetooth LE 5.0 family (WT901BLE, BWT901BLE5.0, WT901BLECL, WT9011DCL-BT50,
// WT901SDCL-BT50): six axes and angles in frames of 20 bytes at 10 to 100 Hz, no clock (but for models
// that append the time of day), little-endian. Protocol: K, WITMOTION/WitBluetooth_BWT901BLE5_0
// @9efaab0f; H, "WT901BLECL Datasheet" v20-0707; G, WITMOTION/WitStandardProtocol_JY901 `REG.h`
// @514e7852; quirks: Z, zhuyetuo/witmotion_imu @0aa1fda9.

package import Kinematics

/// One connection to a WitMotion sensor.
package struct WitMotion: Wearable {
    // MARK: Identity

    package static let identity = WearableIdentity(
        name: "witmotion",
        // Not the Bluetooth base UUID: 9a stands where that has 9b.
        services: ["0000ffe5-0000-1000-8000-00805f9a34fb"],
        characteristics: [
            "0000ffe4-0000-1000-8000-00805f9a34fb", "0000ffe9-0000-1000-8000-00805f9a34fb",
        ],
        nominalRatesHertz: [10, 20, 50, 100])

    // The places in `identity.characteristics`; they stand in recordings and never change.
    package static var notify: CharacteristicIndex { @_noLocks get { .init(rawValue: 0) } }
    package static var command: CharacteristicIndex { @_noLocks get { .init(rawValue: 1) } }

    // MARK: Recognise

    /// Names begin with WT or BWT.
    ///
    /// WTVB are vibration meters with the same header and other content
    /// (K), and BWT901CL without BLE is classic Bluetooth.
    package static func recognise(_ advertisement: Advertisement) -> Recognition? {
        let name = advertisement.localName?.uppercased() ?? ""
        if name.hasPrefix("WTVB") { return nil }
        let hasService = advertisement.services.contains(where: identity.services.contains)
        let isNamed =
            name.hasPrefix("WT901") || name.hasPrefix("BWT901") || name.hasPrefix("WTSDCL")
        if isNamed { return Recognition(.certain, model: name) }
        if name.hasPrefix("WT") || name.hasPrefix("BWT") {
            return Recognition(hasService ? .certain : .likely, model: name)
        }
        return hasService ? Recognition(.likely) : nil
    }

    // MARK: Capabilities

    /// Full scales are fixed in all of the vendor's code, m/s² and rad/s.
    package static var specificForceRange: Double { @_noLocks get { 16 * standardGravity } }
    package static var angularRateRange: Double { @_noLocks get { 2000 * radiansPerDegree } }

    package static let capabilities = Capabilities(
        streams: [.specificForce, .angularRate, .orientation],
        specificForceRange: specificForceRange, angularRateRange: angularRateRange,
        // A notification of 244 bytes holds twelve frames.
        hasDeviceTime: false, samplesPerPacket: 16, tellsBattery: true)

    package let nominalRateHertz: Double
    private var frames = WitMotionFrames()
    private var clock = DeviceClock(bits: 64, nanosecondsPerTick: 1_000_000)
    private var event: WearableEvent?
    /// Packets looked at before the first write.
    private var looks = 0

    package init(_ request: StreamRequest) {
        nominalRateHertz = request.nearestRate(of: Self.identity.nominalRatesHertz)
    }

    // MARK: Plan

    /// The sensor streams as soon as someone listens, so the proof is a look at its packets.
    package func plan() -> [PlanStep] {
        [.subscribe(Self.notify), Self.look]
            + WitMotionCommand.unlocked([
                WitMotionCommand.outputRate(nominalRateHertz) ?? [],
                // Without the magnetometer: indoors it misleads (G: 1 is the 6-axis filter).
                WitMotionCommand.set(register: 0x24, to: 1),
            ])
            + [
                .write(Self.command, WitMotionCommand.read(register: 0x64), .withoutResponse),
                .awaitSample(milliseconds: 3000, ifSilent: []),
            ]
    }

    private static var look: PlanStep {
        .awaitReply(
            notify, prefix: [0x55, 0x61], milliseconds: 3000,
            ifSilent: [
                .refuse(
                    reason: "no packet begins with 55 61: not a WitMotion sensor of the BLE 5.0 "
                        + "family (or it is asleep)")
            ])
    }

    /// Three packets in a row whose acceleration is no worn sensor's are another product's: a
    /// vibration meter uses the same header.
    package mutating func take(
        reply: [UInt8], from characteristic: CharacteristicIndex
    ) -> [PlanStep] {
        guard characteristic == Self.notify, looks < 3 else { return [] }
        looks += 1
        let scale = Self.specificForceRange / 32768
        if reply.count >= 20, let force = try? reply.span.int16Vector(at: 2, scale: scale),
            // 0.5 to 4 g: at rest or being strapped on, and not another quantity.
            force.norm > 0.5 * standardGravity, force.norm < 4 * standardGravity
        {
            return []
        }
        if looks < 3 { return [Self.look] }
        return [
            .refuse(
                reason: "the packets look like WitMotion's, but their content is not an "
                    + "acceleration (a vibration meter?)")
        ]
    }

    /// Only asked between exercises: the vendor's own polling delays readings.
    package func askBattery() -> [PlanStep]? {
        [.write(Self.command, WitMotionCommand.read(register: 0x64), .withoutResponse)]
    }

    // MARK: Decode

    /// Every whole frame of the bytes so far.
    @_noLocks
    package mutating func decode(
        _ packet: Span<UInt8>, from characteristic: CharacteristicIndex,
        into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        guard characteristic.rawValue == Self.notify.rawValue else {
            throw .unexpectedCharacteristic
        }
        if packet.count == 0 { throw .tooShort }
        var dropped = 0
        var failure: DecodeError?
        var index = 0
        while index < packet.count {
            frames.put(packet[index])
            index += 1
            // Frames are looked for at the end of a notification, where their form shows, and before
            // the buffer overflows.
            if index < packet.count && index & 63 != 0 { continue }
            while true {
                let found = frames.next(dropped: &dropped)
                if case .nothing = found { break }
                do throws(DecodeError) {
                    try take(found, into: &samples)
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
        // Eight bytes at a time are the time of day, cut off its frame by a small MTU.
        if dropped % 8 != 0 { throw .malformed }
    }

    @_noLocks
    private mutating func take(
        _ found: WitMotionFrames.Found, into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        if case .registers = found {
            if frames.value(0) == 0x64 {
                let hundredths = UInt16(bitPattern: frames.value(1))
                event = .battery(try WitMotionCommand.battery(hundredths))
            }
            return
        }
        var flags = SampleFlags(rawValue: 0)
        var time: Int64 = 0
        if case .timedReadings = found {
            // After a reconnection old segments are sent again (Z): the clock refuses them.
            let reading = try clock.advance(to: frames.milliseconds)
            flags = flags.with(.hasDeviceTime)
            if reading.startsEpoch { flags = flags.with(.newEpoch) }
            time = reading.nanoseconds
        }
        try ReadingCheck.append(
            force: vector(0, Self.specificForceRange / 32768), within: Self.specificForceRange,
            rate: vector(3, Self.angularRateRange / 32768), within: Self.angularRateRange,
            flags: flags, deviceTime: time, into: &samples)
    }

    @_noLocks
    private func vector(_ first: Int, _ scale: Double) -> Vector3 {
        Vector3(
            Double(frames.value(first)) * scale, Double(frames.value(first + 1)) * scale,
            Double(frames.value(first + 2)) * scale)
    }

    @_noLocks
    package mutating func takeEvent() -> WearableEvent? {
        let taken = event
        event = nil
        return taken
    }

    // MARK: Stop

    /// The stream ends with the subscription.
    package func stop() -> [PlanStep] { [.unsubscribe(Self.notify)] }
}
