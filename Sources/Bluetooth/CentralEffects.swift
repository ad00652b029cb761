// Performs what a sensor's life asks for, and brings back what came of it.

import DBus
import EventLoop
import Wearables

extension Central {
    /// Performs one effect; what comes of it is told later, as an event.
    func perform(_ effect: SensorEffect, for entry: SensorEntry) {
        let address = entry.address
        switch effect {
        case .askTurn: turns.ask(address)
        case .leaveTurn: turns.leave(address)
        case .seek:
            seekers.insert(address)
            updateDiscovery()
        case .stopSeeking:
            guard seekers.remove(address) != nil else { return }
            updateDiscovery()
        case .connect: connect(entry)
        case .askProperties:
            guard let path = entry.devicePath else { return }
            mirror.assumeIsolated { $0.ask(path, BlueZ.device) }
        case .disconnect: disconnect(entry)
        case .removeDevice: removeDevice(entry)
        case .readSerialNumber: readSerialNumber(entry)
        case .act(let action):
            let epoch = entry.epoch
            act(action, for: entry) { central, entry, happening in
                if entry.epoch == epoch { central.send(.plan(happening), to: entry) }
            }
        case .openStream: openStream(entry)
        case .closeDoors: closeDoors(entry)
        case .tellLost(let cause): tell(.lost(address, cause), about: entry)
        case .tellResumed: tell(.resumed(address), about: entry)
        case .tellBattery(let percent): tell(.batteryLow(address, percent: percent), about: entry)
        case .count(let counter): count(counter, entry)
        }
    }

    func tell(_ event: CentralEvent, about entry: SensorEntry) {
        if !entry.isForgotten { handlers.onEvent(event) }
    }

    /// Counts for the report: what a person looks at when a sensor misbehaves.
    private func count(_ counter: SensorEffect.Counter, _ entry: SensorEntry) {
        switch counter {
        case .connect: entry.counts.connects += 1
        case .connectError: entry.counts.connectErrors += 1
        case .loss: entry.counts.losses += 1
        case .cacheDrop: entry.counts.cacheDrops += 1
        }
    }

    // MARK: Device calls

    /// Makes a call for a sensor; the answer is dropped where the sensor is gone from the book.
    private func call(
        _ call: BusCall, limit: Int64, for entry: SensorEntry,
        _ body:
            @escaping @Sendable (isolated Central, SensorEntry, Result<[BusValue], BusError>) ->
            Void
    ) {
        let address = entry.address
        bus.request(call, limit: limit) { [weak self] result in
            self?.assumeIsolated { central in
                central.heard(result)
                guard let entry = central.entry(address) else { return }
                body(central, entry, result)
            }
        }
    }

    /// Any answer is a sign of life.
    func heard(_ result: Result<[BusValue], BusError>) {
        switch result {
        case .success, .failure(.remote): lastHeard = loop.now
        case .failure: break
        }
    }

    /// An answer reduced to what a decision can rest on.
    private func outcome(_ result: Result<[BusValue], BusError>) -> CallOutcome {
        switch result {
        case .success: .success
        case .failure(let error): CallOutcome(error)
        }
    }

    /// `Connect`, with BlueZ's own limit of 40 s beyond ours: the slice ends it by `Disconnect`.
    private func connect(_ entry: SensorEntry) {
        entry.epoch &+= 1
        let epoch = entry.epoch
        updateDiscovery()
        guard let path = entry.devicePath else {
            return send(.connectAnswered(.unknownObject), to: entry)
        }
        call(BlueZ.connect(path), limit: BlueZ.Limit.connect, for: entry) {
            central, entry, result in
            guard entry.epoch == epoch else { return }
            central.send(.connectAnswered(central.outcome(result)), to: entry)
        }
    }

    /// `Disconnect` also cancels a `Connect` that is pending.
    private func disconnect(_ entry: SensorEntry) {
        entry.epoch &+= 1
        let epoch = entry.epoch
        guard let path = entry.devicePath else {
            return send(.disconnectAnswered(.unknownObject), to: entry)
        }
        call(BlueZ.disconnect(path), limit: BlueZ.Limit.disconnect, for: entry) {
            central, entry, result in
            guard entry.epoch == epoch else { return }
            central.send(.disconnectAnswered(central.outcome(result)), to: entry)
        }
    }

    /// Drops BlueZ's object with its cache; the life asks for it only without a bond.
    private func removeDevice(_ entry: SensorEntry) {
        guard let path = entry.devicePath, let adapter else {
            return send(.removeAnswered(.unknownObject), to: entry)
        }
        call(BlueZ.remove(path, from: adapter.path), limit: BlueZ.Limit.remove, for: entry) {
            central, entry, result in
            central.send(.removeAnswered(central.outcome(result)), to: entry)
        }
    }

    /// Reads who the device is before anything is written to it.
    private func readSerialNumber(_ entry: SensorEntry) {
        guard let path = entry.serialPath else { return send(.serialNumber(nil), to: entry) }
        let epoch = entry.epoch
        call(BlueZ.read(path), limit: BlueZ.Limit.value, for: entry) { central, entry, result in
            guard entry.epoch == epoch else { return }
            var number: String?
            if case .success(let body) = result, let bytes = body.first?.asBytes {
                number = printableName(
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
            }
            if let number { entry.serialNumber = number }
            central.send(.serialNumber(number), to: entry)
        }
    }

    // MARK: Steps of a plan

    typealias Completion = @Sendable (isolated Central, SensorEntry, PlanRun.Happening) -> Void

    /// Performs one action of a plan; the completion is called later, never from here.
    func act(_ action: PlanRun.Action, for entry: SensorEntry, _ completion: @escaping Completion) {
        switch action {
        case .write(let index, let bytes, let acknowledgement):
            guard let facts = entry.characteristics[index] else {
                return finish(.done(.unknownObject), entry, completion)
            }
            let call = BlueZ.write(facts.path, bytes, waits: acknowledgement == .withResponse)
            inTurn(entry, call) { central, entry, result in
                completion(central, entry, .done(central.outcome(result)))
            }
        case .read(let index): read(index, entry, completion)
        case .subscribe(let index): subscribe(index, entry, completion)
        case .unsubscribe(let index): unsubscribe(index, entry, completion)
        }
    }

    /// Completes a step that needs no call, in a later pass of the loop as calls do.
    private func finish(
        _ happening: PlanRun.Happening, _ entry: SensorEntry, _ completion: @escaping Completion
    ) {
        let address = entry.address
        loop.perform { [weak self] in
            self?.assumeIsolated { central in
                if let entry = central.entry(address) { completion(central, entry, happening) }
            }
        }
    }

    /// Reads a value; a battery level that BlueZ keeps to itself is taken from its property.
    private func read(
        _ index: CharacteristicIndex, _ entry: SensorEntry, _ completion: @escaping Completion
    ) {
        guard let facts = entry.characteristics[index] else {
            // Claimed by BlueZ's battery plug-in: its number is the characteristic's byte.
            if entry.identity.uuid(of: index) == BlueZ.batteryLevel {
                let value = entry.life.memory.battery.map { [$0] } ?? []
                return finish(.value(value, .success), entry, completion)
            }
            return finish(.value([], .unknownObject), entry, completion)
        }
        inTurn(entry, BlueZ.read(facts.path)) { central, entry, result in
            switch result {
            case .success(let body):
                let bytes = body.first?.asBytes
                completion(
                    central, entry,
                    .value(bytes ?? [], bytes == nil ? .other("no bytes") : .success))
            case .failure(let error): completion(central, entry, .value([], CallOutcome(error)))
            }
        }
    }

    /// Writes and reads of one sensor, one at a time.
    private func inTurn(
        _ entry: SensorEntry, _ call: BusCall,
        _ body:
            @escaping @Sendable (isolated Central, SensorEntry, Result<[BusValue], BusError>) ->
            Void
    ) {
        entry.calls.append(
            QueuedCall(call: call, body: body))
        callNext(entry)
    }

    /// Starts the next of the waiting calls, if none is under way.
    private func callNext(_ entry: SensorEntry) {
        guard !entry.isCalling, !entry.calls.isEmpty else { return }
        let next = entry.calls.removeFirst()
        entry.isCalling = true
        let address = entry.address
        bus.request(next.call, limit: BlueZ.Limit.value) { [weak self] result in
            self?.assumeIsolated { central in
                central.heard(result)
                guard let entry = central.entry(address) else { return }
                entry.isCalling = false
                next.body(central, entry, result)
                central.callNext(entry)
            }
        }
    }
}

/// A call that waits for the one before it.
struct QueuedCall: Sendable {
    let call: BusCall
    let body: @Sendable (isolated Central, SensorEntry, Result<[BusValue], BusError>) -> Void
}
