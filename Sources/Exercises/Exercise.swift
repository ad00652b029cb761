// An exercise as people read it, and the plan the real-time thread gets of it.

package import Kinematics
package import Movement

/// One entry of the catalogue.
package struct Exercise: Sendable {
    /// Short name used on the command line: "one-leg-stand".
    package var id: String
    /// Number in the clinical catalogue: 9 for EX09.
    package var number: Int
    package var version: Int
    package var title: String
    package var stages: ClosedRange<Int>
    package var posture: Posture
    package var task: TaskKind
    package var sensorsNeeded: [String]
    package var sensorsBetter: [String]
    package var measure: [String]
    package var instruction: String
    package var cue: String
    package var easier: String
    package var harder: String
    package var goUp: String
    package var caution: String
    package var source: String
    package var sets: Int
    /// s of the hold asked for.
    package var targetHold: Double
    /// In the file's order, at most 32.
    package var rules: [Rule]

    /// The flat value for the real-time thread; `stanceSide` nil: to be detected.
    package func plan(stanceSide: Side?) -> MovementPlan {
        var plan = MovementPlan(
            task: task, posture: posture, stanceSide: stanceSide, targetHold: targetHold)
        // The file's reader admits 32 rules, as many as the plan holds.
        for rule in rules { _ = plan.add(rule) }
        return plan
    }
}

/// Smallest threshold of any angle rule, degrees: below it a cue would follow the sensor's error, not
/// the person (compensations 2, from Bolink 2016).
package let angleFloorDegrees = 3.0
