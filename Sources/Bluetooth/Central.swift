// The Bluetooth central: adapter, sensors, turns, and what the world outside does to them.

import DBus
package import EventLoop
import Plumbing
import Wearables

/// Finds, connects, configures and keeps the sensors that were added, for ever.
///
/// Domains: an actor on the loop's executor. Every answer and signal of the bus, every timer and every
/// handler of the owner runs on the loop's thread, inside this actor. Nothing here waits.
///
/// It believes properties and nothing else; decisions are `SensorLife.next`, and this actor performs
/// their effects.
package actor Central: LoopActor {
    package nonisolated let loop: EventLoop
    let settings: CentralSettings
    let handlers: CentralHandlers
    let bus: Bus
    let mirror: ObjectMirror
    let linkHelper: LinkHelper?

    // Surroundings: what stands between us and any sensor.
    package internal(set) var condition = CentralCondition.noBus
    var adapter: AdapterFacts?
    var isHanging = false
    var isAsleep = false
    /// Host time of the last word from bluetoothd, ns.
    var lastHeard: Int64 = 0
    var goneSince: Int64?
    var heartbeat: TimerID?
    /// The next question to the bus to start bluetoothd.
    var activation: TimerID?
    var isPinging = false

    // Sensors.
    var entries: [DeviceAddress: SensorEntry] = [:]
    /// Forgotten ones whose link is still ending; they tell the owner nothing any more.
    var leaving: [SensorEntry] = []
    var turns = ConnectQueue()
    /// Characteristics for which a StartNotify of ours holds, by path: bluetoothd arms them again after a
    /// reconnection, and answers a second StartNotify with an error.
    ///
    /// The subscription is the process's, not a sensor's: it outlives a sensor that is forgotten and
    /// added again.
    var notifying: Set<String> = []
    /// Where the packets of a characteristic's object go.
    var routes: [String: Route] = [:]
    /// Events that came while another's effects were performed.
    private var inbox: [(SensorEntry, SensorEvent)] = []
    private var isDelivering = false

    // Scanning: by a person, and for sensors that BlueZ does not know.
    var isScanning = false
    var seekers: Set<DeviceAddress> = []
    var discovery = DiscoveryState.off
    var sightingTimes: [DeviceAddress: Int64] = [:]

    // Sleep and pairing.
    var inhibitor: SharedDescriptor?
    var sleepTimer: TimerID?
    /// The one pairing under way: the device's object, and who waits.
    var pairing: (path: String, completion: @Sendable (BluetoothError?) -> Void)?
    /// When each sentence was last said, so that a log is not filled with one.
    var warnedAt: [String: Int64] = [:]
    /// Who waits for `stop` to end.
    var stopping: (@Sendable () -> Void)?
    var isReadingStrength = false
    var isStopped = false

    /// Which sensor's which characteristic an object is.
    struct Route {
        let entry: SensorEntry
        let index: CharacteristicIndex
    }

    package init(loop: EventLoop, settings: CentralSettings, handlers: CentralHandlers) {
        self.loop = loop
        self.settings = settings
        self.handlers = handlers
        bus = Bus(loop: loop, address: settings.bus)
        mirror = ObjectMirror(
            bus: bus, service: BlueZ.service, namespace: BlueZ.root, leftOut: ["Value"])
        linkHelper = settings.linkHelper.map { LinkHelper(loop: loop, path: $0) }
    }

    /// Begins: connects to the bus and mirrors BlueZ's objects.
    package func start() {
        watchSurroundings()
        listenForPackets()
        watchSleep()
        bus.assumeIsolated { $0.open() }
    }

    // MARK: Events to lives

    /// Delivers an event; events that come of its effects follow in order.
    func send(_ event: SensorEvent, to entry: SensorEntry) {
        inbox.append((entry, event))
        guard !isDelivering else { return }
        isDelivering = true
        while !inbox.isEmpty {
            let (entry, event) = inbox.removeFirst()
            let (life, effects) = SensorLife.next(entry.life, event, at: loop.now)
            entry.life = life
            for effect in effects { perform(effect, for: entry) }
            if inbox.isEmpty { giveTurn() }
            settle(entry)
        }
        isDelivering = false
    }

    private func giveTurn() {
        guard let address = turns.grant() else { return }
        guard let entry = entry(address) else { return turns.leave(address) }
        inbox.append((entry, .granted))
    }

    func entry(_ address: DeviceAddress) -> SensorEntry? {
        entries[address] ?? leaving.first { $0.address == address }
    }

    /// Sets the timer, tells the report, lets go of what has ended.
    private func settle(_ entry: SensorEntry) {
        arm(entry)
        tellReport(entry)
        guard case .idle = entry.life.state else { return }
        leaving.removeAll { $0 === entry }
        if stopping != nil { finishStopping() }
    }

    /// One timer for each sensor.
    ///
    /// Data does not move it: while a sensor streams the timer comes once a gap limit, and finds
    /// that the deadline has moved on.
    private func arm(_ entry: SensorEntry) {
        var deadline = entry.life.deadline
        if case .streaming = entry.life.state {
            deadline = deadline.map { min($0, loop.now &+ entry.life.gapLimit) }
        }
        if let deadline, let set = entry.timerDeadline, set <= deadline, set > loop.now { return }
        if let timer = entry.timer { loop.cancel(timer) }
        entry.timer = nil
        entry.timerDeadline = deadline
        guard let deadline else { return }
        let address = entry.address
        entry.timer = at(deadline) { central in
            guard let entry = central.entry(address) else { return }
            entry.timer = nil
            entry.timerDeadline = nil
            central.send(.tick, to: entry)
        }
    }

    func tellReport(_ entry: SensorEntry) {
        var report = entry.report
        let now = report
        if let last = entry.lastReport {
            report.counts = last.counts
            report.lastData = last.lastData
            report.rssi = last.rssi
            if report == last { return }
        }
        entry.lastReport = now
        if !entry.isForgotten { handlers.onReport(now) }
    }

    /// Says a sentence, the same one at most once a minute.
    func warn(_ sentence: String) {
        let now = loop.now
        if let last = warnedAt[sentence], now &- last < 60_000_000_000 { return }
        if warnedAt.count > 100 { warnedAt = [:] }
        warnedAt[sentence] = now
        handlers.onEvent(.warning(sentence))
    }
}
