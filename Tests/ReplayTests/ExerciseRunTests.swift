// Each exercise of the catalogue, done well and with a planted fault: counted exactly, cued only for the fault.

import Foundation
import Movement
import Plumbing
import Recording
import Synthetic
import Testing

@Suite("Exercises as recorded")
struct ExerciseRunTests {
    static func replay(_ name: String) throws -> ExerciseReplay {
        let path = Golden.folder.appending(path: "\(name).recording").path
        return try ExerciseReplay(
            try RecordingReader.parse(
                try FileStore.read(path, limit: RecordingFormat.readLimit), file: path))
    }

    @Test("every script has its recording, and the catalogue's every movement both runs")
    func scriptsAreThere() {
        for kind in ExerciseKind.allCases {
            for run in ["clean", "fault"] {
                #expect(ExerciseScript.names.contains("\(kind.rawValue)-\(run)"))
            }
        }
    }

    @Test("done well: silence", arguments: ExerciseScript.names.filter { $0.hasSuffix("-clean") })
    func cleanIsSilent(name: String) throws {
        let result = try Self.replay(name)
        for alert in result.alerts {
            Issue.record("\(name): \(alert.rule.name) \(alert.signal.name) \(alert.value)")
        }
    }

    @Test(
        "with a planted fault: its rule is cued, and not before it began",
        arguments: ExerciseScript.names.filter { $0.hasSuffix("-fault") })
    func faultIsCued(name: String) throws {
        let script = try ExerciseScript(name)
        let result = try Self.replay(name)
        let first = try #require(script.firstFault)
        let wanted = result.alerts.filter { script.wantedRules.contains($0.rule.number) }
        #expect(!wanted.isEmpty, "\(result.alerts.map { ($0.rule.name, $0.signal.name) })")
        for alert in result.alerts {
            // 50 ms: a frame's time is the recovered clock's, not the true one.
            #expect(alert.time >= first - 50_000_000, "\(alert.rule.name) too early")
        }
    }

    @Test("repetitions, steps and landings are counted exactly", arguments: ExerciseScript.names)
    func countsAreExact(name: String) throws {
        let script = try ExerciseScript(name)
        let record = try Self.replay(name).record
        switch record.plan.task {
        case .repetitions: #expect(record.repetitions.count == script.truth.count)
        case .steps:
            // Where a walk begins and ends is no matter of one step.
            let slack = script.truth.count > 30 ? 2 : 0
            let count = record.steps.left.count + record.steps.right.count
            #expect(abs(count - script.truth.count) <= slack, "\(count)")
        case .landings: #expect(record.landings.count == script.truth.count)
        case .singleLegHold: #expect(record.holds.count == 1)
        case .habits: break
        }
    }

    /// The height of the pelvis is integrated twice, and a hike is as small as the sway is large: their
    /// ends are softer than those of a thigh's way.
    @Test(
        "phases of seen repetitions are within 0.1 s of the truth, 0.2 s by height or hike",
        arguments: ExerciseScript.names)
    func phasesAreRight(name: String) throws {
        let script = try ExerciseScript(name)
        let record = try Self.replay(name).record
        let plan = record.plan
        guard plan.task == .repetitions else { return }
        let hasThigh = script.script.sensors.contains { $0.segment.name.hasSuffix("thigh") }
        let isSoft =
            plan.source == .height || plan.source == .hike || plan.fallback == .height && !hasThigh
        let limit = isSoft ? 0.2 : 0.1
        var errors: [Double] = []
        let played = PhaseTimes.counted(
            script.truth.map(\.phases), script.script.person.shape, lowersFirst: plan.lowersFirst)
        for (seen, truth) in zip(record.repetitions, played) where seen.repetition.isSeen {
            let tempo = seen.repetition.tempo
            errors += [
                abs(tempo.raise - truth.raise), abs(tempo.hold - truth.hold),
                abs(tempo.lower - truth.lower),
            ]
        }
        guard !errors.isEmpty else { return }
        errors.sort()
        print("phases of \(name): \(errors[errors.count / 2]), \(errors[errors.count * 9 / 10]) s")
        #expect(errors[errors.count / 2] <= limit, "\(errors)")
    }
}
