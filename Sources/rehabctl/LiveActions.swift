// What the keys of the live view do: calls on a connection of their own, each answered with a sentence.

import Control

/// Carries out keys; the answer is for the view's message line.
struct LiveActions {
    let daemon: DaemonOptions

    /// Does what a key asks for; nil for keys that are the view's own.
    func carryOut(_ key: LiveKey, _ state: LiveState) -> String? {
        switch key {
        case .pause:
            let isPaused = state.paused != nil
            return attempt(isPaused ? "goes on" : "paused") { client throws(ControlError) in
                _ = try client.call(Rehab1.Pause(paused: !isPaused))
            }.text
        case .side:
            let swap = attempt("left and right are swapped") { client throws(ControlError) in
                _ = try client.call(Rehab1.ChangeSide(side: Rehab1.ChangeSide.swap))
            }
            if swap.isDone { return swap.text }
            let next = LiveActions.side(after: state.status?.set?.side)
            let said = attempt("side: \(next ?? "detected")") { client throws(ControlError) in
                _ = try client.call(Rehab1.ChangeSide(side: next))
            }
            guard next == nil, !said.isDone else { return said.text }
            // An exercise that is told the leg: from the right one it goes to the left.
            return attempt("side: left") { client throws(ControlError) in
                _ = try client.call(Rehab1.ChangeSide(side: "left"))
            }.text
        case .mark:
            return attempt("marked in the recording") { client throws(ControlError) in
                _ = try client.call(Rehab1.Mark(text: "marked by the person"))
            }.text
        case .endSet:
            return attempt("the set is over") { client throws(ControlError) in
                _ = try client.call(Rehab1.StopExercise())
            }.text
        case .louder: return turnVolume(by: LiveActions.volumeStep)
        case .quieter: return turnVolume(by: -LiveActions.volumeStep)
        case .leave: return nil
        }
    }

    /// Percent a key turns the volume by: 4 dB, a clear step.
    private static let volumeStep: Int64 = 10

    private func turnVolume(by step: Int64) -> String? {
        do throws(ControlError) {
            var client = try ControlClient(socket: daemon.socket, limit: 2_000)
            let now = try client.call(Rehab1.GetSound()).sound.volumePercent
            let sound = try client.call(
                Rehab1.SetSound(volumePercent: max(0, min(100, now + step)))
            ).sound
            return LiveActions.volume(sound)
        } catch {
            return LiveActions.said(error)
        }
    }

    /// "volume 60", and what else there is to know.
    static func volume(_ sound: Rehab1.Sound) -> String {
        var text = "volume \(sound.volumePercent)"
        if sound.volumePercent == 0 { text += ", silent" }
        if sound.volumePercent == 100 { text += ", the loudest" }
        if sound.device == nil { text += " (rehabd was started without sound)" }
        return text
    }

    /// Left, right, detected, left and so on.
    static func side(after side: String?) -> String? {
        switch side {
        case nil: "left"
        case "left": "right"
        default: nil
        }
    }

    /// What came of a call, and the sentence for it.
    private struct Answer {
        let text: String
        let isDone: Bool
    }

    private func attempt(
        _ done: String, _ body: (inout ControlClient) throws(ControlError) -> Void
    ) -> Answer {
        do throws(ControlError) {
            var client = try ControlClient(socket: daemon.socket, limit: 2_000)
            try body(&client)
            return Answer(text: done, isDone: true)
        } catch {
            return Answer(text: LiveActions.said(error), isDone: false)
        }
    }

    private static func said(_ error: ControlError) -> String {
        [error.sentence, error.cure].compactMap(\.self).joined(separator: ": ")
    }
}
