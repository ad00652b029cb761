// Adapters that come and go, activation by the bus, logind, and strangers on the bus.

import DBus
import EventLoop
import Glibc
import Plumbing

extension FakeBlueZ {
    /// Switches the adapter off or on; links end with it.
    package func setPowered(_ isOn: Bool, blocked: Bool = false) {
        guard let number = adapters.keys.min() else { return }
        adapters[number]?.isPowered = isOn
        adapters[number]?.isBlocked = blocked
        if !isOn {
            adapters[number]?.discoverers = []
            for device in devices.values { abandon(device) }
        }
        guard let adapter = adapters[number] else { return }
        tellChanged("/org/bluez/hci\(number)", "org.bluez.Adapter1", adapterProperties(adapter))
    }

    private func abandon(_ device: LiveDevice) {
        device.pendingConnect?.fail("org.bluez.Error.Failed", "le-connection-abort-by-local")
        device.pendingConnect = nil
        unlink(device)
    }

    /// Pulls the adapter.
    ///
    /// `quietly`: without removals of its devices, as happens.
    package func removeAdapter(quietly: Bool = false) {
        guard let number = adapters.keys.min() else { return }
        for device in devices.values {
            endDescriptors(device)
            device.era += 1
            device.isConnected = false
            device.isResolved = false
            device.pendingConnect = nil
            for place in device.subscribers.indices { device.subscribers[place] = [] }
            if quietly {
                device.hasObjects = false
                device.isExported = false
            } else {
                unexport(device)
            }
        }
        adapters[number] = nil
        tellRemoved("/org/bluez/hci\(number)", ["org.bluez.Adapter1"])
    }

    /// Puts an adapter in; devices that BlueZ remembers appear with it.
    package func addAdapter(number: Int, address: String = "00:1A:7D:DA:71:13") {
        let adapter = FakeAdapter(address: address)
        adapters[number] = adapter
        tellAdded(
            "/org/bluez/hci\(number)", ["org.bluez.Adapter1": adapterProperties(adapter)])
        for device in devices.values where device.config.isKnown { export(device.config.address) }
    }

    /// Comes back when the bus is asked to start it.
    package func restartWhenActivated(_ pipe: String) throws {
        let status = open(pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        guard status >= 0 else { return }
        let descriptor = SharedDescriptor(Descriptor(owning: status))
        activationPipe = descriptor
        activationWatch = try watch(status, for: .readable) { fake, _ in
            var byte: UInt8 = 0
            while unsafe read(status, &byte, 1) > 0 {}
            fake.activations += 1
            guard !fake.bus.assumeIsolated({ $0.isReady }) else { return }
            Task(executorPreference: fake.loop) { await fake.restart() }
        }
    }
}

/// Someone else on the bus: sends what it has no right to send.
package actor Stranger: LoopActor {
    package nonisolated let loop: EventLoop
    private let bus: Bus

    package init(on loop: EventLoop, address: String) {
        self.loop = loop
        bus = Bus(loop: loop, address: .at(address))
    }

    package func start() async {
        await withCheckedContinuation { continuation in
            let once = Once(continuation)
            bus.assumeIsolated { bus in
                bus.onState { if $0 { once.resume() } }
                bus.open()
            }
        }
    }

    /// A notification in BlueZ's name: to all, or past every rule to one receiver.
    package func forge(path: String, _ bytes: [UInt8], to receiver: String? = nil) {
        let values: [String: BusValue] = ["Value": .bytes(bytes)]
        bus.assumeIsolated { bus in
            _ = bus.emit(
                path: path, interface: "org.freedesktop.DBus.Properties",
                member: "PropertiesChanged",
                [
                    .string("org.bluez.GattCharacteristic1"), .properties(values), .strings([]),
                ], to: receiver)
        }
    }

    package func end() { bus.assumeIsolated { $0.close() } }
}

/// A stand-in for logind: takes inhibitors and announces sleep.
package actor FakeLogind: LoopActor {
    package nonisolated let loop: EventLoop
    private let bus: Bus
    private var inhibitors: [SharedDescriptor] = []

    package init(on loop: EventLoop, address: String) {
        self.loop = loop
        bus = Bus(loop: loop, address: .at(address))
    }

    package func start() async {
        await withCheckedContinuation { continuation in
            let once = Once(continuation)
            bus.assumeIsolated { bus in
                bus.onInvocation { [weak self] call in
                    self?.assumeIsolated { $0.take(call) } ?? false
                }
                bus.open()
                bus.requestName("org.freedesktop.login1")
                bus.watchName("org.freedesktop.login1") { if $0 != nil { once.resume() } }
            }
        }
    }

    private func take(_ call: BusInvocation) -> Bool {
        guard call.member == "Inhibit", let ends = try? PacketSocket.pair().split() else {
            return false
        }
        inhibitors.append(SharedDescriptor(Descriptor(owning: ends.source)))
        call.reply([.descriptor(SharedDescriptor(Descriptor(owning: ends.sink)))])
        return true
    }

    /// Inhibitors that are still held.
    package var held: Int {
        inhibitors.count { !PacketSocket.hasHungUp($0.rawValue) }
    }

    package func prepareForSleep(_ isGoing: Bool) {
        bus.assumeIsolated { bus in
            _ = bus.emit(
                path: "/org/freedesktop/login1", interface: "org.freedesktop.login1.Manager",
                member: "PrepareForSleep", [.boolean(isGoing)])
        }
    }

    package func end() { bus.assumeIsolated { $0.close() } }
}
