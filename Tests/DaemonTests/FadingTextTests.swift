// What the fading of an exercise says of the sets without cues.

import Control
import Testing

@testable import Daemon

@Suite struct FadingTextTests {
    private func fading(cued: Double, uncued: Double, seconds: Double = 20) -> StoredFading {
        var fading = StoredFading(exercise: "one-leg-stand")
        (fading.cuedTime, fading.cuedExcess) = (seconds, cued * seconds)
        (fading.probeTime, fading.probeExcess) = (seconds, uncued * seconds)
        return fading
    }

    /// A share of an improvement that was none would be praise for nothing.
    @Test func whereNoAngleLeftItsBandNoShareIsSaid() {
        #expect(
            fading(cued: 0, uncued: 0.04).told.text
                == "Workout 1 of the schedule: every movement may be cued. "
                + "No angle left its band, with sound or without.")
    }

    /// (3 − 2) / 2 of the improvement went: half of it stayed.
    @Test func whereAnAngleLeftItsBandTheShareIsSaid() {
        #expect(
            fading(cued: 2, uncued: 3).told.text
                == "Workout 1 of the schedule: every movement may be cued. "
                + "You kept 50 % of the improvement without sound.")
    }

    /// Sound that brings nothing leaves nothing to keep; sound without which nothing stays is still needed.
    @Test(arguments: [
        (2.0, 2.0, "Without sound the error was no larger than with it."),
        (2.0, 1.0, "Without sound the error was no larger than with it."),
        (0, 0.04, "No angle left its band, with sound or without."),
        (
            2.0, 4.0,
            "Without sound the error was 4.0 degrees, with it 2.0: the improvement still needs the sound."
        ),
        // The floor of half a degree: 0.5 more than nothing is all of it.
        (
            0.0, 0.5,
            "Without sound the error was 0.5 degrees, with it 0.0: the improvement still needs the sound."
        ),
        (0.2, 0.3, "You kept 80 % of the improvement without sound."),
        (2.0, 3.96, "You kept 2 % of the improvement without sound."),
    ])
    func aShareIsSaidOfAnImprovementAlone(_ cued: Double, _ uncued: Double, _ sentence: String) {
        #expect(
            fading(cued: cued, uncued: uncued).told.text
                == "Workout 1 of the schedule: every movement may be cued. " + sentence)
    }

    @Test func tooLittleMovementSaysNothing() {
        #expect(
            fading(cued: 2, uncued: 3, seconds: 2).told.text
                == "Workout 1 of the schedule: every movement may be cued.")
    }
}
