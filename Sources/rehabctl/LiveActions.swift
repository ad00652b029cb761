// What the keys of the live view do: calls on a connection of their own, each answered with a sentence.

import Control

/// Carries out keys; the answer is for the view's message line.
///
/// Volume has no key here yet: `LiveKey` and this type are where one would go.
struct LiveActions {
    let daemon: DaemonOptions

    /// Does what a key asks for; nil for keys that are the view's own.
    func carryOut(_ key: LiveKey, _ state: LiveState) -> String? {
        switch key {
        case .pause:
            let isPaused = state.paused != nil
            return attempt(isPaused ? "goes on" : "paused") { client throws(ControlError) in
                _ = try client.call(Rehab1.Pause(paused: !isPaused))
            }
        case .side:
            let next = LiveActions.side(after: state.status?.set?.side)
            return attempt("side: \(next ?? "detected")") { client throws(ControlError) in
                _ = try client.call(Rehab1.ChangeSide(side: next))
            }
        case .mark:
            return attempt("marked in the recording") { client throws(ControlError) in
                _ = try client.call(Rehab1.Mark(text: "marked by the person"))
            }
        case .endSet:
            return attempt("the set is over") { client throws(ControlError) in
                _ = try client.call(Rehab1.StopExercise())
            }
        case .leave: return nil
        }
    }

    /// Left, right, detected, left and so on.
    static func side(after side: String?) -> String? {
        switch side {
        case nil: "left"
        case "left": "right"
        default: nil
        }
    }

    private func attempt(
        _ done: String, _ body: (inout ControlClient) throws(ControlError) -> Void
    ) -> String {
        do throws(ControlError) {
            var client = try ControlClient(socket: daemon.socket, limit: 2_000)
            try body(&client)
            return done
        } catch {
            return [error.sentence, error.cure].compactMap(\.self).joined(separator: ": ")
        }
    }
}
