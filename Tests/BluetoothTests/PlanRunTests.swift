// A plan's steps, every kind: what is done, what is learned, and every way to end early.

import Bluetooth
import Testing
import Wearables

@Suite("Plan run")
struct PlanRunTests {
    private let stream = ScriptedWearable.stream
    private let control = ScriptedWearable.control

    private func run(_ steps: [PlanStep], present: Set<CharacteristicIndex> = []) -> PlanRun {
        PlanRun(steps, driver: ScriptedWearable(), present: present)
    }

    private func replies(_ run: PlanRun) -> [[UInt8]]? {
        (run.driver as? ScriptedWearable)?.replies
    }

    @Test("steps run one after the other")
    func inOrder() {
        var plan = run([
            .unsubscribe(stream), .write(control, [1], .withoutResponse), .subscribe(stream),
        ])
        #expect(plan.start(at: 0) == .running([.unsubscribe(stream)]))
        #expect(
            plan.take(.done(.notConnected), at: 1)
                == .running([.write(control, [1], .withoutResponse)]))
        #expect(plan.take(.done(.success), at: 2) == .running([.subscribe(stream)]))
        #expect(plan.take(.done(.success), at: 3) == .finished)
    }

    @Test("what is read is learned, and more steps come of it")
    func learns() {
        var plan = run([.read(control), .subscribe(stream)])
        #expect(plan.start(at: 0) == .running([.read(control)]))
        #expect(
            plan.take(.value([9], .success), at: 0)
                == .running([.write(control, [99], .withResponse)]))
        #expect(plan.take(.done(.success), at: 0) == .running([.subscribe(stream)]))
        #expect(replies(plan) == [[9]])
    }

    @Test("a driver that asks for more steps without end is stopped")
    func endless() {
        var plan = run([.read(control)])
        var progress = plan.start(at: 0)
        for _ in 0..<5_000 {
            guard case .running(let actions) = progress else { break }
            if case .read = actions.first {
                progress = plan.take(.value([9], .success), at: 0)
            } else {
                plan = run([.read(control)])
                progress = plan.start(at: 0)
                break
            }
        }
        var nested = run(
            [PlanStep](repeating: .ifPresent(stream, then: [], otherwise: []), count: 2_000))
        #expect(nested.start(at: 0) == .ended(.noBranch("endless")))
    }

    @Test("compare goes on or takes the branch; an empty branch ends the plan")
    func compares() {
        var plan = run([.compare(control, expected: [1, 2], otherwise: [.subscribe(stream)])])
        _ = plan.start(at: 0)
        #expect(plan.take(.value([1, 2, 3], .success), at: 0) == .finished)
        plan = run([.compare(control, expected: [1, 2], otherwise: [.subscribe(stream)])])
        _ = plan.start(at: 0)
        #expect(plan.take(.value([1], .success), at: 0) == .running([.subscribe(stream)]))
        plan = run([.compare(control, expected: [1], otherwise: [])])
        _ = plan.start(at: 0)
        #expect(
            plan.take(.value([0], .success), at: 0) == .ended(.noBranch("a setting was not taken")))
    }

    @Test("amend writes only what differs")
    func amends() {
        let steps: [PlanStep] = [
            .amend(
                control, length: 3, wanted: [BytePatch(at: 1, [7])], marks: [BytePatch(at: 0, [1])])
        ]
        var plan = run(steps)
        #expect(plan.start(at: 0) == .running([.read(control)]))
        #expect(
            plan.take(.value([0, 0, 5, 9], .success), at: 0)
                == .running([.write(control, [1, 7, 5], .withResponse)]))
        #expect(plan.take(.done(.success), at: 0) == .finished)
        plan = run(steps)
        _ = plan.start(at: 0)
        #expect(plan.take(.value([0, 7, 5], .success), at: 0) == .finished)
        plan = run(steps)
        _ = plan.start(at: 0)
        #expect(
            plan.take(.value([0, 7], .success), at: 0)
                == .ended(.noBranch("the settings are shorter than expected")))
    }

    @Test("a reply is awaited, also one that came before the write was answered")
    func awaitsReplies() {
        let steps: [PlanStep] = [
            .write(control, [5], .withResponse),
            .awaitReply(stream, prefix: [0xA], milliseconds: 100, ifSilent: []),
        ]
        var plan = run(steps)
        _ = plan.start(at: 0)
        #expect(plan.take(.packet(stream, [0xB, 1]), at: 1) == .running([]))
        #expect(plan.take(.packet(stream, [0xA, 7]), at: 1) == .running([]))
        #expect(plan.take(.done(.success), at: 2) == .finished)
        #expect(replies(plan) == [[0xA, 7]])

        plan = run(steps)
        _ = plan.start(at: 0)
        #expect(plan.take(.done(.success), at: 0) == .running([]))
        #expect(plan.deadline == 100_000_000)
        #expect(plan.take(.packet(control, [0xA]), at: 1) == .running([]))
        #expect(plan.take(.packet(stream, [0xA]), at: 2) == .finished)

        plan = run(steps)
        _ = plan.start(at: 0)
        _ = plan.take(.done(.success), at: 0)
        #expect(plan.take(.tick, at: 99_999_999) == .running([]))
        #expect(
            plan.take(.tick, at: 100_000_000) == .ended(.noBranch("the sensor did not reply")))
    }

    @Test("a sample is awaited; packets without one do not count")
    func awaitsSamples() {
        let steps: [PlanStep] = [
            .awaitSample(milliseconds: 50, ifSilent: [.subscribe(control)])
        ]
        var plan = run(steps)
        _ = plan.start(at: 0)
        #expect(plan.take(.packet(stream, [1]), at: 1) == .running([]))
        #expect(plan.take(.packet(stream, [1, 2]), at: 1) == .finished)
        plan = run(steps)
        _ = plan.start(at: 0)
        #expect(plan.take(.tick, at: 50_000_000) == .running([.subscribe(control)]))
    }

    @Test("a pause passes, a refusal ends, a present characteristic decides")
    func others() {
        var plan = run([.pause(milliseconds: 20)])
        #expect(plan.start(at: 0) == .running([]))
        #expect(plan.take(.tick, at: 20_000_000) == .finished)
        plan = run([.refuse(reason: "another board")])
        #expect(plan.start(at: 0) == .ended(.refused("another board")))
        let steps: [PlanStep] = [
            .ifPresent(stream, then: [.subscribe(stream)], otherwise: [.read(control)])
        ]
        plan = run(steps, present: [stream])
        #expect(plan.start(at: 0) == .running([.subscribe(stream)]))
        plan = run(steps)
        #expect(plan.start(at: 0) == .running([.read(control)]))
    }

    @Test("calls that do not succeed end the plan, and say which kind they were")
    func failures() {
        for (step, isSubscription) in [
            (PlanStep.write(control, [1], .withResponse), false), (.subscribe(stream), true),
        ] {
            var plan = run([step])
            _ = plan.start(at: 0)
            #expect(
                plan.take(.done(.timedOut), at: 0)
                    == .ended(.call(.timedOut, isSubscription: isSubscription)))
        }
    }
}
