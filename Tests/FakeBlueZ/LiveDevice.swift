// A fake device in operation: its link, its subscribers, its stream.

import DBus
import EventLoop
import Plumbing

/// Owned by the stand-in, on its loop's thread.
final class LiveDevice {
    var config: FakeDevice
    /// Characteristics' present values and subscribers, by place.
    var values: [[UInt8]]
    var subscribers: [Set<String>]
    var acquired: [Int: SharedDescriptor] = [:]
    var acquiredWatches: [Int: Watch] = [:]
    /// Characteristics that an interrupted AcquireNotify left unusable.
    var debris: Set<Int> = []
    var isExported = false
    var hasObjects = false
    var isConnected = false
    var isResolved = false
    /// The Connect call that waits for the device to be in range.
    var pendingConnect: BusInvocation?
    /// Links and attempts counted: timers of an earlier one are void.
    var era = 0
    var stream: TimerID?
    /// The stream's counter, µs, which goes on while the sensor measures.
    var microseconds: UInt32 = 1_000_000
    var isMeasuring = false
    /// The next of the packets to be played.
    var position = 0
    /// Set where packets come from outside in place of the device's own stream.
    var player: Watch?
    /// Counters of the packets that left over a live link, in order.
    var sent: [UInt32] = []

    init(_ config: FakeDevice) {
        self.config = config
        values = config.characteristics.map(\.value)
        subscribers = config.characteristics.map { _ in [] }
    }

    var ending: String { "dev_" + config.address.replacing(":", with: "_") }

    func place(of uuid: String) -> Int? {
        config.characteristics.firstIndex { $0.uuid == uuid }
    }

    func forgetClients(_ fake: isolated FakeBlueZ) {
        for place in subscribers.indices { subscribers[place] = [] }
        for watch in acquiredWatches.values { fake.loop.remove(watch) }
        acquiredWatches = [:]
        acquired = [:]
        pendingConnect = nil
    }
}

extension FakeBlueZ {
    static let deviceInterface = "org.bluez.Device1"
    static let characteristicInterface = "org.bluez.GattCharacteristic1"

    /// The adapter's path: the first one's, for all devices.
    var adapterPath: String? { adapters.keys.min().map { "/org/bluez/hci\($0)" } }

    func path(_ device: LiveDevice) -> String? { adapterPath.map { "\($0)/\(device.ending)" } }

    func device(at path: String) -> LiveDevice? {
        let parts = path.split(separator: "/")
        guard parts.count >= 4 else { return nil }
        return devices.values.first { $0.ending == String(parts[3]) && $0.isExported }
    }

    func deviceProperties(_ device: LiveDevice) -> [String: BusValue] {
        let config = device.config
        var result: [String: BusValue] = [
            "Address": .string(config.address), "AddressType": .string(config.addressType),
            "Alias": .string(config.name ?? config.address.replacing(":", with: "-")),
            "Connected": .boolean(device.isConnected), "Paired": .boolean(config.isBonded),
            "ServicesResolved": .boolean(device.isResolved),
            "UUIDs": .strings(config.advertisedServices),
            "Adapter": .objectPath(adapterPath ?? "/"),
        ]
        if let name = config.name { result["Name"] = .string(name) }
        if isDiscovering, config.isInRange { result["RSSI"] = .int16(config.rssi) }
        if !config.manufacturerData.isEmpty {
            result["ManufacturerData"] = .dictionary(
                config.manufacturerData.sorted { $0.key < $1.key }.map {
                    BusEntry(.uint16($0.key), .variant(.bytes($0.value)))
                }, key: "q", value: "v")
        }
        return result
    }

    var isDiscovering: Bool { adapters.values.contains { !$0.discoverers.isEmpty } }

    func export(_ address: String) {
        guard let device = devices[address], !device.isExported, let path = path(device) else {
            return
        }
        device.isExported = true
        tellAdded(path, [FakeBlueZ.deviceInterface: deviceProperties(device)])
    }

    func unexport(_ device: LiveDevice) {
        guard device.isExported, let path = path(device) else { return }
        removeObjects(device)
        device.isExported = false
        tellRemoved(path, [FakeBlueZ.deviceInterface])
    }

    // MARK: Services

    func servicePath(_ device: LiveDevice) -> String { (path(device) ?? "") + "/service000a" }

    func characteristicPath(_ device: LiveDevice, _ place: Int) -> String {
        let handle = String(11 + 2 * place, radix: 16)
        let padded = String(repeating: "0", count: 4 - handle.count) + handle
        return servicePath(device) + "/char" + padded
    }

    func characteristicProperties(_ device: LiveDevice, _ place: Int) -> [String: BusValue] {
        let config = device.config.characteristics[place]
        return [
            "UUID": .string(config.uuid), "Service": .objectPath(servicePath(device)),
            "Flags": .strings(config.flags), "Value": .bytes(device.values[place]),
            "Notifying": .boolean(!device.subscribers[place].isEmpty),
            "NotifyAcquired": .boolean(device.acquired[place] != nil), "MTU": .uint16(247),
        ]
    }

    func addObjects(_ device: LiveDevice) {
        guard !device.hasObjects else { return }
        device.hasObjects = true
        tellAdded(
            servicePath(device),
            ["org.bluez.GattService1": ["UUID": .string(device.config.service)]])
        for place in device.config.characteristics.indices {
            tellAdded(
                characteristicPath(device, place),
                [FakeBlueZ.characteristicInterface: characteristicProperties(device, place)])
        }
        if let battery = device.config.battery, let path = path(device) {
            tellAdded(path, ["org.bluez.Battery1": ["Percentage": .byte(battery)]])
        }
    }

    func removeObjects(_ device: LiveDevice) {
        guard device.hasObjects else { return }
        device.hasObjects = false
        for place in device.config.characteristics.indices {
            tellRemoved(
                characteristicPath(device, place), [FakeBlueZ.characteristicInterface])
        }
        tellRemoved(servicePath(device), ["org.bluez.GattService1"])
    }

    package func setBattery(_ address: String, _ percent: UInt8) {
        guard let device = devices[address], let path = path(device) else { return }
        device.config.battery = percent
        tellChanged(path, "org.bluez.Battery1", ["Percentage": .byte(percent)])
    }

    // MARK: Link

    func link(_ device: LiveDevice) {
        device.era += 1
        device.isConnected = true
        guard let path = path(device) else { return }
        if device.config.untoldConnects > 0 {
            device.config.untoldConnects -= 1
        } else {
            tellChanged(path, FakeBlueZ.deviceInterface, ["Connected": .boolean(true)])
        }
        let (address, era) = (device.config.address, device.era)
        guard !device.config.neverResolves else { return }
        after(device.config.resolveTime) { $0.resolve(address, era) }
    }

    private func resolve(_ address: String, _ era: Int) {
        guard let device = devices[address], device.era == era, device.isConnected,
            let path = path(device)
        else { return }
        if device.config.objectDelay <= 0 { addObjects(device) }
        device.isResolved = true
        tellChanged(path, FakeBlueZ.deviceInterface, ["ServicesResolved": .boolean(true)])
        if device.config.objectDelay > 0 {
            after(device.config.objectDelay) { fake in
                guard let device = fake.devices[address], device.era == era else { return }
                fake.addObjects(device)
            }
        }
    }

    /// Ends the link.
    ///
    /// Unbonded services stay remembered, as BlueZ's cache does.
    func unlink(_ device: LiveDevice) {
        device.era += 1
        guard device.isConnected, let path = path(device) else { return }
        device.isConnected = false
        device.isResolved = false
        endDescriptors(device)
        tellChanged(
            path, FakeBlueZ.deviceInterface,
            ["Connected": .boolean(false), "ServicesResolved": .boolean(false)])
    }

    func endDescriptors(_ device: LiveDevice) {
        for watch in device.acquiredWatches.values { loop.remove(watch) }
        device.acquiredWatches = [:]
        let places = device.acquired.keys
        device.acquired = [:]
        for place in places {
            tellChanged(
                characteristicPath(device, place), FakeBlueZ.characteristicInterface,
                ["NotifyAcquired": .boolean(false)])
        }
    }

    /// Ends the link from the other side, or by another program, at once.
    package func dropLink(_ address: String) {
        if let device = devices[address] { unlink(device) }
    }

    /// Ends the descriptors and leaves `Connected` true.
    package func dropDescriptors(_ address: String) {
        if let device = devices[address] { endDescriptors(device) }
    }

    func rangeChanged(_ device: LiveDevice) {
        let address = device.config.address
        if device.config.isInRange {
            if isDiscovering { advertise(device) }
            if device.pendingConnect != nil { beginLink(device) }
            return
        }
        let era = device.era
        guard device.isConnected else { return }
        after(device.config.supervisionTimeout) { fake in
            guard let device = fake.devices[address], device.era == era,
                !device.config.isInRange
            else { return }
            fake.unlink(device)
        }
    }

    func beginLink(_ device: LiveDevice) {
        let address = device.config.address
        device.era += 1
        let era = device.era
        after(device.config.connectTime) { fake in
            guard let device = fake.devices[address], device.era == era,
                let call = device.pendingConnect, device.config.isInRange
            else { return }
            device.pendingConnect = nil
            fake.link(device)
            // BlueZ answers when services are resolved or known; right after the link is the harder case.
            call.reply()
        }
    }

    func advertise(_ device: LiveDevice) {
        guard device.config.isInRange, !device.isConnected else { return }
        if !device.isExported { return export(device.config.address) }
        guard let path = path(device) else { return }
        tellChanged(
            path, FakeBlueZ.deviceInterface, ["RSSI": .int16(device.config.rssi)])
    }

    // MARK: Notifications

    /// Sends one notification of a characteristic to whoever is subscribed.
    package func notify(_ address: String, _ uuid: String, _ bytes: [UInt8]) {
        guard let device = devices[address], let place = device.place(of: uuid) else { return }
        notify(device, place, bytes)
    }

    @discardableResult
    func notify(_ device: LiveDevice, _ place: Int, _ bytes: [UInt8]) -> Bool {
        guard device.isConnected, device.config.isInRange else { return false }
        if let descriptor = device.acquired[place] {
            return PacketSocket.send(bytes, to: descriptor)
        }
        guard !device.subscribers[place].isEmpty else { return false }
        for _ in 0..<max(1, device.config.copies) {
            tellChanged(
                characteristicPath(device, place), FakeBlueZ.characteristicInterface,
                ["Value": .bytes(bytes)])
        }
        return true
    }

    /// Counters of the stream's packets that left over a live link, so far.
    package func sentCounters(_ address: String) -> [UInt32] { devices[address]?.sent ?? [] }

    /// The sensor restarts: its link ends, its counter begins anew, it measures no more.
    package func reboot(_ address: String) {
        guard let device = devices[address] else { return }
        unlink(device)
        stopMeasuring(device)
        device.microseconds = 0
    }

    func startMeasuring(_ device: LiveDevice, _ place: Int, rateHertz: Double) {
        stopMeasuring(device)
        device.isMeasuring = true
        guard device.player == nil else { return }
        let (address, step) = (device.config.address, 1_000_000 / rateHertz)
        device.stream = every(Int64(1e9 / rateHertz)) { fake in
            guard let device = fake.devices[address] else { return }
            device.microseconds &+= UInt32(step)
            var packet = FakeDotPacket.still(microseconds: device.microseconds)
            if device.position < device.config.packets.count {
                packet = device.config.packets[device.position]
                device.position += 1
                device.microseconds = FakeDotPacket.microseconds(packet) ?? device.microseconds
            }
            if fake.notify(device, place, packet) { device.sent.append(device.microseconds) }
        }
    }

    /// Begins an exchange's stream in place of the one before.
    func begin(
        _ stream: (characteristic: String, packets: [[UInt8]], rateHertz: Double),
        _ device: LiveDevice
    ) {
        stopMeasuring(device)
        guard let place = device.place(of: stream.characteristic), !stream.packets.isEmpty else {
            return
        }
        device.isMeasuring = true
        let (address, packets) = (device.config.address, stream.packets)
        device.stream = every(Int64(1e9 / stream.rateHertz)) { fake in
            guard let device = fake.devices[address] else { return }
            fake.notify(device, place, packets[device.position % packets.count])
            device.position += 1
        }
    }

    func stopMeasuring(_ device: LiveDevice) {
        device.isMeasuring = false
        if let stream = device.stream { loop.cancel(stream) }
        device.stream = nil
    }
}

extension FakeBlueZ {
    /// Sends notifications at a rate no sensor has, in groups of a millisecond.
    package func flood(_ address: String, _ uuid: String, perSecond rate: Int, seconds: Double) {
        floodLeft = Int(Double(rate) * seconds)
        continueFlood(address, uuid, group: max(1, rate / 1000))
    }

    private func continueFlood(_ address: String, _ uuid: String, group: Int) {
        guard floodLeft > 0 else { return }
        for _ in 0..<group {
            floodLeft -= 1
            var bytes = [UInt8](repeating: 0x55, count: 44)
            bytes[8] = UInt8(truncatingIfNeeded: floodLeft)
            bytes[9] = UInt8(truncatingIfNeeded: floodLeft >> 8)
            notify(address, uuid, bytes)
        }
        after(1_000_000) { $0.continueFlood(address, uuid, group: group) }
    }
}
