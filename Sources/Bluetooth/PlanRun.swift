// Runs a driver's plan step by step: a pure value that is told what happened and says what to do.

package import Wearables

/// A plan under way, with the driver that learns from it.
package struct PlanRun: Sendable {
    /// Something to be done for a step.
    package enum Action: Sendable, Equatable {
        case write(CharacteristicIndex, [UInt8], PlanStep.Acknowledgement)
        case read(CharacteristicIndex)
        case subscribe(CharacteristicIndex)
        case unsubscribe(CharacteristicIndex)
    }

    /// What happened.
    package enum Happening: Sendable {
        case done(CallOutcome)
        case value([UInt8], CallOutcome)
        case packet(CharacteristicIndex, [UInt8])
        case tick
    }

    /// Why a plan ended before its end.
    package enum Failure: Error, Sendable, Equatable {
        /// A call did not succeed; `isSubscription` where it was a subscription.
        case call(CallOutcome, isSubscription: Bool)
        /// The plan has no branch for what the sensor does.
        case noBranch(String)
        /// The driver says that the device is another, or cannot do what is asked.
        case refused(String)
    }

    package enum Progress: Sendable, Equatable {
        case running([Action])
        case finished
        case ended(Failure)
    }

    /// Has learned what the replies told.
    package private(set) var driver: any Wearable
    /// What it has learned from, in order.
    package private(set) var replies: [DriverReply] = []
    /// Decodes the packets that come meanwhile, so that `driver` meets the stream fresh.
    private var listener: any Wearable
    private var steps: [PlanStep]
    private var current: PlanStep?
    /// When the current wait ends, ns; nil while an answer of BlueZ is awaited (it has its own limit).
    package private(set) var deadline: Int64?
    /// Packets since the last write: a reply may overtake the answer to the write.
    private var recent: [(CharacteristicIndex, [UInt8])] = []
    private var sampleSeen = false
    private var stepsRun = 0
    /// The characteristics that the device has.
    private let present: Set<CharacteristicIndex>

    /// Packets kept for a step that awaits one.
    private static let recentLimit = 32
    /// More steps than any plan has: a driver that answers every reply with more steps ends here.
    private static let stepLimit = 1_000

    package init(
        _ steps: [PlanStep], driver: any Wearable, present: Set<CharacteristicIndex>
    ) {
        self.steps = steps
        self.present = present
        self.driver = driver
        listener = driver
    }

    /// Begins with the first step.
    package mutating func start(at now: Int64) -> Progress { advance(at: now) }

    /// Takes what happened and says what to do next.
    package mutating func take(_ happening: Happening, at now: Int64) -> Progress {
        switch (happening, current) {
        case (.packet(let index, let bytes), _): return take(packet: bytes, index, at: now)
        case (.done(let outcome), .write), (.done(let outcome), .amend):
            guard outcome == .success else {
                return .ended(.call(outcome, isSubscription: false))
            }
            return advance(at: now)
        case (.done(let outcome), .subscribe):
            guard outcome == .success else {
                return .ended(.call(outcome, isSubscription: true))
            }
            return advance(at: now)
        case (.done, .unsubscribe): return advance(at: now)  // the link's end does it too
        case (.value(let bytes, let outcome), let step?):
            guard outcome == .success else {
                return .ended(.call(outcome, isSubscription: false))
            }
            return take(value: bytes, for: step, at: now)
        case (.tick, let step?):
            guard let deadline, now >= deadline else { return .running([]) }
            return timeIsUp(for: step, at: now)
        default: return .running([])
        }
    }

    /// Goes to the next step that needs something done or awaited.
    private mutating func advance(at now: Int64) -> Progress {
        deadline = nil
        current = nil
        while !steps.isEmpty {
            let step = steps.removeFirst()
            current = step
            stepsRun += 1
            guard stepsRun < PlanRun.stepLimit else { return .ended(.noBranch("endless")) }
            switch step {
            case .write(let index, let bytes, let acknowledgement):
                forgetPackets()
                return .running([.write(index, bytes, acknowledgement)])
            case .read(let index), .compare(let index, _, _), .amend(let index, _, _, _):
                return .running([.read(index)])
            case .subscribe(let index): return .running([.subscribe(index)])
            case .unsubscribe(let index): return .running([.unsubscribe(index)])
            case .pause(let milliseconds): return wait(milliseconds, from: now)
            case .ifPresent(let index, let then, let otherwise):
                steps.insert(contentsOf: present.contains(index) ? then : otherwise, at: 0)
            case .refuse(let reason): return .ended(.refused(reason))
            case .awaitSample(let milliseconds, _):
                if sampleSeen { continue }
                return wait(milliseconds, from: now)
            case .awaitReply(let index, let prefix, let milliseconds, _):
                guard let place = recent.firstIndex(where: { matches($0, index, prefix) }) else {
                    return wait(milliseconds, from: now)
                }
                let (_, bytes) = recent.remove(at: place)
                learn(bytes, from: index)
            }
        }
        current = nil
        return .finished
    }

    /// Lets the current step wait until a deadline.
    private mutating func wait(_ milliseconds: Int, from now: Int64) -> Progress {
        deadline = now &+ Int64(clamping: max(0, milliseconds)) &* 1_000_000
        return .running([])
    }

    /// What came before a write is no reply to it.
    private mutating func forgetPackets() {
        recent = []
        sampleSeen = false
    }

    private func matches(
        _ packet: (CharacteristicIndex, [UInt8]), _ index: CharacteristicIndex, _ prefix: [UInt8]
    ) -> Bool {
        packet.0 == index && packet.1.starts(with: prefix)
    }

    /// Gives a reply to the driver, whose further steps come first.
    private mutating func learn(_ bytes: [UInt8], from index: CharacteristicIndex) {
        let more = driver.take(reply: bytes, from: index)
        replies.append(DriverReply(characteristic: index, bytes: bytes))
        _ = listener.take(reply: bytes, from: index)
        steps.insert(contentsOf: more, at: 0)
    }

    private mutating func take(
        packet: [UInt8], _ index: CharacteristicIndex, at now: Int64
    ) -> Progress {
        if yieldsSample(packet, index) { sampleSeen = true }
        switch current {
        case .awaitReply(let wanted, let prefix, _, _)
        where matches((index, packet), wanted, prefix):
            learn(packet, from: index)
            return advance(at: now)
        case .awaitSample where sampleSeen: return advance(at: now)
        default:
            if recent.count >= PlanRun.recentLimit { recent.removeFirst() }
            recent.append((index, packet))
            return .running([])
        }
    }

    private mutating func yieldsSample(_ packet: [UInt8], _ index: CharacteristicIndex) -> Bool {
        listener.yieldsSample(packet.span, from: index)
    }

    private mutating func take(value: [UInt8], for step: PlanStep, at now: Int64) -> Progress {
        switch step {
        case .read(let index):
            learn(value, from: index)
            return advance(at: now)
        case .compare(_, let expected, let otherwise):
            if value.starts(with: expected) { return advance(at: now) }
            return branch(to: otherwise, "a setting was not taken", at: now)
        case .amend(let index, let length, let wanted, let marks):
            do throws(DecodeError) {
                let new = try PlanStep.amendment(
                    of: value, length: length, wanted: wanted, marks: marks)
                guard let new else { return advance(at: now) }
                forgetPackets()
                return .running([.write(index, new, .withResponse)])
            } catch {
                return .ended(.noBranch("the settings are shorter than expected"))
            }
        default: return .running([])
        }
    }

    /// A wait passed without what was waited for.
    private mutating func timeIsUp(for step: PlanStep, at now: Int64) -> Progress {
        switch step {
        case .pause: advance(at: now)
        case .awaitReply(_, _, _, let ifSilent):
            branch(to: ifSilent, "the sensor did not reply", at: now)
        case .awaitSample(_, let ifSilent):
            branch(to: ifSilent, "the sensor sent no sample", at: now)
        default: .running([])
        }
    }

    /// Takes a branch in place of the rest; an empty one means that there is no answer.
    private mutating func branch(
        to other: [PlanStep], _ reason: String, at now: Int64
    ) -> Progress {
        guard !other.isEmpty else { return .ended(.noBranch(reason)) }
        steps = other
        return advance(at: now)
    }
}
