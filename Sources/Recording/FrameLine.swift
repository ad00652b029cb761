// A frame line of a recording, read back into numbers.

/// What a reader wants of a frame line; the line itself is what replays compare.
package struct FrameLine: Sendable, Equatable {
    package var sequence: UInt64
    package var channel: UInt8
    /// Host ns.
    package var time: Int64
    /// w, x, y, z: world from sensor.
    package var quaternion: [Double]
    /// rad.
    package var sigma: Double
    package var flags: UInt16
    /// The body part; nil for sensors other than the pelvis's.
    package var body: BodyPart?

    package struct BodyPart: Sendable, Equatable {
        package var gates: UInt16
        package var posture: String
        package var stanceSide: String?
        package var phase: String
        /// rad from neutral; nil for "not measured".
        package var obliquity: Double?
        package var anteriorTilt: Double?
        package var drop: Double?
        package var holdSeconds: Double
        package var completedHolds: Int
    }

    /// Nil where `line` is no frame line.
    package init?(_ line: String) {
        let words = line.split(separator: " ")
        guard words.count >= 10, words[0] == "f", let sequence = UInt64(words[1]),
            let channel = UInt8(words[2]), let time = Int64(words[3]),
            let sigma = Double(words[8]), let flags = UInt16(words[9])
        else { return nil }
        quaternion = words[4..<8].compactMap { Double($0) }
        guard quaternion.count == 4 else { return nil }
        self.sequence = sequence
        self.channel = channel
        self.time = time
        self.sigma = sigma
        self.flags = flags
        guard words.count >= 24, let gates = UInt16(words[10]), let hold = Double(words[21]),
            let completed = Int(words[22])
        else { return }
        body = BodyPart(
            gates: gates, posture: String(words[11]),
            stanceSide: words[12] == "-" ? nil : String(words[12]), phase: String(words[14]),
            obliquity: FrameLine.measured(words[15]), anteriorTilt: FrameLine.measured(words[16]),
            drop: FrameLine.measured(words[18]), holdSeconds: hold, completedHolds: completed)
    }

    private static func measured(_ word: Substring) -> Double? {
        guard let value = Double(word), value.isFinite else { return nil }
        return value
    }
}
