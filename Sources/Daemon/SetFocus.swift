// What to think of, minute by minute, in the exercise that changes it.

/// What to think of in a set whose exercise changes that: one focus at a time (exercises, EX19).
struct SetFocus {
    private let cues: [String]
    /// s with cues and s without, in turn; each has a focus of its own.
    private let cuedSeconds: Double
    private let silentSeconds: Double
    /// Sets of the exercise in this workout so far: where each begins with the next focus, none of them always falls
    /// into the minutes without cues.
    private let setsBefore: Int

    /// Nil where the exercise's cues hold all along.
    init?(cues: [String], alternation: [Int], setsBefore: Int) {
        guard cues.count > 1, let cued = alternation.first, let silent = alternation.last,
            alternation.count == 2, cued > 0, silent > 0
        else { return nil }
        self.cues = cues
        cuedSeconds = Double(cued)
        silentSeconds = Double(silent)
        self.setsBefore = max(0, setsBefore)
    }

    /// The focus so many s into the set.
    func text(after seconds: Double) -> String {
        let round = cuedSeconds + silentSeconds
        let seconds = max(0, min(seconds, 86_400))
        let rounds = Int(seconds / round)
        let isSilent = seconds - Double(rounds) * round >= cuedSeconds
        return cues[(setsBefore + 2 * rounds + (isSilent ? 1 : 0)) % cues.count]
    }
}
