// What is said and shown for each rule: at most five words, what to do, no alarm.

package import Movement

/// The words of a cue (compensations 5.2; the wording is binding).
package struct CueText: Sendable, Equatable {
    /// For the voice.
    package let spoken: String
    /// For the terminal.
    package let shown: String

    /// The words for a rule; nil for a rule that has none.
    package init?(rule: RuleID) {
        switch rule.number {
        case 1: self.init("Float the belt level", "belt: lift free side")
        case 2: self.init("Zip up tall", "trunk: back to centre")
        case 3: self.init("Chest over your foot", "trunk: over stance foot")
        case 4: self.init("Long waist", "belt: let the side lengthen")
        case 5: self.init("Belt buckle over laces", "hips: less sideways")
        case 19: self.init("Step down, no rush", "rep ended")
        default: return nil
        }
    }

    private init(_ spoken: String, _ shown: String) {
        self.spoken = spoken
        self.shown = shown
    }
}
