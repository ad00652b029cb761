// `rehabctl replay`: run a recording again and say whether the same frames and cues come out.

import ArgumentParser
import Control
import FoundationEssentials
import Plumbing
import Recording

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run a recording again and compare frames and cues, bit for bit.",
        discussion: """
            The raw packets go through the running daemon's own threads, by the door that sensors \
            use; with --offline they are processed here, without threads and without the daemon. \
            Exit code 0: everything came out the same. 1: something differs.
            """)

    @OptionGroup var daemon: DaemonOptions

    @Argument(help: "A recording's name or file.")
    var recording: String

    @Option(
        name: .long, help: ArgumentHelp("Times real time, or max.", valueName: "speed"))
    var speed = "max"

    @Flag(name: .long, help: "Without the daemon and without threads.")
    var offline = false

    @Option(
        name: .long, help: ArgumentHelp("Keep the new recording here.", valueName: "file"))
    var output: String?

    @Flag(name: .long, help: "Leave lines out that cannot be read.")
    var lenient = false

    /// Nil: as fast as it goes.
    private var factor: Double? { speed == "max" ? nil : Double(speed) }

    func validate() throws {
        guard speed == "max" || (factor.map { $0 > 0 && $0 <= 1000 } ?? false) else {
            throw ValidationError("--speed must be a number above 0 up to 1000, or max.")
        }
    }

    func run() throws {
        let (_, whole) = try RecordingFile.load(recording, daemon: daemon, lenient: lenient)
        if !whole.later.isEmpty && !daemon.json {
            print("\(whole.interruption): its \(whole.parts.count) parts follow.")
        }
        var written: [UInt8] = []
        for part in whole.parts { written += try replay(part) }
        guard let output else { return }
        do throws(PlumbingError) {
            try FileStore.replace(output, with: written)
        } catch {
            complain(error.description)
            throw ExitCode(73)
        }
    }

    /// Replays one part and compares; the result is the new recording's bytes.
    private func replay(_ recorded: Recording) throws -> [UInt8] {
        let started = MonotonicClock.now()
        let bytes: [UInt8]
        if offline {
            bytes = try RecordingReading.replayOffline(recorded)
        } else {
            bytes = try OnlineReplay(daemon: daemon, factor: factor).run(recorded, name: recording)
        }
        let elapsed = Double(MonotonicClock.now() - started) * 1e-9
        let again = try RecordingReading.parse(bytes)
        let comparison = ReplayComparison(recorded: recorded, again: again)
        try comparison.show(json: daemon.json, elapsed: elapsed, duration: recorded.duration)
        if !comparison.isSame { throw ExitCode(1) }
        return bytes
    }
}

/// What a replay's frames and cues are against the recorded ones.
struct ReplayComparison {
    let frames: Int
    let cues: Int
    let isComplete: Bool
    let missing: [String]
    /// The sensors ran before the part began: what its decisions rest on is not all in it.
    let isMidStream: Bool
    let again: (frames: Int, cues: Int)
    /// The first pair of lines that differ: recorded, then replayed.
    let difference: (recorded: String, again: String)?

    var isSame: Bool { difference == nil }

    /// A recording that was cut short holds the beginning of what a replay gives, or, where its last
    /// packets are lost, a little more: the part that both have is compared.
    init(recorded: Recording, again: Recording) {
        isComplete = recorded.isComplete && recorded.missing.isEmpty
        missing = recorded.missing
        isMidStream = recorded.isMidStream
        self.again = (again.frames.count, again.cues.count)
        let strict = isComplete || isMidStream
        frames = strict ? recorded.frames.count : min(recorded.frames.count, again.frames.count)
        cues = strict ? recorded.cues.count : min(recorded.cues.count, again.cues.count)
        difference =
            recorded.isMidStream
            ? nil
            : ReplayComparison.first(recorded.frames, again.frames, strict: strict)
                ?? ReplayComparison.first(recorded.cues, again.cues, strict: strict)
    }

    private static func first(
        _ recorded: [String], _ again: [String], strict: Bool
    ) -> (recorded: String, again: String)? {
        for (one, other) in zip(recorded, again) where one != other { return (one, other) }
        guard strict, recorded.count != again.count else { return nil }
        let place = min(recorded.count, again.count)
        return (
            place < recorded.count ? recorded[place] : "(nothing)",
            place < again.count ? again[place] : "(nothing)"
        )
    }

    private struct Told: Encodable {
        /// Nil where frames and cues were not compared, see `isMidStream`.
        let same: Bool?
        let frames: Int
        let cues: Int
        let complete: Bool
        let elapsedSeconds: Double
        let timesRealTime: Double?
        let recorded: String?
        let replayed: String?

        private enum CodingKeys: String, CodingKey {
            case same, frames, cues, complete, recorded, replayed
            case elapsedSeconds = "elapsed_s"
            case timesRealTime = "times_real_time"
        }
    }

    func show(json: Bool, elapsed: Double, duration: Double?) throws {
        let times = duration.map { $0 / max(elapsed, 1e-9) }
        if json {
            try printJSON(
                Told(
                    same: isMidStream ? nil : isSame, frames: frames, cues: cues,
                    complete: isComplete,
                    elapsedSeconds: elapsed, timesRealTime: times, recorded: difference?.recorded,
                    replayed: difference?.again))
            return
        }
        if isMidStream {
            print(
                "This part begins in mid-stream, after what was not to be recorded: its decisions rest "
                    + "on more than it holds, so they are not compared.")
            print(
                "  recorded: \(frames) frames, \(cues) cues; replayed: \(again.frames) and "
                    + "\(again.cues)")
        } else if let difference {
            print("The replay differs. First difference:")
            print("  recorded: \(difference.recorded)")
            print("  replayed: \(difference.again)")
        } else {
            print("The replay matched: \(frames) frames and \(cues) cues, bit for bit.")
        }
        if !isComplete {
            print("The recording is not complete; what it holds was compared.")
            for entry in missing { print("  not recorded: \(entry)") }
        }
        if let times {
            print("\(decimal(elapsed, 2, unit: " s")), \(decimal(times, 1)) times real time.")
        }
    }
}
