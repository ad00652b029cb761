// The person's own best of each exercise, and what of it the last seven days kept (programme 2, gate 4 to 5).

/// The own best against the newest week: symmetry alone overestimates (programme 2).
enum OwnBest {
    /// Share of the own earlier best that counts as kept.
    static let kept = 0.9

    /// One quantity of an exercise.
    private struct Quantity: Sendable {
        let name: String
        let value: @Sendable (SetEntry) -> Double?
    }

    private static let quantities = [
        Quantity(name: "hold") { $0.holds.max() },
        Quantity(name: "repetitions") { $0.repetitions > 0 ? Double($0.repetitions) : nil },
        Quantity(name: "load") { $0.loadKilograms },
    ]

    static func line(_ log: WorkoutLog, on day: Day) -> GateLine {
        let name = "own best kept"
        let asked = "at least 90 % of the own best in hold, repetitions and load asked for"
        var least: [String: (share: Double, exercise: String)] = [:]
        for (exercise, sets) in Dictionary(grouping: log.sets, by: \.set.exercise) {
            for quantity in quantities {
                for side in [nil, "left", "right"] as [String?] {
                    let of = sets.filter { $0.set.side == side && $0.day <= day }
                    let week = of.filter { day - $0.day < RecentTests.days }
                    guard let best = of.compactMap({ quantity.value($0.set) }).max(), best > 0,
                        let now = week.compactMap({ quantity.value($0.set) }).max()
                    else { continue }
                    let share = now / best
                    if share < least[quantity.name]?.share ?? .infinity {
                        least[quantity.name] = (
                            share, exercise + (side.map { ", \($0) leg" } ?? "")
                        )
                    }
                }
            }
        }
        guard !least.isEmpty else {
            return GateLine(
                name: name, state: .notKnown, text: "\(asked); nothing of it in seven days")
        }
        let told = quantities.map { quantity in
            least[quantity.name].map {
                "\(quantity.name) \(Int(($0.share * 100).rounded())) % (\($0.exercise))"
            } ?? "\(quantity.name) not recorded"
        }.joined(separator: ", ")
        let isKept = least.values.allSatisfy { $0.share >= kept }
        // What nobody ever recorded has no best to keep; without hold and repetitions nothing is said.
        let isKnown = least["hold"] != nil && least["repetitions"] != nil
        return GateLine(
            name: name, state: !isKept ? .notMet : isKnown ? .met : .notKnown,
            text: "\(asked); least kept: \(told)")
    }
}
