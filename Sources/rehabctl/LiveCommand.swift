// `rehabctl live`: the body as it moves, on a terminal or line by line.

import ArgumentParser
import Control
import FoundationEssentials
import Plumbing

struct LiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "live", abstract: "Watch the pelvis, the cues and the sensors live.",
        discussion: """
            On a terminal the pelvis is drawn as a moving level, seen from behind, with the trunk and \
            the standing thigh where they carry sensors, the tempo, what was done, the cues and the \
            sensors. Keys: space pauses, s changes the side, m marks the moment in the recording, + \
            and - turn the volume, x ends the set, q leaves. Elsewhere, and with --plain, one line a second is printed, and one \
            for each cue as it comes. With --json every event is one line.
            """)

    @OptionGroup var daemon: DaemonOptions

    @Flag(name: .long, help: "Print lines in place of the drawing (for screen readers).")
    var plain = false

    @Option(
        name: .long, help: ArgumentHelp("End after this many seconds.", valueName: "seconds"))
    var seconds: Double?

    func validate() throws {
        if let seconds, !(seconds > 0 && seconds <= 86_400) {
            throw ValidationError("--seconds must be above 0, up to 86400.")
        }
    }

    func run() throws {
        Terminal.bufferByLine()
        let client = try daemon.connect()
        let deadline = seconds.map { MonotonicClock.now() + Int64($0 * 1e9) }
        do throws(ControlError) {
            if daemon.json {
                try watchJSON(client, until: deadline)
            } else if plain || !terminalDraws() {
                try watchPlain(client, until: deadline)
            } else {
                try watchDrawn(client, until: deadline)
            }
        } catch {
            throw complaint(error)
        }
    }

    private func isOver(_ deadline: Int64?) -> Bool {
        deadline.map { MonotonicClock.now() >= $0 } ?? false
    }

    private func watchJSON(
        _ client: consuming ControlClient, until deadline: Int64?
    ) throws(ControlError) {
        var replies = try client.stream(Rehab1.Monitor())
        while !isOver(deadline) {
            switch try replies.next(within: 200) {
            case .reply(let reply):
                try? printJSON(reply.event)
                Terminal.flush()
            case .nothing: continue
            case .end: return
            }
        }
    }

    private func watchPlain(
        _ client: consuming ControlClient, until deadline: Int64?
    ) throws(ControlError) {
        let exercises = (try? client.call(Rehab1.ListExercises()).exercises) ?? []
        var replies = try client.stream(Rehab1.Monitor(intervalMilliseconds: 200))
        var state = LiveState()
        state.exercises = exercises
        var focus = FocusNews()
        var toldExercise: String?
        var due = MonotonicClock.now()
        let console = Console(ConsoleSettings(isPlain: true))
        let actions = LiveActions(daemon: daemon)
        defer { console.signals.endIfAsked() }
        if console.hasKeyboard {
            tell([LiveView.typed])
        }
        while !isOver(deadline), !console.hasEnded {
            InputWait.readable(
                [replies.rawValue, console.signals.rawValue, console.hasKeyboard ? 0 : -1],
                milliseconds: 100)
            _ = console.signals.take()
            for key in console.typedKeys() {
                guard key != .leave else { return }
                if let answer = actions.carryOut(key, state) { tell([answer]) }
            }
            reading: while true {
                switch try replies.next(within: 0) {
                case .reply(let reply):
                    if let line = state.take(reply.event, at: MonotonicClock.now()) { tell([line]) }
                    if state.exercise?.id != toldExercise {
                        toldExercise = state.exercise?.id
                        if let text = state.exercise?.cueText { tell(["Cue: \(visible(text))"]) }
                    }
                    if let frame = reply.event.frame, let line = focus.take(frame) { tell([line]) }
                case .nothing: break reading
                case .end: return
                }
            }
            if MonotonicClock.now() >= due {
                state.noteTime(MonotonicClock.now())
                // The first frame takes a moment; what never comes is said.
                if !state.isWaiting { tell([state.plainLine]) }
                Terminal.flush()
                due += 1_000_000_000
            }
        }
    }

    private func watchDrawn(
        _ client: consuming ControlClient, until deadline: Int64?
    ) throws(ControlError) {
        // Titles and tempos; a daemon that does not tell them leaves them out.
        let exercises = (try? client.call(Rehab1.ListExercises()).exercises) ?? []
        var replies = try client.stream(Rehab1.Monitor(intervalMilliseconds: 50))
        var state = LiveState()
        state.exercises = exercises
        let actions = LiveActions(daemon: daemon)
        let screen = LiveScreen()
        defer { screen.close() }
        while !isOver(deadline), screen.endedBy == nil {
            for key in screen.wait(for: replies.rawValue) {
                if key == .leave { return }
                state.note(answer: actions.carryOut(key, state) ?? "")
            }
            var hasEnded = false
            reading: while true {
                switch try replies.next(within: 0) {
                case .reply(let reply):
                    if let line = state.take(reply.event, at: MonotonicClock.now()),
                        reply.event.kind == .set
                    {
                        state.message = line
                    }
                case .nothing: break reading
                case .end:
                    hasEnded = true
                    break reading
                }
            }
            if hasEnded { return }
            state.noteTime(MonotonicClock.now())
            screen.draw(state)
        }
    }
}
