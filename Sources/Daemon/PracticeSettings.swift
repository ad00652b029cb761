// Engineering defaults of practice that anybody may set for a person: quiet hours, fading, patterns, gates.

import Kinematics
package import Movement
package import TomlReading

/// Values for which the clinical reference has no published number, so that each can be changed.
package struct PracticeSettings: Sendable, Equatable {
    /// Hours of the day from which and until which no break reminder is shown; the same twice: never.
    package var quietFrom = 22
    package var quietUntil = 7
    package var fading = FadingSchedule()
    /// Share of a movement or hold for which a rule is active until its pattern is named, 0 to 1.
    package var patternShare = PatternLabel.leastShare
    /// When nothing is said.
    package var gates = GateLimits()

    package init() {}

    /// Whether reminders rest at an hour of the day, 0 to 23.
    package func isQuiet(at hour: Int) -> Bool {
        quietFrom <= quietUntil
            ? hour >= quietFrom && hour < quietUntil : hour >= quietFrom || hour < quietUntil
    }

    /// Every value as a person writes it.
    package var values: [(key: String, value: String)] {
        [
            ("breaks.quiet-from", "\(quietFrom)"), ("breaks.quiet-until", "\(quietUntil)"),
            ("fading.shares", "\(fading.shares)"), ("fading.blocks", "\(fading.blockStarts)"),
            ("fading.step-forward", "\(fading.independent)"),
            ("fading.step-back", "\(fading.dependent)"),
            ("patterns.least-share", "\(patternShare)"),
        ] + gateValues
    }

    // MARK: reading

    package mutating func read(_ root: TomlSection) throws(TomlError) {
        if let section = try root.section("breaks") {
            quietFrom = try section.optionalInt("quiet-from", in: 0...23) ?? quietFrom
            quietUntil = try section.optionalInt("quiet-until", in: 0...23) ?? quietUntil
            try section.finish()
        }
        if let section = try root.section("fading") { try readFading(section) }
        if let section = try root.section("patterns") {
            patternShare =
                try section.optionalDouble("least-share", in: 0.01...1) ?? patternShare
            try section.finish()
        }
        if let section = try root.section("gates") { try readGates(section) }
    }

    private var gateValues: [(key: String, value: String)] {
        func text(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
        return [
            ("gates.gap-seconds", text(seconds(fromNanoseconds: gates.staleAfter))),
            ("gates.resume-seconds", text(seconds(fromNanoseconds: gates.resumeAfter))),
            ("gates.shaking-g", text(gates.shakingForce / standardGravity)),
            ("gates.shaking-seconds", text(seconds(fromNanoseconds: gates.shakingAfter))),
            ("gates.largest-loss", text(gates.largestLoss)),
            ("gates.slipped-degrees", text(gates.slipped * degreesPerRadian)),
        ]
    }

    private mutating func readGates(_ section: TomlSection) throws(TomlError) {
        func time(_ key: String, _ range: ClosedRange<Double>) throws(TomlError) -> Int64? {
            try section.optionalDouble(key, in: range).map { Int64(($0 * 1e9).rounded()) }
        }
        gates.staleAfter = try time("gap-seconds", 0.05...1) ?? gates.staleAfter
        gates.resumeAfter = try time("resume-seconds", 0...10) ?? gates.resumeAfter
        gates.shakingAfter = try time("shaking-seconds", 0.05...10) ?? gates.shakingAfter
        if let share = try section.optionalDouble("shaking-g", in: 0.1...4) {
            gates.shakingForce = share * standardGravity
        }
        gates.largestLoss =
            try section.optionalDouble("largest-loss", in: 0.01...1) ?? gates.largestLoss
        if let degrees = try section.optionalDouble("slipped-degrees", in: 2...30) {
            gates.slipped = degrees * radiansPerDegree
        }
        try section.finish()
    }

    private mutating func readFading(_ section: TomlSection) throws(TomlError) {
        if let shares = try PracticeSettings.whole(
            section, "shares", in: FadingSchedule.percents, count: fading.shares.count)
        {
            guard zip(shares, shares.dropFirst()).allSatisfy({ $0 >= $1 }) else {
                throw section.fault(
                    "shares", "must not rise: cues step back; write for example \(fading.shares)")
            }
            fading.shares = shares
        }
        if let blocks = try PracticeSettings.whole(
            section, "blocks", in: FadingSchedule.workouts, count: fading.blockStarts.count)
        {
            guard zip(blocks, blocks.dropFirst()).allSatisfy({ $0 < $1 }) else {
                throw section.fault(
                    "blocks",
                    "must rise: each block begins after the one before; write for example "
                        + "\(fading.blockStarts)")
            }
            fading.blockStarts = blocks
        }
        let range = FadingSchedule.dependences
        fading.independent =
            try section.optionalDouble("step-forward", in: range) ?? fading.independent
        fading.dependent = try section.optionalDouble("step-back", in: range) ?? fading.dependent
        guard fading.independent < fading.dependent else {
            throw section.fault(
                section.has("step-forward") ? "step-forward" : "step-back",
                "step-forward (\(fading.independent)) must be smaller than step-back "
                    + "(\(fading.dependent)): one workout cannot step both ways")
        }
        try section.finish()
    }

    /// A list of whole numbers; nil where it is left out.
    private static func whole(
        _ section: TomlSection, _ key: String, in range: ClosedRange<Int>, count: Int
    ) throws(TomlError) -> [Int]? {
        let isThere = section.has(key)
        // Asked for in any case, so that it is among the known names.
        let numbers = try section.doubles(
            key, in: Double(range.lowerBound)...Double(range.upperBound),
            count: isThere ? count...count : 0...count)
        guard isThere else { return nil }
        let whole = numbers.compactMap { Int(exactly: $0) }
        guard whole.count == numbers.count else {
            throw section.fault(key, "must hold whole numbers")
        }
        return whole
    }

    /// The default as a part of the commented file.
    package static let commentedDefault = """
        [breaks]
        # Hours of the day, 0 to 23, from which and until which no break reminder is shown; the same
        # twice: there are none.
        #quiet-from = 22
        #quiet-until = 7

        [fading]
        # Percent of the movements that may be cued: in the first workout with an exercise, in the rest of
        # the first block, and in the second, third and fourth block.
        #shares = [100, 67, 50, 33, 10]
        # The workouts with which the second, third and fourth block begin.
        #blocks = [5, 7, 9]
        # How much larger the error may be without cues, as a share of that with them, for two workouts to
        # step a block forward; and from where on two step a block back. 0 to 5.
        #step-forward = 0.1
        #step-back = 0.5

        [patterns]
        # Share of a movement or hold for which a rule must be active until its pattern is named, 0.01 to 1.
        #least-share = 0.05

        [gates]
        # When nothing is said, since it cannot be trusted: s without a sample, or of a sample's age, 0.05 to 1,
        # and s of samples until cues go on, 0 to 10.
        #gap-seconds = 0.15
        #resume-seconds = 0.5
        # g by which the acceleration differs from gravity, 0.1 to 4, and for how many s, 0.05 to 10.
        #shaking-g = 0.5
        #shaking-seconds = 0.3
        # Share of samples missing over 10 s, 0.01 to 1.
        #largest-loss = 0.1
        # Degrees between a quiet stand and the calibration's from where on a sensor has slipped, 2 to 30.
        #slipped-degrees = 5.0

        """
}
