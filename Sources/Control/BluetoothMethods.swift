// The methods that concern Bluetooth: one type each, whose properties are the parameters.

extension Rehab1 {
    /// Looks for advertising devices.
    ///
    /// With more: what was seen so far, twice a second, until the time is up (default 10 s) or the
    /// client leaves.
    package struct Scan: ControlMethod, Equatable {
        package static let method = Method.scan

        package var seconds: Double?

        package init(seconds: Double? = nil) { self.seconds = seconds }

        package struct Reply: Codable, Sendable, Equatable {
            package var sightings: [Sighting]
            package var done: Bool

            package init(sightings: [Sighting], done: Bool) {
                self.sightings = sightings
                self.done = done
            }
        }
    }

    /// Adds a device for good: rehabd connects to it now and whenever it is there.
    package struct AddSensor: ControlMethod, Equatable {
        package static let method = Method.addSensor

        package var address: String
        package var addressKind: String?
        package var kind: String?
        package var name: String?
        package var segment: String?
        package var rateHertz: Double?

        package init(
            address: String, addressKind: String? = nil, kind: String? = nil, name: String? = nil,
            segment: String? = nil, rateHertz: Double? = nil
        ) {
            self.address = address
            self.addressKind = addressKind
            self.kind = kind
            self.name = name
            self.segment = segment
            self.rateHertz = rateHertz
        }

        private enum CodingKeys: String, CodingKey {
            case address, kind, name, segment
            case addressKind = "address_kind"
            case rateHertz = "rate_hz"
        }

        package struct Reply: Codable, Sendable, Equatable {
            package var sensor: Sensor

            package init(sensor: Sensor) { self.sensor = sensor }
        }
    }

    /// Takes an added device out of the book; its calibration and recordings stay.
    package struct ForgetSensor: ControlMethod, Equatable {
        package static let method = Method.forgetSensor

        package var name: String

        package init(name: String) { self.name = name }

        package typealias Reply = Empty
    }

    /// Searches at once, also for one that was given up or told to rest.
    package struct ConnectSensor: ControlMethod, Equatable {
        package static let method = Method.connectSensor

        package var name: String

        package init(name: String) { self.name = name }

        package typealias Reply = Empty
    }

    /// Leaves it quiet and disconnected until `ConnectSensor`.
    package struct DisconnectSensor: ControlMethod, Equatable {
        package static let method = Method.disconnectSensor

        package var name: String

        package init(name: String) { self.name = name }

        package typealias Reply = Empty
    }

    /// Makes it show itself: its light.
    package struct IdentifySensor: ControlMethod, Equatable {
        package static let method = Method.identifySensor

        package var name: String

        package init(name: String) { self.name = name }

        package typealias Reply = Empty
    }

    /// Pairs with it; needed only for devices that ask for it.
    package struct PairSensor: ControlMethod, Equatable {
        package static let method = Method.pairSensor

        package var name: String

        package init(name: String) { self.name = name }

        package typealias Reply = Empty
    }

    /// Makes it vibrate.
    package struct BuzzSensor: ControlMethod, Equatable {
        package static let method = Method.buzzSensor

        package var name: String
        package var milliseconds: Int64?

        package init(name: String, milliseconds: Int64? = nil) {
            self.name = name
            self.milliseconds = milliseconds
        }

        package typealias Reply = Empty
    }

    /// Everything between rehabd and the radio.
    package struct GetBluetooth: ControlMethod, Equatable {
        package static let method = Method.getBluetooth
        package init() {}

        package struct Reply: Codable, Sendable, Equatable {
            package var bluetooth: Bluetooth

            package init(bluetooth: Bluetooth) { self.bluetooth = bluetooth }
        }
    }
}
