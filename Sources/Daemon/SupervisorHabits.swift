// The day's sitting and standing, as it was seen while the habits plan ran.

import Control
import Kinematics
import Movement
import Plumbing

extension Supervisor {
    /// Adds what a frame shows of the habits; a new day begins at nothing.
    func noteHabits(_ frame: MotionFrame) {
        // What is played back was another day's.
        guard frame.task == .habits, frame.segment == .pelvis, replay == nil else { return }
        forgetYesterday()
        if frame.signals.value(.sittingTime) != nil { endMarkedSitting(stood: false) }
        feedback.habits.add(frame)
    }

    /// Adds a sitting that was marked by hand and is over.
    func noteMarkedSitting(_ seconds: Double) {
        forgetYesterday()
        feedback.habits.addMarked(sitting: seconds)
    }

    /// Today's sums; nil where nothing was seen yet.
    var habitsToday: Rehab1.Habits? {
        guard feedback.habitDay == LocalTime.day() else { return nil }
        return feedback.habits.told
    }

    private func forgetYesterday() {
        let today = LocalTime.day()
        guard feedback.habitDay != today else { return }
        feedback.habitDay = today
        feedback.habits = HabitTally()
    }
}

extension HabitTally {
    /// For clients.
    var told: Rehab1.Habits? {
        guard watchedSitting > 0 || standing > 0 else { return nil }
        let isSittingSeen = watchedSitting > 0
        return Rehab1.Habits(
            watchedSittingSeconds: watchedSitting,
            longestSittingSeconds: isSittingSeen ? longestSitting : nil,
            breaks: isSittingSeen ? Int64(breaks) : nil, standingSeconds: standing,
            hangingSeconds: hanging, hangingLeftSeconds: hangingLeft,
            hangingRightSeconds: hangingRight)
    }
}
