// Long sitting by the person's own word, where no sensor on a thigh shows it (C18: "or user marks").

import Control
import EventLoop
import Exercises
import Kinematics
import Movement

/// A sitting that the person told of.
struct SittingMark {
    /// Monotonic, ns.
    let since: Int64
    var timer: TimerID
}

extension Supervisor {
    /// Whoever forgot to say that they stand up is not reminded for ever, s [engineering default].
    private static let longestMark = 4 * 3600.0

    /// Takes the person's word that they sit down, or stand up.
    ///
    /// `breaks`: whether reminders are on. Throws `notReady` where they are off, and where a sensor shows it anyway.
    func markSitting(_ sits: Bool, breaks: Bool) throws(ControlRefusal) {
        guard sits else { return endMarkedSitting(stood: true) }
        guard breaks else {
            throw .notReady(
                reason: "break reminders are off", cure: "turn them on with: rehabctl breaks on")
        }
        let isShown = sensors.contains {
            ($0.segment == .leftThigh || $0.segment == .rightThigh) && $0.calibration != nil
                && $0.stateNow(loop.now) == .streaming
        }
        guard !isShown else {
            throw .notReady(
                reason: "the sensor on your thigh shows when you sit",
                cure: "leave it to that; what it saw today is told by: rehabctl breaks")
        }
        guard let rule = sittingRule else {
            throw .notReady(
                reason: "the exercise \"habits\" has no rule C18",
                cure: "put it back into your own file of that exercise")
        }
        // Who says it twice has not stood up between.
        guard feedback.sitting == nil else { return }
        learnReminderRest()
        feedback.sitting = SittingMark(
            since: loop.now, timer: after(Int64(rule.on * 1e9)) { $0.remindOfMarkedSitting() })
        session.mark("sitting: the person's own mark")
    }

    private var sittingRule: Rule? {
        presentExercises().first { $0.task == .habits }?.rules.first { $0.signal == .sittingTime }
    }

    /// s since the mark; nil without one.
    var markedSitting: Double? {
        feedback.sitting.map { seconds(fromNanoseconds: loop.now &- $0.since) }
    }

    private func remindOfMarkedSitting() {
        guard let mark = feedback.sitting, let sitting = markedSitting, let rule = sittingRule
        else { return endMarkedSitting(stood: false) }
        guard sitting < Supervisor.longestMark else { return endMarkedSitting(stood: false) }
        if let door = feedback.notification {
            let alert = Alert(
                time: loop.now, crossed: mark.since, rule: rule.id, signal: rule.signal,
                value: sitting)
            remind(alert, door)
        }
        let rest = max(1, feedback.reminderRest)
        feedback.sitting?.timer = after(Int64(rest * 1e9)) { $0.remindOfMarkedSitting() }
    }

    /// Ends the mark; `stood`: the person stood up, by their word or since a set or a calibration begins.
    ///
    /// What ends otherwise (forgotten for hours, reminders off, a thigh's sensor that shows it) is no sitting that anybody
    /// knows the length of.
    func endMarkedSitting(stood: Bool) {
        guard let mark = feedback.sitting, let sitting = markedSitting else { return }
        loop.cancel(mark.timer)
        feedback.sitting = nil
        if stood { noteMarkedSitting(sitting) }
        session.mark("the sitting marked by hand is over")
    }
}
