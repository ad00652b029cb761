// One run of a test: get ready, begin, show how it goes, end it at its goal or at Enter.

import ArgumentParser
import Control
import Plumbing

struct TestRun {
    let daemon: DaemonOptions
    let test: Rehab1.Test
    let side: String?
    let leadIn: Double
    /// s after which a run ends in any case.
    let longest: Double
    /// Prints nothing.
    let quiet: Bool
    /// Lines in place of one that changes.
    let isPlain: Bool
    private var draws: Bool { Terminal.outputIsTerminal && !isPlain }

    func result() throws -> Rehab1.TestResult {
        var client = try daemon.connect()
        // Before anybody gets ready for nothing.
        let status = try withDaemon { () throws(ControlError) in
            try client.call(Rehab1.GetStatus()).status
        }
        if let refusal = SetReadiness.refusal(status.sensors) ?? SetReadiness.busy(status) {
            throw complaint(.refused(refusal))
        }
        let leg =
            side.map { "\($0) leg" }
            ?? (test.legs == "one-or-both" ? "both legs" : "walk")
        if !quiet {
            print("\(test.id), \(leg): get ready. Enter ends the run.")
            if leadIn > 0 { print("It begins in \(decimal(leadIn, 0)) s.") }
            Terminal.flush()
        }
        MonotonicClock.sleep(until: MonotonicClock.now() + Int64(leadIn * 1e9))
        // From before it runs: who interrupts it at once gives it up as well.
        let signals = ProgramSignals(isDrawing: false)
        var replies = try watch()
        let begun = try withDaemon { () throws(ControlError) in
            try client.call(Rehab1.StartTest(test: test.id, side: side)).test
        }
        // Whoever pressed Enter while waiting wanted to begin, not to end.
        while Terminal.inputIsTerminal, UnixSocket.waitReadable(0, milliseconds: 0),
            readLine() != nil
        {}
        if !quiet { print("\u{7}Go.") }
        let end: End
        do throws(ControlError) {
            end = try follow(&replies, begun, signals)
        } catch {
            _ = try? client.call(Rehab1.GiveUpTest())
            throw complaint(error)
        }
        switch end {
        case .whole: break
        case .endedElsewhere:
            complain(
                "the run was ended elsewhere",
                cure: "see whether its result was kept: rehabctl test results \(test.id)")
            throw ExitCode(75)
        case .cutOff:
            _ = try? client.call(Rehab1.GiveUpTest())
            signals.endIfAsked()
            complain(
                "the pelvis sensor sent nothing for \(decimal(TestRun.silence, 0)) s, or was taken away: "
                    + "nothing of the run is kept",
                cure:
                    "check that the sensor is on and near, and begin again: rehabctl test \(test.id)"
            )
            throw ExitCode(75)
        }
        let result = try withDaemon { () throws(ControlError) in
            try client.call(Rehab1.StopTest()).result
        }
        if !quiet { print("\u{7}Done.") }
        return result
    }

    /// The daemon's events from before the run on: whatever ends it is seen, however soon.
    private func watch() throws -> ControlReplies<Rehab1.Monitor> {
        do throws(ControlError) {
            var replies = try ControlClient(socket: daemon.socket)
                .stream(Rehab1.Monitor(intervalMilliseconds: 100))
            // The state before it; that it came shows that the rest will.
            _ = try replies.next(within: 2_000)
            return replies
        } catch {
            throw complaint(error)
        }
    }

    /// How a run came to its end.
    private enum End {
        case whole
        /// A signal ended the program, or the sensor fell silent: no result.
        case cutOff
        /// Another program ended it, or gave it up.
        case endedElsewhere
    }

    /// s without a frame after which a run is given up: what was not seen cannot be scored.
    private static let silence = 3.0

    /// Watches until the goal is reached, Enter is pressed or the time is up.
    private func follow(
        _ replies: inout ControlReplies<Rehab1.Monitor>, _ begun: Rehab1.Test,
        _ signals: ProgramSignals
    ) throws(ControlError) -> End {
        let start = MonotonicClock.now()
        var goal = TestGoalWatch(begun)
        var told = -1
        var newest = 0.0
        // A daemon of before does not tell which test runs.
        var isTold = false
        while true {
            _ = signals.take()
            if signals.endedBy != nil { return .cutOff }
            var latest: Rehab1.Frame?
            switch try replies.next(within: 100) {
            case .reply(let reply):
                if case .frame(let frame) = reply.event.payload { latest = frame }
                if case .warning(let text) = reply.event.payload, !quiet { print(visible(text)) }
                if case .status(let status) = reply.event.payload {
                    if isTold, status.test != begun.id {
                        // A sensor that goes takes the run with it.
                        let isWorn = status.sensors.contains {
                            $0.segment == "pelvis" && $0.state != .ended
                        }
                        return isWorn ? .endedElsewhere : .cutOff
                    }
                    isTold = status.test == begun.id
                }
            case .nothing: break
            case .end: return .cutOff
            }
            let elapsed = Double(MonotonicClock.now() - start) * 1e-9
            if let latest {
                goal.take(latest, at: elapsed)
                newest = elapsed
            }
            if elapsed - newest > TestRun.silence { return .cutOff }
            if goal.isReached(at: elapsed) || elapsed > longest { return .whole }
            if Terminal.inputIsTerminal, UnixSocket.waitReadable(0, milliseconds: 0) {
                _ = readLine()
                return .whole
            }
            let second = Int(elapsed)
            // The first frame takes a moment; what never comes is said.
            guard !quiet, goal.hasFrame || elapsed > 2, second != told,
                second % (draws ? 1 : 5) == 0
            else {
                continue
            }
            told = second
            show(goal.line(at: elapsed))
        }
    }

    private func show(_ line: String) {
        if draws {
            Terminal.flush()
            Terminal.write("\r\(line)\u{1B}[K\(line.isEmpty ? "" : "\r")")
        } else {
            print("  \(line)")
            Terminal.flush()
        }
    }
}

/// Knows from the frames when a run has what it needs.
struct TestGoalWatch {
    private let test: Rehab1.Test
    private var frame: Rehab1.Frame?
    private var longestHold = 0.0
    private var reachedAt: Double?

    /// s that a run goes on after its goal: the last repetition comes to rest.
    private static let after = 0.5
    /// s after the longest time that counts in which a foot is awaited on the floor.
    private static let patience = 10.0
    /// s of a hold below which it was only a step on the way.
    private static let realHold = 5.0

    init(_ test: Rehab1.Test) { self.test = test }

    /// Data came.
    var hasFrame: Bool { frame != nil }

    mutating func take(_ frame: Rehab1.Frame, at elapsed: Double) {
        self.frame = frame
        if frame.phase == .holding { longestHold = max(longestHold, frame.holdSeconds) }
        guard reachedAt == nil, hasGoal(frame) else { return }
        reachedAt = elapsed
    }

    private func hasGoal(_ frame: Rehab1.Frame) -> Bool {
        let count = test.goalCount ?? 0
        switch test.goal {
        case "hold":
            let isOver = frame.count > 0 && frame.phase != .holding
            return longestHold >= (test.goalSeconds ?? 0)
                || isOver && longestHold >= TestGoalWatch.realHold
        case "holds":
            // Who stays up after the longest time that counts has heard that it is all.
            return count > 0 && frame.count >= count
                || longestHold >= (test.goalSeconds ?? .infinity) + TestGoalWatch.patience
        case "count": return count > 0 && frame.count >= count
        default: return false
        }
    }

    func isReached(at elapsed: Double) -> Bool {
        if test.goal == "time" { return elapsed >= (test.goalSeconds ?? 0) + 0.2 }
        return reachedAt.map { elapsed >= $0 + TestGoalWatch.after } ?? false
    }

    /// How the run goes, in a line.
    func line(at elapsed: Double) -> String {
        var parts = [decimal(elapsed, 0, unit: " s")]
        guard let frame else { return parts[0] + ", no pelvis data" }
        switch test.goal {
        case "hold", "holds":
            if test.goal == "holds" { parts.append("\(frame.count) of \(test.goalCount ?? 0)") }
            parts.append(
                frame.phase == .holding
                    ? "hold \(decimal(frame.holdSeconds, 0, unit: " s"))" : frame.phase.rawValue)
            if test.goal == "holds", frame.phase == .holding,
                frame.holdSeconds >= test.goalSeconds ?? .infinity
            {
                parts.append("that is all of it: put the foot down")
            }
            if let drop = frame.dropDegrees {
                parts.append("lift \(decimal(-drop, 1, unit: " deg"))")
            }
        case "count": parts.append("\(frame.count) of \(test.goalCount ?? 0)")
        default:
            if let seconds = test.goalSeconds {
                parts[0] += " of \(decimal(seconds, 0, unit: " s"))"
            }
            if frame.count > 0 { parts.append("\(frame.count) steps") }
        }
        if !frame.gates.isEmpty {
            parts.append("not judged: \(GateText.brief(frame.gates))")
        }
        return parts.joined(separator: ", ")
    }
}
