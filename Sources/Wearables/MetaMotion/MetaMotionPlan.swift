// How a MetaMotion board is brought to streaming and to rest: steps that depend on its answers.

extension MetaMotion {
    /// Milliseconds between commands: whether fast ones are dropped is not known, and the vendor's
    /// library too goes on only after each answer.
    private static let pace = 5
    private static let answerTime = 1000

    private static func write(_ bytes: [UInt8]) -> [PlanStep] {
        [.write(command, bytes, .withoutResponse), .pause(milliseconds: pace)]
    }

    private static func ask(_ bytes: [UInt8], answer: [UInt8]) -> [PlanStep] {
        [
            .write(command, bytes, .withoutResponse),
            .awaitReply(notify, prefix: answer, milliseconds: answerTime, ifSilent: []),
        ]
    }

    // MARK: Plan

    /// The gyroscope is asked last: its answer completes what the configuration needs to know.
    package func plan() -> [PlanStep] {
        var steps: [PlanStep] = [
            .ifPresent(Self.model, then: [.read(Self.model)], otherwise: []),
            .subscribe(Self.notify),
        ]
        steps += quiet()
        let asked: [MetaMotionModule] = [
            .led, .haptic, .dataProcessor, .accelerometer, .gyroscope,
        ]
        for module in asked {
            let query = MetaMotionCommand.query(module)
            steps += Self.ask(query, answer: query)
        }
        return steps + [.awaitSample(milliseconds: 3000, ifSilent: [])]
    }

    package mutating func take(
        reply: [UInt8], from characteristic: CharacteristicIndex
    ) -> [PlanStep] {
        if characteristic == Self.model { return Self.judge(model: reply) }
        guard characteristic == Self.notify, reply.count >= 2 else { return [] }
        let implementation = reply.count > 3 ? reply[2] : nil
        switch (reply[0], reply[1]) {
        case (0x02, 0x80): lightRevision = implementation == nil ? 0 : reply[3]
        case (0x08, 0x80): hasHaptic = implementation != nil
        // The fuser came with revision 1 (C `dataprocessor_config.cpp`).
        case (0x09, 0x80): hasFuser = implementation != nil && reply[3] >= 1
        case (0x03, 0x80):
            accelerometerChip = implementation.flatMap(MetaMotionChip.init(accelerometer:))
        case (0x13, 0x80):
            gyroscopeChip = implementation.flatMap(MetaMotionChip.init(gyroscope:))
            return configuration()
        case (0x09, 0x02) where reply.count >= 3: return lengthenChain(by: reply[2])
        case (0x11, 0x8C):
            if let level = try? Self.battery(reply.span) { event = .battery(level) }
        default: break
        }
        return []
    }

    /// Model numbers of the vendor's present library: 5 is R or RL, 8 is S.
    private static func judge(model: [UInt8]) -> [PlanStep] {
        let text = String(decoding: model.prefix { $0 != 0 }, as: UTF8.self)
        if text == "5" || text == "8" { return [] }
        return [
            .refuse(
                reason: "the model number is '\(text)', not 5 (MetaMotion R, RL) or 8 (S): older "
                    + "MetaWear boards are not supported")
        ]
    }

    private func configuration() -> [PlanStep] {
        guard let accelerometerChip, let gyroscopeChip,
            let accelerometer = MetaMotionCommand.configureAccelerometer(
                accelerometerChip, rateHertz: nominalRateHertz, rangeG: rangeG),
            let gyroscope = MetaMotionCommand.configureGyroscope(
                rateHertz: nominalRateHertz, rangeDegreesPerSecond: rangeDegreesPerSecond)
        else {
            return [
                .refuse(
                    reason: "the board's accelerometer or gyroscope is none that is known "
                        + "(BMI160, BMI270)")
            ]
        }
        var steps: [PlanStep] = []
        // 7.5 to 15 ms, as the vendor's guide asks for several streams; the host may decide otherwise.
        if let wish = MetaMotionCommand.connection(
            minimum: 7.5, maximum: 15, latency: 0, timeout: 2000)
        {
            steps += Self.write(wish)
        }
        steps += Self.write(accelerometer) + Self.write(gyroscope)
        steps += Self.ask(MetaMotionCommand.readBattery, answer: MetaMotionCommand.readBattery)
        guard hasFuser else { return steps + plain(gyroscopeChip) }
        return steps + process(MetaMotionCommand.bufferGyroscope(gyroscopeChip))
    }

    /// Asks for a processor; without an answer the plain streams must do.
    private func process(_ bytes: [UInt8]) -> [PlanStep] {
        let plain = plain(gyroscopeChip ?? .bmi160)
        return [
            .write(Self.command, bytes, .withoutResponse),
            .awaitReply(
                Self.notify, prefix: [0x09, 0x02], milliseconds: Self.answerTime,
                ifSilent: plain + [.awaitSample(milliseconds: 3000, ifSilent: [])]),
        ]
    }

    private mutating func lengthenChain(by processor: UInt8) -> [PlanStep] {
        chainLength += 1
        switch chainLength {
        case 1: return process(MetaMotionCommand.fuse(buffer: processor))
        case 2: return process(MetaMotionCommand.account(source: processor))
        case 3:
            accounter = processor
            return Self.write(MetaMotionCommand.notify(processor: processor, true))
                + Self.write(
                    MetaMotionCommand.subscribe(.dataProcessor, register: 0x03, true))
                + startSensors()
        default: return []
        }
    }

    /// Two streams without time, paired by arrival.
    private func plain(_ chip: MetaMotionChip) -> [PlanStep] {
        Self.write(MetaMotionCommand.subscribe(.accelerometer, register: 0x04, true))
            + Self.write(
                MetaMotionCommand.subscribe(
                    .gyroscope, register: chip.gyroscopeRegister, true))
            + startSensors()
    }

    private func startSensors() -> [PlanStep] {
        let sensors: [MetaMotionModule] = [.gyroscope, .accelerometer]
        return sensors.flatMap { Self.write(MetaMotionCommand.enable($0, true)) }
            + sensors.flatMap { Self.write(MetaMotionCommand.run($0, true)) }
    }

    // MARK: While streaming

    package func askBattery() -> [PlanStep]? { Self.write(MetaMotionCommand.readBattery) }

    /// Ten blue blinks.
    package func identify() -> [PlanStep]? {
        var pattern = MetaMotionCommand.LightPattern()
        pattern.colour = .blue
        return Self.write(MetaMotionCommand.stopLight)
            + Self.write(pattern.bytes(revision: lightRevision))
            + Self.write(MetaMotionCommand.playLight)
    }

    /// Nil where the board answered that it has no driver for a motor; whether a motor is fitted to
    /// the driver, the board does not know.
    package func buzz(milliseconds: Int) -> [PlanStep]? {
        let wasAsked = gyroscopeChip != nil
        guard hasHaptic || !wasAsked, let time = UInt16(exactly: milliseconds) else { return nil }
        return Self.write(MetaMotionCommand.vibrate(dutyPercent: 100, milliseconds: time))
    }

    package var capabilities: Capabilities {
        var known = Self.capabilities
        if gyroscopeChip != nil {
            known.canBuzz = hasHaptic
            known.hasDeviceTime = hasFuser
        }
        return known
    }

    // MARK: Stop

    /// Old streams and programs outlive a connection (brainexe/node-metawear#46).
    private func quiet() -> [PlanStep] {
        let sensors: [MetaMotionModule] = [.accelerometer, .gyroscope]
        let commands =
            MetaMotionCommand.tearDown + [[0x19, 0x01, 0x00], [0x19, 0x03, 0x00, 0x7F]]
            + sensors.map { MetaMotionCommand.run($0, false) }
            + sensors.map { MetaMotionCommand.enable($0, false) }
            + [MetaMotionCommand.stopLight]
        return commands.flatMap(Self.write)
    }

    /// Everything off, then the board lets go of the link itself.
    package func stop() -> [PlanStep] {
        quiet() + Self.write(MetaMotionCommand.disconnect) + [.unsubscribe(Self.notify)]
    }
}
