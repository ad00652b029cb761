// What the loop does for outputs: lets a worn sensor vibrate, and reminds the desktop of a break.

import Alerts
import Bluetooth
import Control
import EventLoop
import Exercises
import Kinematics
import Movement
import Pipeline
import Plumbing
import Wearables

extension Supervisor {
    // MARK: vibration

    /// Lets a worn sensor vibrate for a cue; what did not arrive is counted, with its reason.
    func vibrate(_ alert: Alert, _ door: CueDoor) {
        let able = sensors.filter { entry in
            entry.address != nil && entry.segment != nil
                && kinds.kind(named: entry.kind)?.capabilities.canBuzz == true
        }
        let side = feedback.sound.convention.side(of: alert)
        guard let central, let entry = Supervisor.wearer(among: able, side: side),
            let address = entry.address
        else {
            noteUnfelt(
                door, reason: "no sensor that is worn can vibrate",
                cure: "wear one that can (MetaMotion, Myo), or: rehabctl sound vibration off")
            return
        }
        let length = vibrationMilliseconds(alert.rule)
        let name = entry.name
        Task(executorPreference: loop) { [self] in
            do throws(BluetoothError) {
                try await central.buzz(address, milliseconds: length)
                await noteReached(door, HapticAlert.name)
            } catch {
                await noteUnfelt(
                    door, reason: "\(name) did not vibrate (\(await named(error)))",
                    cure: "try it with: rehabctl sensors buzz \(name)")
            }
        }
    }

    private func noteUnfelt(_ door: CueDoor, reason: String, cure: String) {
        door.noteUndelivered(reason: reason, cure: cure)
        tellUnreached(HapticAlert.name, "cues are not felt: \(reason). \(sentence(cure))")
    }

    private func sentence(_ cure: String) -> String {
        cure.prefix(1).uppercased() + cure.dropFirst()
    }

    /// Said once, until the output reaches the person again.
    private func tellUnreached(_ output: String, _ text: String) {
        if let told = feedback.unreached.updateValue(text, forKey: output), told != text {
            withdraw(told)
        }
        warn(text)
    }

    private func noteReached(_ door: CueDoor, _ output: String) {
        door.noteDelivered()
        withdrawUnreached(output)
    }

    private func withdrawUnreached(_ output: String) {
        if let told = feedback.unreached.removeValue(forKey: output) { withdraw(told) }
    }

    /// The sensor that vibrates: on the side of the cue where one is worn there, else the pelvis', else
    /// any.
    static func wearer(among able: [SensorEntry], side: Side?) -> SensorEntry? {
        let sided = side.flatMap { side in
            able.first { $0.segment == side.thigh || $0.segment == side.shank }
        }
        return sided ?? able.first { $0.segment == .pelvis } ?? able.first
    }

    // MARK: breaks

    /// How long the pelvis sensor may be silent before a sitting counts anew, ns: a minute, as in a set
    /// [engineering default].
    private static let longestSilence: Int64 = 60_000_000_000

    /// Why reminders rest, among what does not reach the person.
    private static let calibrationName = "calibration"

    /// Runs the habits plan while nothing else goes on, where the person asked for it.
    ///
    /// No sound is kept ready for it: it costs what the sensors cost. Somebody who leans back out of range
    /// for a moment has not stood up: the plan goes on.
    func watchBreaks() {
        let running = feedback.remindedSession == ObjectIdentifier(session)
        if feedback.sound.breaks, exercise == nil { endOldCalibrations() }
        let pelvis = sensors.first { $0.segment == .pelvis }
        let isSending = pelvis?.stateNow(loop.now) == .streaming
        if isSending { feedback.pelvisSeen = loop.now }
        if feedback.sound.breaks, let date = pelvis?.outdated {
            tellUnreached(
                Supervisor.calibrationName,
                "reminders rest: the pelvis sensor was calibrated on \(date), at an earlier wear. "
                    + "Calibrate with: rehabctl calibrate")
        }
        let isReady =
            isSending || running && loop.now - feedback.pelvisSeen < Supervisor.longestSilence
        let isWanted =
            feedback.sound.breaks && exercise == nil && calibration == nil && replay == nil
            && session.hasBegun && pelvis?.calibration != nil && isReady
        if exercise != nil {
            feedback.remindedSession = nil
        } else if isWanted, !running {
            guard let habits = presentExercises().first(where: { $0.task == .habits }),
                session.send(.begin(plan: habits.plan(side: nil)))
            else { return }
            feedback.remindedSession = ObjectIdentifier(session)
            feedback.reminderRest = Supervisor.rest(of: habits)
            withdrawUnreached(Supervisor.calibrationName)
            session.mark("reminders begin")
        } else if !isWanted, running {
            pauseReminders()
        }
    }

    /// s between two reminders, known before the first.
    func learnReminderRest() {
        guard let habits = presentExercises().first(where: { $0.task == .habits }) else { return }
        feedback.reminderRest = Supervisor.rest(of: habits)
    }

    private static func rest(of habits: Exercise) -> Double {
        habits.rules.map(\.refractory).max() ?? 0
    }

    /// Ends the habits plan, before a calibration or where it is not wanted any more.
    func pauseReminders() {
        guard feedback.remindedSession == ObjectIdentifier(session), exercise == nil else { return }
        feedback.remindedSession = nil
        _ = session.send(.end)
    }

    /// Puts reminders off for an hour: the button on the desktop.
    func snoozeBreaks() {
        do throws(ControlRefusal) {
            _ = try setSound(
                Rehab1.SetSound(snoozeMinutes: Double(SoundSettings.snooze) / 60))
        } catch {
            warn("reminders could not be put off: \(error)")
        }
    }

    /// Shows a reminder on the desktop, not at night nor while they are put off.
    func remind(_ alert: Alert, _ door: CueDoor) {
        guard feedback.sound.snoozed(at: wallSeconds) == nil else {
            session.mark("reminder \(alert.rule.name): put off")
            return
        }
        guard !settings.configuration.practice.isQuiet(at: LocalTime.hour()) else {
            session.mark("reminder \(alert.rule.name): quiet hours")
            return
        }
        // A rule's own rest ends with its plan, and the other rule has one of its own.
        let rest = Int64(feedback.reminderRest * 1e9)
        if let last = feedback.reminded, alert.time - last < rest {
            session.mark("reminder \(alert.rule.name): too soon after the last")
            return
        }
        let language = feedback.languages.first { $0.code == feedback.sound.language }
        let words =
            language?.spoken[alert.rule.number] ?? CueText(rule: alert.rule)?.spoken ?? "rehabd"
        guard let notifier = feedback.notifier else { return }
        feedback.reminded = alert.time
        notifier.show(words) { [weak self] problem in
            if let problem {
                door.noteUndelivered(reason: problem.reason, cure: problem.cure)
                self?.assumeIsolated { $0.tellUnshown(problem) }
            } else {
                self?.assumeIsolated { $0.noteReached(door, NotificationAlert.name) }
            }
        }
    }

    /// Looks whether the desktop would show a reminder, so that whoever turns them on hears of it at once.
    func lookForDesktop() {
        guard let notifier = feedback.notifier, let door = feedback.notification else { return }
        notifier.look { [weak self] problem in
            door.noteOutlook(problem.map { ($0.reason, $0.cure) })
            self?.assumeIsolated { supervisor in
                if let problem { return supervisor.tellUnshown(problem) }
                supervisor.withdrawUnreached(NotificationAlert.name)
            }
        }
    }

    private func tellUnshown(_ problem: DesktopTrouble) {
        tellUnreached(
            NotificationAlert.name,
            "no reminder can be shown: \(problem.reason). \(sentence(problem.cure))")
    }
}
