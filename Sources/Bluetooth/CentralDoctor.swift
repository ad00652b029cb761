// The state of everything Bluetooth, for a person who looks for what is amiss.

import DBus
package import Wearables

/// What `rehabctl doctor bluetooth` shows.
package struct BluetoothDoctor: Sendable, Equatable {
    package struct Adapter: Sendable, Equatable {
        package var path: String
        package var address: DeviceAddress
        package var isPowered: Bool
        package var isBlocked: Bool
        package var isInUse: Bool
    }

    package var condition: CentralCondition
    package var adapters: [Adapter]
    /// As the settings told it; nil: taken for an old one.
    package var version: BlueZVersion?
    /// What the helper is worth: present, or what its absence costs.
    package var helper: String
    package var hasHelper: Bool
    package var forgedSignals: Int
    package var holdsSleepInhibitor: Bool
}

extension Central {
    package var doctor: BluetoothDoctor {
        let tree = tree
        let adapters = tree.paths(with: BlueZ.adapter).compactMap { AdapterFacts(tree, path: $0) }
        let hasHelper = linkHelper?.assumeIsolated { $0.isPresent } ?? false
        let helperNote = linkHelper?.assumeIsolated { $0.note } ?? LinkHelper.cost
        return BluetoothDoctor(
            condition: condition,
            adapters: adapters.map {
                BluetoothDoctor.Adapter(
                    path: $0.path, address: $0.address, isPowered: $0.isPowered,
                    isBlocked: $0.isBlocked, isInUse: $0.path == adapter?.path)
            }, version: settings.blueZVersion,
            helper: hasHelper ? "rehab-link sets the connection interval" : helperNote,
            hasHelper: hasHelper, forgedSignals: forgedSignals,
            holdsSleepInhibitor: inhibitor != nil)
    }
}
