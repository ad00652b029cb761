// Link quality: the connection interval by the number of sensors, and the live signal strength.

import EventLoop
import LinkProtocol
import Wearables

extension Central {
    /// Units of 1.25 ms: 15 ms for up to three sensors, 30 ms for more (the BlueZ sheet, section 8:
    /// three links at 7.5 ms starve everything else on the radio).
    static func interval(forSensors count: Int) -> UInt16 { count <= 3 ? 12 : 24 }

    /// Units of 10 ms: 2 s.
    ///
    /// The kernel's 0.42 s cost 3 % of links in a soak of others.
    private static let supervisionTimeout: UInt16 = 200
    /// Between two readings of the signal strength, ns.
    private static let rssiPause: Int64 = 5_000_000_000

    private var streaming: [SensorEntry] {
        entries.values.filter { entry in
            if case .streaming = entry.life.state { true } else { false }
        }
    }

    /// Asks the helper for the interval that the number of streaming sensors allows.
    func updateLinks() {
        guard linkHelper != nil else { return }
        let interval = Central.interval(forSensors: streaming.count)
        for entry in streaming where entry.interval != Double(interval) * 1.25 {
            ask(.setParameters, interval, entry) { central, entry, reply in
                guard let reply else {
                    return central.warn(
                        central.linkHelper?.assumeIsolated { $0.note } ?? LinkHelper.cost)
                }
                guard reply.status == .done else { return }
                entry.interval = Double(reply.interval) * 1.25
                central.tellReport(entry)
            }
        }
        readStrength()
    }

    private func readStrength() {
        guard !isReadingStrength else { return }
        isReadingStrength = true
        after(Central.rssiPause) { central in
            central.isReadingStrength = false
            guard !central.isStopped, !central.streaming.isEmpty else { return }
            for entry in central.streaming {
                central.ask(.readRSSI, 12, entry) { _, entry, reply in
                    if let reply, reply.status == .done { entry.linkRSSI = Int(reply.rssi) }
                }
            }
            central.updateLinks()
        }
    }

    private func ask(
        _ operation: LinkOperation, _ interval: UInt16, _ entry: SensorEntry,
        _ body: @escaping @Sendable (isolated Central, SensorEntry, LinkReply?) -> Void
    ) {
        guard let linkHelper, let adapter, let index = adapter.index else { return }
        var bits: UInt64 = 0
        for (place, byte) in entry.address.leastSignificantFirst.enumerated() {
            bits |= UInt64(byte) << UInt64(8 * place)
        }
        let request = LinkRequest(
            operation, number: 0, adapter: index, address: bits, interval: interval,
            timeout: Central.supervisionTimeout)
        let address = entry.address
        linkHelper.assumeIsolated { helper in
            helper.ask(request) { [weak self] reply in
                self?.assumeIsolated { central in
                    if let entry = central.entries[address] { body(central, entry, reply) }
                }
            }
        }
    }
}

extension AdapterFacts {
    /// The kernel's number of the adapter: 0 for `/org/bluez/hci0`.
    var index: UInt16? {
        guard let name = path.split(separator: "/").last, name.hasPrefix("hci") else { return nil }
        return UInt16(name.dropFirst(3))
    }
}
