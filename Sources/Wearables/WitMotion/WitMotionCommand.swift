// What can be written to a WitMotion sensor, and what its registers mean.

/// Frames `FF AA register low high` (K, G).
package enum WitMotionCommand {
    /// Opens the settings for ten seconds; without it some firmware ignores them.
    package static let unlock: [UInt8] = [0xFF, 0xAA, 0x69, 0x88, 0xB5]
    /// Writes the settings to flash: not at every start.
    package static let save = set(register: 0, to: 0)

    package static func set(register: UInt8, to value: UInt16) -> [UInt8] {
        [0xFF, 0xAA, register] + littleEndian(value)
    }

    /// Answered by `55 71 register` and eight registers from there on.
    package static func read(register: UInt8) -> [UInt8] {
        [0xFF, 0xAA, 0x27, register, 0x00]
    }

    /// Codes of register 0x03 (G).
    private static let rateCodes: [(rate: Double, code: UInt16)] = [
        (0.2, 1), (0.5, 2), (1, 3), (2, 4), (5, 5), (10, 6), (20, 7), (50, 8), (100, 9),
        (200, 0x0B),
    ]

    /// Nil for a rate that has no code.
    package static func outputRate(_ hertz: Double) -> [UInt8]? {
        rateCodes.first { $0.rate == hertz }.map { set(register: 0x03, to: $0.code) }
    }

    /// Codes of register 0x1F by the filter's edge, Hz (G).
    package static func bandwidth(_ hertz: Double) -> [UInt8]? {
        let edges: [Double] = [256, 184, 94, 44, 21, 10, 5]
        return edges.firstIndex(of: hertz).map { set(register: 0x1F, to: UInt16($0)) }
    }

    /// Settings with what must surround them: the vendor waits 100 ms after each.
    static func unlocked(_ settings: [[UInt8]]) -> [PlanStep] {
        ([unlock] + settings.filter { !$0.isEmpty }).flatMap { bytes -> [PlanStep] in
            [.write(WitMotion.command, bytes, .withoutResponse), .pause(milliseconds: 100)]
        }
    }

    /// Register 0x64: hundredths of a volt, with the vendor's table of percentages (K).
    @_noLocks
    package static func battery(_ hundredths: UInt16) throws(DecodeError) -> BatteryLevel {
        // One lithium cell; 5 V is a charger's.
        guard hundredths <= 550 else { throw .outOfRange }
        let percent: UInt8 =
            switch hundredths {
            case 396...: 100
            case 393...: 90
            case 387...: 75
            case 382...: 60
            case 379...: 50
            case 377...: 40
            case 373...: 30
            case 370...: 20
            case 368...: 15
            case 350...: 10
            case 340...: 5
            default: 0
            }
        return BatteryLevel(percent: percent, millivolts: hundredths &* 10)
    }

    /// µT per count by the number in register 0x72 (K); nil for a number that is not listed.
    package static func fieldScale(_ kind: Int) -> Double? {
        switch kind {
        case 2: 0.15
        case 3: 0.013
        case 4: 0.058
        case 5: 0.098
        case 6: 1 / 120
        case 7: 0.02
        default: nil
        }
    }
}
