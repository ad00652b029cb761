// What is said and shown for each rule: at most five words, what to do, no alarm.

package import Movement

/// The words of a cue (compensations 5.2; the wording is binding).
package struct CueText: Sendable, Equatable {
    /// For the voice.
    package let spoken: String
    /// For the terminal.
    package let shown: String

    /// The words for a rule; nil for a rule that has none.
    ///
    /// C12 has two: which one depends on what it watches. On two legs C01 has no free side.
    package init?(rule: RuleID, signal: Signal? = nil) {
        switch rule.number {
        case 1 where signal == .obliquity || signal == .sag:
            self.init("Float the belt level", "belt: lift the lower side")
        case 1: self.init("Float the belt level", "belt: lift free side")
        case 2: self.init("Zip up tall", "trunk: back to centre")
        case 3: self.init("Chest over your foot", "trunk: over stance foot")
        case 4: self.init("Long waist", "belt: let the side lengthen")
        case 5: self.init("Belt buckle over laces", "hips: less sideways")
        case 6: self.init("Knee and belt apart", "hip: open")
        case 7: self.init("Stack the hips", "hips: stack")
        case 8: self.init("Quiet belt", "belt: no tipping")
        case 9: self.init("Soft and still", "sway: settle")
        case 10: self.init("Knee over second toe", "knee: over toe")
        case 11: self.init("Slower down: two, three", "lower: slower")
        case 12 where signal == .pastMidline: self.init("Stop at the midline", "range")
        case 12: self.init("A little further", "range")
        case 13: self.init("Back to the line", "hold: re-join")
        case 14: self.init("Land quietly", "step: quieter")
        case 15, 20: self.init("Reset. Stand. Breathe.", "reset")
        case 16: self.init("Good stop. Rest here.", "set: stop suggested")
        case 17: self.init("Share the weight", "stand: both feet")
        case 18: self.init("Time to stand a minute", "break")
        case 19: self.init("Step down, no rush", "rep ended")
        default: return nil
        }
    }

    private init(_ spoken: String, _ shown: String) {
        self.spoken = spoken
        self.shown = shown
    }
}
