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
        let side = DirectionConvention.awayFrom.side(of: alert.rule, stance: alert.stanceSide)
        guard let central, let entry = Supervisor.wearer(among: able, side: side),
            let address = entry.address
        else {
            door.noteUndelivered(
                reason: "no sensor that is worn can vibrate",
                cure: "wear one that can (MetaMotion, Myo), or: rehabctl sound vibration off")
            return
        }
        let length = vibrationMilliseconds(alert.rule)
        let name = entry.name
        Task(executorPreference: loop) {
            do throws(BluetoothError) {
                try await central.buzz(address, milliseconds: length)
                door.noteDelivered()
            } catch {
                door.noteUndelivered(
                    reason: "\(name) did not vibrate (\(error.description))",
                    cure: "try it with: rehabctl sensors buzz \(name)")
            }
        }
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

    /// Runs the habits plan while nothing else goes on, where the person asked for it.
    ///
    /// No sound is kept ready for it: it costs what the sensors cost.
    func watchBreaks() {
        let running = feedback.remindedSession == ObjectIdentifier(session)
        let pelvis = sensors.first { $0.segment == .pelvis }
        let isReady =
            pelvis?.calibration != nil && pelvis?.stateNow(loop.now) == .streaming
        let isWanted =
            feedback.sound.breaks && exercise == nil && calibration == nil && replay == nil
            && session.hasBegun && isReady
        if exercise != nil {
            feedback.remindedSession = nil
        } else if isWanted, !running {
            guard let habits = presentExercises().first(where: { $0.task == .habits }),
                session.send(.begin(plan: habits.plan(side: nil)))
            else { return }
            feedback.remindedSession = ObjectIdentifier(session)
            session.mark("reminders begin")
        } else if !isWanted, running {
            pauseReminders()
        }
    }

    /// Ends the habits plan, before a calibration or where it is not wanted any more.
    func pauseReminders() {
        guard feedback.remindedSession == ObjectIdentifier(session), exercise == nil else { return }
        feedback.remindedSession = nil
        _ = session.send(.end)
    }

    /// Shows a reminder on the desktop, not at night.
    func remind(_ alert: Alert, _ door: CueDoor) {
        let isNight = LocalTime.hour() >= 22 || LocalTime.hour() < 7
        guard !isNight else { return }
        let language = feedback.languages.first { $0.code == feedback.sound.language }
        let words =
            language?.spoken[alert.rule.number] ?? CueText(rule: alert.rule)?.spoken ?? "rehabd"
        guard let notifier = feedback.notifier else { return }
        notifier.show(words) { problem in
            if let problem {
                door.noteUndelivered(
                    reason: "the desktop did not show a reminder (\(problem))",
                    cure:
                        "run rehabd as a user service in a desktop session, or: rehabctl breaks off"
                )
            } else {
                door.noteDelivered()
            }
        }
    }
}
