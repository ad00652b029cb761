// Orders numbers and picks from them.

/// Numbers in rising order.
struct Sorted: Sendable {
    let values: [Double]

    init(_ values: [Double]) { self.values = values.sorted() }

    var minimum: Double { values.first ?? .nan }
    var maximum: Double { values.last ?? .nan }
    var median: Double { quantile(0.5) }

    /// The smallest value that at least this share of all values does not exceed (nearest rank).
    func quantile(_ share: Double) -> Double {
        guard !values.isEmpty else { return .nan }
        let rank = Int((share * Double(values.count)).rounded(.up))
        return values[min(max(rank - 1, 0), values.count - 1)]
    }
}
