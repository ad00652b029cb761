// What can be written to a MetaMotion board, byte for byte.

/// The parts of the board that commands address; the value is the first byte of every command.
package enum MetaMotionModule: UInt8, Sendable, CaseIterable {
    case button = 0x01
    case led = 0x02
    case accelerometer = 0x03
    case haptic = 0x08
    case dataProcessor = 0x09
    case event = 0x0A
    case logging = 0x0B
    case settings = 0x11
    case gyroscope = 0x13
    case magnetometer = 0x15
    case fusion = 0x19
    case debug = 0xFE
}

/// The two inertial chips that the boards were built with; settings and registers differ.
package enum MetaMotionChip: UInt8, Sendable, BitwiseCopyable {
    case bmi160
    case bmi270

    /// What the accelerometer module calls its implementation (vendor `test/common.py`).
    package init?(accelerometer implementation: UInt8) {
        switch implementation {
        case 1: self = .bmi160
        case 4: self = .bmi270
        default: return nil
        }
    }

    /// What the gyroscope module calls its implementation.
    package init?(gyroscope implementation: UInt8) {
        switch implementation {
        case 0: self = .bmi160
        case 1: self = .bmi270
        default: return nil
        }
    }

    package var name: String { self == .bmi160 ? "BMI160" : "BMI270" }
    /// Data registers of the gyroscope module: 0x05 is single on one chip and packed on the other.
    package var gyroscopeRegister: UInt8 { self == .bmi160 ? 0x05 : 0x04 }
    package var packedGyroscopeRegister: UInt8 { self == .bmi160 ? 0x07 : 0x05 }
    package var packedAccelerometerRegister: UInt8 { self == .bmi160 ? 0x1C : 0x05 }
}

/// Commands (P: mbientlab/MetaWear-API `docs/protocol-reference.md` @b43bb730; C:
/// mbientlab/MetaWear-SDK-Cpp @f67699e5).
package enum MetaMotionCommand {
    /// Ranges, g, ascending; the place is the range index of the BMI270.
    package static let forceRanges: [Double] = [2, 4, 8, 16]
    /// Ranges, °/s, in the order of their register value.
    package static let rateRanges: [Double] = [2000, 1000, 500, 250, 125]

    /// Asks a module for its implementation and revision.
    package static func query(_ module: MetaMotionModule) -> [UInt8] { [module.rawValue, 0x80] }

    /// Rates 0.78125 Hz · 2^(n−1), n from 1 to 12; nil for another rate or range.
    package static func configureAccelerometer(
        _ chip: MetaMotionChip, rateHertz: Double, rangeG: Double
    ) -> [UInt8]? {
        guard let code = (1...12).first(where: { 0.78125 * Double(1 << ($0 - 1)) == rateHertz }),
            let index = forceRanges.firstIndex(of: rangeG)
        else { return nil }
        let mode: UInt8
        let range: UInt8
        switch chip {
        case .bmi160:
            mode = code <= 4 ? 0x80 : 0x20
            range = [0x03, 0x05, 0x08, 0x0C][index]
        case .bmi270:
            mode = code >= 5 ? 0xA0 : 0x20
            range = UInt8(index)
        }
        return [MetaMotionModule.accelerometer.rawValue, 0x03, mode | UInt8(code), range]
    }

    /// Rates 25 Hz · 2^(n−6), n from 6 to 12; nil for another rate or range.
    package static func configureGyroscope(
        rateHertz: Double, rangeDegreesPerSecond: Double
    ) -> [UInt8]? {
        guard let code = (6...12).first(where: { 25 * Double(1 << ($0 - 6)) == rateHertz }),
            let index = rateRanges.firstIndex(of: rangeDegreesPerSecond)
        else { return nil }
        return [MetaMotionModule.gyroscope.rawValue, 0x03, 0x20 | UInt8(code), UInt8(index)]
    }

    /// The data interrupt of accelerometer, gyroscope or magnetometer.
    package static func enable(_ module: MetaMotionModule, _ on: Bool) -> [UInt8] {
        [module.rawValue, 0x02, on ? 1 : 0, on ? 0 : 1]
    }

    /// Starts or stops a sensor.
    package static func run(_ module: MetaMotionModule, _ on: Bool) -> [UInt8] {
        [module.rawValue, 0x01, on ? 1 : 0]
    }

    /// Switches the notifications of a data register.
    package static func subscribe(
        _ module: MetaMotionModule, register: UInt8, _ on: Bool
    ) -> [UInt8] { [module.rawValue, register, on ? 1 : 0] }

    // MARK: The chain that puts acceleration, rate and time into one packet

    /// Keeps the newest angular rate; answered `09 02 id`.
    package static func bufferGyroscope(_ chip: MetaMotionChip) -> [UInt8] {
        [0x09, 0x02, 0x13, chip.gyroscopeRegister, 0xFF, 0xA0, 0x0F, 0x05]
    }

    /// Joins each specific force with the buffered rate.
    package static func fuse(buffer: UInt8) -> [UInt8] {
        [0x09, 0x02, 0x03, 0x04, 0xFF, 0xA0, 0x1B, 0x01, buffer]
            + [UInt8](repeating: 0, count: 11)
    }

    /// Lets through one packet in a period.
    package static func limit(source: UInt8, milliseconds: UInt32) -> [UInt8] {
        [0x09, 0x02, 0x09, 0x03, source, 0x60, 0x08, 0x13] + littleEndian(milliseconds)
    }

    /// Puts the tick (or a packet count) in front.
    package static func account(source: UInt8, counts: Bool = false) -> [UInt8] {
        [0x09, 0x02, 0x09, 0x03, source, 0x60, 0x11, counts ? 0x30 : 0x31, 0x03]
    }

    /// Switches the notifications of one processor.
    package static func notify(processor: UInt8, _ on: Bool) -> [UInt8] {
        [0x09, 0x07, processor, on ? 1 : 0]
    }

    // MARK: What people notice, and the link

    /// A blinking pattern; the delay exists from LED revision 1 on and is sent as zero before.
    package struct LightPattern: Sendable, Equatable {
        package enum Colour: UInt8, Sendable { case green, red, blue }
        package var colour = Colour.green
        /// Intensities, 0 to 31.
        package var high: UInt8 = 31
        package var low: UInt8 = 0
        /// Milliseconds.
        package var rise: UInt16 = 0
        package var highTime: UInt16 = 50
        package var fall: UInt16 = 0
        package var period: UInt16 = 500
        package var delay: UInt16 = 0
        /// 1 to 254, or 255 for ever; never 0.
        package var count: UInt8 = 10

        package func bytes(revision: UInt8) -> [UInt8] {
            [0x02, 0x03, colour.rawValue, 0x02, high, low] + littleEndian(rise)
                + littleEndian(highTime) + littleEndian(fall) + littleEndian(period)
                + littleEndian(revision >= 1 ? delay : 0) + [max(1, count)]
        }
    }

    package static let playLight: [UInt8] = [0x02, 0x01, 0x01]
    package static let pauseLight: [UInt8] = [0x02, 0x01, 0x00]
    package static let stopLight: [UInt8] = [0x02, 0x02, 0x01]

    /// The motor; 248 is full duty.
    package static func vibrate(dutyPercent: Double, milliseconds: UInt16) -> [UInt8] {
        let duty = UInt8(max(0, min(248, dutyPercent * 248 / 100)))
        return [0x08, 0x01, duty] + littleEndian(milliseconds) + [0x00]
    }

    package static func sound(milliseconds: UInt16) -> [UInt8] {
        [0x08, 0x01, 0x7F] + littleEndian(milliseconds) + [0x01]
    }

    /// Asks the host for a connection interval (units of 1.25 ms) and a supervision timeout (10 ms);
    /// nil where a number does not fit.
    package static func connection(
        minimum: Double, maximum: Double, latency: UInt16, timeout: Double
    ) -> [UInt8]? {
        guard let low = UInt16(exactly: (minimum / 1.25).rounded(.down)),
            let high = UInt16(exactly: (maximum / 1.25).rounded(.down)),
            let limit = UInt16(exactly: (timeout / 10).rounded(.down))
        else { return nil }
        return [0x11, 0x09] + littleEndian(low) + littleEndian(high) + littleEndian(latency)
            + littleEndian(limit)
    }

    package static let readBattery: [UInt8] = [0x11, 0x8C]

    /// Remove all processors, all event programs, all loggers.
    package static let tearDown: [[UInt8]] = [[0x09, 0x08], [0x0A, 0x05], [0x0B, 0x0A]]
    /// The board closes the link itself: boards that were not let go cleanly can hang
    /// (hbldh/pymetawear#50).
    package static let disconnect: [UInt8] = [0xFE, 0x06]
}
