// What the stand-in answers: the methods of BlueZ's interfaces that a central uses.

import DBus
import EventLoop
import Plumbing

extension FakeBlueZ {
    /// Takes a call; true, as nobody else answers here.
    func take(_ call: BusInvocation) -> Bool {
        if isFrozen {
            heldCalls.append(call)
            return true
        }
        note(call)
        if let fault = fault(for: call) {
            if case .error(let name, let message) = fault { call.fail(name, message) }
            return true
        }
        switch (call.interface, call.member) {
        case ("org.freedesktop.DBus.ObjectManager", "GetManagedObjects"):
            call.reply([managedObjects()])
        case ("org.freedesktop.DBus.Peer", "Ping"): call.reply()
        case ("org.freedesktop.DBus.Properties", "GetAll"):
            guard let device = device(at: call.path) else {
                unknown(call)
                return true
            }
            call.reply([.properties(deviceProperties(device))])
        case ("org.bluez.AgentManager1", _): call.reply()
        case ("org.bluez.Adapter1", _): adapterCall(call)
        case ("org.bluez.Device1", _): deviceCall(call)
        case ("org.bluez.GattCharacteristic1", _): characteristicCall(call)
        default: unknown(call)
        }
        return true
    }

    private func note(_ call: BusInvocation) {
        var bytes: [UInt8]?
        if call.member == "WriteValue" { bytes = call.arguments.first?.asBytes }
        calls.append(
            CallRecord(
                time: loop.now, sender: call.sender, path: call.path, member: call.member,
                characteristic: characteristic(at: call.path).map {
                    $0.device.config.characteristics[$0.place].uuid
                }, bytes: bytes))
    }

    private func fault(for call: BusInvocation) -> Fault? {
        let uuid = characteristic(at: call.path).map {
            $0.device.config.characteristics[$0.place].uuid
        }
        guard
            let index = rules.firstIndex(where: {
                $0.member == call.member && $0.times > 0
                    && ($0.characteristic == nil || $0.characteristic == uuid)
            })
        else { return nil }
        if rules[index].times != .max { rules[index].times -= 1 }
        return rules[index].fault
    }

    func unknown(_ call: BusInvocation) {
        deadCalls += 1
        call.fail(
            "org.freedesktop.DBus.Error.UnknownObject",
            "Method \"\(call.member)\" with signature doesn't exist")
    }

    private func managedObjects() -> BusValue {
        var objects: [String: [String: [String: BusValue]]] = [
            "/org/bluez": ["org.bluez.AgentManager1": [:]]
        ]
        for (number, adapter) in adapters {
            objects["/org/bluez/hci\(number)"] = [
                "org.bluez.Adapter1": adapterProperties(adapter)
            ]
        }
        for device in devices.values where device.isExported {
            guard let path = path(device) else { continue }
            objects[path] = [FakeBlueZ.deviceInterface: deviceProperties(device)]
            guard device.hasObjects else { continue }
            if let battery = device.config.battery {
                objects[path]?["org.bluez.Battery1"] = ["Percentage": .byte(battery)]
            }
            objects[servicePath(device)] = [
                "org.bluez.GattService1": ["UUID": .string(device.config.service)]
            ]
            for place in device.config.characteristics.indices {
                objects[characteristicPath(device, place)] = [
                    FakeBlueZ.characteristicInterface: characteristicProperties(device, place)
                ]
            }
        }
        let entries = objects.sorted { $0.key < $1.key }.map {
            BusEntry(.objectPath($0.key), FakeBlueZ.dictionary($0.value))
        }
        return .dictionary(entries, key: "o", value: "a{sa{sv}}")
    }

    func adapterProperties(_ adapter: FakeAdapter) -> [String: BusValue] {
        [
            "Address": .string(adapter.address), "Powered": .boolean(adapter.isPowered),
            "Discovering": .boolean(!adapter.discoverers.isEmpty),
            "PowerState": .string(
                adapter.isBlocked ? "off-blocked" : adapter.isPowered ? "on" : "off"),
        ]
    }

    // MARK: Adapter1

    private func adapterCall(_ call: BusInvocation) {
        guard let (number, adapter) = adapter(at: call.path) else { return unknown(call) }
        guard adapter.isPowered || call.member == "RemoveDevice" else {
            call.fail("org.bluez.Error.NotReady", "Resource Not Ready")
            return
        }
        switch call.member {
        case "SetDiscoveryFilter": call.reply()
        case "StartDiscovery":
            guard !adapter.discoverers.contains(call.sender) else {
                call.fail("org.bluez.Error.InProgress", "Operation already in progress")
                return
            }
            adapters[number]?.discoverers.insert(call.sender)
            call.reply()
            discover()
        case "StopDiscovery":
            adapters[number]?.discoverers.remove(call.sender)
            call.reply()
        case "RemoveDevice": removeDevice(call)
        default: unknown(call)
        }
    }

    func adapter(at path: String) -> (Int, FakeAdapter)? {
        adapters.first { "/org/bluez/hci\($0.key)" == path }.map { ($0.key, $0.value) }
    }

    /// Advertisements arrive every 100 ms while someone discovers.
    private func discover() {
        guard isDiscovering else { return }
        for device in devices.values { advertise(device) }
        after(100_000_000) { $0.discover() }
    }

    private func removeDevice(_ call: BusInvocation) {
        guard let path = call.arguments.first?.asString, let device = device(at: path) else {
            call.fail("org.bluez.Error.DoesNotExist", "Does Not Exist")
            return
        }
        if device.config.stuck != .no { device.config.stuck = .no }
        unlink(device)
        device.debris = []
        for place in device.subscribers.indices { device.subscribers[place] = [] }
        unexport(device)
        call.reply()
    }

    // MARK: Device1

    private func deviceCall(_ call: BusInvocation) {
        guard let device = device(at: call.path) else { return unknown(call) }
        switch call.member {
        case "Connect": connect(call, device)
        case "Disconnect": disconnect(call, device)
        case "Pair": pair(call, device)
        default: unknown(call)
        }
    }

    private func connect(_ call: BusInvocation, _ device: LiveDevice) {
        guard device.config.stuck == .no else {
            call.fail("org.bluez.Error.InProgress", "Operation already in progress")
            return
        }
        guard device.pendingConnect == nil else {
            call.fail("org.bluez.Error.InProgress", "Operation already in progress")
            return
        }
        if device.isConnected {
            call.reply()
            return
        }
        if device.config.lyingConnects > 0 {
            device.config.lyingConnects -= 1
            call.reply()
            return
        }
        device.pendingConnect = call
        if device.config.isInRange { beginLink(device) }
    }

    /// Takes a quarter of a second; a link that ends meanwhile cancels it, as BlueZ does.
    private func pair(_ call: BusInvocation, _ device: LiveDevice) {
        if !device.isConnected { link(device) }
        let (address, era) = (device.config.address, device.era)
        after(250_000_000) { fake in
            guard let device = fake.devices[address], device.era == era, device.isConnected else {
                call.fail(
                    "org.bluez.Error.AuthenticationCanceled", "Authentication Canceled")
                return
            }
            device.config.isBonded = true
            call.reply()
            fake.tellChanged(
                call.path, FakeBlueZ.deviceInterface,
                ["Paired": .boolean(true), "Bonded": .boolean(true)])
        }
    }

    private func disconnect(_ call: BusInvocation, _ device: LiveDevice) {
        if device.config.stuck == .untilDisconnect { device.config.stuck = .no }
        if let pending = device.pendingConnect {
            device.pendingConnect = nil
            device.era += 1
            pending.fail("org.bluez.Error.Failed", "le-connection-abort-by-local")
        }
        if device.config.ignoredDisconnects > 0 {
            device.config.ignoredDisconnects -= 1
            call.reply()
            return
        }
        guard device.isConnected else {
            call.fail("org.bluez.Error.NotConnected", "Not Connected")
            return
        }
        unlink(device)
        call.reply()
    }

    // MARK: GattCharacteristic1

    func characteristic(at path: String) -> (device: LiveDevice, place: Int)? {
        guard let device = device(at: path), device.hasObjects else { return nil }
        let place = device.config.characteristics.indices.first {
            characteristicPath(device, $0) == path
        }
        return place.map { (device, $0) }
    }

    private func characteristicCall(_ call: BusInvocation) {
        guard let (device, place) = characteristic(at: call.path) else { return unknown(call) }
        guard device.isConnected else {
            call.fail("org.bluez.Error.Failed", "Not connected")
            return
        }
        // Out of range but not yet found out: calls hang until the link ends.
        guard device.config.isInRange else { return }
        switch call.member {
        case "ReadValue": call.reply([.bytes(device.values[place])])
        case "WriteValue" where device.config.demandsBond && !device.config.isBonded: break
        case "WriteValue": write(call, device, place)
        case "StartNotify": startNotify(call, device, place)
        case "StopNotify":
            device.subscribers[place].remove(call.sender)
            call.reply()
            if device.subscribers[place].isEmpty {
                tellChanged(
                    call.path, FakeBlueZ.characteristicInterface, ["Notifying": .boolean(false)])
            }
        case "AcquireNotify": acquire(call, device, place)
        default: unknown(call)
        }
    }

    private func startNotify(_ call: BusInvocation, _ device: LiveDevice, _ place: Int) {
        guard !device.debris.contains(place), device.acquired[place] == nil else {
            call.fail("org.bluez.Error.NotPermitted", "Notify acquired")
            return
        }
        guard !device.subscribers[place].contains(call.sender) else {
            call.fail("org.bluez.Error.InProgress", "Already notifying")
            return
        }
        let wasNotifying = !device.subscribers[place].isEmpty
        device.subscribers[place].insert(call.sender)
        if let early = earlyPacket {
            // Some sensors send before the answer to the subscription comes.
            notify(device, place, early)
        }
        call.reply()
        if !wasNotifying {
            tellChanged(
                call.path, FakeBlueZ.characteristicInterface, ["Notifying": .boolean(true)])
        }
    }

    private func acquire(_ call: BusInvocation, _ device: LiveDevice, _ place: Int) {
        guard !device.debris.contains(place), device.acquired[place] == nil,
            device.subscribers[place].isEmpty
        else {
            call.fail("org.bluez.Error.NotPermitted", "Notify acquired")
            return
        }
        if losesAcquire {
            // BlueZ up to 5.83: the link ends while the call is pending, and nobody ever answers.
            device.debris.insert(place)
            unlink(device)
            return
        }
        guard let ends = try? PacketSocket.pair().split() else { return }
        let ours = Descriptor(owning: ends.source)
        let theirs = SharedDescriptor(Descriptor(owning: ends.sink))
        try? ours.setNonblocking(true)
        let descriptor = SharedDescriptor(ours)
        device.acquired[place] = descriptor
        let address = device.config.address
        device.acquiredWatches[place] = try? watch(descriptor.rawValue, for: []) { fake, _ in
            guard let device = fake.devices[address] else { return }
            if let watch = device.acquiredWatches.removeValue(forKey: place) {
                fake.loop.remove(watch)
            }
            device.acquired[place] = nil
            fake.tellChanged(
                fake.characteristicPath(device, place), FakeBlueZ.characteristicInterface,
                ["NotifyAcquired": .boolean(false)])
        }
        call.reply([.descriptor(theirs), .uint16(247)])
        tellChanged(
            call.path, FakeBlueZ.characteristicInterface, ["NotifyAcquired": .boolean(true)])
    }

    private func write(_ call: BusInvocation, _ device: LiveDevice, _ place: Int) {
        let bytes = call.arguments.first?.asBytes ?? []
        device.values[place] = bytes
        call.reply()
        react(bytes, device, place)
    }

    private func react(_ bytes: [UInt8], _ device: LiveDevice, _ place: Int) {
        let uuid = device.config.characteristics[place].uuid
        if case .exchanges(let exchanges) = device.config.reaction {
            guard
                let exchange = exchanges.first(where: {
                    $0.characteristic == uuid && bytes.starts(with: $0.prefix)
                })
            else { return }
            for reply in exchange.replies {
                if let other = device.place(of: reply.characteristic) {
                    notify(device, other, reply.bytes)
                }
            }
            if let stream = exchange.stream { begin(stream, device) }
            return
        }
        guard case .dot(let rate) = device.config.reaction,
            uuid.hasPrefix("15172001"), bytes.count == 3
        else { return }
        guard bytes[1] == 1, bytes[2] == FakeDotPacket.mode else { return stopMeasuring(device) }
        guard
            let payload = device.config.characteristics.firstIndex(where: {
                $0.uuid.hasPrefix("15172002")
            })
        else { return }
        startMeasuring(device, payload, rateHertz: rate)
    }
}
