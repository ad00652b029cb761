// Scenes with processes block and wait: they run on threads of their own, a few at a time.

import Foundation
import Testing

/// Runs each job of a task on a fresh thread, so that scenes may wait without holding up the pool that
/// all other tests share.
package final class SceneThreads: TaskExecutor {
    package static let shared = SceneThreads()

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Thread.detachNewThread { [self] in
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}

/// Bounds how much runs at the same time: with two cores, too many daemons at once would measure the
/// machine and not the daemon. First come, first served.
private actor Stage {
    static let shared = Stage()

    /// The room there is; an ordinary scene takes one place, a loud one several.
    private var free = 6
    private var waiting: [(weight: Int, entry: CheckedContinuation<Void, Never>)] = []

    func enter(_ weight: Int) async {
        guard !waiting.isEmpty || free < weight else {
            free -= weight
            return
        }
        await withCheckedContinuation { waiting.append((weight, $0)) }
    }

    func leave(_ weight: Int) {
        free += weight
        while let first = waiting.first, free >= first.weight {
            waiting.removeFirst()
            free -= first.weight
            first.entry.resume()
        }
    }
}

/// Gives a test, or every test of a suite, a thread of its own and a place on the stage.
package struct SceneTrait: TestTrait, SuiteTrait, TestScoping {
    let weight: Int

    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        await Stage.shared.enter(weight)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(
                try await withTaskExecutorPreference(SceneThreads.shared) { try await function() })
        } catch {
            outcome = .failure(error)
        }
        await Stage.shared.leave(weight)
        try outcome.get()
    }
}

extension Trait where Self == SceneTrait {
    /// The test may block.
    ///
    /// `weight`: 0 for scenes that mostly wait, up to 6 for those that load the machine.
    package static func scene(weight: Int = 1) -> SceneTrait { SceneTrait(weight: weight) }
}
