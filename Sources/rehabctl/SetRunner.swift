// One set from "get ready" to its summary, drawn or in lines, whoever or whatever ends it.

import ArgumentParser
import Control
import Plumbing

/// What is asked for in a set.
struct SetPlan {
    var exercise: Rehab1.Exercise
    var side: String?
    var isProbe = false
    /// A set on its own: the daemon, which counts the sets of the day, says whether it is the last one.
    var leavesProbeOpen = false
    var keepsRecording = true
    var thresholds: [Rehab1.Threshold] = []
    var leadIn = 5.0
    var count: Int?
    var hold: Double?
    var seconds: Double?
    var stillAfter = 60.0
    /// What is held or worn, and the step's height, as the person says.
    var load: String?
    var step: Double?
    /// "set 2 of 3".
    var place = ""
}

/// How a set came to its end.
enum SetEnd: Equatable {
    case reached
    /// The person ended the set, or left altogether.
    case asked, left
    case still(Int)
    /// The daemon closed it, or another program did.
    case closed
    case signal
}

struct SetOutcome {
    var summary: Rehab1.Summary
    var end: SetEnd
    /// What was said on the way and matters afterwards.
    var warnings: [String]
}

/// Runs sets one after the other over a daemon.
struct SetRunner {
    let daemon: DaemonOptions
    let console: Console
    let exercises: [Rehab1.Exercise]

    /// Runs a set; a refusal of the daemon comes out as an error.
    func run(_ plan: SetPlan) throws(ControlError) -> SetOutcome {
        var replies = try ControlClient(socket: daemon.socket)
            .stream(Rehab1.Monitor(intervalMilliseconds: 50))
        var commands = try ControlClient(socket: daemon.socket)
        let started = try commands.call(
            Rehab1.StartExercise(
                exercise: plan.exercise.id, side: plan.side,
                record: plan.keepsRecording ? nil : false,
                probe: plan.leavesProbeOpen ? nil : plan.isProbe,
                thresholds: plan.thresholds.isEmpty ? nil : plan.thresholds,
                leadInSeconds: plan.leadIn > 0 ? plan.leadIn : nil,
                count: plan.count.map(Int64.init), holdSeconds: plan.hold)
        ).exercise
        if !console.isDrawing { announce(started, plan) }
        // As it is done now, with the hold and the repetitions that were asked for.
        var plan = plan
        plan.exercise = started
        var run = Run(
            plan: plan, console: console, actions: LiveActions(daemon: daemon),
            exercises: exercises.map { $0.id == started.id ? started : $0 })
        defer { run.close() }
        let end: SetEnd
        do throws(ControlError) {
            end = try run.follow(&replies)
        } catch {
            // The daemon went: nothing can be summed up, but the terminal is as it was.
            run.close()
            if case .disconnected = error { throw .stopped }
            throw error
        }
        if let summary = run.state.finished {
            return SetOutcome(summary: summary, end: end, warnings: run.warnings)
        }
        do throws(ControlError) {
            let summary = try commands.call(Rehab1.StopExercise()).summary
            return SetOutcome(summary: summary, end: end, warnings: run.warnings)
        } catch {
            // It ended by itself in this very moment: its summary is on its way.
            guard case .refused(.notExercising) = error,
                let summary = try run.lateSummary(&replies)
            else { throw error }
            return SetOutcome(summary: summary, end: .closed, warnings: run.warnings)
        }
    }

    private func announce(_ exercise: Rehab1.Exercise, _ plan: SetPlan) {
        let details =
            [plan.place, plan.side.map { "\($0) leg" } ?? "", plan.isProbe ? "without cues" : ""]
            .filter { !$0.isEmpty }
        // The title alone stands above already.
        if !details.isEmpty { console.say(([exercise.title] + details).joined(separator: ", ")) }
        if let silent = exercise.silentPart {
            console.say("No cues in \(silent): it shows what stays without them.")
        }
        if console.hasKeyboard {
            console.say(LiveView.typed)
        }
    }

    /// The set while it goes.
    private struct Run {
        let plan: SetPlan
        let console: Console
        let actions: LiveActions
        var state = LiveState()
        var warnings: [String] = []
        private var news: SetNews
        private var goal: SetGoal
        private var screen: LiveScreen?
        private let began = MonotonicClock.now()
        private var countTold = 0
        /// Sensors that were said to be silent: that they are back is said as well.
        private var silent: Set<String> = []

        init(
            plan: SetPlan, console: Console, actions: LiveActions, exercises: [Rehab1.Exercise]
        ) {
            self.plan = plan
            self.console = console
            self.actions = actions
            news = SetNews(exercise: plan.exercise, wanted: plan.count)
            goal = SetGoal(
                plan.exercise, count: plan.count, seconds: plan.seconds,
                stillAfter: plan.stillAfter)
            state.exercises = exercises
            state.wanted = plan.count
            state.title = plan.exercise.title
            state.instruction = plan.exercise.instruction
            state.place = plan.place + (plan.isProbe ? " (no cues)" : "")
            guard console.isDrawing else { return }
            let screen = LiveScreen(signals: console.signals)
            screen.keyHelp =
                "space pause  s side  m mark  +/- volume  x end set  q end and leave"
            self.screen = screen
        }

        func close() { screen?.restore() }

        mutating func follow(
            _ replies: inout ControlReplies<Rehab1.Monitor>
        ) throws(ControlError) -> SetEnd {
            while true {
                if let end = takeKeys(replies.rawValue) { return end }
                if console.hasEnded { return .signal }
                reading: while true {
                    switch try replies.next(within: 0) {
                    case .reply(let reply):
                        if let end = take(reply.event) { return end }
                    case .nothing: break reading
                    case .end: throw .disconnected(method: "Monitor")
                    }
                }
                countDown()
                state.noteTime(MonotonicClock.now())
                screen?.draw(state)
            }
        }

        private mutating func takeKeys(_ source: Int32) -> SetEnd? {
            guard let screen else {
                InputWait.readable(
                    [source, console.signals.rawValue, console.hasKeyboard ? 0 : -1],
                    milliseconds: 100)
                _ = console.signals.take()
                return carryOut(console.typedKeys())
            }
            return carryOut(screen.wait(for: source))
        }

        private mutating func carryOut(_ keys: [LiveKey]) -> SetEnd? {
            for key in keys {
                switch key {
                case .endSet: return .asked
                case .leave: return .left
                case .pause, .side, .mark, .louder, .quieter:
                    let answer = actions.carryOut(key, state) ?? ""
                    state.note(answer: answer)
                    if screen == nil, key != .pause { console.say(answer) }
                }
            }
            return nil
        }

        private mutating func take(_ event: Rehab1.Event) -> SetEnd? {
            let line = state.take(event, at: MonotonicClock.now())
            switch event.payload {
            case .frame(let frame):
                if screen == nil { console.say(news.take(frame)) }
                switch goal.take(frame, paused: state.paused != nil) {
                case .goOn: return nil
                case .reached: return .reached
                case .still(let seconds): return .still(seconds)
                }
            case .set: return .closed
            case .warning(let text):
                warnings.append(text)
                fallthrough
            case .cue, .status:
                if screen == nil, let line, !isGettingReady(line) { console.say(line) }
            case .sensor(let sensor):
                guard screen == nil else { break }
                if sensor.state != .streaming {
                    silent.insert(sensor.name)
                    if let line { console.say(line) }
                } else if silent.remove(sensor.name) != nil {
                    console.say("sensor \(visible(sensor.name)): back again")
                }
            case nil: break
            }
            return nil
        }

        private func isGettingReady(_ line: String) -> Bool { line == "paused: getting ready" }

        /// 3, 2, 1: on the screen, or in lines.
        private mutating func countDown() {
            guard plan.leadIn > 0, state.paused == "getting ready" else {
                if state.message.hasPrefix("Get ready") { state.message = "" }
                return
            }
            let left = plan.leadIn - Double(MonotonicClock.now() - began) * 1e-9
            let whole = max(1, Int(left.rounded(.up)))
            guard whole != countTold else { return }
            countTold = whole
            let side = plan.side.map { ", \($0) leg" } ?? ""
            state.message = "Get ready\(side): \(whole)"
            if screen == nil, whole <= 3 || Double(whole) >= plan.leadIn.rounded(.up) {
                console.say("get ready: \(whole)")
            }
        }

        /// The summary of a set that the daemon closed by itself.
        mutating func lateSummary(
            _ replies: inout ControlReplies<Rehab1.Monitor>
        ) throws(ControlError) -> Rehab1.Summary? {
            let deadline = MonotonicClock.now() + 2_000_000_000
            while MonotonicClock.now() < deadline {
                guard case .reply(let reply) = try replies.next(within: 200) else { continue }
                _ = state.take(reply.event, at: MonotonicClock.now())
                if let summary = state.finished { return summary }
            }
            return nil
        }
    }
}
