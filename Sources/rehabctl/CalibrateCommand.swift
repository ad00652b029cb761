// `rehabctl calibrate`: says what to do, shows how far it is, rings at each step.

import ArgumentParser
import Control
import Foundation
import Plumbing

struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Align the sensors to the body: stand, three bows, one foot lift.",
        discussion: "Takes about half a minute. Wear the sensors where they will stay.")

    @OptionGroup var daemon: DaemonOptions

    @Option(
        name: .long, help: ArgumentHelp("Seconds to get ready.", valueName: "seconds"))
    var leadIn = 3.0

    @Flag(name: .long, help: "Ring no bell at the steps.")
    var quiet = false

    func validate() throws {
        guard (0...60).contains(leadIn) else {
            throw ValidationError("--lead-in must be from 0 to 60 seconds.")
        }
    }

    func run() throws {
        let client = try daemon.connect()
        let last: Rehab1.CalibrationStep?
        let progress = CalibrationProgress(
            style: .standardOutput(), json: daemon.json, rings: !quiet)
        do throws(ControlError) {
            last = try CalibrateCommand.follow(client, leadIn: leadIn) { progress.show($0) }
        } catch {
            throw complaint(error)
        }
        guard last?.step == .done else { throw ExitCode(65) }
    }

    /// Runs a calibration to its end; `show` gets every step.
    static func follow(
        _ client: consuming ControlClient, leadIn: Double,
        show: (Rehab1.CalibrationStep) -> Void
    ) throws(ControlError) -> Rehab1.CalibrationStep? {
        var replies = try client.stream(Rehab1.Calibrate(leadInSeconds: leadIn))
        var last: Rehab1.CalibrationStep?
        while let reply = try replies.next() {
            last = reply.step
            show(reply.step)
        }
        return last
    }
}

/// Shows a calibration as it goes: one line that is redrawn on a terminal, one line a step elsewhere.
final class CalibrationProgress {
    private let style: Style
    private let json: Bool
    private let rings: Bool
    private let isTerminal = Terminal.outputIsTerminal
    private var shown: Rehab1.CalibrationStep.Step?
    private var shownBows: Int64 = 0

    init(style: Style, json: Bool, rings: Bool) {
        self.style = style
        self.json = json
        self.rings = rings
    }

    func show(_ step: Rehab1.CalibrationStep) {
        if json {
            try? printJSON(step)
            return
        }
        let isNew = step.step != shown || step.bowsSeen != shownBows
        if isNew, rings, isTerminal { print("\u{7}", terminator: "") }
        if isTerminal {
            print("\r\u{1B}[K\(line(step))", terminator: isOver(step) ? "\n" : "")
            Terminal.flush()
        } else if isNew {
            print(line(step))
        }
        shown = step.step
        shownBows = step.bowsSeen
        if let result = step.result { resultLines(result).forEach { print($0) } }
    }

    private func isOver(_ step: Rehab1.CalibrationStep) -> Bool {
        step.step == .done || step.step == .refused
    }

    private func line(_ step: Rehab1.CalibrationStep) -> String {
        switch step.step {
        case .getReady, .stand:
            let left = max(0, (step.lengthSeconds ?? 0) - step.elapsedSeconds)
            let count = isTerminal ? " \(bar(step.progress)) \(decimal(left, 0)) s" : ""
            return style.bold(step.instruction) + count
        case .bow: return style.bold(step.instruction) + " \(step.bowsSeen) of 3 seen"
        case .lift, .repeatLift: return style.bold(step.instruction)
        case .done: return style.good("Calibrated.")
        case .refused: return style.notice("Not calibrated: ") + (step.reason ?? "")
        }
    }

    private func resultLines(_ result: Rehab1.Calibration) -> [String] {
        var columns = Columns()
        columns.add(
            "axis", "\(percent(result.axisVarianceExplained)) of the bows' turning about one axis")
        columns.add(
            "neutral",
            "obliquity \(decimal(result.neutralObliquityRawDegrees, 1)) deg, "
                + "tilt \(decimal(result.neutralTiltRawDegrees, 1)) deg (raw)")
        columns.add("left/right", "sign proof \(result.signProof)")
        return columns.lines(indent: "  ") + result.notes.map { "  " + $0 }
    }

    private func bar(_ share: Double) -> String {
        let full = Int((max(0, min(1, share)) * 20).rounded())
        return "[" + String(repeating: "#", count: full)
            + String(repeating: ".", count: 20 - full) + "]"
    }
}
