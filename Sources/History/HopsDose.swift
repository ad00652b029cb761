// How often one may hop (exercises, EX21): at most 40 landings a day, 48 h between; told from the log.

/// What the log says against another set of hops.
package enum HopsDose {
    package static let landingsADay = 40
    package static let restHours = 48

    /// Lines for the person; none where nothing speaks against it.
    ///
    /// `now`: s since 1970. `wanted`: landings that the set is to have. `workout`: the running one, whose sets need no
    /// rest between them.
    package static func warnings(
        _ log: WorkoutLog, on day: Day, now: Int64, wanted: Int, workout: String? = nil
    ) -> [String] {
        let hops = log.sets.filter { $0.set.number == Programme.hops && $0.set.landings > 0 }
        var lines: [String] = []
        let today = hops.filter { $0.day == day }.reduce(0) { $0 + $1.set.landings }
        if today + wanted > landingsADay {
            lines.append(
                today == 0
                    ? "\(wanted) landings are more than the \(landingsADay) a day that are the limit."
                    : "\(today) landings today, and \(wanted) more would be above the \(landingsADay) a day "
                        + "that are the limit.")
        }
        let others = hops.filter { $0.set.workout != workout }
        if let last = others.compactMap({ SetMoment(text: $0.set.time)?.seconds }).max(),
            now - last < Int64(restHours) * 3600
        {
            let hours = max(0, now - last) / 3600
            lines.append(
                "The last hops were \(hours == 0 ? "less than an hour" : "\(hours) h") ago: \(restHours) h "
                    + "between are asked for.")
        }
        return lines
    }
}

/// A moment as the log writes it: "2026-11-26T08:00:00Z".
struct SetMoment {
    /// Since 1970.
    let seconds: Int64

    init?(text: String) {
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2, let day = Day(String(parts[0])), parts[1].hasSuffix("Z") else {
            return nil
        }
        let clock = parts[1].dropLast().split(separator: ":", omittingEmptySubsequences: false)
        // Parts of a second, where some writer has them, do not matter here.
        guard clock.count == 3, let hour = Int64(clock[0]), let minute = Int64(clock[1]),
            let second = Int64(clock[2].prefix { $0 != "." }), (0...23).contains(hour),
            (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        seconds = Int64(day.number) * 86_400 + hour * 3600 + minute * 60 + second
    }
}
