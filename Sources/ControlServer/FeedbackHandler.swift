// The part of the handler that is about sound, reminders, breathing and fading.

package import Control
package import EventLoop

/// As `ControlHandler`; a handler that has nothing of this says so.
package protocol FeedbackHandler: LoopActor {
    func sound() async throws(ControlRefusal) -> Rehab1.Sound
    func setSound(_ call: Rehab1.SetSound) async throws(ControlRefusal) -> Rehab1.Sound
    func playSound(
        _ call: Rehab1.PlaySound
    ) async throws(ControlRefusal) -> Rehab1.PlaySound.Reply
    func breathe(
        _ call: Rehab1.Breathe, to stream: ControlStream<Rehab1.Breathe>
    ) async throws(ControlRefusal)
    func listFading() async throws(ControlRefusal) -> [Rehab1.Fading]
    func setFading(_ call: Rehab1.SetFading) async throws(ControlRefusal) -> Rehab1.Fading
}

extension FeedbackHandler {
    package func sound() async throws(ControlRefusal) -> Rehab1.Sound {
        throw .methodNotImplemented(Rehab1.Method.getSound.fullName)
    }

    package func setSound(
        _ call: Rehab1.SetSound
    ) async throws(ControlRefusal) -> Rehab1.Sound {
        throw .methodNotImplemented(Rehab1.Method.setSound.fullName)
    }

    package func playSound(
        _ call: Rehab1.PlaySound
    ) async throws(ControlRefusal) -> Rehab1.PlaySound.Reply {
        throw .methodNotImplemented(Rehab1.Method.playSound.fullName)
    }

    package func breathe(
        _ call: Rehab1.Breathe, to stream: ControlStream<Rehab1.Breathe>
    ) async throws(ControlRefusal) {
        throw .methodNotImplemented(Rehab1.Method.breathe.fullName)
    }

    package func listFading() async throws(ControlRefusal) -> [Rehab1.Fading] {
        throw .methodNotImplemented(Rehab1.Method.listFading.fullName)
    }

    package func setFading(
        _ call: Rehab1.SetFading
    ) async throws(ControlRefusal) -> Rehab1.Fading {
        throw .methodNotImplemented(Rehab1.Method.setFading.fullName)
    }
}
