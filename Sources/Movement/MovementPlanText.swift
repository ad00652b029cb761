// A plan as words, exactly: what a recording keeps, a replay can judge again.

import Kinematics

extension MovementPlan {
    /// TASK POSTURE SIDE TARGET, then what differs from the defaults as NAME=VALUE, then eight words a
    /// rule.
    ///
    /// Doubles keep every bit.
    package var words: [String] {
        var words = [task.name, posture.name, stanceSide?.name ?? "-", "\(targetHold)"]
        if otherPostures != 0 { words.append("postures=\(otherPostures)") }
        if source != .none { words.append("source=\(source.name)") }
        if fallback != .none { words.append("fallback=\(fallback.name)") }
        if lowersFirst { words.append("lowers-first=1") }
        if tempo != .none {
            words.append("tempo=\(tempo.raise),\(tempo.hold),\(tempo.lower),\(tempo.rest)")
        }
        if repetitions != 0 { words.append("repetitions=\(repetitions)") }
        if !restsUpright { words.append("rests-upright=0") }
        if swapsSides { words.append("swaps-sides=1") }
        if judgesRest { words.append("judges-rest=1") }
        if !mayCue { words.append("may-cue=0") }
        if cuesAtEnd { words.append("cues-at-end=1") }
        if cuedPercent != 100 { words.append("cued-percent=\(cuedPercent)") }
        if cueOffset != 0 { words.append("cue-offset=\(cueOffset)") }
        if patternShare != PatternLabel.leastShare { words.append("pattern-share=\(patternShare)") }
        if gateLimits != GateLimits() { words.append("gates=\(gateLimits.word)") }
        if alternation != CueAlternation() {
            let done = alternation.done == 0 ? "" : ",\(alternation.done)"
            words.append("alternation=\(alternation.cued),\(alternation.silent)\(done)")
        }
        if cuedMovements != .max { words.append("cued-movements=\(cuedMovements)") }
        for index in 0..<ruleCount {
            let rule = rules[index]
            words += [
                rule.id.name, rule.signal.name, "\(rule.on)", "\(rule.off)", "\(rule.minimumOn)",
                "\(rule.minimumOff)", "\(rule.refractory)", rule.reportOnly ? "report" : "cue",
            ]
        }
        return words
    }

    /// The plan of these words, or nil where they are none.
    package init?(words: [String]) {
        guard words.count >= 4, let task = TaskKind(name: words[0]),
            let posture = Posture(name: words[1]),
            words[2] == "-" || Side(name: words[2]) != nil, let target = Double(words[3]),
            target.isFinite
        else { return nil }
        self.init(
            task: task, posture: posture, stanceSide: Side(name: words[2]), targetHold: target)
        var rest = words.dropFirst(4)
        while let word = rest.first, word.contains("=") {
            guard read(word) else { return nil }
            rest = rest.dropFirst()
        }
        guard rest.count % 8 == 0 else { return nil }
        while rest.count >= 8 {
            guard let rule = MovementPlan.rule(Array(rest.prefix(8))), add(rule) else { return nil }
            rest = rest.dropFirst(8)
        }
    }

    /// Takes one NAME=VALUE; false where it is none.
    private mutating func read(_ word: String) -> Bool {
        let parts = word.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return false }
        switch (parts[0], parts[1]) {
        case ("postures", let value):
            guard let mask = UInt8(value) else { return false }
            otherPostures = mask
        case ("source", let value):
            guard let named = RepetitionSource(name: value) else { return false }
            source = named
        case ("fallback", let value):
            guard let named = RepetitionSource(name: value) else { return false }
            fallback = named
        case ("repetitions", let value):
            guard let count = UInt16(value) else { return false }
            repetitions = count
        case ("tempo", let value):
            let numbers = value.split(separator: ",").compactMap { Double($0) }
            guard numbers.count == 4, numbers.allSatisfy({ $0 >= 0 && $0 <= 600 }) else {
                return false
            }
            tempo = Tempo(
                raise: numbers[0], hold: numbers[1], lower: numbers[2], rest: numbers[3])
        case ("lowers-first", "1"): lowersFirst = true
        case ("rests-upright", "0"): restsUpright = false
        case ("swaps-sides", "1"): swapsSides = true
        case ("judges-rest", "1"): judgesRest = true
        case ("may-cue", "0"): mayCue = false
        case ("cues-at-end", "1"): cuesAtEnd = true
        case ("cued-percent", let value):
            guard let percent = UInt8(value), percent <= 100 else { return false }
            cuedPercent = percent
        case ("cue-offset", let value):
            guard let count = UInt16(value) else { return false }
            cueOffset = count
        case ("cued-movements", let value):
            guard let count = UInt16(value) else { return false }
            cuedMovements = count
        case ("pattern-share", let value):
            guard let share = Double(value), share > 0, share <= 1 else { return false }
            patternShare = share
        case ("gates", let value):
            guard let limits = GateLimits(word: value) else { return false }
            gateLimits = limits
        case ("alternation", let value):
            let numbers = value.split(separator: ",").compactMap { UInt16($0) }
            guard numbers.count == 2 || numbers.count == 3 else { return false }
            alternation = CueAlternation(
                cued: numbers[0], silent: numbers[1], done: numbers.count > 2 ? numbers[2] : 0)
        default: return false
        }
        return true
    }

    private static func rule(_ words: [String]) -> Rule? {
        let numbers = words[2..<7].compactMap(Double.init)
        guard let id = RuleID(name: words[0]), let signal = Signal(name: words[1]),
            numbers.count == 5, numbers.allSatisfy(\.isFinite),
            words[7] == "cue" || words[7] == "report"
        else { return nil }
        return Rule(
            id: id, signal: signal, on: numbers[0], off: numbers[1], minimumOn: numbers[2],
            minimumOff: numbers[3], refractory: numbers[4], reportOnly: words[7] == "report")
    }
}
