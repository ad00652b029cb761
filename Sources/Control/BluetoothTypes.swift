// The Bluetooth side of things as it is told over the control socket.

extension Rehab1 {
    /// The Bluetooth side of a sensor that rehabd connects to by itself.
    package struct Link: Codable, Sendable, Equatable {
        package var address: String
        /// Why it is not streaming and what to do; nil while it streams.
        package var reason: String?
        package var batteryPercent: Int64?
        /// Of the last advertisement, or of the live link where rehab-link runs.
        package var rssiDecibelMilliwatts: Int64?
        /// Nil: not set by rehab-link, so the kernel's 30 to 50 ms.
        package var connectionIntervalMilliseconds: Double?
        /// `signals` or `descriptor`.
        package var notifyPath: String?
        package var serialNumber: String?
        /// How long the device holds samples back to send them in batches.
        package var batchDelayMilliseconds: Double
        package var connects: Int64
        package var losses: Int64
        /// Copies that came where another program listens too.
        package var duplicateNotifications: Int64
        package var canIdentify: Bool
        package var canBuzz: Bool

        package init(
            address: String, reason: String? = nil, batteryPercent: Int64? = nil,
            rssiDecibelMilliwatts: Int64? = nil, connectionIntervalMilliseconds: Double? = nil,
            notifyPath: String? = nil, serialNumber: String? = nil,
            batchDelayMilliseconds: Double = 0, connects: Int64 = 0, losses: Int64 = 0,
            duplicateNotifications: Int64 = 0, canIdentify: Bool = false, canBuzz: Bool = false
        ) {
            self.address = address
            self.reason = reason
            self.batteryPercent = batteryPercent
            self.rssiDecibelMilliwatts = rssiDecibelMilliwatts
            self.connectionIntervalMilliseconds = connectionIntervalMilliseconds
            self.notifyPath = notifyPath
            self.serialNumber = serialNumber
            self.batchDelayMilliseconds = batchDelayMilliseconds
            self.connects = connects
            self.losses = losses
            self.duplicateNotifications = duplicateNotifications
            self.canIdentify = canIdentify
            self.canBuzz = canBuzz
        }

        private enum CodingKeys: String, CodingKey {
            case address, reason, connects, losses
            case batteryPercent = "battery_percent"
            case rssiDecibelMilliwatts = "rssi_dbm"
            case connectionIntervalMilliseconds = "connection_interval_ms"
            case notifyPath = "notify_path"
            case serialNumber = "serial_number"
            case batchDelayMilliseconds = "batch_delay_ms"
            case duplicateNotifications = "duplicate_notifications"
            case canIdentify = "can_identify"
            case canBuzz = "can_buzz"
        }
    }

    /// A device that advertises nearby.
    package struct Sighting: Codable, Sendable, Equatable {
        package var address: String
        /// `public` or `random`.
        package var addressKind: String
        /// As the device calls itself, made printable; not unique.
        package var name: String?
        package var rssiDecibelMilliwatts: Int64?
        /// The driver that recognises it; nil for none.
        package var kind: String?
        package var model: String?
        /// `certain`, `likely`, `needs-connection`; nil without a driver.
        package var recognition: String?
        /// The name under which it was added; nil for a stranger.
        package var knownAs: String?
        package var connected: Bool
        /// False: it will have another address tomorrow.
        package var lastingAddress: Bool
        package var ageMilliseconds: Double

        package init(
            address: String, addressKind: String, name: String? = nil,
            rssiDecibelMilliwatts: Int64? = nil, kind: String? = nil, model: String? = nil,
            recognition: String? = nil, knownAs: String? = nil, connected: Bool = false,
            lastingAddress: Bool = true, ageMilliseconds: Double = 0
        ) {
            self.address = address
            self.addressKind = addressKind
            self.name = name
            self.rssiDecibelMilliwatts = rssiDecibelMilliwatts
            self.kind = kind
            self.model = model
            self.recognition = recognition
            self.knownAs = knownAs
            self.connected = connected
            self.lastingAddress = lastingAddress
            self.ageMilliseconds = ageMilliseconds
        }

        private enum CodingKeys: String, CodingKey {
            case address, name, kind, model, recognition, connected
            case addressKind = "address_kind"
            case rssiDecibelMilliwatts = "rssi_dbm"
            case knownAs = "known_as"
            case lastingAddress = "lasting_address"
            case ageMilliseconds = "age_ms"
        }
    }

    package struct Adapter: Codable, Sendable, Equatable {
        package var address: String
        package var powered: Bool
        package var blocked: Bool
        package var inUse: Bool

        package init(address: String, powered: Bool, blocked: Bool, inUse: Bool) {
            self.address = address
            self.powered = powered
            self.blocked = blocked
            self.inUse = inUse
        }

        private enum CodingKeys: String, CodingKey {
            case address, powered, blocked
            case inUse = "in_use"
        }
    }

    /// Everything between rehabd and the radio.
    package struct Bluetooth: Codable, Sendable, Equatable {
        package enum Condition: String, Codable, Sendable, CaseIterable {
            case off, ready
            case noBus = "no_bus"
            case noBluetoothd = "no_bluetoothd"
            case bluetoothdHangs = "bluetoothd_hangs"
            case noAdapter = "no_adapter"
            case adapterOff = "adapter_off"
            case blocked, asleep
        }

        package var condition: Condition
        /// What is missing and what to do; nil when ready.
        package var cure: String?
        package var adapters: [Adapter]
        package var blueZVersion: String?
        package var linkHelper: Bool
        package var linkHelperNote: String
        /// The command that puts it right; nil where it answers.
        package var linkHelperCure: String?
        /// Signals in BlueZ's name from somebody else, refused.
        package var forgedSignals: Int64
        package var sleepInhibited: Bool

        package init(
            condition: Condition, cure: String? = nil, adapters: [Adapter] = [],
            blueZVersion: String? = nil, linkHelper: Bool = false, linkHelperNote: String = "",
            linkHelperCure: String? = nil, forgedSignals: Int64 = 0, sleepInhibited: Bool = false
        ) {
            self.condition = condition
            self.cure = cure
            self.adapters = adapters
            self.blueZVersion = blueZVersion
            self.linkHelper = linkHelper
            self.linkHelperNote = linkHelperNote
            self.linkHelperCure = linkHelperCure
            self.forgedSignals = forgedSignals
            self.sleepInhibited = sleepInhibited
        }

        private enum CodingKeys: String, CodingKey {
            case condition, cure, adapters
            case blueZVersion = "bluez_version"
            case linkHelper = "link_helper"
            case linkHelperNote = "link_helper_note"
            case linkHelperCure = "link_helper_cure"
            case forgedSignals = "forged_signals"
            case sleepInhibited = "sleep_inhibited"
        }
    }
}
