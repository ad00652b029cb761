// `rehabctl sound`: volume, voice, continuous sound, vibration, and the hearing check.

import ArgumentParser
import Control
import Plumbing

/// A switch on the command line.
enum OnOff: String, ExpressibleByArgument, CaseIterable {
    case on, off
    var isOn: Bool { self == .on }
}

struct SoundCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sound",
        abstract: "How cues sound: volume, voice, continuous sound, vibration, hearing check.",
        discussion: """
            Tones tell side and moment; speech says what to do; vibration needs a worn sensor that \
            can (MetaMotion, Myo). What is set here is kept. Try it with: rehabctl sound check
            """,
        subcommands: [
            Show.self, Volume.self, Check.self, Speech.self, Sonification.self, Vibration.self,
            Delay.self,
        ], defaultSubcommand: Show.self)

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the settings.")

        @OptionGroup var daemon: DaemonOptions

        func run() throws {
            var client = try daemon.connect()
            let sound = try withDaemon { () throws(ControlError) in
                try client.call(Rehab1.GetSound()).sound
            }
            try SoundText.show(sound, daemon)
        }
    }

    struct Volume: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set the volume, 0 (silent) to 100 (never louder than -12 dBFS).")

        @OptionGroup var daemon: DaemonOptions

        @Argument(help: "0 to 100; each step is 0.4 dB.")
        var percent: Int

        func validate() throws {
            guard (0...100).contains(percent) else {
                throw ValidationError("The volume must be from 0 to 100.")
            }
        }

        func run() throws {
            try SoundText.set(Rehab1.SetSound(volumePercent: Int64(percent)), daemon)
        }
    }

    struct Speech: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Speak the cues after their tones, or not.",
            discussion: """
                Needs espeak-ng (apt install espeak-ng). English and German are built in; a file \
                LANGUAGE.toml in the languages folder of the configuration adds one.
                """)

        @OptionGroup var daemon: DaemonOptions

        @Argument(help: "on or off.")
        var state: OnOff

        @Option(name: .long, help: ArgumentHelp("For example en or de.", valueName: "language"))
        var language: String?

        func run() throws {
            try SoundText.set(
                Rehab1.SetSound(speech: state.isOn, language: language), daemon)
        }
    }

    struct Sonification: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sound the pelvis continuously, or not: silent while it is level.",
            discussion: """
                A soft note grows on the side that sinks, from 2 degrees on, fullest at 8. Cues come \
                as well.
                """)

        @OptionGroup var daemon: DaemonOptions

        @Argument(help: "on or off.")
        var state: OnOff

        func run() throws {
            try SoundText.set(Rehab1.SetSound(sonification: state.isOn), daemon)
        }
    }

    struct Vibration: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a worn sensor vibrate for each cue, or not (MetaMotion, Myo).",
            discussion: """
                The sensor on the side of the cue vibrates, else the one on the pelvis. A vibrating \
                sensor also measures its own vibration for that moment.
                """)

        @OptionGroup var daemon: DaemonOptions

        @Argument(help: "on or off.")
        var state: OnOff

        func run() throws {
            try SoundText.set(Rehab1.SetSound(vibration: state.isOn), daemon)
        }
    }

    struct Delay: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say how far the loudspeaker is behind, in ms, or \"auto\".",
            discussion: """
                Bluetooth headphones are 150 to 250 ms behind. Above 150 ms a cue would correct a \
                movement that is over: it comes at the end of the movement then. \"auto\": as the \
                sound device tells.
                """)

        @OptionGroup var daemon: DaemonOptions

        @Argument(help: "0 to 5000, or auto.")
        var milliseconds: String

        func validate() throws {
            guard
                milliseconds == "auto"
                    || Double(milliseconds).map({ (0...5000).contains($0) }) == true
            else { throw ValidationError("The delay must be 0 to 5000 (ms), or auto.") }
        }

        func run() throws {
            try SoundText.set(
                Rehab1.SetSound(delayMilliseconds: Double(milliseconds) ?? -1), daemon)
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Play each cue on its side and ask what you heard.",
            discussion: """
                Sit as you will exercise, with the loudspeakers or headphones you will use. With \
                --json nothing is asked: one line tells for each cue whether the device took it.
                """)

        @OptionGroup var daemon: DaemonOptions

        func run() throws {
            let check = HearingCheck(daemon: daemon)
            guard daemon.json else {
                guard try check.ask() else { throw ExitCode(65) }
                return
            }
            guard try check.play() else { throw ExitCode(69) }
        }
    }
}

/// The settings in words.
enum SoundText {
    static func set(_ call: Rehab1.SetSound, _ daemon: DaemonOptions) throws {
        var client = try daemon.connect()
        let sound = try withDaemon { () throws(ControlError) in try client.call(call).sound }
        try show(sound, daemon)
    }

    static func show(_ sound: Rehab1.Sound, _ daemon: DaemonOptions) throws {
        if daemon.json { return try printJSON(sound) }
        lines(sound).forEach { print($0) }
    }

    static func lines(_ sound: Rehab1.Sound) -> [String] {
        func said(_ on: Bool) -> String { on ? "on" : "off" }
        var columns = Columns()
        columns.add("device", sound.device.map(visible) ?? "none: rehabd was started without sound")
        columns.add(
            "volume",
            sound.volumePercent == 0
                ? "0, silent"
                : "\(sound.volumePercent) (\(decimal(sound.volumeDecibels, 1)) dB below the loudest)"
        )
        columns.add(
            "speech",
            sound.speech
                ? sound.speechTrouble.map(visible) ?? "on, \(sound.language)"
                : "off (languages: \(sound.languages.joined(separator: ", ")))")
        columns.add("continuous sound", said(sound.sonification))
        columns.add("vibration", said(sound.vibration))
        columns.add("break reminders", said(sound.breaks))
        let delay: String
        if let named = sound.delayMilliseconds {
            delay = "\(decimal(named, 0)) ms, as you said"
        } else if let measured = sound.measuredDelayMilliseconds {
            delay = "\(decimal(measured, 0)) ms, as the device told"
        } else {
            delay = "not measured yet"
        }
        let named = sound.delayMilliseconds ?? sound.measuredDelayMilliseconds ?? 0
        columns.add("delay", delay + (named > 150 ? ": cues come at the end of movements" : ""))
        return columns.lines()
    }
}
