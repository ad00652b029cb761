// Subscriptions and the packets that come of them: from BlueZ into the one door.

import DBus
import EventLoop
import Plumbing
package import Wearables

extension Central {
    /// From this version on a descriptor is safe for all (the BlueZ sheet, section 4).
    private static let descriptorVersion = BlueZVersion(5, 86)

    /// Packets are looked at before the mirror sees the signal, which does not keep them.
    func listenForPackets() {
        let rule = SignalRule(
            sender: BlueZ.service, interface: "org.freedesktop.DBus.Properties",
            member: "PropertiesChanged", pathNamespace: BlueZ.root)
        bus.assumeIsolated { bus in
            _ = bus.subscribe(rule) { [weak self] signal in
                self?.assumeIsolated { $0.takeProperties(signal) }
            }
            bus.tapBytes(
                sender: BlueZ.service, interface: BlueZ.characteristic, property: "Value"
            ) { [weak self] path, bytes in
                self?.assumeIsolated { $0.takeValue(bytes, at: path) }
            }
        }
    }

    /// Property changes other than a single value: notifying that ended, values told with others.
    private func takeProperties(_ signal: BusSignal) {
        lastHeard = loop.now
        guard signal.body.count == 3, signal.body[0].asString == BlueZ.characteristic,
            let route = routes[signal.path], let changed = signal.body[1].asEntries
        else { return }
        for entry in changed {
            guard let name = entry.key.asString else { continue }
            switch name {
            case "Value":
                if let bytes = entry.value.asBytes { takePacket(bytes, route.index, route.entry) }
            case "Notifying" where entry.value.asBool == false:
                notifying.remove(signal.path)
                notifyingEnded(route)
            default: break
            }
        }
    }

    /// One notification.
    private func takeValue(_ bytes: [UInt8], at path: String) {
        lastHeard = loop.now
        if let route = routes[path] { takePacket(bytes, route.index, route.entry) }
    }

    /// Passes one packet through its door, copies apart.
    private func takePacket(
        _ bytes: [UInt8], _ index: CharacteristicIndex, _ entry: SensorEntry
    ) {
        let now = loop.now
        guard var door = entry.doors[index], door.path == .signals else { return }
        entry.doors[index] = nil
        let isCopy = door.lastBytes == bytes && now &- door.lastTime < entry.copyWindow
        door.lastBytes = bytes
        door.lastTime = now
        entry.doors[index] = door
        guard !isCopy else {
            entry.counts.duplicates += 1
            return
        }
        entry.counts.packets += 1
        if bytes.count > PacketSocket.maximumBytes {
            entry.counts.oversized += 1
        } else if !PacketSocket.send(bytes, to: door.descriptor) {
            entry.counts.overflows += 1
        }
        arrived(bytes, index, entry, now)
    }

    /// Tells life, and a plan that may wait for it, of a packet.
    private func arrived(
        _ bytes: [UInt8], _ index: CharacteristicIndex, _ entry: SensorEntry, _ now: Int64
    ) {
        if entry.side != nil { advanceSide(entry, .packet(index, bytes)) }
        switch entry.life.state {
        case .arming: send(.plan(.packet(index, bytes)), to: entry)
        default: if !entry.life.noteData(at: now) { send(.data(at: now), to: entry) }
        }
    }

    /// Tells the arrival of the newest packet where it does not pass through here (descriptor path).
    package func noteData(_ address: DeviceAddress, at time: Int64) {
        guard let entry = entries[address], time > entry.life.memory.lastData else { return }
        if !entry.life.noteData(at: time) { send(.data(at: time), to: entry) }
    }

    /// Tells what the sensor said besides samples, as intake decoded it.
    package func noteEvent(_ address: DeviceAddress, _ event: WearableEvent) {
        guard let entry = entries[address] else { return }
        switch event {
        case .battery(let level): send(.battery(min(100, level.percent)), to: entry)
        case .poweredOff, .powerSaving: send(.farewell, to: entry)
        case .buttonPressed, .formatDoesNotFit: break
        }
        handlers.onEvent(.wearable(address, event))
    }

    // MARK: Subscribing

    /// Signals, unless version, sensor or person say otherwise (the BlueZ sheet, section 4).
    private func path(for index: CharacteristicIndex, of entry: SensorEntry) -> NotifyPath {
        if entry.life.memory.avoidsDescriptor || entry.awaited.contains(index) { return .signals }
        if let forced = entry.spec.notifyPath ?? settings.notifyPath { return forced }
        guard let version = settings.blueZVersion, version >= Central.descriptorVersion else {
            return .signals
        }
        return .descriptor
    }

    /// Opens a characteristic's door; done at once where it is open.
    func subscribe(
        _ index: CharacteristicIndex, _ entry: SensorEntry, _ completion: @escaping Completion
    ) {
        let address = entry.address
        let done: @Sendable (CallOutcome) -> Void = { [loop, weak self] outcome in
            loop.perform { [weak self] in
                self?.assumeIsolated { central in
                    guard let entry = central.entry(address) else { return }
                    completion(central, entry, .done(outcome))
                }
            }
        }
        guard let facts = entry.characteristics[index] else {
            // The level then comes as a property of BlueZ's own.
            let isBattery = entry.identity.uuid(of: index) == BlueZ.batteryLevel
            return done(isBattery ? .success : .unknownObject)
        }
        if entry.doors[index] != nil { return done(.success) }
        switch path(for: index, of: entry) {
        case .signals: subscribeBySignals(index, facts.path, entry, done)
        case .descriptor: subscribeByDescriptor(index, facts.path, entry, done)
        }
    }

    /// The route stands before the call: sensors may send before the answer comes.
    private func subscribeBySignals(
        _ index: CharacteristicIndex, _ path: String, _ entry: SensorEntry,
        _ done: @escaping @Sendable (CallOutcome) -> Void
    ) {
        do throws(PlumbingError) {
            let ends = try PacketSocket.pair().split()
            let sink = SharedDescriptor(Descriptor(owning: ends.sink))
            let ours = Descriptor(owning: ends.source)
            // The loop waits for nobody: a door without room loses the packet, and that is counted.
            try ours.setNonblocking(true)
            let source = SharedDescriptor(ours)
            try PacketSocket.requestStamps(sink.rawValue)
            entry.doors[index] = SensorEntry.Door(
                path: .signals, objectPath: path, descriptor: source, sink: sink)
        } catch {
            return done(.other(error.description))
        }
        routes[path] = Route(entry: entry, index: index)
        let isArmed =
            notifying.contains(path)
            && tree.value(path, BlueZ.characteristic, "Notifying")?.asBool == true
        // bluetoothd subscribes anew for us after a reconnection.
        if isArmed { return done(.success) }
        let (address, epoch) = (entry.address, entry.epoch)
        bus.request(BlueZ.startNotify(path), limit: BlueZ.Limit.subscribe) { [weak self] result in
            self?.assumeIsolated { central in
                central.heard(result)
                if case .success = result { central.notifying.insert(path) }
                guard let entry = central.entry(address) else { return }
                switch result {
                case .success: done(.success)
                case .failure(let error):
                    if entry.epoch == epoch { central.closeDoor(index, of: entry) }
                    done(CallOutcome(error))
                }
            }
        }
    }

    /// AcquireNotify: bluetoothd's own socket, with its own stamps.
    private func subscribeByDescriptor(
        _ index: CharacteristicIndex, _ path: String, _ entry: SensorEntry,
        _ done: @escaping @Sendable (CallOutcome) -> Void
    ) {
        let (address, epoch) = (entry.address, entry.epoch)
        bus.request(BlueZ.acquireNotify(path), limit: BlueZ.Limit.subscribe) { [weak self] result in
            self?.assumeIsolated { central in
                central.heard(result)
                // A descriptor that comes too late closes with its last reference.
                guard let entry = central.entry(address), entry.epoch == epoch else { return }
                switch result {
                case .failure(let error): done(CallOutcome(error))
                case .success(let body):
                    guard let descriptor = body.first?.asDescriptor, descriptor.isPacketSocket
                    else {
                        return done(.other("bluetoothd sent no packet socket"))
                    }
                    done(central.open(descriptor, path, index, entry))
                }
            }
        }
    }

    /// Takes a descriptor into the book.
    private func open(
        _ descriptor: SharedDescriptor, _ path: String, _ index: CharacteristicIndex,
        _ entry: SensorEntry
    ) -> CallOutcome {
        var door = SensorEntry.Door(
            path: .descriptor, objectPath: path, descriptor: descriptor, sink: descriptor)
        let address = entry.address
        do throws(PlumbingError) {
            try PacketSocket.requestStamps(descriptor.rawValue)
            // Until the plan has run its packets are ours to read; then intake's.
            door.watch = try watch(descriptor.rawValue, for: [.readable]) { central, _ in
                central.readEarly(address, index)
            }
        } catch {
            return .other(error.description)
        }
        entry.doors[index] = door
        return .success
    }

    /// Reads what comes while the plan runs: proof of a sample, replies.
    ///
    /// It is not kept.
    private func readEarly(_ address: DeviceAddress, _ index: CharacteristicIndex) {
        guard let entry = entry(address), let door = entry.doors[index] else { return }
        var buffer = [UInt8](repeating: 0, count: PacketSocket.maximumBytes)
        var space = buffer.mutableSpan
        switch PacketSocket.receive(from: door.descriptor.rawValue, into: &space) {
        case .packet(let count, _):
            entry.counts.packets += 1
            arrived(Array(buffer.prefix(count)), index, entry, loop.now)
        case .oversized: entry.counts.oversized += 1
        case .empty: break
        case .ended:
            guard PacketSocket.hasHungUp(door.descriptor.rawValue) else { return }
            closeDoor(index, of: entry)
            send(.doorEnded, to: entry)
        }
    }

    /// Closes a door.
    ///
    /// `StopNotify` only over a live link: over a dead one it hangs.
    func unsubscribe(
        _ index: CharacteristicIndex, _ entry: SensorEntry, _ completion: @escaping Completion
    ) {
        let address = entry.address
        let path = entry.characteristics[index]?.path
        let mustStop =
            path.map { notifying.contains($0) } == true && entry.life.link.isConnected
        closeDoor(index, of: entry)
        guard mustStop, let path else {
            loop.perform { [weak self] in
                self?.assumeIsolated { central in
                    guard let entry = central.entry(address) else { return }
                    completion(central, entry, .done(.success))
                }
            }
            return
        }
        notifying.remove(path)
        bus.request(BlueZ.stopNotify(path), limit: BlueZ.Limit.subscribe) { [weak self] result in
            self?.assumeIsolated { central in
                central.heard(result)
                guard let entry = central.entry(address) else { return }
                completion(central, entry, .done(.success))
            }
        }
    }

    /// Notifications ended though the link stands: someone or something reset them.
    ///
    /// The next silence brings a new connection; asking at once would be a fight.
    private func notifyingEnded(_ route: Route) {
        guard case .streaming = route.entry.life.state, route.entry.doors[route.index] != nil else {
            return
        }
        warn("notifications of \(route.entry.address.text) were switched off by someone else")
        resubscribe(route)
    }

    /// Asks once for notifications again.
    private func resubscribe(_ route: Route) {
        guard let path = route.entry.characteristics[route.index]?.path else { return }
        bus.request(BlueZ.startNotify(path), limit: BlueZ.Limit.subscribe) { [weak self] result in
            self?.assumeIsolated { central in
                central.heard(result)
                if case .success = result { central.notifying.insert(path) }
            }
        }
    }

    // MARK: Handing over

    /// Gives doors and driver to the owner.
    func openStream(_ entry: SensorEntry) {
        guard var driver = entry.life.armedDriver else { return }
        var events: [WearableEvent] = []
        while let event = driver.takeEvent(), events.count < 16 { events.append(event) }
        // What the sensor was brought to do may differ from what its kind promises.
        entry.life.gapLimit = RetryPolicy.gapLimit(
            rateHertz: driver.nominalRateHertz, batchDelay: driver.capabilities.batchDelay,
            connectionInterval: SensorEntry.kernelInterval)
        var openings: [DoorOpening] = []
        for index in entry.doors.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
            guard var door = entry.doors[index], let sink = door.sink else { continue }
            door.sink = nil
            if door.path == .descriptor { leaveToIntake(&door, index, entry) }
            entry.doors[index] = door
            openings.append(
                DoorOpening(characteristic: index, descriptor: sink, path: door.path))
        }
        if !entry.isForgotten { handlers.onStream(entry.address, driver, openings) }
        for event in events { noteEvent(entry.address, event) }
        updateLinks()
    }

    /// From now on only the end of the descriptor is ours to see.
    private func leaveToIntake(
        _ door: inout SensorEntry.Door, _ index: CharacteristicIndex, _ entry: SensorEntry
    ) {
        if let watch = door.watch { loop.remove(watch) }
        let address = entry.address
        door.watch = try? watch(door.descriptor.rawValue, for: []) { central, _ in
            guard let entry = central.entry(address) else { return }
            central.closeDoor(index, of: entry)
            central.send(.doorEnded, to: entry)
        }
    }

    /// Closes our side of one door; intake sees its end.
    func closeDoor(_ index: CharacteristicIndex, of entry: SensorEntry) {
        guard let door = entry.doors.removeValue(forKey: index) else { return }
        if let watch = door.watch { loop.remove(watch) }
    }

    /// Intake sees the end of every door.
    func closeDoors(_ entry: SensorEntry) {
        entry.epoch &+= 1
        for index in Array(entry.doors.keys) { closeDoor(index, of: entry) }
        for (path, route) in routes where route.entry === entry { routes[path] = nil }
        entry.linkRSSI = nil
        entry.interval = nil
        entry.calls = []
        endSide(entry, .notConnected(entry.address))
    }
}
