// The part of a calibration that runs now, and what is said of it: body, legs, or turn-round.

import Alerts
import Control
import Kinematics
import Movement

/// The functional step of the legs, after a moment to put the foot down.
struct LegStage {
    private(set) var session: LegCalibrationSession
    private let pelvis: UInt8
    private let leadIn: Double
    private var began: Int64 = 0
    private var now: Int64 = 0

    /// s from the pelvis' proof (a foot in the air) to the stand [engineering default].
    private static let footDown = 3.0

    init(
        legs: [CalibrationSession.Participant], pelvis: UInt8, alignment: SensorAlignment,
        leadIn: Double = LegStage.footDown
    ) {
        session = LegCalibrationSession(
            participants: legs, pelvisChannel: pelvis, pelvis: alignment)
        self.pelvis = pelvis
        self.leadIn = leadIn
    }

    private var elapsed: Double { seconds(fromNanoseconds: now - began) }
    /// True until the stand begins.
    private var isWaiting: Bool { session.stepStart == 0 }

    mutating func add(_ frame: MotionFrame) -> Bool {
        if isWaiting, frame.channel == pelvis {
            if began == 0 { began = frame.time }
            now = max(now, frame.time)
        }
        guard !isWaiting || began != 0 && elapsed >= leadIn else { return false }
        let before = session.liftsSeen
        let wasWaiting = isWaiting
        let changed = session.add(frame)
        return changed || session.liftsSeen != before || wasWaiting != isWaiting
    }

    var told: Rehab1.CalibrationStep {
        if isWaiting {
            return Rehab1.CalibrationStep(
                step: .getReady, instruction: "Both feet down. The leg sensors come next.",
                elapsedSeconds: elapsed, lengthSeconds: leadIn,
                progress: min(1, elapsed / max(leadIn, 0.001)),
                bowsSeen: 0)
        }
        let step: Rehab1.CalibrationStep.Step =
            switch session.step {
            case .stand: .stand
            case .march: .march
            case .done: .done
            case .refused: .refused
            }
        return Rehab1.CalibrationStep(
            step: step, instruction: session.instruction, elapsedSeconds: session.elapsed,
            lengthSeconds: step == .stand ? QuietStand.length : nil, progress: session.progress,
            bowsSeen: 0, liftsSeen: Int64(session.liftsSeen), reason: session.refusal?.message)
    }
}

/// What runs now.
enum CalibrationStage {
    /// Stand, bows and a foot lift: pelvis and trunk.
    case body(CalibrationSession)
    case legs(LegStage)
    case turnRound(TurnRoundSession)

    /// Takes a frame; true where a person would notice a change.
    mutating func add(_ frame: MotionFrame) -> Bool {
        switch self {
        case .body(var session):
            let before = session.bowsSeen
            let changed = session.add(frame)
            self = .body(session)
            return changed || session.bowsSeen != before
        case .legs(var stage):
            let changed = stage.add(frame)
            self = .legs(stage)
            return changed
        case .turnRound(var session):
            let changed = session.add(frame)
            self = .turnRound(session)
            return changed
        }
    }

    var isOver: Bool {
        switch self {
        case .body(let session): session.isOver
        case .legs(let stage): stage.session.isOver
        case .turnRound(let session): session.isOver
        }
    }

    var isDone: Bool {
        switch self {
        case .body(let session): session.step == .done
        case .legs(let stage): stage.session.step == .done
        case .turnRound(let session): session.step == .done
        }
    }

    /// The sound of a step: a beat for the next instruction, another at the end.
    var notice: Notice {
        switch told.step {
        case .done: .ready
        case .refused, .repeatLift: .refused
        case .getReady, .stand, .bow, .lift, .march, .turn: .tick
        }
    }

    /// The step for clients, without results.
    var told: Rehab1.CalibrationStep {
        switch self {
        case .body(let session): CalibrationStage.told(session)
        case .legs(let stage): stage.told
        case .turnRound(let session): CalibrationStage.told(session)
        }
    }

    private static func told(_ session: CalibrationSession) -> Rehab1.CalibrationStep {
        let step: Rehab1.CalibrationStep.Step =
            switch session.step {
            case .getReady: .getReady
            case .stand: .stand
            case .bow: .bow
            case .lift: .lift
            case .repeatLift: .repeatLift
            case .done: .done
            case .refused: .refused
            }
        return Rehab1.CalibrationStep(
            step: step, instruction: session.instruction, elapsedSeconds: session.elapsed,
            lengthSeconds: session.length, progress: session.progress,
            bowsSeen: Int64(session.bowsSeen), reason: session.refusal?.message)
    }

    private static func told(_ session: TurnRoundSession) -> Rehab1.CalibrationStep {
        let step: Rehab1.CalibrationStep.Step =
            switch session.step {
            case .getReady: .getReady
            case .stand, .standAgain: .stand
            case .turn: .turn
            case .done: .done
            case .refused: .refused
            }
        return Rehab1.CalibrationStep(
            step: step, instruction: session.instruction, elapsedSeconds: session.elapsed,
            lengthSeconds: session.length, progress: session.progress, bowsSeen: 0,
            reason: session.refusal?.message)
    }
}

extension Segment {
    var isLeg: Bool { self != .pelvis && self != .trunk }
}
