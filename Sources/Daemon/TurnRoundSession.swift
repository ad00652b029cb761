// The turn-round as a conversation: stand, turn half round, stand again, done or refused.

import Estimation
import Kinematics
import Movement

/// Why a turn-round was refused, with what to do about it.
enum TurnRoundRefusal: Error, Equatable {
    case noData(sensor: String)
    case dataLost(sensor: String)
    case noTurn(degrees: Double)
    case noStand(sensor: String, isFirst: Bool)
    case turnTooSmall(sensor: String, degrees: Double)
    case implausible(sensor: String, bias: Double)

    /// One sentence of what happened and one of what to do.
    var message: String {
        switch self {
        case .noData(let sensor):
            "the \(sensor) sensor sent no samples. Check that it is on and near, then start again."
        case .dataLost(let sensor):
            "samples of the \(sensor) sensor were lost during the turn-round. Move nearer to the "
                + "computer and start again."
        case .noTurn(let degrees):
            "the half turn was not seen in time (\(oneDecimal(degrees)) degrees so far). Turn on the "
                + "spot until you face the other way, stand still, and start again."
        case .noStand(let sensor, let isFirst):
            "the \(sensor) sensor was not still for a second in the \(isFirst ? "first" : "second") "
                + "stand. Stand on both feet, hands at rest, and start again."
        case .turnTooSmall(let sensor, let degrees):
            "the \(sensor) sensor turned by \(oneDecimal(degrees)) degrees between the stands; half "
                + "round is wanted. Start again."
        case .implausible(let sensor, let bias):
            "the \(sensor) sensor seems to read \(oneDecimal(bias)) m/s² too much, more than a working "
                + "accelerometer does: it may have moved on the body. Tighten the strap and start "
                + "again."
        }
    }
}

/// Measures what accelerometers read too much, from motion frames.
///
/// Pure: time is the samples' own. Every participant's samples are kept from the first stand on, as
/// `turnRoundBias` wants them.
struct TurnRoundSession {
    enum Step: Equatable { case getReady, stand, turn, standAgain, done, refused }

    /// A measured sensor.
    struct Measured {
        var channel: UInt8
        var result: TurnRoundResult
    }

    private struct Track {
        var participant: CalibrationSession.Participant
        var samples: [ImuSample] = []
    }

    private(set) var step = Step.getReady
    private(set) var refusal: TurnRoundRefusal?
    private(set) var results: [Measured] = []
    private(set) var stepStart: Int64 = 0
    private var now: Int64 = 0
    private var tracks: [Track]
    private let leader: UInt8
    private let leadIn: Double
    /// How far the leader has turned about the vertical, rad, and how long it has been still, s.
    private var turned = 0.0
    private var stillFor = 0.0

    /// s: each stand, and the longest time for the turn [engineering defaults].
    static let stand = 5.0
    private static let turnLimit = 30.0
    /// rad: beyond this a turn may be over; `turnRoundBias` wants 60 degrees and gains with the turn.
    private static let enough = 140 * radiansPerDegree
    /// rad/s: faster is still turning; people sway at a degree a second.
    private static let still = 8 * radiansPerDegree
    /// m/s²: MEMS accelerometers are specified to 20 to 100 mg; 1.5 is 150 mg.
    private static let largest = 1.5
    /// s without samples that end it, as in `CalibrationSession`.
    private static let longestGap = 0.5
    private static let mostSamples = 200_000

    /// `participants`: not empty; the pelvis leads where it is among them.
    init(participants: [CalibrationSession.Participant], leadIn: Double) {
        tracks = participants.map { Track(participant: $0) }
        leader = (participants.first { $0.segment == .pelvis } ?? participants.first)?.channel ?? 0
        self.leadIn = max(0, min(leadIn, 60))
    }

    var isOver: Bool { step == .done || step == .refused }
    var elapsed: Double { seconds(fromNanoseconds: now - stepStart) }

    /// s the present step lasts, where that is fixed.
    var length: Double? {
        switch step {
        case .getReady: leadIn
        case .stand, .standAgain: TurnRoundSession.stand
        case .turn, .done, .refused: nil
        }
    }

    var progress: Double {
        switch step {
        case .getReady, .stand, .standAgain: min(1, elapsed / max(length ?? 1, 0.001))
        case .turn: min(1, abs(turned) / Double.pi)
        case .done, .refused: 1
        }
    }

    var instruction: String {
        switch step {
        case .getReady: "Stand with both feet down, hip-wide, looking ahead."
        case .stand: "Stand still."
        case .turn: "Turn half round on the spot, to face the other way, and stop."
        case .standAgain: "Stand still again."
        case .done: "Accelerometers measured."
        case .refused: refusal?.message ?? "Not measured."
        }
    }

    /// Takes a frame; true where something a person would notice changed.
    mutating func add(_ frame: MotionFrame) -> Bool {
        guard !isOver,
            let index = tracks.firstIndex(where: { $0.participant.channel == frame.channel })
        else { return false }
        if stepStart == 0 { stepStart = frame.time }
        now = max(now, frame.time)
        let name = tracks[index].participant.name
        if frame.sample.interval > TurnRoundSession.longestGap {
            return refuse(.dataLost(sensor: name))
        }
        if step != .getReady, frame.sample.isFinite,
            tracks[index].samples.count < TurnRoundSession.mostSamples
        {
            tracks[index].samples.append(frame.sample)
        }
        guard frame.channel == leader else { return false }
        return advance(frame)
    }

    private mutating func advance(_ frame: MotionFrame) -> Bool {
        let rate = frame.sample.angularRate
        switch step {
        case .getReady: return elapsed >= leadIn ? enter(.stand) : false
        case .stand: return elapsed >= TurnRoundSession.stand ? enter(.turn) : false
        case .turn:
            guard rate.isFinite, frame.sample.interval > 0 else { return false }
            // A gyroscope's bias of a degree a second is 2 to 30 degrees here: small beside the turn.
            let up = frame.worldFromSensor.destinationZInSource
            turned += rate.dot(up) * frame.sample.interval
            stillFor = rate.norm < TurnRoundSession.still ? stillFor + frame.sample.interval : 0
            if abs(turned) > TurnRoundSession.enough, stillFor > 0.7 { return enter(.standAgain) }
            guard elapsed > TurnRoundSession.turnLimit else { return false }
            return refuse(.noTurn(degrees: abs(turned) * degreesPerRadian))
        case .standAgain: return elapsed >= TurnRoundSession.stand ? finish() : false
        case .done, .refused: return false
        }
    }

    private mutating func enter(_ next: Step) -> Bool {
        step = next
        stepStart = now
        return true
    }

    private mutating func refuse(_ reason: TurnRoundRefusal) -> Bool {
        refusal = reason
        return enter(.refused)
    }

    private mutating func finish() -> Bool {
        var found: [Measured] = []
        for track in tracks {
            let name = track.participant.name
            guard track.samples.count > 20 else { return refuse(.noData(sensor: name)) }
            let result: TurnRoundResult
            do throws(TurnRoundProblem) {
                result = try turnRoundBias(track.samples)
            } catch {
                switch error {
                case .noFirstStand: return refuse(.noStand(sensor: name, isFirst: true))
                case .noSecondStand: return refuse(.noStand(sensor: name, isFirst: false))
                case .turnTooSmall(let angle):
                    return refuse(.turnTooSmall(sensor: name, degrees: angle * degreesPerRadian))
                }
            }
            let size = result.accelerometerBias.norm
            guard size <= TurnRoundSession.largest else {
                return refuse(.implausible(sensor: name, bias: size))
            }
            found.append(Measured(channel: track.participant.channel, result: result))
        }
        results = found
        return enter(.done)
    }
}
