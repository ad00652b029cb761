// Bus, bluetoothd and adapter: whether there is anything to connect with.

import DBus
import EventLoop
import Wearables

extension Central {
    /// Between losing bluetoothd and asking the bus to start it, and between two such questions, ns.
    private static let activationDelay: Int64 = 1_000_000_000
    private static let activationPause: Int64 = 5_000_000_000
    private static let tellGoneAfter: Int64 = 10_000_000_000
    /// Silence of bluetoothd after which it is asked whether it lives, ns.
    private static let quietLimit: Int64 = 1_500_000_000

    func watchSurroundings() {
        var told = ObjectMirror.Handlers()
        told.owner = { [weak self] owner in self?.assumeIsolated { $0.ownerChanged(owner) } }
        told.complete = { [weak self] in self?.assumeIsolated { $0.mirrorCompleted() } }
        told.changes = { [weak self] changes in self?.assumeIsolated { $0.take(changes) } }
        told.silent = { [weak self] _ in self?.assumeIsolated { $0.noticeHang() } }
        mirror.assumeIsolated { $0.start(told) }
        bus.assumeIsolated { bus in
            bus.onState { [weak self] _ in self?.assumeIsolated { $0.judge() } }
            bus.onForgedSignal { [weak self] sender in
                self?.assumeIsolated {
                    $0.warn("a program (\(sender)) sends signals in BlueZ's name; they are dropped")
                }
            }
            bus.onInvocation { [weak self] invocation in
                self?.assumeIsolated { $0.takeInvocation(invocation) } ?? false
            }
        }
    }

    /// Looks after bluetoothd once a second, as long as there is something to look after.
    func keepBeating() {
        guard heartbeat == nil else { return }
        heartbeat = after(1_000_000_000) { central in
            central.heartbeat = nil
            guard !central.isStopped else { return }
            central.beat()
            if !central.entries.isEmpty || central.isScanning || central.isHanging {
                central.keepBeating()
            }
        }
    }

    var tree: ObjectTree { mirror.assumeIsolated { $0.tree } }
    var owner: String? { mirror.assumeIsolated { $0.owner } }

    /// bluetoothd came, changed or went: nothing of the old one holds.
    private func ownerChanged(_ owner: String?) {
        isHanging = false
        isPinging = false
        lastHeard = loop.now
        discovery = .off
        adapter = nil
        // Objects, subscriptions and pending calls of the old owner are void.
        routes = [:]
        notifying = []
        goneSince = owner == nil ? (goneSince ?? loop.now) : nil
        if owner == nil { activateLater(Central.activationDelay) }
        judge()
    }

    /// All objects have been read: sensors may find their device connected already.
    private func mirrorCompleted() {
        isHanging = false
        lastHeard = loop.now
        refreshAll()
        judge()
        updateDiscovery()
    }

    private func activateLater(_ pause: Int64) {
        if let activation { loop.cancel(activation) }
        activation = after(pause) { $0.activate() }
    }

    /// Asks the bus to start bluetoothd, again and again while it is away: Debian 12's unit
    /// restarts nothing that crashed.
    ///
    /// Everyone may ask.
    private func activate() {
        guard !isStopped, owner == nil, let goneSince, bus.assumeIsolated({ $0.isReady }) else {
            return
        }
        if loop.now &- goneSince >= Central.tellGoneAfter {
            warn(CentralCondition.noBluetoothd.sentence)
        }
        bus.activate(BlueZ.service) { _ in }
        activateLater(Central.activationPause)
    }

    // MARK: Does bluetoothd live?

    /// Asks bluetoothd for a sign of life where it has been quiet, once a second at most.
    private func beat() {
        guard owner != nil, !isPinging,
            loop.now &- lastHeard >= Central.quietLimit
        else { return }
        ping()
    }

    private func ping() {
        isPinging = true
        bus.request(BlueZ.ping(), limit: BlueZ.Limit.ping) { [weak self] result in
            self?.assumeIsolated { $0.pinged(result) }
        }
    }

    /// An answer in time is life; silence is a hang, and everything since is old news.
    private func pinged(_ result: Result<[BusValue], BusError>) {
        isPinging = false
        if case .failure(.timedOut) = result {
            noticeHang()
            // A question always waits, so that the first sign of life is heard.
            if owner != nil { ping() }
            return
        }
        guard case .success = result else { return }
        lastHeard = loop.now
        guard isHanging else { return }
        // What was said meanwhile is old: everything is read anew.
        isHanging = false
        mirror.assumeIsolated { $0.reread() }
    }

    /// Says that bluetoothd hangs; streams end here, so that its backlog is not taken for fresh data.
    private func noticeHang() {
        isHanging = true
        keepBeating()
        judge()
    }

    // MARK: Judging

    /// Works out the condition and tells it where it changed.
    func judge() {
        let isComplete = mirror.assumeIsolated { $0.isComplete }
        chooseAdapter()
        let new: CentralCondition
        if isAsleep {
            new = .asleep
        } else if !bus.assumeIsolated({ $0.isReady }) {
            new = .noBus
        } else if owner == nil {
            new = .noBluetoothd
        } else if isHanging {
            new = .bluetoothdHangs
        } else if !isComplete {
            // Between coming and having been read: nothing can be said yet.
            return
        } else if let adapter {
            new = adapter.isPowered ? .ready : .adapterOff(isBlocked: adapter.isBlocked)
        } else {
            new = .noAdapter
        }
        guard new != condition else { return }
        condition = new
        handlers.onEvent(.condition(new))
        if new != .ready { discovery = .off }
        for entry in entries.values.sorted(by: { $0.address.text < $1.address.text }) + leaving {
            if new == .ready { refresh(entry) }
            send(.condition(new), to: entry)
        }
        updateDiscovery()
    }

    /// The adapter with the address asked for; else the one in use, else the first that is on.
    private func chooseAdapter() {
        let tree = tree
        let all = tree.paths(with: BlueZ.adapter).compactMap { AdapterFacts(tree, path: $0) }
        let wanted = settings.adapter ?? adapter?.address
        let found = all.first { $0.address == wanted }
        let new =
            settings.adapter != nil
            ? found : found ?? all.first(where: \.isPowered) ?? all.first
        let hasMoved = new?.path != adapter?.path
        adapter = new
        if hasMoved { refreshAll() }
    }

    // MARK: Changes of objects

    /// Takes what changed in BlueZ's objects to whom it concerns.
    private func take(_ changes: [ObjectTree.Change]) {
        lastHeard = loop.now
        var devices: Set<String> = []
        var mustJudge = false
        for change in changes {
            let (path, interface): (String, String)
            switch change {
            case .added(let at, let name), .removed(let at, let name),
                .changed(let at, let name, _):
                (path, interface) = (at, name)
            }
            if interface == BlueZ.adapter { mustJudge = true }
            if case .removed = change, interface == BlueZ.characteristic { routes[path] = nil }
            if let device = Central.devicePath(in: path) { devices.insert(device) }
            if interface == BlueZ.device { sight(path, change) }
        }
        if mustJudge { judge() }
        for entry in Array(entries.values) + leaving {
            let isConcerned =
                entry.devicePath.map(devices.contains) == true
                || devices.contains { $0.hasSuffix(entry.pathEnding) }
            if isConcerned { refresh(entry) }
        }
        if mustJudge { updateDiscovery() }
    }

    /// The first three parts of an object's path name its device, where it belongs to one.
    private static func devicePath(in path: String) -> String? {
        let parts = path.split(separator: "/", maxSplits: 4)
        guard parts.count >= 4, parts[0] == "org", parts[1] == "bluez", parts[3].hasPrefix("dev_")
        else { return nil }
        return "/" + parts[0...3].joined(separator: "/")
    }

    /// Reads every sensor's objects anew: after the adapter moved.
    func refreshAll() {
        for entry in Array(entries.values) + leaving { refresh(entry) }
    }

    /// Reads a sensor's objects anew and tells its life what they say.
    func refresh(_ entry: SensorEntry) {
        let tree = tree
        var facts = LinkFacts()
        var device: DeviceFacts?
        if let adapter {
            device = DeviceFacts(tree, path: adapter.path + entry.pathEnding)
            if device?.address != entry.address { device = nil }
        }
        if let old = entry.devicePath, device?.path != old {
            notifying = notifying.filter { !$0.hasPrefix(old + "/") }
            routes = routes.filter { $0.value.entry !== entry }
        }
        entry.devicePath = device?.path
        if let device {
            facts.isKnown = true
            facts.isConnected = device.isConnected
            facts.isResolved = device.isResolved
            facts.isBonded = device.isBonded
            if let rssi = device.rssi { entry.rssi = rssi }
            let found = device.isResolved ? tree.characteristics(of: device.path) : []
            entry.take(found)
            facts.present = Set(entry.characteristics.keys)
            facts.isComplete = device.isResolved && entry.hasAllCharacteristics
            facts.hasSerialNumber = entry.serialPath != nil
            let level = tree.value(device.path, BlueZ.battery, "Percentage")?.asInt
            if let level, let percent = UInt8(exactly: level), percent <= 100,
                percent != entry.life.memory.battery
            {
                send(.battery(percent), to: entry)
            }
        } else {
            entry.take([])
        }
        if facts != entry.life.link { send(.link(facts), to: entry) }
    }
}

extension SensorEntry {
    /// How BlueZ ends the path of a device with this address.
    var pathEnding: String { "/dev_" + address.text.replacing(":", with: "_") }

    /// Takes the device's characteristics by UUID, and by service where the UUID does not tell.
    func take(_ found: [CharacteristicFacts]) {
        characteristics = [:]
        for (place, uuid) in identity.characteristics.enumerated() {
            guard let number = UInt8(exactly: place) else { break }
            let index = CharacteristicIndex(rawValue: number)
            let service = identity.service(of: index)?.lowercased()
            characteristics[index] = found.first {
                $0.uuid == uuid && (service == nil || $0.service == service)
            }
        }
        let serial = found.first { $0.uuid == BlueZ.serialNumber && $0.allows(.read) }
        serialPath = serial?.path
    }

    /// True where the plan can run; the battery level may be BlueZ's own (`Battery1`).
    var hasAllCharacteristics: Bool {
        operations.allSatisfy { index, needed in
            if identity.uuid(of: index) == BlueZ.batteryLevel { return true }
            guard let facts = characteristics[index] else { return false }
            return needed.allSatisfy(facts.allows)
        }
    }
}
