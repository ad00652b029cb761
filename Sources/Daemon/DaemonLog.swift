// The log: structured entries in the journal, lines with a priority mark on standard error elsewhere.

import Plumbing
import ServiceManager
import Synchronization

/// Writes log entries.
///
/// Never called from intake, estimator or alert threads, which count instead. Addresses and names of
/// sensors are left out unless the settings say otherwise, and what repeats is counted.
enum DaemonLog {
    private struct Shared {
        var namesAreShown = false
        /// What stands for a name in the log.
        var hidden: [String: String] = [:]
        var limit = LogLimit()
    }

    private static let shared = Mutex(Shared())

    static func note(_ text: String) { write(nil, text, priority: 6, fields: []) }

    /// What is done otherwise for this person; each subject is limited by itself, since every override is
    /// logged, however many a file or a set has.
    static func override(_ text: String, of subject: String) {
        write(nil, text, priority: 6, fields: [], subject: subject)
    }

    static func warning(_ text: String) { write(.warning, text, priority: 4, fields: []) }
    static func error(_ text: String) { write(.warning, text, priority: 3, fields: []) }

    /// An event with its id; `fields` are those of the catalogue's texts.
    static func event(
        _ event: JournalEvent, _ text: String, priority: Int = 6,
        fields: [(name: String, value: String)] = []
    ) {
        write(event, text, priority: priority, fields: fields)
    }

    // MARK: what is left out

    static var namesAreShown: Bool {
        get { shared.withLock { $0.namesAreShown } }
        set { shared.withLock { $0.namesAreShown = newValue } }
    }

    /// From now on `name` is written as `word`, until the settings show names.
    static func hide(_ name: String, as word: String) {
        guard name.count > 1, name != word else { return }
        shared.withLock { $0.hidden[name] = word }
    }

    // MARK: writing

    /// Priority marks only where nobody reads a terminal: sd-daemon(3).
    private static let marks = !Terminal.errorIsTerminal

    private static func write(
        _ event: JournalEvent?, _ text: String, priority: Int,
        fields: [(name: String, value: String)], subject: String? = nil
    ) {
        // Warnings are said once each: they differ by more than numbers, or they are a flood.
        let detail =
            event == .warning
            ? String(text.filter { !$0.isNumber }.prefix(120))
            : subject ?? fields.first?.value ?? ""
        let kind = "\(event?.rawValue ?? "note") \(detail)"
        let (lines, verdict) = shared.withLock { shared in
            (
                shared.namesAreShown ? text : Anonymity.remove(from: text, hidden: shared.hidden),
                shared.limit.take(kind, at: MonotonicClock.now())
            )
        }
        guard case .write(let before) = verdict else { return }
        var line = lines
        if before > 0 { line += " (\(before) entries of this kind were left out before it)" }
        guard Journal.isConnected else {
            Terminal.write((marks ? "<\(priority)>" : "rehabd: ") + line + "\n", toError: true)
            return
        }
        var entry = [
            (name: "MESSAGE", value: line), ("PRIORITY", "\(priority)"),
            ("SYSLOG_IDENTIFIER", "rehabd"),
        ]
        if let event {
            entry.append(("MESSAGE_ID", event.messageID))
            entry.append(("REHAB_EVENT", event.rawValue))
        }
        Journal.send(entry + fields)
    }
}

/// How often one kind of entry may come: ten at once, then one in ten seconds.
///
/// A flood of bad packets must not fill the journal; fault 29 asks for at most ten lines a minute.
struct LogLimit {
    enum Verdict: Equatable {
        /// To be written; so many were left out before it.
        case write(before: Int)
        case leaveOut
    }

    private struct Bucket {
        var tokens = LogLimit.atOnce
        var filledAt: Int64
        var leftOut = 0
    }

    private static let atOnce = 10.0
    /// ns for one more.
    private static let refill = 10e9
    /// Kinds that are told apart; a stranger cannot make them, so more are never needed.
    private static let kinds = 256

    private var buckets: [String: Bucket] = [:]

    mutating func take(_ kind: String, at now: Int64) -> Verdict {
        if buckets.count > LogLimit.kinds { buckets.removeAll() }
        var bucket = buckets[kind] ?? Bucket(filledAt: now)
        let more = Double(now &- bucket.filledAt) / LogLimit.refill
        bucket.tokens = min(LogLimit.atOnce, bucket.tokens + max(0, more))
        bucket.filledAt = now
        defer { buckets[kind] = bucket }
        guard bucket.tokens >= 1 else {
            bucket.leftOut += 1
            return .leaveOut
        }
        bucket.tokens -= 1
        let before = bucket.leftOut
        bucket.leftOut = 0
        return .write(before: before)
    }
}
