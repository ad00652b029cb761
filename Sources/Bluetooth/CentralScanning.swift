// Discovery: for a person who looks around, and for sensors that BlueZ has forgotten.

import DBus
import EventLoop
import Wearables

/// Where discovery stands.
enum DiscoveryState: Sendable, Equatable {
    case off
    /// Asked for, with this pattern.
    case starting(pattern: String?)
    case on(pattern: String?)
    case stopping
}

extension Central {
    /// Looks of one device are told this often at most, ns.
    private static let sightingPause: Int64 = 200_000_000

    /// Tells every advertising device by `onSighting`, until `stopScanning`.
    ///
    /// Scanning and streaming share one radio: do not leave it on.
    package func startScanning() {
        isScanning = true
        sightingTimes = [:]
        keepBeating()
        let tree = tree
        for path in tree.paths(with: BlueZ.device) { tellSighting(path) }
        updateDiscovery()
    }

    /// Ends the person's scan; sensors that are searched for go on being searched for.
    package func stopScanning() {
        isScanning = false
        updateDiscovery()
    }

    /// Brings discovery to what is wanted.
    ///
    /// While a connection is made the radio is left alone.
    func updateDiscovery() {
        guard condition == .ready, let adapter, !isStopped else { return }
        let isConnecting = turns.holder.flatMap { entry($0) }.map { entry in
            if case .connecting = entry.life.state { true } else { false }
        }
        let wanted = (isScanning && isConnecting != true) || !seekers.isEmpty
        // For one sensor its address is filter enough: others do not wake us.
        let pattern = isScanning || seekers.count != 1 ? nil : seekers.first?.text
        switch discovery {
        case .off where wanted: startDiscovery(adapter.path, pattern)
        case .on(let current) where wanted && current != pattern:
            discovery = .on(pattern: pattern)
            bus.request(BlueZ.filter(adapter.path, pattern: pattern), limit: BlueZ.Limit.setting) {
                _ in
            }
        case .on where !wanted: stopDiscovery(adapter.path)
        default: break
        }
    }

    /// Filter first, then discovery.
    private func startDiscovery(_ path: String, _ pattern: String?) {
        discovery = .starting(pattern: pattern)
        bus.request(BlueZ.filter(path, pattern: pattern), limit: BlueZ.Limit.setting) { _ in }
        let start = BlueZ.call(path, BlueZ.adapter, "StartDiscovery")
        bus.request(start, limit: BlueZ.Limit.setting) { [weak self] result in
            self?.assumeIsolated { $0.discoveryStarted(result, pattern) }
        }
    }

    /// Discovery runs, or is tried again in a second.
    private func discoveryStarted(_ result: Result<[BusValue], BusError>, _ pattern: String?) {
        heard(result)
        guard case .starting = discovery else { return }
        switch result {
        case .success: discovery = .on(pattern: pattern)
        // We have asked before: it runs.
        case .failure(let error) where CallOutcome(error) == .inProgress:
            discovery = .on(pattern: pattern)
        case .failure:
            // Adapter off, bluetoothd gone: told elsewhere. Otherwise once more, soon.
            discovery = .off
            after(1_000_000_000) { $0.updateDiscovery() }
            return
        }
        updateDiscovery()
    }

    /// Ends our discovery; other programs' goes on.
    private func stopDiscovery(_ path: String) {
        discovery = .stopping
        let stop = BlueZ.call(path, BlueZ.adapter, "StopDiscovery")
        bus.request(stop, limit: BlueZ.Limit.setting) { [weak self] result in
            self?.assumeIsolated { central in
                central.heard(result)
                guard central.discovery == .stopping else { return }
                central.discovery = .off
                central.updateDiscovery()
            }
        }
    }

    // MARK: Sightings

    /// Takes a change of a device object: a look at it, or the sensor that was searched for.
    func sight(_ path: String, _ change: ObjectTree.Change) {
        let isLook: Bool
        switch change {
        case .added: isLook = true
        case .removed: isLook = false
        case .changed(_, _, let properties):
            isLook = properties.contains { Central.advertised.contains($0) }
        }
        guard isLook, let adapter, path.hasPrefix(adapter.path + "/") else { return }
        if isScanning { tellSighting(path) }
        guard !seekers.isEmpty, let device = DeviceFacts(tree, path: path),
            seekers.contains(device.address), let entry = entry(device.address)
        else { return }
        refresh(entry)
        send(.seen, to: entry)
    }

    private static let advertised: Set<String> = [
        "RSSI", "ManufacturerData", "ServiceData", "UUIDs", "Name",
    ]

    /// Tells one look at a device, unless it was told a moment ago.
    private func tellSighting(_ path: String) {
        guard let adapter, path.hasPrefix(adapter.path + "/"),
            let device = DeviceFacts(tree, path: path)
        else { return }
        let now = loop.now
        let last = sightingTimes[device.address]
        if let last, now &- last < Central.sightingPause { return }
        // Devices with ever new addresses must not fill our memory.
        if sightingTimes.count > 1_000 { sightingTimes = [:] }
        sightingTimes[device.address] = now
        let found = settings.kinds.kind(recognising: device.advertisement)
        handlers.onSighting(
            Sighting(
                address: device.address, addressKind: device.addressKind,
                name: device.name.map { printableName($0) }, rssi: device.rssi,
                family: found?.kind.identity.name, recognition: found?.recognition,
                isKnown: entries[device.address] != nil, isConnected: device.isConnected,
                hasPrivateAddress: !device.isBonded
                    && !device.addressKind.isLasting(device.address), seenAt: now))
    }
}
