// The ways a cue can be given: made for each session, told in the status.

import Alerts
import Control

extension Supervisor {
    /// The outputs of a session, as the registry lists them.
    func makeOutputs() -> [any AlertOutput] { [] }

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
                name: health.name, state: state, reason: health.reason,
                presented: Int64(health.presented), notHeard: Int64(health.notHeard))
        }
    }
}
