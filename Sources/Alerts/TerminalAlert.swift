// Cues as one plain line each: rule, words, side and size, readable without colour and by a screen reader.

import Glibc
import Kinematics
package import Movement
import Synchronization

/// Where terminal lines go.
package enum TerminalSink: Sendable {
    /// An open descriptor, which stays the caller's. Only written to when it has room.
    case descriptor(Int32)
    /// Takes one whole line with its line feed; false where it has no room. Called by the alert thread.
    case closure(@Sendable ([UInt8]) -> Bool)
}

/// The terminal output.
///
/// Domains: `line` belongs to the alert thread; the counters are read by any thread.
package final class TerminalAlert: AlertOutput, @unchecked Sendable {
    package static let name = "terminal"

    private struct Counters: ~Copyable {
        let presented = Atomic<Int>(0)
        let notHeard = Atomic<Int>(0)
        let stale = Atomic<Int>(0)
        let isFull = Atomic<Bool>(false)
    }

    private let sink: TerminalSink
    /// The words before the side, a row a rule: formatted once, so that presenting takes no memory.
    private let heads: [[UInt8]]
    /// The same of rules that watch the pelvis on two legs.
    private let levelHeads: [[UInt8]]
    private let counters = Counters()
    private var line: [UInt8] = []

    package init?(_ setup: AlertSetup) {
        guard let sink = setup.terminal else { return nil }
        self.sink = sink
        func heads(_ signal: Signal) -> [[UInt8]] {
            (UInt8(0)...20).map { number in
                let rule = RuleID(number: number)
                var text = "cue \(rule.name)"
                if let shown = setup.words(rule, signal)?.shown { text += "  \(shown)" }
                // A cue is one line, whatever its words hold.
                return text.utf8.map { $0 < UInt8(ascii: " ") ? UInt8(ascii: " ") : $0 }
            }
        }
        self.heads = heads(.drop)
        levelHeads = heads(.obliquity)
        line.reserveCapacity(512)
    }

    package func present(_ alert: Alert, now: Int64) throws(AlertError) {
        if alert.isStale(at: now) {
            counters.stale.add(1, ordering: .relaxed)
            throw AlertError(.stale)
        }
        format(alert)
        let wasWritten = write()
        counters.isFull.store(!wasWritten, ordering: .relaxed)
        guard wasWritten else {
            counters.notHeard.add(1, ordering: .relaxed)
            throw AlertError(.full)
        }
        counters.presented.add(1, ordering: .relaxed)
    }

    package var health: AlertOutputHealth {
        var health = AlertOutputHealth(name: Self.name)
        health.state = .ok
        health.presented = counters.presented.load(ordering: .relaxed)
        health.notHeard = counters.notHeard.load(ordering: .relaxed)
        health.stale = counters.stale.load(ordering: .relaxed)
        if counters.isFull.load(ordering: .relaxed) {
            let error = AlertError(.full)
            health.state = .failing
            health.reason = error.reason
            health.cure = error.cure
        }
        return health
    }

    // MARK: the line

    // As in: cue C01  belt: lift free side  (right stance, 6.3 degrees)
    private func format(_ alert: Alert) {
        line.removeAll(keepingCapacity: true)
        let row = Int(alert.rule.number)
        let isLevel = alert.signal == .obliquity || alert.signal == .sag
        line.append(contentsOf: (isLevel ? levelHeads : heads)[row < heads.count ? row : 0])
        append("  (")
        switch (alert.stanceSide, alert.lowerSide) {
        case (.left, _): append("left stance, ")
        case (.right, _): append("right stance, ")
        case (nil, .left): append("left side lower, ")
        case (nil, .right): append("right side lower, ")
        case (nil, nil): break
        }
        let value = alert.signal.isAngle ? alert.value * degreesPerRadian : alert.value
        if value.isFinite, abs(value) < 1e6 {
            appendTenths(value)
            append(alert.signal.isAngle ? " degrees)\n" : " times calm)\n")
        } else {
            append("not measured)\n")
        }
    }

    private func append(_ text: StaticString) {
        text.withUTF8Buffer { unsafe line.append(contentsOf: $0) }
    }

    /// A number below a million with one decimal.
    private func appendTenths(_ value: Double) {
        let tenths = Int((value * 10).rounded())
        if tenths < 0 { line.append(UInt8(ascii: "-")) }
        appendWhole(abs(tenths) / 10)
        line.append(UInt8(ascii: "."))
        line.append(UInt8(ascii: "0") + UInt8(abs(tenths) % 10))
    }

    private func appendWhole(_ value: Int) {
        if value >= 10 { appendWhole(value / 10) }
        line.append(UInt8(ascii: "0") + UInt8(value % 10))
    }

    private func write() -> Bool {
        switch sink {
        case .closure(let take): return take(line)
        case .descriptor(let descriptor):
            // A stopped terminal or a full pipe must not hold the alert thread: ask first. A pipe or
            // terminal that is writable has room for a line.
            var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard unsafe poll(&entry, 1, 0) == 1, entry.revents == Int16(POLLOUT) else {
                return false
            }
            let written = unsafe line.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            return written == line.count
        }
    }
}
