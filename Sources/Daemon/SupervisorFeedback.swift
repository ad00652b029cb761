// Sound, voice, vibration and reminders as the person chose them: loaded at start, changed on request.

import Alerts
package import Control
import EventLoop
import Exercises
import Movement
import Pipeline
import Plumbing
import TomlReading

/// What the Supervisor keeps for the outputs.
struct FeedbackState {
    var sound = SoundSettings()
    var languages = [CueLanguage.english]
    /// The voice in use; nil while speech is off.
    var speech: SpeechStore?
    var haptic: CueDoor?
    var notification: CueDoor?
    var notifier: DesktopNotifier?
    /// From a sound put in to the loudspeaker, s, as the device told last.
    var measuredDelay: Double?
    /// A stream of its own, for the hearing check and for breathing.
    var room: SoundRoom?
    var isPlaying = false
    /// The session whose estimator runs the habits plan.
    var remindedSession: ObjectIdentifier?
    /// When the pelvis sensor was last seen to send, and the sample of the last reminder given to the
    /// desktop, host ns.
    var pelvisSeen: Int64 = 0
    var reminded: Int64?
    /// What was said of an output that does not reach the person, by its name.
    var unreached: [String: String] = [:]
    /// s between any two reminders: the longest rest of the habits exercise's rules.
    var reminderRest = 0.0
    /// What was seen of the day's sitting and standing, and the day it is of.
    var habits = HabitTally()
    /// That the person sits, by their own word.
    var sitting: SittingMark?
    var habitDay = LocalTime.day()
    /// Since when reminders are all that is wanted of the sensors, host ns.
    var backgroundSince: Int64?
    /// Ticks until the outputs' delay is looked at again.
    var ticksToLook = 0
    /// The pace of a set whose repetitions go by the clock.
    var pace = PaceBeat()
    /// What to think of minute by minute, and the beginning of the set it is of, host ns.
    var focus: (set: Int64, focus: SetFocus?)?
}

extension Supervisor {
    /// Loads the settings and gets the voice ready.
    func beginFeedback() {
        let (sound, complaint) = SoundSettings.load(settings.paths.soundSettings)
        if let complaint { warn(complaint) }
        feedback.sound = sound
        feedback.languages = loadLanguages()
        if feedback.languages.first(where: { $0.code == sound.language }) == nil {
            warn(
                "no file speaks the language \"\(sound.language)\" any more: English is spoken. Choose "
                    + "one with: rehabctl sound speech on --language L")
            feedback.sound.language = CueLanguage.english.code
        }
        updateSpeech()
        updateDoors()
        every(5_000_000_000) {
            $0.watchBreaks()
            $0.watchBackground()
        }
    }

    /// The built-in languages, and the person's own over them.
    private func loadLanguages() -> [CueLanguage] {
        var languages = (try? CueLanguages.load()) ?? [CueLanguage.english]
        let directory = settings.paths.languages
        guard FileStore.attributes(directory) != nil, let names = try? FileStore.list(directory)
        else {
            return languages
        }
        for name in names.filter({ $0.hasSuffix(".toml") }).prefix(50) {
            let path = "\(directory)/\(name)"
            guard let bytes = try? FileStore.read(path, limit: 64 * 1024) else {
                warn("\(path) cannot be read: correct its permissions")
                continue
            }
            do throws(TomlError) {
                let own = try CueLanguage.parse(String(decoding: bytes, as: UTF8.self), file: path)
                languages.removeAll { $0.code == own.code }
                languages.append(own)
            } catch {
                warn("\(error)")
            }
        }
        return languages
    }

    private var language: CueLanguage {
        feedback.languages.first { $0.code == feedback.sound.language } ?? .english
    }

    /// Renders the cues of the chosen language, once.
    private func updateSpeech() {
        guard feedback.sound.speech, settings.audioDevice != nil else {
            feedback.speech = nil
            return
        }
        let language = language
        let texts = SpeechTexts(
            voice: language.voice,
            texts: Dictionary(
                language.spoken.map { (SpokenKey(number: $0.key), $0.value) }
            ) { first, _ in first })
        if let speech = feedback.speech, speech.texts == texts, speech.problem == nil { return }
        let store = SpeechStore(texts)
        feedback.speech = store
        let loop = loop
        store.begin { [weak self] in
            guard let supervisor = self else { return }
            loop.perform {
                supervisor.assumeIsolated { supervisor in
                    guard supervisor.feedback.speech === store, let problem = store.problem else {
                        return
                    }
                    supervisor.warn("no cue is spoken, tones go on: \(problem.description)")
                }
            }
        }
    }

    /// Opens the doors to the outputs that only the loop can serve.
    private func updateDoors() {
        do throws(PlumbingError) {
            if feedback.sound.vibration, feedback.haptic == nil {
                let door = try CueDoor()
                _ = try watch(door.wakeDescriptor, for: .readable) { supervisor, _ in
                    door.clearWake()
                    while let alert = door.next() { supervisor.vibrate(alert, door) }
                }
                feedback.haptic = door
            }
            if feedback.sound.breaks, feedback.notification == nil {
                let door = try CueDoor()
                _ = try watch(door.wakeDescriptor, for: .readable) { supervisor, _ in
                    door.clearWake()
                    while let alert = door.next() { supervisor.remind(alert, door) }
                }
                feedback.notification = door
            }
        } catch {
            warn("an output cannot begin: \(error.description). Restart rehabd.")
        }
        if feedback.sound.breaks, feedback.notifier == nil {
            feedback.notifier = DesktopNotifier(loop: loop, address: settings.sessionBus) {
                [weak self] in self?.assumeIsolated { $0.snoozeBreaks() }
            }
        }
    }

    /// Adds what the person chose to the setup of the outputs.
    func complete(_ setup: inout AlertSetup) {
        setup.volumeDecibels = feedback.sound.volumeDecibels
        setup.speech = feedback.speech
        setup.convention = feedback.sound.convention
        if feedback.sound.vibration { setup.haptic = feedback.haptic }
        if feedback.sound.breaks { setup.notification = feedback.notification }
    }

    // MARK: calls

    package func sound() -> Rehab1.Sound {
        let sound = feedback.sound
        return Rehab1.Sound(
            volumePercent: Int64(sound.volumePercent), volumeDecibels: sound.volumeDecibels,
            speech: sound.speech, language: sound.language,
            languages: feedback.languages.map(\.code), sonification: sound.sonification,
            vibration: sound.vibration, breaks: sound.breaks,
            breaksSnoozedSeconds: sound.snoozed(at: wallSeconds).map { Int64($0) },
            direction: sound.convention.name,
            delayMilliseconds: sound.delayMilliseconds,
            measuredDelayMilliseconds: feedback.measuredDelay.map { $0 * 1000 },
            speechTrouble: feedback.speech?.problem?.description, device: settings.audioDevice,
            habits: habitsToday, sittingMarkedSeconds: markedSitting.map { Int64($0) })
    }

    package func setSound(_ call: Rehab1.SetSound) throws(ControlRefusal) -> Rehab1.Sound {
        var new = feedback.sound
        if let percent = call.volumePercent {
            guard (0...100).contains(percent) else { throw .invalidParameter("volume_percent") }
            new.volumePercent = Int(percent)
        }
        if let delay = call.delayMilliseconds {
            guard delay < 0 || SoundSettings.delays.contains(delay) else {
                throw .invalidParameter("delay_ms")
            }
            new.delayMilliseconds = delay < 0 ? nil : delay
        }
        // A file may have come since.
        feedback.languages = loadLanguages()
        if let code = call.language {
            guard feedback.languages.contains(where: { $0.code == code }) else {
                let known = feedback.languages.map(\.code).joined(separator: ", ")
                throw .notReady(
                    reason: "no file speaks the language \"\(code)\"",
                    cure: "choose one of \(known), or put a file into \(settings.paths.languages)")
            }
            new.language = code
        }
        new.speech = call.speech ?? new.speech
        new.sonification = call.sonification ?? new.sonification
        new.vibration = call.vibration ?? new.vibration
        new.breaks = call.breaks ?? new.breaks
        if let minutes = call.snoozeMinutes {
            guard minutes >= 0, minutes * 60 <= Double(SoundSettings.longestSnooze) else {
                throw .invalidParameter("snooze_min")
            }
            new.snoozedUntil = minutes > 0 ? wallSeconds + Int((minutes * 60).rounded()) : nil
        }
        if let direction = call.direction {
            guard let convention = DirectionConvention(name: direction) else {
                throw .invalidParameter("direction")
            }
            new.soundsTowards = convention == .towards ? true : nil
        }
        if let sits = call.sitting { try markSitting(sits, breaks: new.breaks) }
        try take(new)
        if !new.breaks { endMarkedSitting(stood: false) }
        // A bus that was just opened takes a moment.
        if call.breaks == true { after(300_000_000) { $0.lookForDesktop() } }
        return sound()
    }

    private func take(_ new: SoundSettings) throws(ControlRefusal) {
        do throws(PlumbingError) {
            try new.save(settings.paths.soundSettings)
        } catch {
            throw .storageFailed(path: settings.paths.soundSettings, reason: error.reason)
        }
        let old = feedback.sound
        feedback.sound = new
        updateSpeech()
        updateDoors()
        if old.convention != new.convention {
            let text = "direction of cues: \(new.convention.name), set by the person"
            DaemonLog.note(text)
            session.mark(text)
        }
        if old.delayMilliseconds != new.delayMilliseconds { watchDelay() }
        watchBreaks()
        closeSoundRoom()
        // A few milliseconds without an output; cues decided meanwhile are presented right after.
        guard session.hasBegun else { return }
        do throws(PlumbingError) {
            try session.replaceOutputs(makeOutputs(), settings)
        } catch {
            warn("the outputs could not be changed: \(error.description). Restart rehabd.")
        }
    }

    // MARK: slow sound

    /// The way to the loudspeaker, s: what the person says, else what the device tells.
    private var soundDelay: Double? {
        guard settings.audioDevice != nil else { return nil }
        return feedback.sound.delayMilliseconds.map { $0 / 1000 } ?? feedback.measuredDelay
    }

    /// Slower than a cue may be: it comes after the movement then (compensations 5 and 7).
    var isSoundSlow: Bool { (soundDelay ?? 0) > 0.150 }

    /// Looks at the device's delay once a second or so, and changes a running set that it is too slow for.
    func watchFeedback() {
        feedback.ticksToLook -= 1
        guard feedback.ticksToLook <= 0, exercise != nil else { return }
        feedback.ticksToLook = 20
        watchDelay()
    }

    private func watchDelay() {
        let tone = session.outputHealth.first { $0.name == ToneAlert.name }
        if let delay = tone?.delaySeconds { feedback.measuredDelay = delay }
        guard isSoundSlow, exercise?.cueing == .atOnce, session.send(.cueAtEnd) else { return }
        exercise?.cueing = .atEnd
        session.mark("slow sound: cues come after the movement")
        tellSlowSound()
    }

    func tellSlowSound() {
        let milliseconds = Int(((soundDelay ?? 0) * 1000).rounded())
        let source = feedback.sound.delayMilliseconds == nil ? "the device tells" : "you say"
        warn(
            "the loudspeaker is \(milliseconds) ms behind (\(source)): cues come at the end of each "
                + "movement. A wired loudspeaker gives them in the movement.")
    }
}
