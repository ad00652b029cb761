// A stand-in for bluetoothd: owns org.bluez on a private bus, with objects, signals, descriptors and faults.

import DBus
import EventLoop
import Plumbing

/// The service, on a loop and a thread of its own.
///
/// It behaves as BlueZ 5.66's sources and field reports say (the project's BlueZ sheet), in what a
/// central can see: properties, order of signals, error names. A test changes devices with `change`
/// and puts faults in the way of calls with `fail`.
package actor FakeBlueZ: LoopActor {
    package nonisolated let loop: EventLoop
    private nonisolated let thread: LoopThread
    let address: String
    var bus: Bus
    var adapters: [Int: FakeAdapter] = [:]
    var devices: [String: LiveDevice] = [:]
    var rules: [FaultRule] = []
    var isFrozen = false
    var heldCalls: [BusInvocation] = []
    var heldSignals: [HeldSignal] = []
    /// Every call that came, in order.
    package internal(set) var calls: [CallRecord] = []
    /// Calls to objects that were not there.
    package internal(set) var deadCalls = 0
    /// Sent when a subscription is asked for, before the answer.
    package var earlyPacket: [UInt8]?
    /// Every AcquireNotify ends the link and is never answered.
    package var losesAcquire = false
    /// Times that the bus asked for the service.
    package internal(set) var activations = 0
    var floodLeft = 0
    var activationWatch: Watch?
    var activationPipe: SharedDescriptor?

    /// A call as it came.
    package struct CallRecord: Sendable, Equatable {
        package var time: Int64
        package var sender: String
        package var path: String
        package var member: String
        /// The characteristic's UUID, where it was one's.
        package var characteristic: String?
        /// The bytes of a write.
        package var bytes: [UInt8]?
    }

    struct FakeAdapter {
        var address: String
        var isPowered = true
        var isBlocked = false
        var discoverers: Set<String> = []
    }

    struct HeldSignal {
        let path: String
        let interface: String
        let member: String
        let body: [BusValue]
    }

    /// What a call meets in place of its normal course.
    struct FaultRule {
        let member: String
        let characteristic: String?
        var times: Int
        let fault: Fault
    }

    package enum Fault: Sendable {
        case error(name: String, message: String)
        /// No answer, ever.
        case silence
    }

    /// Connects to the bus at `address`; `start()` takes the name.
    package init(at address: String) throws {
        let thread = try LoopThread()
        self.thread = thread
        loop = thread.loop
        self.address = address
        bus = Bus(loop: thread.loop, address: .at(address))
    }

    /// Takes the name, with one adapter if there is none, and waits until it is owned.
    package func start() async {
        if adapters.isEmpty { adapters[0] = FakeAdapter(address: "00:1A:7D:DA:71:13") }
        for device in devices.values where device.config.isKnown { export(device.config.address) }
        let bus = bus
        await bus.onInvocation { [weak self] invocation in
            self?.assumeIsolated { $0.take(invocation) } ?? false
        }
        await bus.open()
        await bus.requestName("org.bluez")
        await withCheckedContinuation { continuation in
            bus.assumeIsolated { bus in
                let once = Once(continuation)
                bus.watchName("org.bluez") { owner in if owner != nil { once.resume() } }
            }
        }
    }

    /// Leaves the bus without a word, as a crash does: links end two seconds later in the kernel.
    package func crash() async {
        await bus.close()
        heldCalls = []
        heldSignals = []
        for key in Array(devices.keys) { devices[key]?.forgetClients(self) }
        for number in Array(adapters.keys) { adapters[number]?.discoverers = [] }
        bus = Bus(loop: loop, address: .at(address))
    }

    /// Starts again after `crash()`, with no link.
    package func restart() async {
        for key in Array(devices.keys) { devices[key]?.isConnected = false }
        await start()
    }

    /// Ends the thread.
    package func end() async {
        for key in Array(devices.keys) { devices[key]?.forgetClients(self) }
        if let activationWatch { loop.remove(activationWatch) }
        await bus.close()
        thread.loop.stop()
    }

    // MARK: The world

    /// Adds a device; BlueZ knows it at once or when it is discovered.
    package func add(_ device: FakeDevice) {
        let live = LiveDevice(device)
        devices[device.address] = live
        if device.isKnown { export(device.address) }
    }

    /// Changes what a device is or does.
    package func change(_ address: String, _ body: @Sendable (inout FakeDevice) -> Void) {
        guard let device = devices[address] else { return }
        let wasInRange = device.config.isInRange
        body(&device.config)
        if wasInRange != device.config.isInRange { rangeChanged(device) }
    }

    /// Lets the next `times` calls of a method meet a fault.
    package func fail(
        _ member: String, on characteristic: String? = nil, times: Int = .max, _ fault: Fault
    ) {
        rules.append(
            FaultRule(
                member: member, characteristic: characteristic, times: times, fault: fault))
    }

    package func clearFaults() { rules = [] }

    /// Neither answers nor tells, while it stays on the bus; what happens meanwhile comes out after.
    package func freeze(_ isFrozen: Bool) {
        self.isFrozen = isFrozen
        guard !isFrozen else { return }
        let (calls, signals) = (heldCalls, heldSignals)
        heldCalls = []
        heldSignals = []
        for signal in signals { emit(signal.path, signal.interface, signal.member, signal.body) }
        for call in calls { _ = take(call) }
    }

    package func isConnected(_ address: String) -> Bool { devices[address]?.isConnected ?? false }

    package func clearCalls() { calls = [] }

    package func setEarlyPacket(_ packet: [UInt8]?) { earlyPacket = packet }

    package func setLosesAcquire(_ loses: Bool) { losesAcquire = loses }

    // MARK: Signals

    func emit(_ path: String, _ interface: String, _ member: String, _ body: [BusValue]) {
        if isFrozen {
            heldSignals.append(
                HeldSignal(path: path, interface: interface, member: member, body: body))
            return
        }
        bus.assumeIsolated { bus in
            _ = bus.emit(path: path, interface: interface, member: member, body)
        }
    }

    func tellChanged(_ path: String, _ interface: String, _ values: [String: BusValue]) {
        emit(
            path, "org.freedesktop.DBus.Properties", "PropertiesChanged",
            [.string(interface), .properties(values), .strings([])])
    }

    func tellAdded(_ path: String, _ interfaces: [String: [String: BusValue]]) {
        emit(
            "/", "org.freedesktop.DBus.ObjectManager", "InterfacesAdded",
            [.objectPath(path), FakeBlueZ.dictionary(interfaces)])
    }

    func tellRemoved(_ path: String, _ interfaces: [String]) {
        emit(
            "/", "org.freedesktop.DBus.ObjectManager", "InterfacesRemoved",
            [.objectPath(path), .strings(interfaces)])
    }

    static func dictionary(_ interfaces: [String: [String: BusValue]]) -> BusValue {
        .dictionary(
            interfaces.sorted { $0.key < $1.key }.map {
                BusEntry(.string($0.key), .properties($0.value))
            }, key: "s", value: "a{sv}")
    }
}

/// Resumes a continuation once.
package final class Once: @unchecked Sendable {
    private var continuation: CheckedContinuation<Void, Never>?

    package init(_ continuation: CheckedContinuation<Void, Never>) {
        self.continuation = continuation
    }

    package func resume() {
        continuation?.resume()
        continuation = nil
    }
}
