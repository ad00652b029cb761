// What the owner asks: add, forget, connect, disconnect, show, leave.

import DBus
import EventLoop
package import Wearables

extension Central {
    /// Adds a sensor and connects it, now and after every loss.
    package func add(_ spec: SensorSpec) throws(BluetoothError) {
        guard entries[spec.address] == nil else { throw .alreadyAdded(spec.address) }
        for old in leaving where old.address == spec.address {
            // Its link is the new one's from here on.
            if let timer = old.timer { loop.cancel(timer) }
            closeDoors(old)
        }
        leaving.removeAll { $0.address == spec.address }
        turns.leave(spec.address)
        let entry = SensorEntry(spec, condition: condition)
        entries[spec.address] = entry
        keepBeating()
        refresh(entry)
        send(.want, to: entry)
    }

    /// Stops and disconnects the sensor and takes it out of the book; a bond stays.
    package func forget(_ address: DeviceAddress) throws(BluetoothError) {
        let entry = try known(address)
        entry.isForgotten = true
        entries[address] = nil
        leaving.append(entry)
        send(.rest, to: entry)
    }

    /// A person asks: the search begins at once, and what was given up is tried again.
    package func connect(_ address: DeviceAddress) throws(BluetoothError) {
        send(.want, to: try known(address))
    }

    /// Leaves the sensor quiet and disconnected until `connect`.
    package func disconnect(_ address: DeviceAddress) throws(BluetoothError) {
        send(.rest, to: try known(address))
    }

    /// Every added sensor, in order of address.
    package var reports: [SensorReport] {
        entries.values.map(\.report).sorted { $0.address.text < $1.address.text }
    }

    /// One sensor, or nil where it was not added.
    package func report(of address: DeviceAddress) -> SensorReport? { entries[address]?.report }

    /// What the sensor's driver learned from while it was configured: with these, and a fresh driver,
    /// its packets decode as they do now.
    package func replies(of address: DeviceAddress) -> [DriverReply] {
        entries[address]?.life.armedReplies ?? []
    }

    /// Signals in BlueZ's name that came from someone else.
    package var forgedSignals: Int { bus.assumeIsolated { $0.forgedSignals } }

    /// The entry, or the error that says there is none.
    private func known(_ address: DeviceAddress) throws(BluetoothError) -> SensorEntry {
        guard let entry = entries[address] else { throw .unknownSensor(address) }
        return entry
    }

    // MARK: Short plans beside the stream

    /// Makes the sensor show itself (LED).
    package func identify(_ address: DeviceAddress) async throws(BluetoothError) {
        let driver = try driver(of: address)
        guard let steps = driver.identify() else { throw .notAble(address, "show itself") }
        try await runBeside(steps, driver, address)
    }

    /// Makes the sensor vibrate or sound.
    package func buzz(_ address: DeviceAddress, milliseconds: Int) async throws(BluetoothError) {
        let driver = try driver(of: address)
        guard let steps = driver.buzz(milliseconds: milliseconds) else {
            throw .notAble(address, "vibrate")
        }
        try await runBeside(steps, driver, address)
    }

    private func driver(of address: DeviceAddress) throws(BluetoothError) -> any Wearable {
        let entry = try known(address)
        switch entry.life.state {
        case .streaming, .silent: break
        default: throw .notConnected(address)
        }
        guard entry.side == nil else { throw .busy("another request to this sensor") }
        return entry.life.armedDriver ?? entry.spec.kind.driver(entry.spec.request)
    }

    /// Runs a short plan while the stream goes on; calls of both take turns.
    private func runBeside(
        _ steps: [PlanStep], _ driver: any Wearable, _ address: DeviceAddress
    ) async throws(BluetoothError) {
        let problem: BluetoothError? = await withCheckedContinuation { continuation in
            guard let entry = entries[address] else {
                return continuation.resume(returning: BluetoothError.unknownSensor(address))
            }
            let run = PlanRun(steps, driver: driver, present: entry.life.link.present)
            beginSide(entry, run) { continuation.resume(returning: $0) }
        }
        if let problem { throw problem }
    }

    /// Starts a short plan; the completion is called once, with what went amiss or nil.
    func beginSide(
        _ entry: SensorEntry, _ run: PlanRun,
        _ completion: @escaping @Sendable (BluetoothError?) -> Void
    ) {
        var run = run
        let progress = run.start(at: loop.now)
        entry.side = SensorEntry.SideRun(run: run, completion: completion)
        followSide(entry, progress)
    }

    /// Tells a short plan what happened.
    func advanceSide(_ entry: SensorEntry, _ happening: PlanRun.Happening) {
        guard var side = entry.side else { return }
        let progress = side.run.take(happening, at: loop.now)
        entry.side = side
        followSide(entry, progress)
    }

    /// Performs what a short plan asks for next.
    private func followSide(_ entry: SensorEntry, _ progress: PlanRun.Progress) {
        let address = entry.address
        switch progress {
        case .running(let actions):
            for action in actions {
                act(action, for: entry) { central, entry, happening in
                    central.advanceSide(entry, happening)
                }
            }
            guard let deadline = entry.side?.run.deadline, entry.side?.timer == nil else { return }
            entry.side?.timer = at(deadline) { central in
                guard let entry = central.entries[address] else { return }
                entry.side?.timer = nil
                central.advanceSide(entry, .tick)
            }
        case .finished: endSide(entry, nil)
        case .ended(.call(let outcome, _)): endSide(entry, .planEnded(outcome.words))
        case .ended(.noBranch(let reason)), .ended(.refused(let reason)):
            endSide(entry, .planEnded(reason))
        }
    }

    /// Ends a short plan, once.
    func endSide(_ entry: SensorEntry, _ problem: BluetoothError?) {
        guard let side = entry.side else { return }
        entry.side = nil
        if let timer = side.timer { loop.cancel(timer) }
        side.completion(problem)
    }

    // MARK: Leaving

    /// Leaves every sensor quiet, waits for the links to end (3 s at most), and leaves the bus.
    ///
    /// The owner closes its ends of the doors first: a bluetoothd before 5.86 does not survive a
    /// client that leaves the bus with a descriptor of AcquireNotify still open.
    package func stop() async {
        guard !isStopped else { return }
        await withCheckedContinuation { continuation in
            stopping = { continuation.resume() }
            for entry in Array(entries.values) { send(.rest, to: entry) }
            after(3_000_000_000) { $0.leaveBus() }
            finishStopping()
        }
    }

    /// Leaves the bus when the last link has ended.
    func finishStopping() {
        let isQuiet = (Array(entries.values) + leaving).allSatisfy { entry in
            if case .idle = entry.life.state { true } else { entry.life.link.isConnected == false }
        }
        guard isQuiet, stopping != nil else { return }
        // The last answers of bluetoothd are still on their way: one pass of the loop for them.
        loop.perform { [weak self] in self?.assumeIsolated { $0.leaveBus() } }
    }

    private func leaveBus() {
        guard let done = stopping else { return }
        stopping = nil
        isStopped = true
        if let heartbeat { loop.cancel(heartbeat) }
        for entry in Array(entries.values) + leaving {
            if let timer = entry.timer { loop.cancel(timer) }
            closeDoors(entry)
            endSide(entry, .notReady(.noBus))
        }
        inhibitor = nil
        linkHelper?.assumeIsolated { $0.close() }
        bus.assumeIsolated { $0.close() }
        done()
    }
}
