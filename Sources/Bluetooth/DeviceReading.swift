// Reads adapters, devices and characteristics out of the mirrored objects.

import DBus
import Wearables

/// An adapter as BlueZ tells it.
struct AdapterFacts: Sendable, Equatable {
    let path: String
    let address: DeviceAddress
    let isPowered: Bool
    /// By rfkill, where BlueZ tells.
    let isBlocked: Bool

    init?(_ tree: ObjectTree, path: String) {
        guard let properties = tree.properties(path, BlueZ.adapter),
            let address = properties["Address"]?.asString.flatMap({ DeviceAddress($0) })
        else { return nil }
        self.path = path
        self.address = address
        isPowered = properties["Powered"]?.asBool ?? false
        isBlocked = properties["PowerState"]?.asString == "off-blocked"
    }
}

/// A device as BlueZ tells it.
struct DeviceFacts: Sendable {
    let path: String
    let address: DeviceAddress
    let addressKind: AddressKind
    let advertisement: Advertisement
    let name: String?
    let rssi: Int?
    let isConnected: Bool
    let isResolved: Bool
    let isBonded: Bool

    init?(_ tree: ObjectTree, path: String) {
        guard let properties = tree.properties(path, BlueZ.device),
            let text = properties["Address"]?.asString, let address = DeviceAddress(text)
        else { return nil }
        self.path = path
        self.address = address
        addressKind = AddressKind(rawValue: properties["AddressType"]?.asString ?? "") ?? .random
        rssi = properties["RSSI"]?.asInt
        isConnected = properties["Connected"]?.asBool ?? false
        isResolved = properties["ServicesResolved"]?.asBool ?? false
        isBonded = (properties["Bonded"] ?? properties["Paired"])?.asBool ?? false
        name = properties["Name"]?.asString
        let makers = (properties["ManufacturerData"]?.asEntries ?? []).compactMap { entry in
            entry.key.asInt.flatMap { UInt16(exactly: $0) }.map {
                Advertisement.ManufacturerData(company: $0, bytes: entry.value.asBytes ?? [])
            }
        }
        advertisement = Advertisement(
            localName: name,
            services: (properties["UUIDs"]?.asStrings ?? []).map { $0.lowercased() },
            manufacturerData: makers, address: address.text)
    }
}

/// A characteristic's object.
struct CharacteristicFacts: Sendable, Equatable {
    let path: String
    let uuid: String
    /// The UUID of the service that it lies in; empty where that is not known.
    let service: String
    let flags: Set<String>

    func allows(_ action: NeededOperation) -> Bool {
        switch action {
        case .read: flags.contains("read")
        case .writeWithResponse: flags.contains("write")
        case .writeWithoutResponse: flags.contains("write-without-response")
        case .notify: flags.contains("notify") || flags.contains("indicate")
        }
    }
}

/// What a plan does with a characteristic.
enum NeededOperation: Sendable, Hashable {
    case read, writeWithResponse, writeWithoutResponse, notify
}

extension ObjectTree {
    /// A device's characteristics, in the order of their paths.
    func characteristics(of device: String) -> [CharacteristicFacts] {
        descendants(of: device).compactMap { path in
            guard let properties = properties(path, BlueZ.characteristic),
                let uuid = properties["UUID"]?.asString
            else { return nil }
            let service = properties["Service"]?.asString.flatMap {
                value($0, BlueZ.gattService, "UUID")?.asString
            }
            return CharacteristicFacts(
                path: path, uuid: uuid.lowercased(), service: (service ?? "").lowercased(),
                flags: Set(properties["Flags"]?.asStrings ?? []))
        }
    }
}

extension PlanStep {
    /// What the plan (its fallbacks left out) does with which characteristic.
    static func operations(of plan: [PlanStep]) -> [CharacteristicIndex: Set<NeededOperation>] {
        var result: [CharacteristicIndex: Set<NeededOperation>] = [:]
        for step in plan {
            switch step {
            case .write(let index, _, .withResponse):
                result[index, default: []].insert(.writeWithResponse)
            case .write(let index, _, .withoutResponse):
                result[index, default: []].insert(.writeWithoutResponse)
            case .read(let index), .compare(let index, _, _):
                result[index, default: []].insert(.read)
            case .amend(let index, _, _, _):
                result[index, default: []].formUnion([.read, .writeWithResponse])
            case .subscribe(let index): result[index, default: []].insert(.notify)
            case .unsubscribe, .awaitReply, .awaitSample, .pause, .ifPresent, .refuse: break
            }
        }
        return result
    }

    /// Characteristics from which the plan awaits a reply: their first packets must not be missed.
    static func awaited(in plan: [PlanStep]) -> Set<CharacteristicIndex> {
        var result: Set<CharacteristicIndex> = []
        for step in plan {
            if case .awaitReply(let index, _, _, _) = step { result.insert(index) }
        }
        return result
    }
}
