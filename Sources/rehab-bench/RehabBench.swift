// `rehab-bench`: measures this build against the project's figures and its peers.

import ArgumentParser
import Foundation
import Plumbing
import Synthetic

@main
struct RehabBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rehab-bench",
        abstract: "Measure this build against the project's figures and its peers.",
        discussion: """
            Prints a table; with --json also writes the numbers behind it. The figures want an idle \
            machine: the load is shown with them. A figure that is not reached does not make the run \
            fail. Expects rehabd and rehabctl beside this program.
            """)

    enum Section: String, CaseIterable, ExpressibleByArgument {
        case step, latency, sound, daemon, replay, accuracy, feedback
    }

    @Flag(help: "A run of half a minute that shows that everything works; its figures mean little.")
    var quick = false

    @Option(help: ArgumentHelp("Write the figures here.", valueName: "file"))
    var json: String?

    @Option(
        help: ArgumentHelp(
            "Where the recordings lie (default: REHABD_DATA, else ../shared/data).",
            valueName: "directory"))
    var data: String?

    @Option(help: ArgumentHelp("The Python that has vqf.", valueName: "program"))
    var python = ".build/python/bin/python"

    @Option(help: ArgumentHelp("The script that runs the peers.", valueName: "file"))
    var peers = "Scripts/bench-peers.py"

    @Option(
        help: ArgumentHelp(
            "Sections feedback and accuracy: how many synthetic people do each exercise.",
            valueName: "count"))
    var people: UInt64 = 5

    @Option(
        help: ArgumentHelp(
            "Sections feedback and accuracy: the first one's random seed.", valueName: "seed"))
    var firstSeed: UInt64 = 1

    @Flag(
        help:
            "Section feedback: tell every set that was not counted, named or cued as it should be.")
    var misses = false

    @Flag(help: "Section feedback: tell the errors of the phases' times by exercise and phase.")
    var phases = false

    @Option(
        name: .customLong("exercise"),
        help: ArgumentHelp(
            "Section feedback: do this exercise only; may be repeated.", valueName: "id"))
    var exercises: [String] = []

    @Option(
        help: ArgumentHelp(
            "Section feedback: all people move in this shape: soft, least-jerk, early, late, lopsided, "
                + "braked, trailing, gliding, halting (default: the first six in turn).",
            valueName: "name"),
        transform: {
            guard let shape = MovementShape(rawValue: $0) else {
                throw ValidationError("there is no shape \($0)")
            }
            return shape
        })
    var shape: MovementShape?

    @Argument(
        help:
            "Sections to run: step, latency, sound, daemon, replay, accuracy, feedback (default: all)."
    )
    var sections: [Section] = Section.allCases

    func run() throws {
        let beside = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let options = BenchOptions(
            quick: quick,
            data: data ?? ProcessInfo.processInfo.environment["REHABD_DATA"] ?? "../shared/data",
            python: python, peers: peers, rehabd: beside.appending(path: "rehabd").path,
            rehabctl: beside.appending(path: "rehabctl").path,
            seeds: firstSeed...(firstSeed &+ max(1, min(people, 1_000)) &- 1), tellsMisses: misses,
            tellsPhases: phases, exercises: exercises, shape: shape)
        Terminal.bufferByLine()
        var report = Report(quick: quick)
        print("rehab-bench\(quick ? " (quick: the figures mean little)" : "")")
        print("machine: \(report.machine.description)")
        let begin = MonotonicClock.now()
        for section in sections {
            note("measuring: \(section.rawValue)")
            report.figures += RehabBench.figures(of: section, options)
        }
        report.seconds = Double(MonotonicClock.now() - begin) * 1e-9
        print("\n" + Report.table(report.figures))
        print(RehabBench.sum(report))
        if let json {
            do {
                try report.write(to: json)
            } catch {
                note("\(json) cannot be written: \(error.localizedDescription)")
                throw ExitCode(73)
            }
            print("json: \(json)")
        }
    }

    /// A section that cannot be run is told as such; the others go on.
    private static func figures(of section: Section, _ options: BenchOptions) -> [Figure] {
        do {
            return switch section {
            case .step: try StepBench.run(options)
            case .latency: try LatencyBench.run(options)
            case .sound: SoundFigures.run(options) + CrossingBench.run(options)
            case .daemon: try DaemonBench.run(options)
            case .replay: try ReplayBench.run(options)
            case .accuracy: try AccuracyBench.run(options)
            case .feedback: try FeedbackFigures.run(options)
            }
        } catch {
            return [
                .missing(
                    section.rawValue, "section \(section.rawValue)", .times, reason: "\(error)")
            ]
        }
    }

    private static func sum(_ report: Report) -> String {
        func count(_ verdict: Verdict) -> Int { report.figures.count { $0.verdict == verdict } }
        return "\(count(.reached)) reached, \(count(.notReached)) not reached, "
            + "\(count(.notMeasured)) not measured; \(Int(report.seconds)) s. Allocations a packet "
            + "are counted by the test AllocationTests."
    }

    private func note(_ text: String) {
        FileHandle.standardError.write(Data("rehab-bench: \(text)\n".utf8))
    }
}
