// The day's sitting and standing as `rehabctl breaks` tells it.

import Control
import Testing

@testable import rehabctl

@Suite struct HabitTextTests {
    @Test func theDayIsToldWithWhatItIsOf() {
        let all = Rehab1.Habits(
            watchedSittingSeconds: 7_200, longestSittingSeconds: 2_520, breaks: 1,
            standingSeconds: 1_200, hangingSeconds: 300, hangingLeftSeconds: 180,
            hangingRightSeconds: 60)
        #expect(
            BreaksCommand.today(all) == [
                "  today: longest sitting 42.0 min, 1 break (seen for 120.0 min)",
                "  today: hung on one hip 5.0 min of 20.0 min standing still, 15 min a standing hour; "
                    + "left 75 %, right 25 %",
            ])
        #expect(BreaksCommand.today(nil).isEmpty)
    }

    /// With the pelvis alone sitting is not seen, and a minute of standing is no hour's measure.
    @Test func whatWasNotSeenIsNotMeasured() {
        let pelvis = Rehab1.Habits(
            watchedSittingSeconds: 0, standingSeconds: 60, hangingSeconds: 30,
            hangingLeftSeconds: 0, hangingRightSeconds: 0)
        #expect(
            BreaksCommand.today(pelvis) == [
                "  today: sitting and breaks not measured",
                "  today: hung on one hip 0.5 min of 1.0 min standing still; left and right not measured",
            ])
    }
}
