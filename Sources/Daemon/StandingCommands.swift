// Which of a session's commands still have an effect: what a later part of its recording begins with.

import Pipeline

/// The commands that, given to a fresh estimator in this order, bring it to what holds now.
struct StandingCommands {
    private(set) var actions: [EstimatorAction] = []

    /// Takes a command that the estimator was given.
    mutating func take(_ action: EstimatorAction) {
        switch action {
        case .detach(let channel):
            drop { StandingCommands.channel(of: $0) == channel }
            return
        case .attach(let channel, _, _):
            drop { StandingCommands.channel(of: $0) == channel }
        case .assign(let channel, _):
            // The alignment is void; the sensor's own correction is not.
            drop {
                switch $0 {
                case .assign(let other, _), .align(let other, _): other == channel
                default: false
                }
            }
        case .align(let channel, _):
            drop { if case .align(channel, _) = $0 { true } else { false } }
        case .correct(let channel, _):
            drop { if case .correct(channel, _) = $0 { true } else { false } }
        case .begin, .end:
            // Of the set before.
            drop {
                switch $0 {
                case .begin, .cueAtEnd: true
                default: false
                }
            }
            if case .end = action { return }
        case .cueAtEnd: break
        }
        actions.append(action)
    }

    private mutating func drop(_ isVoid: (EstimatorAction) -> Bool) {
        actions.removeAll(where: isVoid)
    }

    private static func channel(of action: EstimatorAction) -> UInt8? {
        switch action {
        case .attach(let channel, _, _), .detach(let channel), .assign(let channel, _),
            .align(let channel, _), .correct(let channel, _):
            channel
        case .begin, .cueAtEnd, .end: nil
        }
    }
}
