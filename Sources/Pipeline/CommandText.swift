// Commands as one line of text, exactly: what a recording keeps, a replay can do again.

import Kinematics
import Movement

extension EstimatorAction {
    /// The action as words and numbers with single spaces.
    ///
    /// Doubles keep every bit.
    package var text: String {
        switch self {
        case .attach(let channel, let period, let segment):
            "attach \(channel) \(period) \(segment?.name ?? "-")"
        case .detach(let channel): "detach \(channel)"
        case .assign(let channel, let segment): "assign \(channel) \(segment?.name ?? "-")"
        case .align(let channel, let alignment):
            "align \(channel) " + EstimatorAction.words(of: alignment)
        case .correct(let channel, let bias): "correct \(channel) \(bias.x) \(bias.y) \(bias.z)"
        case .begin(let plan): "begin " + plan.words.joined(separator: " ")
        case .cueAtEnd: "cue-at-end"
        case .end: "end"
        }
    }

    private static func words(of alignment: SensorAlignment) -> String {
        let r = alignment.segmentFromSensor
        let n = alignment.neutral
        return "\(r.w) \(r.x) \(r.y) \(r.z) \(n.obliquity) \(n.anteriorTilt) "
            + "\(alignment.calmJerk) \(alignment.standSigma)"
    }

    /// The action that `text` describes, or nil where it is none.
    package init?(text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        guard let verb = words.first else { return nil }
        let rest = Array(words.dropFirst())
        let action: EstimatorAction?
        switch (verb, rest.count) {
        case ("attach", 3): action = EstimatorAction.attach(rest)
        case ("detach", 1):
            action = EstimatorAction.channel(rest[0]).map { .detach(channel: $0) }
        case ("assign", 2): action = EstimatorAction.assign(rest)
        case ("align", 9): action = EstimatorAction.align(rest)
        case ("correct", 4): action = EstimatorAction.correct(rest)
        case ("begin", 4...): action = EstimatorAction.begin(rest)
        case ("cue-at-end", 0): action = .cueAtEnd
        case ("end", 0): action = .end
        default: action = nil
        }
        guard let action else { return nil }
        self = action
    }

    private static func channel(_ word: String) -> UInt8? {
        guard let channel = UInt8(word), channel < maximumChannels else { return nil }
        return channel
    }

    /// A segment, or nothing for "-"; nil where the word is neither.
    private static func segment(_ word: String) -> Segment?? {
        if word == "-" { return .some(nil) }
        guard let segment = Segment(name: word) else { return nil }
        return .some(segment)
    }

    private static func attach(_ words: [String]) -> EstimatorAction? {
        guard let channel = channel(words[0]), let period = Double(words[1]),
            period >= 0.0002, period <= 1, let segment = segment(words[2])
        else { return nil }
        return .attach(channel: channel, samplePeriod: period, segment: segment)
    }

    private static func assign(_ words: [String]) -> EstimatorAction? {
        guard let channel = channel(words[0]), let segment = segment(words[1]) else { return nil }
        return .assign(channel: channel, segment: segment)
    }

    private static func align(_ words: [String]) -> EstimatorAction? {
        let numbers = words.dropFirst().compactMap(Double.init)
        guard let channel = channel(words[0]), numbers.count == 8,
            numbers.allSatisfy(\.isFinite)
        else { return nil }
        let rotation = Rotation(w: numbers[0], x: numbers[1], y: numbers[2], z: numbers[3])
        let length =
            rotation.w * rotation.w + rotation.x * rotation.x + rotation.y * rotation.y
            + rotation.z * rotation.z
        guard abs(length - 1) < 1e-6 else { return nil }
        return .align(
            channel: channel,
            alignment: SensorAlignment(
                segmentFromSensor: rotation,
                neutral: SegmentAngles(obliquity: numbers[4], anteriorTilt: numbers[5]),
                calmJerk: numbers[6], standSigma: numbers[7]))
    }

    private static func correct(_ words: [String]) -> EstimatorAction? {
        let numbers = words.dropFirst().compactMap(Double.init)
        guard let channel = channel(words[0]), numbers.count == 3,
            numbers.allSatisfy({ $0.magnitude <= largestAccelerometerBias })
        else { return nil }
        return .correct(
            channel: channel, accelerometerBias: Vector3(numbers[0], numbers[1], numbers[2]))
    }

    private static func begin(_ words: [String]) -> EstimatorAction? {
        MovementPlan(words: words).map { .begin(plan: $0) }
    }
}
