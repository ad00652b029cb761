// The ways a cue can be given: made for each session, told in the status.

import Alerts
import Control
import Exercises
import Pipeline
import Plumbing

extension Supervisor {
    /// The outputs of a session, as the registry lists them.
    func makeOutputs() -> [any AlertOutput] {
        var setup = AlertSetup { rule, signal in
            CueText(rule: rule, signal: signal).map { ($0.spoken, $0.shown) }
        }
        setup.soundDevice = settings.audioDevice
        // Run by hand in a terminal the daemon shows cues itself; as a service rehabctl does.
        if Terminal.errorIsTerminal {
            setup.terminal = .descriptor(2)
        }
        complete(&setup)
        let pipeline = session.pipeline
        pipeline.setWantsLevels(feedback.sound.sonification)
        if feedback.sound.sonification { setup.levels = { pipeline.popLevel() } }
        return makeAlertOutputs(setup)
    }

    /// The outputs' health for clients.
    func outputs() -> [Rehab1.Output] {
        session.outputHealth.map { health in
            let state: Rehab1.Output.State =
                switch health.state {
                case .off: .off
                case .ok: .ok
                case .failing: .failing
                }
            return Rehab1.Output(
                name: health.name, state: state,
                reason: [health.reason, health.cure].compactMap(\.self).joined(separator: ": ")
                    .nilIfEmpty,
                presented: Int64(health.presented), notHeard: Int64(health.notHeard))
        }
    }
}

extension String {
    /// Nil for the empty text.
    fileprivate var nilIfEmpty: String? { isEmpty ? nil : self }
}
