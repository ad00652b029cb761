// `rehabctl demo`: the whole product in under a minute, without a sensor, a radio or a sound card.

import ArgumentParser
import Control
import FakeWearable
import FoundationEssentials
import Plumbing
import Recording
import Synthetic

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show the whole product on a synthetic person.",
        discussion: """
            Starts a rehabd of its own on a private socket. A synthetic person wears one simulated \
            pelvis sensor; nothing of your own state is touched. With --recording the readings of a \
            real sensor run through the same daemon as packets.
            """)

    @Option(name: .long, help: ArgumentHelp("The rehabd to start.", valueName: "path"))
    var rehabd: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A real recording: CSV with gx gy gz ax ay az (rad/s, m/s²).", valueName: "file"))
    var recording: String?

    @Option(name: .long, help: ArgumentHelp("Its sample rate.", valueName: "hz"))
    var rate: Double?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The sensor axis that points forward in it: x, -x, y, -y, z, -z.", valueName: "axis"))
    var forward = "-z"

    @Option(
        name: .long,
        help: ArgumentHelp("Keep the synthetic person's recording here.", valueName: "file"))
    var keep: String?

    func validate() throws {
        guard (recording == nil) == (rate == nil) else {
            throw ValidationError("--recording and --rate go together.")
        }
        if let rate, !(rate >= 1 && rate <= 1000) {
            throw ValidationError("--rate must be from 1 to 1000 Hz.")
        }
        guard SensorAxis(name: forward) != nil else {
            throw ValidationError("--forward must be x, -x, y, -y, z or -z.")
        }
    }

    func run() throws {
        Terminal.bufferByLine()
        let style = Style.standardOutput()
        let began = MonotonicClock.now()
        print(style.bold("rehabd demo: a synthetic person, a real daemon"))
        print(
            "Simulated: the person and the sensor. Real: packets, decoding, estimation, rules, cues,"
        )
        print(
            "recording, control socket. Sound: whatever ALSA finds; without it cues count as not heard."
        )
        let daemon = try DemoDaemon(rehabd: rehabd)
        defer { daemon.stop() }
        let person = try DemoPerson(daemon: daemon.options)
        try DemoShow(style: style, daemon: daemon.options, person: person).run()
        let name = try person.leave()
        try replay(name, daemon: daemon.options, style: style)
        if let recording, let rate, let axis = SensorAxis(name: forward) {
            try RealSensor(daemon: daemon.options, style: style).show(
                file: recording, rateHertz: rate, forward: axis)
        }
        let seconds = decimal(Double(MonotonicClock.now() - began) * 1e-9, 0, unit: " s")
        print(style.good("demo: done in \(seconds)."))
    }

    private func replay(_ name: String, daemon: DaemonOptions, style: Style) throws {
        print("")
        print(style.bold("Replay of the recording \(name)"))
        let (path, recorded) = try RecordingFile.load(name, daemon: daemon, lenient: false)
        if let keep {
            do throws(PlumbingError) {
                try FileStore.replace(
                    keep, with: try FileStore.read(path, limit: RecordingFormat.readLimit))
            } catch {
                complain(error.description)
                throw ExitCode(73)
            }
        }
        for (label, run) in [
            (
                "through the daemon",
                { try OnlineReplay(daemon: daemon, factor: nil).run(recorded, name: name) }
            ),
            ("offline, no threads", { try RecordingReading.replayOffline(recorded) }),
        ] as [(String, () throws -> [UInt8])] {
            let began = MonotonicClock.now()
            let again = try RecordingReading.parse(try run())
            let elapsed = Double(MonotonicClock.now() - began) * 1e-9
            let comparison = ReplayComparison(recorded: recorded, again: again)
            guard comparison.isSame else {
                try comparison.show(json: false, elapsed: elapsed, duration: recorded.duration)
                throw ExitCode(1)
            }
            let times = decimal((recorded.duration ?? 0) / max(elapsed, 1e-9), 0)
            print(
                "  \(label): matched, \(comparison.frames) frames and \(comparison.cues) cues bit "
                    + "for bit, \(times) times real time")
        }
    }
}
