// The workout log of whoever runs rehabctl: where it is, what day it is, and what to say when it is not.

import ArgumentParser
import Daemon
import FoundationEssentials
import History
import Plumbing

/// Options of the commands that read or write the workout log.
struct LogOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The workout log, in place of your own.", valueName: "file"))
    var log: String?

    /// `~/.local/state/rehabd/log.jsonl`, or where XDG_STATE_HOME says.
    var path: String {
        log ?? StatePaths(environment: ProcessInfo.processInfo.environment).state + "/log.jsonl"
    }

    /// The log; a message and an exit code where it cannot be read.
    func open() throws -> WorkoutLog {
        do throws(HistoryError) {
            let log = try WorkoutLog(path: path)
            if log.unread > 0 {
                complain(
                    "\(log.unread) lines of \(path) cannot be read and are left out",
                    cure: "they are kept; a newer rehabctl may know them")
            }
            return log
        } catch {
            complain(error.reason, cure: error.cure)
            throw ExitCode(74)
        }
    }

    /// Adds to the log, or ends the command.
    func append(_ entries: [LogEntry], to log: inout WorkoutLog) throws {
        do throws(HistoryError) {
            try log.append(entries)
        } catch {
            complain(error.reason, cure: error.cure)
            throw ExitCode(73)
        }
    }
}

/// Today, by the person's own time zone.
func today() -> Day {
    let now = Date()
    return Day(
        secondsSince1970: Int64(now.timeIntervalSince1970),
        offset: TimeZone.current.secondsFromGMT(for: now))
}

/// Now, s since 1970.
func nowSeconds() -> Int64 { Int64(Date().timeIntervalSince1970) }

/// Now, UTC, to the second.
func nowText() -> String { Date().formatted(.iso8601) }

/// An answer from 0 to 10.
func scaleNumber(_ text: String) -> Int? {
    guard let number = Int(text), (0...10).contains(number) else { return nil }
    return number
}
