// What people ask of Bluetooth: look around, add, forget, show yourself.

import Bluetooth
package import Control
package import ControlServer
import EventLoop
import Kinematics
import Plumbing
import Wearables

/// A client that watches the devices around.
struct RunningScan {
    let number: Int
    let stream: ControlStream<Rehab1.Scan>
    let deadline: Int64
}

extension Supervisor {
    /// How often a scanning client is told, ns.
    private static let scanTick: Int64 = 500_000_000
    private static let longestScan = 600.0
    /// Devices remembered while scanning: a busy place has a few hundred, a hostile neighbour makes more.
    private static let sightingLimit = 500

    package func scan(
        _ call: Rehab1.Scan, to stream: ControlStream<Rehab1.Scan>
    ) throws(ControlRefusal) {
        let central = try readyCentral()
        let seconds = call.seconds ?? 10
        guard seconds > 0, seconds <= Supervisor.longestScan else {
            throw .invalidParameter("seconds")
        }
        guard scans.count < 8 else {
            throw .busy(activity: "8 clients are scanning", cure: "wait until one has ended")
        }
        if scans.isEmpty {
            sightings = [:]
            central.assumeIsolated { $0.startScanning() }
        }
        scanCount += 1
        let number = scanCount
        scans.append(
            RunningScan(
                number: number, stream: stream, deadline: loop.now + Int64(seconds * 1e9)))
        stream.whenClientLeaves(tell: self) { $0.endScan(number) }
        if scans.count == 1 { tellScans() }
    }

    private func tellScans() {
        let now = loop.now
        let told = toldSightings(at: now)
        for scan in scans {
            let isDone = now >= scan.deadline
            let reply = Rehab1.Scan.Reply(sightings: told, done: isDone)
            if isDone { scan.stream.finish(reply) } else { scan.stream.send(reply) }
            if isDone { endScan(scan.number) }
        }
        guard !scans.isEmpty else { return }
        after(Supervisor.scanTick) { if !$0.scans.isEmpty { $0.tellScans() } }
    }

    private func endScan(_ number: Int) {
        scans.removeAll { $0.number == number }
        if scans.isEmpty { central?.assumeIsolated { $0.stopScanning() } }
    }

    func take(_ sighting: Sighting) {
        if sightings[sighting.address] == nil, sightings.count >= Supervisor.sightingLimit {
            // The one not heard of for the longest time makes room.
            if let oldest = sightings.min(by: { $0.value.seenAt < $1.value.seenAt })?.key {
                sightings[oldest] = nil
            }
        }
        sightings[sighting.address] = sighting
    }

    private func toldSightings(at now: Int64) -> [Rehab1.Sighting] {
        sightings.values.map { sighting in
            Rehab1.Sighting(
                address: sighting.address.text, addressKind: sighting.addressKind.rawValue,
                name: sighting.name, rssiDecibelMilliwatts: sighting.rssi.map(Int64.init),
                kind: sighting.family, model: sighting.recognition?.model,
                recognition: sighting.recognition.map { $0.strength.told },
                knownAs: book[sighting.address]?.name, connected: sighting.isConnected,
                lastingAddress: !sighting.hasPrivateAddress,
                ageMilliseconds: Double(now - sighting.seenAt) * 1e-6)
        }.sorted { left, right in
            // What rehabd can use first, then the strongest.
            if (left.kind == nil) != (right.kind == nil) { return left.kind != nil }
            let strengths = (
                left.rssiDecibelMilliwatts ?? -200, right.rssiDecibelMilliwatts ?? -200
            )
            return strengths.0 == strengths.1
                ? left.address < right.address : strengths.0 > strengths.1
        }
    }

    // MARK: the book

    package func addSensor(
        _ call: Rehab1.AddSensor
    ) throws(ControlRefusal) -> Rehab1.Sensor {
        guard let address = DeviceAddress(call.address) else { throw .invalidParameter("address") }
        if let known = book[address] { throw .sensorExists(name: known.name) }
        let seen = sightings[address]
        guard let kindName = call.kind ?? seen?.family else {
            throw .notReady(
                reason: seen == nil
                    ? "no device with this address has been seen"
                    : "no driver recognises this device",
                cure: "look with: rehabctl scan, or give --kind; known are: "
                    + kinds.all.map(\.identity.name).joined(separator: ", "))
        }
        guard let kind = kinds.kind(named: kindName) else {
            throw .unknownKind(kind: kindName, known: kinds.all.map(\.identity.name))
        }
        guard
            let addressKind = (call.addressKind ?? seen?.addressKind.rawValue).flatMap({
                AddressKind(rawValue: $0)
            })
        else {
            throw call.addressKind != nil
                ? .invalidParameter("address_kind")
                : .notReady(
                    reason: "no device with this address has been seen",
                    cure: "switch it on and look with: rehabctl scan, or give --address-kind "
                        + "public or random")
        }
        let taken = Set(sensors.map(\.name))
        let name = call.name ?? book.freeName(for: kindName, besides: taken)
        guard isGoodName(name) else { throw .invalidParameter("name") }
        guard !taken.contains(name), book.find(name) == nil else { throw .sensorExists(name: name) }
        let segment = try self.segment(named: call.segment)
        let rate = call.rateHertz ?? 60
        guard (1...4000).contains(rate) else { throw .invalidParameter("rate_hz") }
        let entry = BookEntry(
            address: address.text, addressKind: addressKind.rawValue, kind: kindName, name: name,
            segment: segment?.name,
            rateHertz: kind.driver(StreamRequest(rateHertz: rate)).nominalRateHertz,
            added: isoDate())
        do throws(PlumbingError) {
            try FileStore.makeDirectory(settings.paths.state)
            try book.put(entry)
        } catch {
            throw .storageFailed(path: book.path, reason: error.reason)
        }
        want(entry)
        return told(entry, central?.assumeIsolated { $0.report(of: address) })
    }

    package func forgetSensor(_ call: Rehab1.ForgetSensor) throws(ControlRefusal) {
        let (known, address) = try added(call.name)
        if let entry = sensors.first(where: { $0.address == address }) {
            guard exercise == nil, calibration == nil else {
                throw .busy(
                    activity: "an exercise or a calibration is running", cure: "stop it first")
            }
            remove(entry)
        }
        _ = central?.assumeIsolated { try? $0.forget(address) }
        do throws(PlumbingError) {
            try book.remove(address)
        } catch {
            throw .storageFailed(path: book.path, reason: error.reason)
        }
        DaemonLog.note("the sensor \(known.name) was forgotten")
        control.broadcast(.status(status()))
    }

    package func connectSensor(_ call: Rehab1.ConnectSensor) throws(ControlRefusal) {
        let (known, address) = try added(call.name)
        let central = try readyCentral()
        if known.isResting == true {
            var changed = known
            changed.isResting = nil
            keep(changed)
        }
        if central.assumeIsolated({ $0.report(of: address) }) == nil {
            want(known)
            return
        }
        try central.assumeIsolated { central in
            Outcome { () throws(BluetoothError) in try central.connect(address) }
        }.check(refusal)
    }

    package func disconnectSensor(_ call: Rehab1.DisconnectSensor) throws(ControlRefusal) {
        let (known, address) = try added(call.name)
        var changed = known
        changed.isResting = true
        keep(changed)
        guard let central, central.assumeIsolated({ $0.report(of: address) }) != nil else { return }
        try central.assumeIsolated { central in
            Outcome { () throws(BluetoothError) in try central.disconnect(address) }
        }.check(refusal)
    }

    package func identifySensor(_ call: Rehab1.IdentifySensor) async throws(ControlRefusal) {
        let (_, address) = try added(call.name)
        let central = try readyCentral()
        do throws(BluetoothError) {
            try await central.identify(address)
        } catch {
            throw refusal(error)
        }
    }

    package func buzzSensor(_ call: Rehab1.BuzzSensor) async throws(ControlRefusal) {
        let (_, address) = try added(call.name)
        let length = call.milliseconds ?? 300
        guard (1...5000).contains(length) else { throw .invalidParameter("milliseconds") }
        let central = try readyCentral()
        do throws(BluetoothError) {
            try await central.buzz(address, milliseconds: Int(length))
        } catch {
            throw refusal(error)
        }
    }

    package func pairSensor(_ call: Rehab1.PairSensor) async throws(ControlRefusal) {
        let (_, address) = try added(call.name)
        let central = try readyCentral()
        do throws(BluetoothError) {
            try await central.pair(address)
        } catch {
            throw refusal(error)
        }
    }

    package func bluetooth() -> Rehab1.Bluetooth {
        guard let central else {
            return Rehab1.Bluetooth(
                condition: .off,
                cure: "rehabd was started without Bluetooth: start it without "
                    + "REHABD_BLUETOOTH=no, or with [bluetooth] enabled = true")
        }
        let doctor = central.assumeIsolated { $0.doctor }
        var cure = doctor.condition.sentence
        // What is not there cannot be started.
        if doctor.condition == .noBluetoothd, BlueZProgram.path == nil {
            cure = "bluetoothd is not installed: install it with: sudo apt-get install bluez"
        }
        return Rehab1.Bluetooth(
            condition: Rehab1.Bluetooth.Condition(doctor.condition),
            cure: cure.isEmpty ? nil : cure,
            adapters: doctor.adapters.map {
                Rehab1.Adapter(
                    address: $0.address.text, powered: $0.isPowered, blocked: $0.isBlocked,
                    inUse: $0.isInUse)
            },
            blueZVersion: doctor.version.map { "\($0.major).\($0.minor)" },
            linkHelper: doctor.hasHelper, linkHelperNote: doctor.helper,
            linkHelperCure: doctor.helperCure, forgedSignals: Int64(doctor.forgedSignals),
            sleepInhibited: doctor.holdsSleepInhibitor)
    }

    // MARK: refusals

    private func added(
        _ name: String
    ) throws(ControlRefusal) -> (entry: BookEntry, address: DeviceAddress) {
        guard let entry = book.find(name), let address = entry.deviceAddress else {
            throw .noSuchSensor(name: name)
        }
        return (entry, address)
    }

    private func readyCentral() throws(ControlRefusal) -> Central {
        guard let central else {
            throw .notReady(
                reason: "rehabd was started without Bluetooth",
                cure: "start it without REHABD_BLUETOOTH=no")
        }
        let condition = central.assumeIsolated { $0.condition }
        guard condition == .ready else {
            let parts = condition.sentence.split(separator: ": ", maxSplits: 1).map(String.init)
            throw .notReady(
                reason: parts.first ?? "Bluetooth is not ready",
                cure: parts.count > 1 ? parts[1] : "see: rehabctl doctor bluetooth")
        }
        return central
    }

    private func refusal(_ error: BluetoothError) -> ControlRefusal {
        let cure =
            switch error {
            case .notConnected: "wait until it streams: rehabctl sensors"
            case .busy: "try again in a moment"
            case .notAble: "this kind of device has nothing to do it with"
            default: "see: rehabctl doctor bluetooth"
            }
        return .bluetoothFailed(reason: named(error), cure: cure)
    }

    /// The sentence of an error with a sensor's name in place of its address.
    func named(_ error: BluetoothError) -> String {
        book.entries.reduce(error.description) { $0.replacing($1.address, with: $1.name) }
    }
}

/// Carries a typed error out of `assumeIsolated`, which has none.
private struct Outcome: Sendable {
    private let error: BluetoothError?

    init(_ body: () throws(BluetoothError) -> Void) {
        do throws(BluetoothError) {
            try body()
            error = nil
        } catch {
            self.error = error
        }
    }

    func check(_ refusal: (BluetoothError) -> ControlRefusal) throws(ControlRefusal) {
        if let error { throw refusal(error) }
    }
}

extension Recognition.Strength {
    fileprivate var told: String {
        switch self {
        case .needsConnection: "needs-connection"
        case .likely: "likely"
        case .certain: "certain"
        }
    }
}

extension Rehab1.Bluetooth.Condition {
    fileprivate init(_ condition: CentralCondition) {
        switch condition {
        case .ready: self = .ready
        case .noBus: self = .noBus
        case .noBluetoothd: self = .noBluetoothd
        case .bluetoothdHangs: self = .bluetoothdHangs
        case .noAdapter: self = .noAdapter
        case .adapterOff(isBlocked: true): self = .blocked
        case .adapterOff(isBlocked: false): self = .adapterOff
        case .asleep: self = .asleep
        }
    }
}
