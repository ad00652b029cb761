// Sensors that rehabd connects to: from the central's doors to places in the session.

import Alerts
import Bluetooth
import Control
import ControlServer
import EventLoop
import Kinematics
import Movement
import Pipeline
import Plumbing
import Synchronization
import Wearables

extension Supervisor {
    /// How long an absent sensor keeps its place in a session in which nothing goes on, ns.
    private static let absenceLimit: Int64 = 1_800_000_000_000

    /// Starts the central and asks it for every sensor of the book.
    func beginBluetooth() {
        if let sentence = book.load() { warn(sentence) }
        hideBookFromLog()
        let own = OwnWearables(directory: settings.paths.wearables)
        own.complaints.forEach { warn($0) }
        // What is amiss with the person's own exercises is in the status from the beginning.
        _ = presentExercises()
        kinds = own.kinds
        guard var settings = settings.bluetooth else { return }
        settings.kinds = kinds
        if settings.blueZVersion == nil { settings.blueZVersion = BlueZProgram.version() }
        var handlers = CentralHandlers()
        handlers.onStream = { [weak self] address, _, openings in
            self?.assumeIsolated { $0.streams(address, openings) }
        }
        handlers.onReport = { [weak self] report in
            self?.assumeIsolated { $0.take(report) }
        }
        handlers.onEvent = { [weak self] event in
            self?.assumeIsolated { $0.take(event) }
        }
        handlers.onSighting = { [weak self] sighting in
            self?.assumeIsolated { $0.take(sighting) }
        }
        let central = Central(loop: loop, settings: settings, handlers: handlers)
        self.central = central
        central.assumeIsolated { $0.start() }
        for entry in book.entries where entry.isResting != true { want(entry) }
    }

    /// Leaves every sensor quiet, then the bus; the doors are closed before.
    func leaveBluetooth() async {
        guard let central else { return }
        self.central = nil
        await central.stop()
    }

    /// Adds a sensor of the book to the central.
    func want(_ entry: BookEntry) {
        guard let central, let address = entry.deviceAddress else { return }
        guard let kind = kinds.kind(named: entry.kind) else {
            warn(
                "the sensor \(entry.name) is of the kind \(entry.kind), which this rehabd does not "
                    + "know: put its description back, or forget it with: rehabctl sensors forget "
                    + entry.name)
            return
        }
        let spec = SensorSpec(
            address: address, addressKind: AddressKind(rawValue: entry.addressKind) ?? .random,
            kind: kind, request: StreamRequest(rateHertz: entry.rateHertz),
            serialNumber: entry.serialNumber)
        let problem = central.assumeIsolated { central -> BluetoothError? in
            do throws(BluetoothError) {
                try central.add(spec)
                return nil
            } catch {
                return error
            }
        }
        if let problem { warn(problem.description) }
    }

    // MARK: what the central says

    /// A sensor streams: its first doors, or those of a new connection.
    private func streams(_ address: DeviceAddress, _ openings: [DoorOpening]) {
        guard let known = book[address], let central else { return }
        let replies = central.assumeIsolated { $0.replies(of: address) }
        let sources = openings.map {
            PacketSource(descriptor: $0.descriptor, characteristic: $0.characteristic)
        }
        if let index = sensors.firstIndex(where: { $0.address == address }) {
            session.pipeline.reattach(sensors[index].channel, sources: sources, replies: replies)
            return
        }
        guard let kind = kinds.kind(named: known.kind) else { return }
        do throws(ControlRefusal) {
            let rate = kind.driver(StreamRequest(rateHertz: known.rateHertz)).nominalRateHertz
            try begin(
                SensorEntry.Beginning(
                    name: known.name, kind: kind,
                    segment: known.segment.flatMap { Segment(name: $0) }, rateHertz: rate,
                    sources: sources, replies: replies, address: address))
            update(known, address)
        } catch {
            warn("\(known.name) streams, and has no place in the session: \(error.description)")
        }
    }

    private func update(_ known: BookEntry, _ address: DeviceAddress) {
        guard let index = sensors.firstIndex(where: { $0.address == address }) else { return }
        sensors[index].report = central?.assumeIsolated { $0.report(of: address) }
    }

    private func take(_ report: SensorReport) {
        if let serial = report.serialNumber, var known = book[report.address],
            known.serialNumber == nil
        {
            known.serialNumber = serial
            keep(known)
        }
        guard let index = sensors.firstIndex(where: { $0.address == report.address }) else {
            if let known = book[report.address] {
                control.broadcast(.sensor(told(known, report)))
            }
            return
        }
        let old = sensors[index].state
        sensors[index].report = report
        sensors[index].state = sensors[index].stateNow(loop.now)
        if sensors[index].state != old || report.state != .streaming {
            control.broadcast(.sensor(sensors[index].told(at: loop.now)))
        }
    }

    private func take(_ event: CentralEvent) {
        switch event {
        case .condition(let condition):
            bluetoothTrouble = condition == .ready ? nil : condition.sentence
            control.broadcast(.status(status()))
        case .lost(let address, let cause):
            guard let name = book[address]?.name else { return }
            session.mark("lost \(name) \(cause.rawValue)")
            if exercise != nil || calibration != nil { session.notify(.attention) }
        case .resumed(let address):
            guard let name = book[address]?.name else { return }
            session.mark("resumed \(name)")
        case .batteryLow(let address, let percent):
            guard let name = book[address]?.name else { return }
            tell("the battery of \(name) is at \(percent) %: charge it soon")
        case .wearable(let address, let happening):
            take(happening, of: address)
        case .warning(let sentence): tell(sentence)
        case .sleeping:
            // Orderly on disk before the machine sleeps; the sensors come back as after a power cut.
            if exercise != nil { _ = try? finishExercise() }
            for entry in sensors where entry.address != nil { remove(entry) }
            central?.assumeIsolated { $0.readyForSleep() }
        case .woke: session.mark("woke")
        }
    }

    private func take(_ happening: WearableEvent, of address: DeviceAddress) {
        guard let name = book[address]?.name else { return }
        switch happening {
        case .poweredOff: tell("\(name) was switched off")
        case .powerSaving: tell("\(name) went to sleep to save power: move it or press its button")
        default: break
        }
    }

    /// Says something that passes: to the log and to whoever watches.
    private func tell(_ sentence: String) {
        DaemonLog.warning(sentence)
        control.broadcast(.warning(sentence))
    }

    // MARK: the tick

    /// Tells the central of data on the descriptor path, and lets go of what has long been absent.
    func watchConnections(at now: Int64) {
        guard let central else { return }
        var gone: [SensorEntry] = []
        for index in sensors.indices {
            guard let address = sensors[index].address else { continue }
            let events = ToldEvents(sensors[index].counters)
            if events != sensors[index].toldEvents {
                let news = events.news(since: sensors[index].toldEvents)
                sensors[index].toldEvents = events
                for event in news { central.assumeIsolated { $0.noteEvent(address, event) } }
            }
            let arrival = sensors[index].counters.lastArrival.load(ordering: .relaxed)
            if arrival != sensors[index].toldArrival {
                sensors[index].toldArrival = arrival
                central.assumeIsolated { $0.noteData(address, at: arrival) }
            } else if exercise == nil, calibration == nil,
                now - max(arrival, sensors[index].attachedAt) > Supervisor.absenceLimit
            {
                gone.append(sensors[index])
            }
        }
        for entry in gone { remove(entry) }
    }

    // MARK: the book

    func keep(_ entry: BookEntry) {
        do throws(PlumbingError) {
            try book.put(entry)
        } catch {
            warn(
                "the list of sensors cannot be written: \(error.description). Free space or correct "
                    + "the permissions of \(settings.paths.state).")
        }
    }

    func write(_ entry: BookEntry, segment: Segment?) throws(ControlRefusal) {
        var changed = entry
        changed.segment = segment?.name
        do throws(PlumbingError) {
            try book.put(changed)
        } catch {
            throw .storageFailed(path: book.path, reason: error.reason)
        }
    }

    /// Added sensors that have no place in the session yet.
    var waitingSensors: [Rehab1.Sensor] {
        book.entries.compactMap { known in
            guard let address = known.deviceAddress,
                !sensors.contains(where: { $0.address == address })
            else { return nil }
            return told(known, central?.assumeIsolated { $0.report(of: address) })
        }
    }

    func told(_ known: BookEntry, _ report: SensorReport?) -> Rehab1.Sensor {
        var link = report.map { Rehab1.Link($0) } ?? Rehab1.Link(address: known.address)
        if report == nil {
            link.reason =
                central == nil
                ? "rehabd was started without Bluetooth"
                : "it was told to rest: rehabctl sensors connect \(known.name)"
        }
        link.complete(from: kinds.kind(named: known.kind))
        return Rehab1.Sensor(
            name: known.name, kind: known.kind, segment: known.segment,
            state: report.map { Rehab1.Sensor.State($0.state) } ?? .idle,
            nominalRateHertz: known.rateHertz, packets: 0, samples: 0, decodeErrors: 0, gaps: 0,
            lostSamples: 0, duplicates: 0, refused: 0, flags: [], link: link)
    }
}

extension Rehab1.Sensor.State {
    init(_ state: SensorReport.State) {
        switch state {
        case .idle: self = .idle
        case .blocked: self = .blocked
        case .searching: self = .searching
        case .connecting: self = .connecting
        case .configuring: self = .configuring
        case .streaming: self = .streaming
        case .lost: self = .lost
        case .unusable: self = .unusable
        }
    }
}

extension Rehab1.Link {
    init(_ report: SensorReport) {
        self.init(
            address: report.address.text, reason: report.reason.isEmpty ? nil : report.reason,
            batteryPercent: report.battery.map(Int64.init),
            rssiDecibelMilliwatts: report.rssi.map(Int64.init),
            connectionIntervalMilliseconds: report.connectionIntervalMilliseconds,
            notifyPath: report.notifyPath?.rawValue, serialNumber: report.serialNumber,
            connects: Int64(report.counts.connects), losses: Int64(report.counts.losses),
            duplicateNotifications: Int64(report.counts.duplicates))
    }

    /// Adds what the kind can do.
    mutating func complete(from kind: WearableKind?) {
        guard let capabilities = kind?.capabilities else { return }
        batchDelayMilliseconds = capabilities.batchDelay * 1000
        canIdentify = capabilities.canIdentify
        canBuzz = capabilities.canBuzz
    }
}
