// `rehabctl calibrate`: says what to do, shows how far it is, rings at each step.

import ArgumentParser
import Control
import FoundationEssentials
import Plumbing

struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Align the sensors to the body: stand, three bows, one foot lift.",
        discussion: """
            Takes about half a minute. Wear the sensors where they will stay. Where thighs or shanks \
            carry sensors, marching on the spot follows: it shows how they sit and proves their side.

            With --turn-round the accelerometers are measured: stand still, turn half round on the \
            spot, stand still again. What they read too much is taken off from then on, also after a \
            restart. A calibration made before stays in force.
            """)

    @OptionGroup var daemon: DaemonOptions

    @Option(
        name: .long, help: ArgumentHelp("Seconds to get ready.", valueName: "seconds"))
    var leadIn = 3.0

    @Flag(name: .long, help: "Measure what the accelerometers read too much.")
    var turnRound = false

    @Flag(name: .long, help: "Align the leg sensors alone; the pelvis must be calibrated.")
    var legs = false

    @Flag(name: .long, help: "Ring no bell at the steps.")
    var quiet = false

    func validate() throws {
        guard (0...60).contains(leadIn) else {
            throw ValidationError("--lead-in must be from 0 to 60 seconds.")
        }
        guard !(turnRound && legs) else {
            throw ValidationError("--turn-round and --legs are two calibrations; choose one.")
        }
    }

    func run() throws {
        let client = try daemon.connect()
        let last: Rehab1.CalibrationStep?
        let progress = CalibrationProgress(
            style: .standardOutput(), json: daemon.json, rings: !quiet)
        do throws(ControlError) {
            last = try CalibrateCommand.follow(
                client, leadIn: leadIn, what: turnRound ? "turn-round" : legs ? "legs" : nil
            ) { progress.show($0) }
        } catch {
            throw complaint(error)
        }
        guard last?.step == .done else { throw ExitCode(65) }
        if !daemon.json, !turnRound { tell(["Next: rehabctl start one-leg-stand"]) }
    }

    /// Runs a calibration to its end; `show` gets every step.
    static func follow(
        _ client: consuming ControlClient, leadIn: Double, what: String? = nil,
        show: (Rehab1.CalibrationStep) -> Void
    ) throws(ControlError) -> Rehab1.CalibrationStep? {
        var replies = try client.stream(Rehab1.Calibrate(leadInSeconds: leadIn, what: what))
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
    private var shownLifts: Int64 = 0

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
        let isNew =
            step.step != shown || step.bowsSeen != shownBows
            || step.liftsSeen != shownLifts
        if isNew, rings, isTerminal { print("\u{7}", terminator: "") }
        let row = line(step, style)
        // Longer than a row it cannot be drawn over: it is said when there is something new.
        let fits = line(step, Style(isColourful: false)).count < terminalWidth() ?? .max
        if isTerminal, !fits, !isOver(step) {
            if isNew {
                print("\r\u{1B}[K", terminator: "")
                tell([line(step, Style(isColourful: false))])
            }
        } else if isTerminal {
            // What may be longer than a row comes last, and is broken between words.
            print("\r\u{1B}[K" + (isOver(step) ? "" : row), terminator: "")
            if isOver(step) { tell([row]) }
            Terminal.flush()
        } else if isNew {
            print(row)
        }
        shown = step.step
        shownBows = step.bowsSeen
        shownLifts = step.liftsSeen
        for sensor in step.sensors { tell(lines(sensor)) }
    }

    private func isOver(_ step: Rehab1.CalibrationStep) -> Bool {
        step.step == .done || step.step == .refused
    }

    private func line(_ step: Rehab1.CalibrationStep, _ style: Style) -> String {
        switch step.step {
        case .getReady, .stand:
            let left = max(0, (step.lengthSeconds ?? 0) - step.elapsedSeconds)
            let count = " \(bar(step.progress)) \(decimal(left, 0)) s"
            let fits = step.instruction.count + count.count < terminalWidth() ?? 0
            return style.bold(step.instruction) + (fits ? count : "")
        case .bow: return style.bold(step.instruction) + " \(step.bowsSeen) of 3 seen"
        case .lift, .repeatLift, .turn: return style.bold(step.instruction)
        case .march: return style.bold(step.instruction) + " \(step.liftsSeen) of 3 seen"
        case .done: return style.good(step.instruction)
        case .refused: return "Not calibrated: " + (step.reason ?? "")
        }
    }

    private func lines(_ sensor: Rehab1.CalibratedSensor) -> [String] {
        var columns = Columns()
        let isLeg = sensor.segment != "pelvis" && sensor.segment != "trunk"
        if let result = sensor.calibration {
            columns.add(
                "axis",
                "\(percent(result.axisVarianceExplained)) of the \(isLeg ? "knee lifts'" : "bows'") "
                    + "turning about one axis")
            columns.add(
                "neutral",
                "obliquity \(decimal(result.neutralObliquityRawDegrees, 1)) deg, "
                    + "tilt \(decimal(result.neutralTiltRawDegrees, 1)) deg (raw)")
            columns.add("left/right", "sign proof \(result.signProof)")
        }
        if let turn = sensor.turnRound {
            let bias = turn.accelerometerBias.map { decimal($0, 3) }.joined(separator: ", ")
            columns.add(
                "accelerometer",
                "\(bias) m/s² too much (each ± \(decimal(turn.sigma, 3))), "
                    + "\(decimal(turn.tiltDegrees, 1)) deg of tilt; taken off")
        }
        let title = "\(visible(sensor.sensor)) (\(sensor.segment))"
        return [title] + columns.lines(indent: "  ")
            + (sensor.calibration?.notes ?? []).map { "  " + $0 }
    }

    private func bar(_ share: Double) -> String {
        let full = Int((max(0, min(1, share)) * 20).rounded())
        return "[" + String(repeating: "#", count: full)
            + String(repeating: ".", count: 20 - full) + "]"
    }
}
