// From the line to a configured sensor, and back after each kind of trouble.

import Wearables

extension SensorLife {
    /// Gets in line for the adapter, or waits for the adapter to be there.
    mutating func line(_ now: Int64, _ effects: inout [SensorEffect]) {
        guard condition == .ready else {
            state = .blocked
            return
        }
        state = .queued
        effects.append(.askTurn)
    }

    /// Its turn: connect, or scan where BlueZ has no object to connect to.
    mutating func granted(_ now: Int64, _ effects: inout [SensorEffect]) {
        guard case .queued = state else {
            effects.append(.leaveTurn)
            return
        }
        if memory.absentSince == nil { memory.absentSince = now }
        let until = now &+ slice(now)
        if link.isConnected { return connected(now, &effects) }
        guard link.isKnown else {
            state = .seeking(until: until)
            effects.append(.seek)
            return
        }
        state = .connecting(until: until, answered: false)
        effects.append(.connect)
    }

    private func slice(_ now: Int64) -> Int64 {
        RetryPolicy.search(absentFor: now &- (memory.absentSince ?? now)).slice
    }

    /// BlueZ has an object now: connect while it advertises.
    mutating func seen(_ now: Int64, _ effects: inout [SensorEffect]) {
        guard case .seeking(let until) = state, link.isKnown else { return }
        // What advertises connects within a second or two.
        state = .connecting(until: max(until, now &+ 3 * RetryPolicy.second), answered: false)
        effects += [.stopSeeking, .connect]
    }

    /// An answer to `Connect`: an error is believed, a success is not.
    mutating func connectAnswered(
        _ outcome: CallOutcome, _ now: Int64, _ effects: inout [SensorEffect]
    ) {
        guard case .connecting(let until, _) = state else { return }
        if outcome == .success {
            // The answer is not believed; the property has a second to follow. A busy bluetoothd may keep
            // its change to itself, so it is asked for: at once, and once more halfway.
            memory.beliefEnds = min(until, now &+ RetryPolicy.beliefLimit)
            state = .connecting(
                until: min(memory.beliefEnds, now &+ RetryPolicy.beliefLimit / 2), answered: true)
            effects.append(.askProperties)
            return
        }
        memory.lastTrouble = outcome.words
        effects.append(.count(.connectError))
        memory.errors += 1
        switch outcome {
        case .inProgress:
            memory.inProgress += 1
            switch memory.inProgress {
            // A dead program's attempt is still pending: end it, once, then remove the device, once.
            case 1: close(.retry(at: now &+ RetryPolicy.second / 2), now, &effects)
            case 2 where !link.isBonded: close(.remove, now, &effects)
            default: retry(after: RetryPolicy.foreignPause, now, &effects)
            }
        case .timedOut: close(.retry(at: now &+ RetryPolicy.second / 4), now, &effects)
        default: retry(after: RetryPolicy.pause(afterErrors: memory.errors), now, &effects)
        }
    }

    /// Leaves the turn to others and tries again later.
    mutating func retry(after pause: Int64, _ now: Int64, _ effects: inout [SensorEffect]) {
        effects += [.leaveTurn]
        guard isWanted else {
            state = .idle
            return
        }
        guard condition == .ready else {
            state = .blocked
            return
        }
        state = .waiting(until: now &+ pause)
    }

    /// The link stands; services come next.
    mutating func connected(_ now: Int64, _ effects: inout [SensorEffect]) {
        effects.append(.count(.connect))
        memory.inProgress = 0
        state = .resolving(until: now &+ RetryPolicy.resolveLimit, isResolved: false)
        lookAtServices(now, &effects)
    }

    /// Goes on when services are resolved and their objects are there: the one is told before the other.
    mutating func lookAtServices(_ now: Int64, _ effects: inout [SensorEffect]) {
        guard case .resolving(_, let wasResolved) = state, link.isResolved else { return }
        if !wasResolved {
            state = .resolving(until: now &+ RetryPolicy.objectLimit, isResolved: true)
        }
        guard link.isComplete else { return }
        // The radio is free for the next one.
        effects.append(.leaveTurn)
        if link.hasSerialNumber {
            state = .probing(until: now &+ RetryPolicy.probeLimit)
            effects.append(.readSerialNumber)
        } else {
            probed(nil, now, &effects, wasAsked: false)
        }
    }

    /// Who it is has been settled as far as can be: the plan begins.
    mutating func probed(
        _ number: String?, _ now: Int64, _ effects: inout [SensorEffect], wasAsked: Bool = true
    ) {
        if wasAsked { guard case .probing = state else { return } }
        if let expected = expectedSerialNumber, let number, number != expected {
            return close(.unusable(.otherDevice), now, &effects)
        }
        let driver = makeDriver()
        var run = PlanRun(driver.plan(), driver: driver, present: link.present)
        let progress = run.start(at: now)
        state = .arming(run, until: now &+ RetryPolicy.planLimit)
        follow(progress, now, &effects)
    }

    // MARK: The plan

    /// Tells the plan under way what happened.
    mutating func takePlan(
        _ happening: PlanRun.Happening, _ now: Int64, _ effects: inout [SensorEffect]
    ) {
        switch state {
        case .arming(var run, let until):
            let progress = run.take(happening, at: now)
            state = .arming(run, until: until)
            follow(progress, now, &effects)
        case .stopping(var run, let until):
            let progress = run.take(happening, at: now)
            state = .stopping(run, until: until)
            follow(progress, now, &effects)
        default: break
        }
    }

    /// Goes where the plan has come to.
    mutating func follow(
        _ progress: PlanRun.Progress, _ now: Int64, _ effects: inout [SensorEffect]
    ) {
        switch progress {
        case .running(let actions): effects += actions.map { .act($0) }
        case .finished:
            if case .stopping = state { return close(.idle, now, &effects) }
            if case .arming(let run, _) = state {
                armedDriver = run.driver
                armedReplies = run.replies
            }
            state = .streaming(since: now)
            let wasLost = memory.lossTold
            memory = Memory(
                avoidsDescriptor: memory.avoidsDescriptor, lastData: now, battery: memory.battery,
                toldBattery: memory.toldBattery, lastInterruption: memory.lastInterruption)
            effects.append(.openStream)
            if wasLost { effects.append(.tellResumed) }
        case .ended(let failure):
            if case .stopping = state { return close(.idle, now, &effects) }
            planEnded(failure, now, &effects)
        }
    }

    /// A plan that ended early: the driver's word is final, silence is tried again.
    private mutating func planEnded(
        _ failure: PlanRun.Failure, _ now: Int64, _ effects: inout [SensorEffect]
    ) {
        switch failure {
        case .refused(let reason): close(.unusable(.refused(reason)), now, &effects)
        case .noBranch(let reason):
            memory.lastTrouble = reason
            memory.plansEnded += 1
            if memory.plansEnded >= RetryPolicy.planTries {
                return close(.unusable(.planEnded), now, &effects)
            }
            close(.retry(at: now &+ RetryPolicy.second), now, &effects)
        case .call(let outcome, let isSubscription):
            memory.lastTrouble = outcome.words
            callEnded(outcome, isSubscription: isSubscription, now, &effects)
        }
    }

    /// A call of the plan that did not succeed, sorted by what can be done about it.
    private mutating func callEnded(
        _ outcome: CallOutcome, isSubscription: Bool, _ now: Int64,
        _ effects: inout [SensorEffect]
    ) {
        let soon = SensorState.Afterwards.retry(at: now &+ RetryPolicy.second / 4)
        if isSubscription, outcome == .timedOut {
            memory.subscriptionsUnanswered += 1
            memory.acquireWentAstray = !memory.avoidsDescriptor
            memory.avoidsDescriptor = true
            let isHopeless =
                memory.subscriptionsUnanswered >= RetryPolicy.subscriptionTries
            return close(isHopeless ? .unusable(.subscriptionUnanswered) : soon, now, &effects)
        }
        if outcome.meansPairing { return close(.unusable(.needsPairing), now, &effects) }
        if outcome.meansStaleCache { return dropCache(or: soon, now, &effects) }
        if outcome == .notPermitted || outcome == .inProgress {
            memory.refusedSubscriptions += 1
            if !memory.avoidsDescriptor {
                // Left over from an AcquireNotify, or held by another: signals, on a new link.
                memory.avoidsDescriptor = true
                return close(soon, now, &effects)
            }
            if memory.acquireWentAstray, memory.refusedSubscriptions >= 2, !link.isBonded,
                !memory.hasBeenRemoved
            {
                // Our own leftovers: only a new object of the device is free of them.
                memory.hasBeenRemoved = true
                return close(.remove, now, &effects)
            }
            // Another program's: it is not disturbed, only asked again.
            effects.append(.closeDoors)
            return retry(after: RetryPolicy.foreignPause, now, &effects)
        }
        if outcome == .timedOut, !link.isBonded {
            memory.callsUnanswered += 1
            // BlueZ may be trying to pair by itself and find no agent: nobody is told of that.
            if memory.callsUnanswered >= RetryPolicy.unansweredTries {
                memory.lastTrouble = SensorLife.noAnswerToSettings
            }
        }
        close(soon, now, &effects)
    }

    /// Said where a sensor in reach leaves its settings unanswered again and again.
    static let noAnswerToSettings =
        "no answer to its settings: it may want to be paired first, or to be restarted"

    /// Drops BlueZ's memory of an unbonded device, once between two streams: bonds are a person's.
    mutating func dropCache(
        or otherwise: SensorState.Afterwards, _ now: Int64, _ effects: inout [SensorEffect]
    ) {
        guard !memory.cacheDropped, !link.isBonded else {
            let patient = SensorState.Afterwards.retry(at: now &+ RetryPolicy.foreignPause)
            return close(memory.cacheDropped ? patient : otherwise, now, &effects)
        }
        memory.cacheDropped = true
        effects.append(.count(.cacheDrop))
        close(.remove, now, &effects)
    }
}
