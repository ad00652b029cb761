// Streams that stop, links that end, and times that run out.

import Wearables

extension SensorLife {
    /// Takes what BlueZ's properties say now.
    mutating func take(_ new: LinkFacts, _ now: Int64, _ effects: inout [SensorEffect]) {
        let old = link
        link = new
        guard new != old else { return }
        if old.isConnected && !new.isConnected { return linkEnded(now, &effects) }
        switch state {
        case .seeking where new.isConnected:
            effects.append(.stopSeeking)
            connected(now, &effects)
        case .connecting where new.isConnected: connected(now, &effects)
        case .connecting where !new.isKnown:
            // Forgotten by BlueZ in the midst: the call will not be answered usefully.
            retry(after: RetryPolicy.pause(afterErrors: memory.errors), now, &effects)
        case .resolving: lookAtServices(now, &effects)
        case .removing(_, let then) where !new.isKnown: closed(then, now, &effects)
        case .streaming where !new.isComplete && old.isComplete,
            .silent where !new.isComplete && old.isComplete,
            .arming where !new.isComplete && old.isComplete:
            // The services are being read again: paths may change, subscriptions are void.
            tellLoss(.unresponsive, &effects)
            effects.append(.closeDoors)
            state = .resolving(until: now &+ RetryPolicy.resolveLimit, isResolved: false)
            lookAtServices(now, &effects)
        default: break
        }
    }

    /// `Connected` turned false.
    private mutating func linkEnded(_ now: Int64, _ effects: inout [SensorEffect]) {
        switch state {
        case .streaming:
            let isFresh = now &- memory.lastData < RetryPolicy.freshLimit
            let isSudden = isFresh && !memory.saidFarewell
            // With its object gone, the adapter is about to follow.
            tellLoss(
                !link.isKnown ? .adapter : isSudden ? .interrupted : absenceCause(), &effects)
            effects.append(.closeDoors)
            let last = memory.lastInterruption
            if isFresh { memory.lastInterruption = now }
            memory.absentSince = now
            // The first time it is a chance; another time soon it may be a fight.
            if isFresh, let last, now &- last < RetryPolicy.foreignPause {
                return retry(after: last &+ RetryPolicy.foreignPause &- now, now, &effects)
            }
            line(now, &effects)
        case .silent:
            effects.append(.closeDoors)
            memory.absentSince = now
            line(now, &effects)
        case .resolving, .probing, .arming:
            effects += [.closeDoors, .count(.connectError)]
            memory.errors += 1
            memory.endedInSetup += 1
            memory.lastTrouble =
                link.isBonded && memory.endedInSetup >= RetryPolicy.bondDoubts
                ? SensorLife.bondMayBeGone : "the link ended while it was being set up"
            // A subscription that was pending on bluetoothd's descriptor is lost for good there.
            if case .arming = state {
                memory.acquireWentAstray = memory.acquireWentAstray || !memory.avoidsDescriptor
                memory.avoidsDescriptor = true
            }
            retry(after: RetryPolicy.pause(afterErrors: memory.errors), now, &effects)
        case .stopping: closed(.idle, now, &effects)
        case .closing(_, true, let then): closed(then, now, &effects)
        case .removing(_, let then) where !link.isKnown: closed(then, now, &effects)
        default: break
        }
    }

    /// Said where the link to a paired sensor ends again and again before anything was read: so it does
    /// where one side lost the keys, and BlueZ does not tell.
    static let bondMayBeGone =
        "the link ends at once: the sensor may have forgotten its pairing; let BlueZ forget it too "
        + "(bluetoothctl remove ADDRESS), then pair anew: rehabctl sensors pair"

    /// Data came: after a silence the stream goes on as if nothing had been.
    mutating func takeData(at time: Int64, _ effects: inout [SensorEffect]) {
        memory.lastData = max(memory.lastData, time)
        guard case .silent(let since) = state, time >= since else { return }
        state = .streaming(since: time)
        memory.lossTold = false
        effects.append(.tellResumed)
    }

    /// A door that ends is a loss, whatever `Connected` says; the link's end then tells nothing new.
    mutating func takeDoorEnd(_ now: Int64, _ effects: inout [SensorEffect]) {
        switch state {
        case .streaming, .silent:
            tellLoss(absenceCause(), &effects)
            effects.append(.closeDoors)
            close(.retry(at: now), now, &effects)
        default: break
        }
    }

    // MARK: Disconnecting

    /// Ends the link (or a pending attempt), then does what follows.
    mutating func close(
        _ then: SensorState.Afterwards, _ now: Int64, _ effects: inout [SensorEffect]
    ) {
        effects += [.closeDoors, .leaveTurn, .disconnect]
        state = .closing(until: now &+ RetryPolicy.closeLimit, isAnswered: false, then: then)
    }

    /// An answer to `Disconnect`; that the link ended is told by `Connected`.
    mutating func disconnectAnswered(
        _ outcome: CallOutcome, _ now: Int64, _ effects: inout [SensorEffect]
    ) {
        guard case .closing(let until, _, let then) = state else { return }
        if outcome == .success || outcome == .notConnected || !link.isConnected {
            state = .closing(until: until, isAnswered: true, then: then)
            if !link.isConnected { closed(then, now, &effects) }
        }
    }

    /// The link has ended: what was planned for afterwards.
    mutating func closed(
        _ then: SensorState.Afterwards, _ now: Int64, _ effects: inout [SensorEffect]
    ) {
        switch then {
        case .idle:
            state = .idle
            if isWanted {
                memory.absentSince = now
                line(now, &effects)
            }
        case .unusable(let why): state = .unusable(why)
        case .remove:
            guard link.isKnown, !link.isBonded else {
                return retry(after: RetryPolicy.second / 4, now, &effects)
            }
            remove(then: .retry(at: now), now, &effects)
        case .retry(let time):
            if memory.absentSince == nil { memory.absentSince = now }
            if time <= now, isWanted {
                line(now, &effects)
            } else {
                retry(after: max(0, time &- now), now, &effects)
            }
        }
    }

    /// Lets BlueZ forget the device.
    private mutating func remove(
        then: SensorState.Afterwards, _ now: Int64, _ effects: inout [SensorEffect]
    ) {
        state = .removing(until: now &+ RetryPolicy.removeLimit, then: then)
        effects.append(.removeDevice)
    }

    /// An answer to `RemoveDevice`; that the object is gone is told by its removal.
    mutating func removeAnswered(
        _ outcome: CallOutcome, _ now: Int64, _ effects: inout [SensorEffect]
    ) {
        guard case .removing(_, let then) = state, outcome != .success || !link.isKnown else {
            return
        }
        closed(then, now, &effects)
    }

    // MARK: Time

    /// A deadline came.
    mutating func tick(_ now: Int64, _ effects: inout [SensorEffect]) {
        guard let deadline, now >= deadline else { return }
        switch state {
        case .idle, .blocked, .queued, .unusable: break
        case .waiting: line(now, &effects)
        case .seeking:
            effects.append(.stopSeeking)
            notSeen(now, &effects)
        case .connecting(_, let answered):
            if answered, now < memory.beliefEnds {
                state = .connecting(until: memory.beliefEnds, answered: true)
                effects.append(.askProperties)
            } else if answered {
                // Success was said and nothing is connected.
                memory.lastTrouble = "BlueZ said connected, and nothing was"
                memory.errors += 1
                effects.append(.count(.connectError))
                let pause = RetryPolicy.pause(afterErrors: memory.errors)
                close(.retry(at: now &+ pause), now, &effects)
            } else {
                memory.lastTrouble = SensorLife.notSeen
                let pause = RetryPolicy.search(absentFor: absence(now)).pause
                close(.retry(at: now &+ pause), now, &effects)
            }
        case .resolving(_, let isResolved):
            servicesMissing(isResolved, now, &effects)
        case .probing:
            guard expectedSerialNumber != nil else { return probed(nil, now, &effects) }
            memory.lastTrouble = "the serial number was not told"
            close(.retry(at: now &+ RetryPolicy.second), now, &effects)
        case .arming(_, let until), .stopping(_, let until):
            guard now >= until else { return takePlan(.tick, now, &effects) }
            if case .stopping = state { return close(.idle, now, &effects) }
            memory.lastTrouble = "the settings took too long"
            close(.retry(at: now &+ RetryPolicy.second), now, &effects)
        case .streaming:
            tellLoss(absenceCause(), &effects)
            state = .silent(since: now)
        case .silent:
            memory.lastTrouble = "connected, but no data came"
            close(.retry(at: now), now, &effects)
        case .closing(_, _, let then): closeTimedOut(then, now, &effects)
        case .removing(_, let then):
            memory.lastTrouble = "BlueZ does not let go of the device"
            closed(then, now, &effects)
        }
    }

    private func absence(_ now: Int64) -> Int64 { now &- (memory.absentSince ?? now) }

    /// Said where a sensor does not show itself.
    static let notSeen = "not seen: it may be off, out of reach, or connected to a phone"

    /// A slice of searching passed without a sight of it.
    private mutating func notSeen(_ now: Int64, _ effects: inout [SensorEffect]) {
        memory.lastTrouble = SensorLife.notSeen
        retry(after: RetryPolicy.search(absentFor: absence(now)).pause, now, &effects)
    }

    /// Services or objects did not come in time.
    private mutating func servicesMissing(
        _ isResolved: Bool, _ now: Int64, _ effects: inout [SensorEffect]
    ) {
        memory.errors += 1
        effects.append(.count(.connectError))
        guard isResolved else {
            memory.lastTrouble = "its services were not resolved"
            return close(.retry(at: now &+ RetryPolicy.second / 4), now, &effects)
        }
        memory.lastTrouble = "it lacks characteristics of its kind"
        // Remembered services may be old ones; fresh ones decide.
        guard memory.cacheDropped || link.isBonded else {
            return dropCache(or: .retry(at: now), now, &effects)
        }
        close(.unusable(.notThisKind), now, &effects)
    }

    /// The link would not end: BlueZ's object goes, once, where no bond is lost by it.
    private mutating func closeTimedOut(
        _ then: SensorState.Afterwards, _ now: Int64, _ effects: inout [SensorEffect]
    ) {
        let mayRemove = link.isKnown && !link.isBonded && !memory.hasBeenRemoved
        switch then {
        case .retry, .remove:
            guard mayRemove else {
                return retry(after: RetryPolicy.foreignPause, now, &effects)
            }
            memory.hasBeenRemoved = true
            remove(then: .retry(at: now), now, &effects)
        case .idle, .unusable: closed(then, now, &effects)
        }
    }
}
