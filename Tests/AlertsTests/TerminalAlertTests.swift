// The terminal output's line, byte for byte, and its readers that do not read.

import Alerts
import Foundation
import Kinematics
import Movement
import Plumbing
import Synchronization
import Testing

/// The words of the compensation sheet, 5.2.
private func words(_ rule: RuleID, _ signal: Signal) -> (spoken: String, shown: String)? {
    switch rule.number {
    case 1 where signal == .obliquity: ("Float the belt level", "belt: lift the lower side")
    case 1: ("Float the belt level", "belt: lift free side")
    case 4: ("Long waist", "belt: let the side lengthen")
    case 19: ("Step down, no rush", "rep ended")
    default: nil
    }
}

private final class Lines: Sendable {
    private let bytes = Mutex<[UInt8]>([])
    func add(_ line: [UInt8]) { bytes.withLock { $0 += line } }
    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
}

private func output(_ sink: TerminalSink) throws -> TerminalAlert {
    var setup = AlertSetup(words: words)
    setup.terminal = sink
    return try #require(TerminalAlert(setup))
}

private func output(into lines: Lines) throws -> TerminalAlert {
    try output(
        .closure {
            lines.add($0)
            return true
        })
}

@Suite("Terminal alert")
struct TerminalAlertTests {
    @Test("on two legs there is no free side: the lower one is told")
    func onTwoLegs() throws {
        let lines = Lines()
        let output = try output(into: lines)
        var alert = Alert(rule: .pelvicDrop, signal: .obliquity, value: 5 * Double.pi / 180)
        alert.lowerSide = .left
        try output.present(alert, now: 0)
        #expect(
            lines.text == "cue C01  belt: lift the lower side  (left side lower, 5.0 degrees)\n")
    }

    @Test("the lines are the golden ones")
    func golden() throws {
        let lines = Lines()
        let output = try output(into: lines)
        let degree = Double.pi / 180
        let alerts = [
            Alert(rule: .pelvicDrop, signal: .drop, value: 6.3 * degree, stanceSide: .right),
            Alert(rule: .pelvicDrop, signal: .drop, value: 12.06 * degree, stanceSide: .left),
            Alert(rule: .hipHike, signal: .hike, value: 5.04 * degree, stanceSide: .left),
            Alert(rule: .balanceLost, signal: .jerkRatio, value: 7.25, stanceSide: nil),
            Alert(rule: RuleID(number: 9), signal: .tiltChange, value: -0.04 * degree),
            Alert(rule: RuleID(number: 200), signal: .drop, value: .nan, stanceSide: .right),
            Alert(rule: .pelvicDrop, signal: .drop, value: 1e300, stanceSide: .right),
        ]
        for alert in alerts { try output.present(alert, now: 0) }
        try expectGolden(lines.text, "terminal")
        // Rule, words, side and size without colour or control characters.
        #expect(
            lines.text.hasPrefix("cue C01  belt: lift free side  (right stance, 6.3 degrees)\n"))
        #expect(lines.text.utf8.allSatisfy { $0 == 10 || (32..<127).contains($0) })
        #expect(output.health.presented == alerts.count)
    }

    @Test("words with line breaks and escapes stay one line")
    func hostileWords() throws {
        let lines = Lines()
        var setup = AlertSetup(words: { _, _ in ("", "one\ntwo\u{1B}[31m") })
        setup.terminal = .closure {
            lines.add($0)
            return true
        }
        let output = try #require(TerminalAlert(setup))
        try output.present(Alert(rule: .pelvicDrop), now: 0)
        #expect(lines.text.filter { $0 == "\n" }.count == 1)
        #expect(!lines.text.contains("\u{1B}"))
    }

    @Test("a reader that does not keep up costs the cue, not the thread")
    func fullPipe() throws {
        let pipe = Pipe()
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        let output = try output(.descriptor(descriptor))
        // A pipe holds 64 KiB; a line is 50 bytes. A blocking write would stop the test here.
        var refused = 0
        for _ in 0..<3000 {
            do throws(AlertError) {
                try output.present(Alert(rule: .pelvicDrop), now: 0)
            } catch {
                #expect(error.kind == .full)
                refused += 1
            }
        }
        #expect(refused > 0)
        #expect(output.health.notHeard == refused)
        #expect(output.health.presented == 3000 - refused)
        #expect(output.health.state == .failing)
        let taken = pipe.fileHandleForReading.availableData
        #expect(taken.starts(with: Data("cue C01".utf8)))
        try output.present(Alert(rule: .pelvicDrop), now: 0)
        #expect(output.health.state == .ok)
    }

    @Test("a stale cue is not shown")
    func stale() throws {
        let lines = Lines()
        let output = try output(into: lines)
        #expect(throws: AlertError(.stale)) {
            try output.present(Alert(rule: .pelvicDrop), now: 151 * millisecond)
        }
        #expect(lines.text.isEmpty)
        #expect(output.health.stale == 1)
    }
}
