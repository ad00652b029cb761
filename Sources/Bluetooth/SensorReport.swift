// What is known of an added sensor at this moment, for status and events.

package import Wearables

/// A sensor's condition.
package struct SensorReport: Sendable, Equatable {
    /// The state as a person sees it; the machine's own is `SensorState`.
    package enum State: String, Sendable, Equatable {
        /// Added, and told not to connect.
        case idle
        /// Something other than the sensor is missing: `reason` says what.
        case blocked
        /// Looked for, or between two attempts.
        case searching
        case connecting
        /// Connected; services, settings, subscriptions under way.
        case configuring
        case streaming
        /// Connected, but no data for longer than the gap limit.
        case lost
        /// Given up until the person acts: `reason` says why.
        case unusable
    }

    package var address: DeviceAddress
    package var family: String
    package var state: State
    /// Why it is not streaming, in a plain sentence; empty while it streams.
    package var reason: String
    /// Percent.
    package var battery: UInt8?
    /// Of the last advertisement, or of the live link where the helper runs, dBm.
    package var rssi: Int?
    /// Where the helper set or read it, ms; nil: the kernel's 30 to 50.
    package var connectionIntervalMilliseconds: Double?
    package var notifyPath: NotifyPath?
    /// As the device told it (Device Information service), printable.
    package var serialNumber: String?
    package var counts: SensorCounts
    /// Host time of the newest packet that passed through here, or that `noteData` told, ns; 0: none.
    package var lastData: Int64
}

/// What happened to a sensor since it was added.
package struct SensorCounts: Sendable, Equatable {
    package var connects = 0
    package var connectErrors = 0
    /// Times that a stream ended without being asked to.
    package var losses = 0
    package var packets = 0
    /// Copies of a notification, as delivered where another program listens too.
    package var duplicates = 0
    /// Packets for which the door had no room.
    package var overflows = 0
    /// Packets longer than a door carries.
    package var oversized = 0
    package var cacheDrops = 0

    package init() {}
}
