// MetaMotion's commands by the words in which test vectors ask for them.

import Kinematics

extension MetaMotion {
    static func command(_ question: VectorQuestion) -> VectorAnswer {
        let wish = question.wish ?? ""
        if question.kind == .commandSequence {
            guard let frames = frames(wish, question) else {
                return VectorWords.noCommand(question, identity)
            }
            return .frames(frames, characteristic: identity.uuid(of: command) ?? "")
        }
        guard let bytes = bytes(wish, question) else {
            return VectorWords.noCommand(question, identity)
        }
        return VectorWords.bytes(bytes, to: command, of: identity)
    }

    private static func chip(_ question: VectorQuestion, _ wish: String) -> MetaMotionChip {
        let name = (question.parameter("chip")?.text ?? wish).lowercased()
        return name.contains("bmi270") ? .bmi270 : .bmi160
    }

    private static func module(_ wish: String) -> MetaMotionModule? {
        if wish.contains("acc") { return .accelerometer }
        if wish.contains("gyro") { return .gyroscope }
        return wish.contains("magn") ? .magnetometer : nil
    }

    private static func bytes(_ wish: String, _ question: VectorQuestion) -> [UInt8]? {
        switch wish {
        case "configureaccelerometer":
            guard let rate = question.double("rate_hz"), let range = question.double("range_g")
            else { return nil }
            return MetaMotionCommand.configureAccelerometer(
                chip(question, wish), rateHertz: rate, rangeG: range)
        case "configuregyroscope":
            guard let rate = question.double("rate_hz"), let range = question.double("range_dps")
            else { return nil }
            return MetaMotionCommand.configureGyroscope(
                rateHertz: rate, rangeDegreesPerSecond: range)
        case "playled": return MetaMotionCommand.playLight
        case "pauseled": return MetaMotionCommand.pauseLight
        case "stopledandclearpatterns", "stopled": return MetaMotionCommand.stopLight
        case "writeledpattern": return light(question)
        case "vibrate":
            guard let time: UInt16 = question.number("ms") else { return nil }
            return MetaMotionCommand.vibrate(
                dutyPercent: question.double("duty_percent") ?? 100, milliseconds: time)
        case "buzzer":
            let time: UInt16? = question.number("ms")
            return time.map { MetaMotionCommand.sound(milliseconds: $0) }
        case "connectionparameters":
            guard let low = question.double("min_ms"), let high = question.double("max_ms"),
                let latency: UInt16 = question.number("latency"),
                let timeout = question.double("timeout_ms")
            else { return nil }
            return MetaMotionCommand.connection(
                minimum: low, maximum: high, latency: latency, timeout: timeout)
        case "transmitpower":
            let power: Int8? = question.number("dbm")
            return power.map { [0x11, 0x03, UInt8(bitPattern: $0)] }
        case "readbattery": return MetaMotionCommand.readBattery
        case "resetboard": return [0xFE, 0x01]
        case "disconnect": return MetaMotionCommand.disconnect
        case "powersaveonnextreset": return [0xFE, 0x07]
        default: return switching(wish, question)
        }
    }

    /// Enable, disable, start, stop, subscribe and unsubscribe, by module.
    private static func switching(_ wish: String, _ question: VectorQuestion) -> [UInt8]? {
        if wish.hasPrefix("resetorientation") { return [0x19, 0x0F, 0x01] }
        if wish.contains("button") || wish.contains("switch") {
            return MetaMotionCommand.subscribe(
                .button, register: 0x01, !wish.hasPrefix("unsubscribe"))
        }
        guard let module = module(wish) else { return nil }
        if wish.hasPrefix("enable") { return MetaMotionCommand.enable(module, true) }
        if wish.hasPrefix("disable") { return MetaMotionCommand.enable(module, false) }
        if wish.hasPrefix("start") { return MetaMotionCommand.run(module, true) }
        if wish.hasPrefix("stop") { return MetaMotionCommand.run(module, false) }
        guard wish.hasPrefix("subscribe") || wish.hasPrefix("unsubscribe") else { return nil }
        let chip = chip(question, wish)
        let register: UInt8 =
            switch (module, wish.contains("packed")) {
            case (.accelerometer, false): 0x04
            case (.accelerometer, true): chip.packedAccelerometerRegister
            case (.gyroscope, false): chip.gyroscopeRegister
            case (.gyroscope, true): chip.packedGyroscopeRegister
            case (_, false): 0x05
            case (_, true): 0x09
            }
        return MetaMotionCommand.subscribe(
            module, register: register, wish.hasPrefix("subscribe"))
    }

    private static func light(_ question: VectorQuestion) -> [UInt8]? {
        var pattern = MetaMotionCommand.LightPattern()
        switch question.parameter("colour")?.text {
        case "green": pattern.colour = .green
        case "red": pattern.colour = .red
        case "blue": pattern.colour = .blue
        default: return nil
        }
        pattern.high = question.number("high") ?? pattern.high
        pattern.low = question.number("low") ?? pattern.low
        pattern.rise = question.number("rise_ms") ?? pattern.rise
        pattern.highTime = question.number("high_ms") ?? pattern.highTime
        pattern.fall = question.number("fall_ms") ?? pattern.fall
        pattern.period = question.number("period_ms") ?? pattern.period
        pattern.delay = question.number("delay_ms") ?? pattern.delay
        pattern.count = question.number("repeat") ?? pattern.count
        return pattern.bytes(revision: question.number("module_revision") ?? 0)
    }

    // MARK: Several writes

    private static func frames(_ wish: String, _ question: VectorQuestion) -> [[UInt8]]? {
        if wish.hasPrefix("buffer(") { return chain(wish, question) }
        if wish.hasPrefix("program:vibrate") { return lostLinkProgram(wish) }
        guard let mode = question.parameter("mode")?.text.flatMap(MetaMotionFusionMode.init(name:))
        else { return nil }
        if wish == "configuresensorfusion" {
            return MetaMotionCommand.configureFusion(
                mode, chip(question, wish), rangeG: question.double("acc_range_g") ?? 4,
                rangeDegreesPerSecond: question.double("gyro_range_dps") ?? 1000)
        }
        guard
            let output = question.parameter("output")?.text.flatMap(
                MetaMotionFusionOutput.init(words:))
        else { return nil }
        let start = MetaMotionCommand.startFusion(mode, output)
        let stop = MetaMotionCommand.stopFusion(mode)
        switch wish {
        case "startthenstopsensorfusion": return start + stop
        case "startsensorfusion": return start
        case "stopsensorfusion": return stop
        default: return nil
        }
    }

    /// The chain with the identifiers that the board is said to give.
    private static func chain(_ wish: String, _ question: VectorQuestion) -> [[UInt8]]? {
        let ids = question.parameter("assigned_ids")
        func id(_ name: String) -> UInt8? {
            ids?.field(name)?.integer.flatMap { UInt8(exactly: $0) }
        }
        guard let buffer = id("buffer"), let fuser = id("fuser") else { return nil }
        var frames = [
            MetaMotionCommand.bufferGyroscope(chip(question, wish)),
            MetaMotionCommand.fuse(buffer: buffer),
        ]
        var source = fuser
        if let limiter = id("limiter") {
            guard let period = firstNumber(in: wish, after: "limiter") else { return nil }
            frames.append(
                MetaMotionCommand.limit(source: fuser, milliseconds: UInt32(period)))
            source = limiter
        }
        let counts = wish.contains("accounter(count")
        return frames + [MetaMotionCommand.account(source: source, counts: counts)]
    }

    /// An event program: when the link drops, the motor runs (settings revision 2 and later).
    private static func lostLinkProgram(_ wish: String) -> [[UInt8]]? {
        guard let time = firstNumber(in: wish, after: "vibrate"),
            let duty = firstNumber(in: wish, after: "at")
        else { return nil }
        let motor = MetaMotionCommand.vibrate(dutyPercent: Double(duty), milliseconds: time)
        // The program's head names the event and the command; its parameters follow in a write of
        // their own.
        return [
            [0x0A, 0x02, 0x11, 0x0A, 0xFF, 0x08, 0x01, UInt8(motor.count - 2)],
            [0x0A, 0x03] + motor.dropFirst(2),
        ]
    }

    private static func firstNumber(in text: String, after word: String) -> UInt16? {
        let letters = Array(text)
        let sought = Array(word)
        guard letters.count > sought.count else { return nil }
        for start in 0..<letters.count - sought.count
        where letters[start..<start + sought.count].elementsEqual(sought) {
            let digits = letters[(start + sought.count)...].prefix { $0.isNumber }
            if let number = UInt16(String(digits)) { return number }
        }
        return nil
    }
}
