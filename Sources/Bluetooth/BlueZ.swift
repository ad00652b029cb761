// BlueZ's names, and its calls as values.

import DBus

/// `org.bluez` as spoken by this room.
enum BlueZ {
    static let service = "org.bluez"
    static let root = "/org/bluez"
    static let adapter = "org.bluez.Adapter1"
    static let device = "org.bluez.Device1"
    static let battery = "org.bluez.Battery1"
    static let gattService = "org.bluez.GattService1"
    static let characteristic = "org.bluez.GattCharacteristic1"
    static let agentManager = "org.bluez.AgentManager1"
    static let agent = "org.bluez.Agent1"

    /// Battery Level: claimed by BlueZ's own plug-in, and then no object (BlueZ 5.66).
    static let batteryLevel = "00002a19-0000-1000-8000-00805f9b34fb"
    /// Serial Number String of the Device Information service.
    static let serialNumber = "00002a25-0000-1000-8000-00805f9b34fb"

    /// Limits of our own, ns: bluetoothd may hang, and its limits for the sensor are 30 s and more.
    enum Limit {
        static let second: Int64 = 1_000_000_000
        /// The kernel gives up after 40 s; our slices end earlier by `Disconnect`.
        static let connect = 60 * second
        static let disconnect = 5 * second
        static let remove = 5 * second
        /// ATT's own limit is 30 s, and then the whole link is dropped.
        static let subscribe = 5 * second
        static let value = 3 * second
        static let setting = 5 * second
        /// SMP's own limit is 30 s (Core Specification, volume 3, part H, 3.4); a caller waits 45.
        static let pair = 40 * second
        static let ping = 2 * second
    }

    static func call(
        _ path: String, _ interface: String, _ member: String, _ arguments: [BusValue] = []
    )
        -> BusCall
    {
        BusCall(to: service, path: path, interface: interface, member: member, arguments)
    }

    static func connect(_ path: String) -> BusCall { call(path, device, "Connect") }
    static func disconnect(_ path: String) -> BusCall { call(path, device, "Disconnect") }

    static func remove(_ path: String, from adapterPath: String) -> BusCall {
        call(adapterPath, adapter, "RemoveDevice", [.objectPath(path)])
    }

    static func read(_ path: String) -> BusCall {
        call(path, characteristic, "ReadValue", [.properties([:])])
    }

    static func write(_ path: String, _ bytes: [UInt8], waits: Bool) -> BusCall {
        call(
            path, characteristic, "WriteValue",
            [.bytes(bytes), .properties(["type": .string(waits ? "request" : "command")])])
    }

    static func startNotify(_ path: String) -> BusCall { call(path, characteristic, "StartNotify") }
    static func stopNotify(_ path: String) -> BusCall { call(path, characteristic, "StopNotify") }

    static func acquireNotify(_ path: String) -> BusCall {
        call(path, characteristic, "AcquireNotify", [.properties([:])])
    }

    static func ping() -> BusCall { call("/", "org.freedesktop.DBus.Peer", "Ping") }

    static func filter(_ path: String, pattern: String?) -> BusCall {
        var filter: [String: BusValue] = [
            "Transport": .string("le"), "DuplicateData": .boolean(true),
        ]
        // Merged with other programs' filters: what comes is checked again.
        if let pattern { filter["Pattern"] = .string(pattern) }
        return call(path, adapter, "SetDiscoveryFilter", [.properties(filter)])
    }
}
