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

    @Test func tooLittleMovementSaysNothing() {
        #expect(
            fading(cued: 2, uncued: 3, seconds: 2).told.text
                == "Workout 1 of the schedule: every movement may be cued.")
    }
}
