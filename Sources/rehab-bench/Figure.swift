// One measured figure: its number, what it is held against, and whether it gets there.

import Foundation

/// What a number counts.
enum Unit: String, Encodable, Sendable {
    case nanoseconds = "ns"
    case microseconds = "us"
    case milliseconds = "ms"
    case percent = "%"
    case megabytes = "MB"
    case times = "x"
    case inFiveMinutes = "in 5 min"
    case exercises = "exercises"

    /// The number as people read it.
    func text(_ value: Double) -> String {
        let digits = abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : 2
        let number = String(format: "%.\(digits)f", value)
        return switch self {
        case .percent: "\(number) %"
        case .times: "\(number) x"
        case .microseconds: "\(number) µs"
        case .exercises: "\(Int(value.rounded()))"
        default: "\(number) \(rawValue)"
        }
    }
}

/// What a figure is held against.
enum Measure: Sendable {
    /// Another program's number from the same run; ours is to be no larger.
    case peer(String, Double)
    /// Another number of the same run, to read ours beside; neither is to reach the other.
    case beside(String, Double)
    case atMost(Double)
    case atLeast(Double)
}

enum Verdict: String, Encodable, Sendable {
    case reached
    case notReached = "not reached"
    case notMeasured = "not measured"
    /// Nothing to hold it against.
    case none = "-"
}

/// A row of the table and an object of the JSON.
struct Figure: Sendable {
    /// Stable name for programs: "estimator-update-minimum".
    let id: String
    let title: String
    let unit: Unit
    /// Nil where nothing was measured; `note` says why.
    let value: Double?
    let measure: Measure?
    /// What exactly was measured, or why not.
    var note: String?
    /// Numbers behind the number, for the JSON only.
    var details: [String: Double]

    init(
        _ id: String, _ title: String, _ value: Double?, _ unit: Unit, _ measure: Measure? = nil,
        note: String? = nil, details: [String: Double] = [:]
    ) {
        self.id = id
        self.title = title
        self.unit = unit
        self.value = value.flatMap { $0.isFinite ? $0 : nil }
        self.measure = measure
        self.note = note
        self.details = details
    }

    /// A figure that could not be taken.
    static func missing(
        _ id: String, _ title: String, _ unit: Unit, _ measure: Measure? = nil, reason: String
    ) -> Figure { Figure(id, title, nil, unit, measure, note: "not measured: \(reason)") }

    private var reference: Double? {
        switch measure {
        case .peer(_, let value), .beside(_, let value), .atMost(let value), .atLeast(let value):
            value
        case nil: nil
        }
    }

    /// Ours over the peer's or the goal.
    var ratio: Double? {
        guard let value, let reference, reference > 0 else { return nil }
        return value / reference
    }

    var verdict: Verdict {
        guard let value else { return .notMeasured }
        let isReached: Bool
        switch measure {
        case .peer(_, let limit), .atMost(let limit): isReached = value <= limit
        case .atLeast(let limit): isReached = value >= limit
        case .beside, nil: return .none
        }
        return isReached ? .reached : .notReached
    }

    /// The column "peer or goal".
    var referenceText: String {
        switch measure {
        case .peer(let name, let value), .beside(let name, let value):
            "\(name) \(unit.text(value))"
        case .atMost(let value): "<= \(unit.text(value))"
        case .atLeast(let value): ">= \(unit.text(value))"
        case nil: "-"
        }
    }
}

extension Figure: Encodable {
    private enum CodingKeys: String, CodingKey {
        case id, title, unit, value, kind, peer, reference, ratio, verdict, note, details
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(id, forKey: .id)
        try fields.encode(title, forKey: .title)
        try fields.encode(unit, forKey: .unit)
        try fields.encode(value, forKey: .value)
        switch measure {
        case .peer(let name, _):
            try fields.encode("peer", forKey: .kind)
            try fields.encode(name, forKey: .peer)
        case .beside(let name, _):
            try fields.encode("beside", forKey: .kind)
            try fields.encode(name, forKey: .peer)
        case .atMost: try fields.encode("at most", forKey: .kind)
        case .atLeast: try fields.encode("at least", forKey: .kind)
        case nil: break
        }
        try fields.encodeIfPresent(reference, forKey: .reference)
        try fields.encodeIfPresent(ratio, forKey: .ratio)
        try fields.encode(verdict, forKey: .verdict)
        try fields.encodeIfPresent(note, forKey: .note)
        if !details.isEmpty { try fields.encode(details, forKey: .details) }
    }
}
