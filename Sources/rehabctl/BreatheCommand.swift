// `rehabctl breathe` and `rehabctl breaks`: paced breathing, and reminders through the day.

import ArgumentParser
import Control
import Plumbing

struct BreatheCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "breathe", abstract: "Pace your breathing by a soft sound.",
        discussion: """
            The sound swells: breathe in. It sinks: breathe out. It paces only: no sensor here can see \
            you breathe. Breathe as is comfortable; stop if you feel dizzy. End with Ctrl-C.
            """)

    @OptionGroup var daemon: DaemonOptions

    @Option(name: .customLong("in"), help: ArgumentHelp("Seconds in, 1 to 20.", valueName: "s"))
    var inSeconds = 4.0

    @Option(name: .customLong("out"), help: ArgumentHelp("Seconds out, 1 to 20.", valueName: "s"))
    var outSeconds = 6.0

    @Option(name: .long, help: ArgumentHelp("How long, up to 60.", valueName: "minutes"))
    var minutes = 3.0

    func validate() throws {
        guard (1...20).contains(inSeconds), (1...20).contains(outSeconds) else {
            throw ValidationError("--in and --out must be from 1 to 20 seconds.")
        }
        guard minutes > 0, minutes <= 60 else {
            throw ValidationError("--minutes must be above 0, up to 60.")
        }
    }

    func run() throws {
        Terminal.bufferByLine()
        let client = try daemon.connect()
        if !daemon.json {
            print("The sound paces; nothing senses your breath. Ctrl-C ends it.")
            Terminal.flush()
        }
        do throws(ControlError) {
            var replies = try client.stream(
                Rehab1.Breathe(inSeconds: inSeconds, outSeconds: outSeconds, minutes: minutes))
            while let reply = try replies.next() {
                if daemon.json {
                    try? printJSON(reply)
                } else {
                    print(line(reply))
                }
                Terminal.flush()
            }
        } catch {
            throw complaint(error)
        }
    }

    private func line(_ reply: Rehab1.Breathe.Reply) -> String {
        if let reason = reply.reason { return "no sound: \(visible(reason))" }
        switch reply.phase {
        case "in": return "\(reply.breath)  in   \(decimal(reply.seconds, 1)) s"
        case "out": return "\(reply.breath)  out  \(decimal(reply.seconds, 1)) s"
        default: return "done: \(reply.breath) breaths paced"
        }
    }
}

struct BreaksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "breaks",
        abstract: "Be reminded on the desktop of long sitting and of standing on one hip.",
        discussion: """
            Works in the background while a calibrated sensor is worn and no exercise runs: after 30 \
            minutes of sitting (a sensor on a thigh is needed for that) and after half a minute of \
            hanging on one hip, at most once in ten minutes, never from 22 to 7 o'clock (or [breaks] in rehabd.toml). "snooze" puts \
            them off for an hour, as the button of a reminder on the desktop does; "wake" ends that. \
            Without a sensor on a thigh you can say yourself that you sit down, "sit", and that you \
            stand up, "stand": then the 30 minutes count from there, for four hours at most. \
            While reminders are all that runs, nothing is recorded after ten minutes; the next set or \
            calibration is again. \
            Without a word: what is set, and what was seen of today's sitting and standing.
            """)

    enum State: String, ExpressibleByArgument, CaseIterable {
        case on, off, snooze, wake, sit, stand
    }

    @OptionGroup var daemon: DaemonOptions

    @Argument(help: "on, off, snooze, wake, sit or stand.")
    var state: State?

    @Option(
        name: .long, help: ArgumentHelp("How long to snooze, up to 1440.", valueName: "minutes"))
    var minutes: Double?

    func validate() throws {
        guard minutes == nil || state == .snooze else {
            throw ValidationError("--minutes goes with snooze.")
        }
        if let minutes, !(minutes > 0 && minutes <= 1440) {
            throw ValidationError("--minutes must be above 0, up to 1440.")
        }
    }

    func run() throws {
        var client = try daemon.connect()
        if state == .snooze || state == .wake {
            let isOn = try withDaemon { () throws(ControlError) in
                try client.call(Rehab1.GetSound()).sound.breaks
            }
            guard isOn else {
                complain(
                    "break reminders are off: there is nothing to put off",
                    cure: "turn them on with: rehabctl breaks on")
                throw ExitCode(65)
            }
        }
        let call: Rehab1.SetSound? =
            switch state {
            case .on: Rehab1.SetSound(breaks: true, snoozeMinutes: 0)
            case .off: Rehab1.SetSound(breaks: false)
            case .snooze: Rehab1.SetSound(snoozeMinutes: minutes ?? 60)
            case .wake: Rehab1.SetSound(snoozeMinutes: 0)
            case .sit: Rehab1.SetSound(sitting: true)
            case .stand: Rehab1.SetSound(sitting: false)
            case nil: nil
            }
        let sound = try withDaemon { () throws(ControlError) in
            if let call { return try client.call(call).sound }
            return try client.call(Rehab1.GetSound()).sound
        }
        if daemon.json { return try printJSON(sound) }
        print("break reminders: \(BreaksCommand.text(sound))")
        if let marked = sound.sittingMarkedSeconds {
            print(
                "  sitting by your own mark, for \(marked / 60) min; ends with: rehabctl breaks stand"
            )
        }
        // Whether the desktop would show them is asked for when they are turned on.
        if state == .on { MonotonicClock.sleep(until: MonotonicClock.now() + 1_000_000_000) }
        if state == nil { BreaksCommand.today(sound.habits).forEach { print($0) } }
        guard sound.breaks, let status = try? client.call(Rehab1.GetStatus()).status else { return }
        BreaksCommand.unseen(status.sensors, isMarked: sound.sittingMarkedSeconds != nil)
            .forEach { print($0) }
        tell(
            status.warnings.filter { $0.hasPrefix("no reminder can be shown") }
                .map { "  " + visible($0) })
    }

    /// s of standing from which an hour of it is told [engineering default].
    private static let leastStanding = 600.0

    /// What was seen today; what no sensor showed is said by `unseen`.
    static func today(_ habits: Rehab1.Habits?) -> [String] {
        guard let habits else { return [] }
        func minutes(_ seconds: Double) -> String { decimal(seconds / 60, 1, unit: " min") }
        var lines: [String] = []
        if let longest = habits.longestSittingSeconds, let breaks = habits.breaks {
            lines.append(
                "  today: longest sitting \(minutes(longest)), \(counted(Int(breaks), "break")) "
                    + "(seen for \(minutes(habits.watchedSittingSeconds)))")
        } else {
            lines.append("  today: sitting and breaks not measured")
        }
        guard habits.standingSeconds > 0 else {
            return lines + ["  today: no standing still seen"]
        }
        let share = habits.hangingSeconds / habits.standingSeconds
        var line =
            "  today: hung on one hip \(minutes(habits.hangingSeconds)) of "
            + "\(minutes(habits.standingSeconds)) standing still"
        if habits.standingSeconds >= BreaksCommand.leastStanding {
            line += ", \(decimal(share * 60, 0)) min a standing hour"
        }
        let sided = habits.hangingLeftSeconds + habits.hangingRightSeconds
        if sided > 0 {
            line +=
                "; left \(percent(habits.hangingLeftSeconds / sided)), right "
                + percent(habits.hangingRightSeconds / sided)
        } else if habits.hangingSeconds > 0 {
            line += "; left and right not measured"
        }
        return lines + [line]
    }

    /// What the worn sensors cannot see.
    ///
    /// `isMarked`: that they sit is the person's own word now.
    static func unseen(_ sensors: [Rehab1.Sensor], isMarked: Bool = false) -> [String] {
        let seen = sensors.filter { $0.calibration != nil && $0.state != .ended }
            .compactMap(\.segment)
        var lines: [String] = []
        if !seen.contains("pelvis") {
            lines.append("  standing on one hip: not measured, no calibrated sensor on the pelvis")
        }
        if !isMarked, !seen.contains(where: { $0.hasSuffix("thigh") }) {
            lines.append(
                "  sitting: not measured, no calibrated sensor on a thigh; say it: rehabctl breaks sit"
            )
        }
        return lines
    }

    /// "on", "off", "on, put off for 60 more minutes".
    static func text(_ sound: Rehab1.Sound) -> String {
        guard sound.breaks else { return "off" }
        guard let left = sound.breaksSnoozedSeconds else { return "on" }
        let minutes = (left + 59) / 60
        return "on, put off for \(minutes) more \(minutes == 1 ? "minute" : "minutes")"
    }
}
