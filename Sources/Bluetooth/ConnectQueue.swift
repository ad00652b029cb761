// Whose turn it is to connect: one at a time for an adapter, in the order of asking.

package import Wearables

/// The line before the radio; a pure value.
///
/// A controller makes one connection at a time. Each turn is bounded by the asker's own slice
/// (`RetryPolicy.search`), and who had a turn stands at the end again: nobody starves.
package struct ConnectQueue: Sendable, Equatable {
    package private(set) var holder: DeviceAddress?
    package private(set) var line: [DeviceAddress] = []

    package init() {}

    /// Gets in line; no effect for who stands in it or has the turn.
    package mutating func ask(_ address: DeviceAddress) {
        guard holder != address, !line.contains(address) else { return }
        line.append(address)
    }

    /// Gives the turn back, or leaves the line.
    package mutating func leave(_ address: DeviceAddress) {
        if holder == address { holder = nil }
        line.removeAll { $0 == address }
    }

    /// Gives a free turn to the first in line, who is returned.
    package mutating func grant() -> DeviceAddress? {
        guard holder == nil, !line.isEmpty else { return nil }
        holder = line.removeFirst()
        return holder
    }
}
