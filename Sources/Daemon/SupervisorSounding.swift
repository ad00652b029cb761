// The hearing check and paced breathing: sound without a sensor, while no set and no calibration runs.

import Alerts
package import Control
package import ControlServer
import EventLoop
import Exercises
import Kinematics
import Movement
import Plumbing

extension Supervisor {
    /// ns after the last sound at which the room closes.
    private static let roomLasts: Int64 = 10_000_000_000

    package func playSound(
        _ call: Rehab1.PlaySound
    ) async throws(ControlRefusal) -> Rehab1.PlaySound.Reply {
        guard let rule = RuleID(name: call.rule) else { throw .invalidParameter("rule") }
        var side: Side?
        if let name = call.side {
            guard let given = Side(name: name) else { throw .invalidParameter("side") }
            side = given
        }
        let language = feedback.languages.first { $0.code == feedback.sound.language }
        let words = language?.spoken[rule.number]
        guard settings.audioDevice != nil else {
            return Rehab1.PlaySound.Reply(
                played: false, spoken: false, words: words, reason: Supervisor.soundless)
        }
        let room = try openSoundRoom(breath: nil)
        feedback.isPlaying = true
        defer { feedback.isPlaying = false }
        await waitForSound(in: room)
        let number = room.play(
            Alert(
                time: loop.now, rule: rule,
                stanceSide: Supervisor.stance(
                    sounding: side, rule, by: feedback.sound.convention)))
        var takers: [String]?
        for _ in 0..<100 where takers == nil {
            await pause(10_000_000)
            takers = room.takers(of: number)
        }
        let isPlayed = takers?.contains(ToneAlert.name) == true
        let isSpoken = takers?.contains(SpeechAlert.name) == true
        let health = room.health(of: ToneAlert.name)
        let reason = [health?.reason, health?.cure].compactMap(\.self).joined(separator: ": ")
        return Rehab1.PlaySound.Reply(
            played: isPlayed, spoken: isSpoken, words: words,
            reason: isPlayed
                ? nil : reason.isEmpty ? "the sound device does not answer: try again" : reason)
    }

    private static let soundless =
        "rehabd was started without sound: start it without REHABD_AUDIO=none"

    /// Until the device plays or has said no, and the voice is there where it is asked for: 6 s at most.
    private func waitForSound(in room: SoundRoom) async {
        for _ in 0..<300 {
            let tone = room.health(of: ToneAlert.name)
            if tone?.state == .failing { return }
            let speech = room.health(of: SpeechAlert.name)
            if tone?.state == .ok, speech == nil || speech?.state != .off { return }
            await pause(20_000_000)
        }
    }

    /// The leg to stand on for which a rule sounds on `side`; nil for both sides.
    private static func stance(
        sounding side: Side?, _ rule: RuleID, by convention: DirectionConvention
    ) -> Side? {
        guard let side else { return nil }
        return [Side.left, .right].first {
            convention.side(of: rule, stance: $0) == side
        }
    }

    private func pause(_ nanoseconds: Int64) async {
        await withCheckedContinuation { continuation in
            _ = loop.after(nanoseconds) { continuation.resume() }
        }
    }

    private func openSoundRoom(breath: BreathPace?) throws(ControlRefusal) -> SoundRoom {
        guard exercise == nil, calibration == nil else {
            throw .busy(
                activity: "an exercise or a calibration is running", cure: "stop it first")
        }
        guard !feedback.isPlaying else {
            throw .busy(activity: "a sound is being played", cure: "wait for its end")
        }
        if breath == nil, let room = feedback.room, room.breath == nil {
            closeRoomLater(room)
            return room
        }
        closeSoundRoom()
        var setup = AlertSetup()
        setup.soundDevice = settings.audioDevice
        setup.volumeDecibels = feedback.sound.volumeDecibels
        setup.convention = feedback.sound.convention
        setup.breath = breath
        if breath == nil { setup.speech = feedback.speech }
        do throws(PlumbingError) {
            let room = try SoundRoom(setup, settings)
            feedback.room = room
            if breath == nil { closeRoomLater(room) }
            return room
        } catch {
            throw .notReady(reason: "no sound can begin: \(error.description)", cure: "try again")
        }
    }

    private func closeRoomLater(_ room: SoundRoom) {
        let id = ObjectIdentifier(room)
        after(Supervisor.roomLasts) { supervisor in
            guard let room = supervisor.feedback.room, ObjectIdentifier(room) == id else { return }
            if supervisor.feedback.isPlaying {
                supervisor.closeRoomLater(room)
            } else {
                supervisor.closeSoundRoom()
            }
        }
    }

    /// Leaves the device to whoever needs it.
    func closeSoundRoom() {
        feedback.room?.close()
        feedback.room = nil
    }

    // MARK: the pace of a set

    /// Age of a sample at which its beat comes too late to move by, ns.
    private static let beatLasts: Int64 = 1_000_000_000

    /// Sounds the pace of repetitions that no sensor shows, where the set goes by the clock.
    func soundPace(_ frame: MotionFrame) {
        guard let beat = feedback.pace.take(frame), loop.now - frame.time < Supervisor.beatLasts
        else { return }
        session.notify(beat)
    }

    /// What to think of now; nil where the exercise's cues hold all along, and before the set moves on.
    func presentFocus() -> String? {
        guard let running = exercise, running.record.start != 0 else { return nil }
        let start = running.record.start
        if feedback.focus?.set != start {
            let sets = fading(of: running.exercise)?.sets[running.fadingSide]
            feedback.focus = (
                start,
                SetFocus(
                    cues: running.exercise.cues, alternation: running.exercise.dose.alternation,
                    setsBefore: sets ?? 0)
            )
        }
        return feedback.focus?.focus?.text(after: running.record.duration)
    }

    // MARK: breathing

    package func breathe(
        _ call: Rehab1.Breathe, to stream: ControlStream<Rehab1.Breathe>
    ) throws(ControlRefusal) {
        let pace = BreathPace(
            inSeconds: call.inSeconds ?? BreathPace.usual.inSeconds,
            outSeconds: call.outSeconds ?? BreathPace.usual.outSeconds)
        let minutes = call.minutes ?? 3
        guard minutes > 0, minutes <= 60 else { throw .invalidParameter("minutes") }
        for (name, value) in [("in_s", call.inSeconds), ("out_s", call.outSeconds)] {
            guard let value else { continue }
            guard (1...20).contains(value) else { throw .invalidParameter(name) }
        }
        guard settings.audioDevice != nil else {
            throw .notReady(
                reason: "rehabd was started without sound",
                cure: "start it without REHABD_AUDIO=none")
        }
        let room = try openSoundRoom(breath: pace)
        let id = ObjectIdentifier(room)
        stream.whenClientLeaves(tell: self) { supervisor in
            guard let room = supervisor.feedback.room, ObjectIdentifier(room) == id else { return }
            supervisor.closeSoundRoom()
        }
        follow(
            Breathing(
                room: room, pace: pace, end: loop.now + Int64(minutes * 60e9), stream: stream))
    }

    private struct Breathing: @unchecked Sendable {
        let room: SoundRoom
        let pace: BreathPace
        let end: Int64
        let stream: ControlStream<Rehab1.Breathe>
        var told: (count: Int, isIn: Bool) = (0, false)
        var toldReason: String?
    }

    /// Tells each phase as the sound begins it; ends with a whole breath.
    private func follow(_ breathing: Breathing) {
        after(50_000_000) { supervisor in
            var breathing = breathing
            guard breathing.stream.isOpen else { return }
            guard supervisor.feedback.room === breathing.room, let breath = breathing.room.breath
            else {
                breathing.stream.finish(
                    Rehab1.Breathe.Reply(
                        phase: "done", seconds: 0, breath: Int64(breathing.told.count)))
                return
            }
            let health = breathing.room.health(of: ToneAlert.name)
            let reason =
                health?.state == .failing
                ? [health?.reason, health?.cure].compactMap(\.self).joined(separator: ": ") : nil
            let now = (count: breath.count, isIn: breath.isIn)
            let isNews = now != breathing.told || reason != breathing.toldReason
            if supervisor.loop.now > breathing.end, isNews, now.isIn || reason != nil {
                // The breath that has just begun is not told: it is over with the sound.
                supervisor.closeSoundRoom()
                supervisor.follow(breathing)
                return
            } else if isNews, now.count > 0 || reason != nil {
                breathing.stream.send(
                    Rehab1.Breathe.Reply(
                        phase: now.isIn ? "in" : "out",
                        seconds: now.isIn ? breathing.pace.inSeconds : breathing.pace.outSeconds,
                        breath: Int64(now.count), reason: reason))
            }
            breathing.told = now
            breathing.toldReason = reason
            supervisor.follow(breathing)
        }
    }
}
