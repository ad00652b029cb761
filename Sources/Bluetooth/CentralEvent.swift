// What the central tells its owner besides reports and packets.

package import Plumbing
package import Wearables

/// Where the adapter, bluetoothd and the bus stand.
package enum CentralCondition: Sendable, Equatable {
    case ready
    /// The system bus cannot be reached.
    case noBus
    /// bluetoothd is not running.
    case noBluetoothd
    /// bluetoothd runs and does not answer.
    case bluetoothdHangs
    case noAdapter
    /// Off by a switch or by rfkill (`isBlocked`).
    case adapterOff(isBlocked: Bool)
    case asleep

    /// A plain sentence with what to do; empty when ready.
    package var sentence: String {
        switch self {
        case .ready: ""
        case .noBus: "the system bus cannot be reached: check that D-Bus runs"
        case .noBluetoothd:
            "bluetoothd is not running: start it with: systemctl start bluetooth"
        case .bluetoothdHangs:
            "bluetoothd does not answer: restart it with: systemctl restart bluetooth"
        case .noAdapter: "no Bluetooth adapter is there: plug it in"
        case .adapterOff(isBlocked: true):
            "Bluetooth is blocked by a switch or rfkill: unblock it with: rfkill unblock bluetooth"
        case .adapterOff(isBlocked: false):
            "the Bluetooth adapter is off: turn it on with: bluetoothctl power on"
        case .asleep: "the computer is going to sleep"
        }
    }
}

/// Why a stream ended.
package enum LossCause: String, Sendable, Equatable {
    /// Silence, then the link's end: out of range or shielded.
    case range
    /// The same after the battery had told 5 % or less.
    case battery
    /// The sensor said that it switches itself off or goes to sleep.
    case sensorOff
    /// The link ended in the midst of good data: the sensor restarted, or another program ended it.
    case interrupted
    case adapter
    case bluetoothd
    case suspend
    /// Connected, and calls or data do not come.
    case unresponsive
}

/// One packet source, given to the owner when a sensor has been configured.
package struct DoorOpening: Sendable {
    package let characteristic: CharacteristicIndex
    /// A SEQPACKET descriptor for intake: kernel stamps are already asked for.
    ///
    /// It ends (reads 0 with a hang-up) when the link ends; a reconnection brings another.
    package let descriptor: SharedDescriptor
    package let path: NotifyPath
}

/// Something that happened.
package enum CentralEvent: Sendable {
    case condition(CentralCondition)
    /// Data stopped. Told once per loss, at the moment the silence is noticed.
    case lost(DeviceAddress, LossCause)
    /// Data came back after a loss without a new connection.
    case resumed(DeviceAddress)
    /// 15 or 5 percent were reached from above.
    case batteryLow(DeviceAddress, percent: UInt8)
    case wearable(DeviceAddress, WearableEvent)
    /// A plain sentence for the log and for `rehabctl`; the same sentence is told once a minute at most.
    case warning(String)
    /// The machine goes to sleep: close the recording, then call `readyForSleep()`. One second at most.
    case sleeping
    case woke
}

/// What the owner wants to hear.
///
/// All are called on the loop's thread, inside the central: return soon.
package struct CentralHandlers: Sendable {
    package var onSighting: @Sendable (Sighting) -> Void = { _ in }
    /// A sensor is configured and streams: give the doors to intake.
    ///
    /// `driver` has learned what the plan's replies told; whoever builds a decoder of their own gets the
    /// same replies from `Central.replies(of:)`.
    package var onStream: @Sendable (DeviceAddress, _ driver: any Wearable, [DoorOpening]) -> Void =
        {
            _, _, _ in
        }
    /// The state, the battery or the path changed.
    package var onReport: @Sendable (SensorReport) -> Void = { _ in }
    package var onEvent: @Sendable (CentralEvent) -> Void = { _ in }

    package init() {}
}
