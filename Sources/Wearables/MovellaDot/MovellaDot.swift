// Movella DOT (Xsens DOT): nine axes made for human motion, 60 Hz, microsecond clock, one sample a
// packet, little-endian. Protocol: `XD0506P` "Movella DOT BLE Service Specification" revision C, July
// 2023 (called R here), and its predecessor revision F, October 2021 (F); quirks from the log of a
// live sensor. Payloads, messages, registers and vectors are in the files beside this one.

package import Kinematics

/// One connection to a Movella DOT.
package struct MovellaDot: Wearable {
    // MARK: Identity

    package static let identity = WearableIdentity(
        name: "movella-dot",
        services: ["1000", "2000", "3000", "7000"].map(uuid),
        characteristics: [
            "2002", "2003", "2004", "2001", "1001", "1002", "1004", "2006", "2007", "3001", "7001",
            "7002", "7003",
        ].map(uuid),
        // 120 Hz exists for recording on the sensor only (R table 7).
        nominalRatesHertz: [1, 4, 10, 12, 15, 20, 30, 60])

    /// Completes the vendor's base UUID (R 1.1).
    private static func uuid(_ short: String) -> String {
        "1517\(short)-4947-11e9-8646-d663bd873d93"
    }

    // The places in `identity.characteristics`; they stand in recordings and never change.
    package static var longPayload: CharacteristicIndex { @_noLocks get { .init(rawValue: 0) } }
    package static var mediumPayload: CharacteristicIndex { @_noLocks get { .init(rawValue: 1) } }
    package static var shortPayload: CharacteristicIndex { @_noLocks get { .init(rawValue: 2) } }
    package static var measurement: CharacteristicIndex { @_noLocks get { .init(rawValue: 3) } }
    package static var deviceInfo: CharacteristicIndex { @_noLocks get { .init(rawValue: 4) } }
    package static var deviceControl: CharacteristicIndex { @_noLocks get { .init(rawValue: 5) } }
    package static var deviceReport: CharacteristicIndex { @_noLocks get { .init(rawValue: 6) } }
    package static var headingReset: CharacteristicIndex { @_noLocks get { .init(rawValue: 7) } }
    package static var headingStatus: CharacteristicIndex { @_noLocks get { .init(rawValue: 8) } }
    package static var battery: CharacteristicIndex { @_noLocks get { .init(rawValue: 9) } }
    package static var messageControl: CharacteristicIndex { @_noLocks get { .init(rawValue: 10) } }
    package static var messageReply: CharacteristicIndex { @_noLocks get { .init(rawValue: 11) } }
    package static var messageNotice: CharacteristicIndex { @_noLocks get { .init(rawValue: 12) } }

    // MARK: Recognise

    /// The vendor's company identifier (F table 3).
    private static let company: UInt16 = 0x0886

    /// The name is fixed in firmware, old and new (R table 4), so it settles the matter; the company
    /// identifier alone could be another product's, and the address range (R 1.2) says less still.
    package static func recognise(_ advertisement: Advertisement) -> Recognition? {
        let isVendors = advertisement.manufacturerData.contains { $0.company == company }
        let name = advertisement.localName?.lowercased()
        if name == "movella dot" || name == "xsens dot" { return Recognition(.certain) }
        if advertisement.services.contains(where: identity.services.contains) {
            return Recognition(.certain)
        }
        if isVendors { return Recognition(.likely) }
        if advertisement.localName == nil,
            advertisement.address?.uppercased().hasPrefix("D4:22:CD:") == true
        {
            return Recognition(.needsConnection)
        }
        return nil
    }

    // MARK: Capabilities

    /// Full scale of the accelerometer, m/s² (user manual XD0502P 5.3: ±16 g).
    package static var specificForceRange: Double { @_noLocks get { 16 * standardGravity } }
    /// Full scale of the gyroscope, rad/s (user manual XD0502P 5.3: ±2000 °/s).
    package static var angularRateRange: Double { @_noLocks get { 2000 * radiansPerDegree } }

    package static let capabilities = Capabilities(
        streams: [.specificForce, .angularRate, .orientation],
        specificForceRange: specificForceRange, angularRateRange: angularRateRange,
        hasDeviceTime: true, samplesPerPacket: 1,
        // 44 bytes of the preferred mode and 3 of ATT; the fallback needs 31.
        minimumMTU: 47, canIdentify: true, tellsBattery: true)

    package let nominalRateHertz: Double
    /// The mode the plan asks for.
    private let mode: MovellaDotMode
    private var clock = DeviceClock(bits: 32, nanosecondsPerTick: 1000)
    private var event: WearableEvent?

    /// Prefers mode 26, which newer firmware has, and falls back to mode 21.
    package init(_ request: StreamRequest) { self.init(request, mode: .custom5) }

    /// Asks for one mode without falling back; only modes with acceleration and rate yield samples.
    package init(_ request: StreamRequest, mode: MovellaDotMode) {
        nominalRateHertz = request.nearestRate(of: Self.identity.nominalRatesHertz)
        self.mode = mode
    }

    // MARK: Plan

    package func plan() -> [PlanStep] {
        // What it says of itself is the proof; then the rate, which cannot be changed while measuring
        // (R table 7), so the stop comes before it.
        var steps: [PlanStep] = [
            .ifPresent(Self.deviceInfo, then: [.read(Self.deviceInfo)], otherwise: [])
        ]
        steps += stop()
        steps.append(MovellaDotControl.outputRate(UInt16(nominalRateHertz)))
        // The level is notified only when it changes (R 4), so it is read once.
        steps += [.read(Self.battery), .subscribe(Self.battery), .subscribe(Self.deviceReport)]
        guard mode == .custom5 else { return steps + start(mode, otherwise: []) }
        let fallback = stop() + start(.rateQuantities, otherwise: [])
        return steps + start(mode, otherwise: fallback)
    }

    /// Notification first, then the start (R 3.1); then proof that the firmware took the mode, and
    /// proof that packets arrive whole: cut ones yield no sample.
    private func start(_ mode: MovellaDotMode, otherwise: [PlanStep]) -> [PlanStep] {
        let command = MovellaDotCommand.start(mode)
        return [
            .subscribe(mode.characteristic), command.step,
            .compare(Self.measurement, expected: command.bytes, otherwise: otherwise),
            .awaitSample(milliseconds: 2000, ifSilent: otherwise),
        ]
    }

    /// A product code that is not a DOT's ends the plan before anything is written; a battery level
    /// that makes no sense is not worth failing a connection.
    package mutating func take(
        reply: [UInt8], from characteristic: CharacteristicIndex
    ) -> [PlanStep] {
        if characteristic == Self.battery, let level = try? MovellaDotReport.battery(reply.span) {
            event = .battery(level)
        }
        guard characteristic == Self.deviceInfo, !reply.isEmpty else { return [] }
        let code = (try? MovellaDotInformation(reply.span))?.productCode ?? ""
        // `XS-T01` and `XS-T02` (F table 6).
        if code.hasPrefix("XS-T") { return [] }
        return [.refuse(reason: "its device information is not a Movella DOT's ('\(code)')")]
    }

    package func identify() -> [PlanStep]? { [MovellaDotControl.identify] }

    // MARK: Decode

    /// One sample of the modes that carry specific force and angular rate (20, 21, 26).
    ///
    /// Modes 18 and 19 carry their integrals, but the vendor does not state the frame of `dv` within
    /// the interval, and one lost packet would falsify the next: they are read (`MovellaDotPayload`)
    /// and not used.
    @_noLocks
    package mutating func decode(
        _ packet: Span<UInt8>, from characteristic: CharacteristicIndex,
        into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        // Every public mode belongs to one characteristic, so after a fallback the characteristic
        // tells the mode: nothing has to be handed over.
        switch characteristic.rawValue {
        case Self.longPayload.rawValue:
            try decode(packet, mode: .custom5, into: &samples)
        case Self.mediumPayload.rawValue:
            let isAsked = mode.characteristic.rawValue == characteristic.rawValue
            try decode(packet, mode: isAsked ? mode : .rateQuantities, into: &samples)
        case Self.shortPayload.rawValue:
            throw .noInertialData
        case Self.battery.rawValue:
            event = .battery(try MovellaDotReport.battery(packet))
        case Self.deviceReport.rawValue:
            event = try MovellaDotReport(packet).event
        default:
            throw .unexpectedCharacteristic
        }
    }

    @_noLocks
    private mutating func decode(
        _ packet: Span<UInt8>, mode: MovellaDotMode, into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        let payload = try MovellaDotPayload(packet, mode: mode)
        guard let force = payload.specificForce, let rate = payload.angularRate else {
            throw .noInertialData
        }
        // The first packet after a start can hold zeros (seen on a live sensor): not a measurement.
        // It does not move the clock, so that the first real sample still begins the epoch.
        if !payload.isMeasured { return }
        guard Self.isPossible(force, range: Self.specificForceRange),
            Self.isPossible(rate, range: Self.angularRateRange)
        else { throw .outOfRange }
        guard samples.freeCapacity > 0 else { throw .noRoom }
        let reading = try clock.advance(to: UInt64(payload.microseconds))
        var flags = payload.clipFlags.with(.hasDeviceTime)
        if reading.startsEpoch { flags = flags.with(.newEpoch) }
        samples.append(
            ImuSample(
                deviceTime: reading.nanoseconds, angularRate: rate, specificForce: force,
                flags: flags))
    }

    /// Twice the range leaves room for calibration and lets no absurd number through.
    @_noLocks
    private static func isPossible(_ value: Vector3, range: Double) -> Bool {
        abs(value.x) <= 2 * range && abs(value.y) <= 2 * range && abs(value.z) <= 2 * range
    }

    @_noLocks
    package mutating func takeEvent() -> WearableEvent? {
        let taken = event
        event = nil
        return taken
    }

    // MARK: Stop

    /// The sensor keeps measuring when the link drops, and drains its battery (user manual 3.3.6).
    package func stop() -> [PlanStep] {
        [
            MovellaDotCommand.stop(nil).step, .unsubscribe(Self.longPayload),
            .unsubscribe(Self.mediumPayload), .unsubscribe(Self.shortPayload),
        ]
    }
}
