// The objects of a service and their properties, mirrored: a pure value fed by replies and signals.

/// What `org.freedesktop.DBus.ObjectManager` and `Properties` tell of a service's objects.
package struct ObjectTree: Sendable {
    package typealias Properties = [String: BusValue]
    /// Interfaces by name.
    package typealias Interfaces = [String: Properties]

    /// One difference between before and after.
    package enum Change: Sendable, Equatable {
        case added(path: String, interface: String)
        case removed(path: String, interface: String)
        case changed(path: String, interface: String, properties: [String])
    }

    package private(set) var objects: [String: Interfaces] = [:]

    package init() {}

    package func properties(_ path: String, _ interface: String) -> Properties? {
        objects[path]?[interface]
    }

    package func value(_ path: String, _ interface: String, _ property: String) -> BusValue? {
        objects[path]?[interface]?[property]
    }

    /// Paths of objects with the interface, in order of their text.
    package func paths(with interface: String) -> [String] {
        objects.filter { $0.value[interface] != nil }.keys.sorted()
    }

    /// Paths below `path`, in order of their text.
    package func descendants(of path: String) -> [String] {
        objects.keys.filter { $0.hasPrefix(path + "/") }.sorted()
    }

    /// Takes the reply of `GetManagedObjects` (`a{oa{sa{sv}}}`) in place of everything; nil where it
    /// has another shape.
    package mutating func replace(with reply: BusValue) -> [Change]? {
        guard let entries = reply.asEntries else { return nil }
        var new: [String: Interfaces] = [:]
        for entry in entries {
            guard let path = entry.key.asString, let interfaces = ObjectTree.interfaces(entry.value)
            else { return nil }
            new[path] = interfaces
        }
        var changes = clear()
        objects = new
        for path in new.keys.sorted() { changes += additions(path, new[path] ?? [:]) }
        return changes
    }

    package mutating func clear() -> [Change] {
        let changes = objects.keys.sorted().flatMap { removals($0, objects[$0] ?? [:]) }
        objects = [:]
        return changes
    }

    /// Takes an ObjectManager or Properties signal; other signals and shapes change nothing.
    package mutating func take(_ signal: BusSignal) -> [Change] {
        switch signal.member {
        case "InterfacesAdded":
            guard signal.body.count == 2, let path = signal.body[0].asString,
                let interfaces = ObjectTree.interfaces(signal.body[1])
            else { return [] }
            objects[path, default: [:]].merge(interfaces) { $1 }
            return additions(path, interfaces)
        case "InterfacesRemoved":
            guard signal.body.count == 2, let path = signal.body[0].asString,
                let names = signal.body[1].asStrings
            else { return [] }
            return remove(path, names)
        case "PropertiesChanged":
            guard signal.body.count == 3, let interface = signal.body[0].asString,
                let changed = signal.body[1].asProperties,
                let invalidated = signal.body[2].asStrings
            else { return [] }
            return change(signal.path, interface, changed, invalidated)
        default: return []
        }
    }

    /// Takes properties that were asked for; what is as before is no change.
    package mutating func take(
        _ told: Properties, of path: String, _ interface: String
    ) -> [Change] {
        guard let known = objects[path]?[interface] else { return [] }
        let changed = told.filter { known[$0.key] != $0.value }
        return changed.isEmpty ? [] : change(path, interface, changed, [])
    }

    /// Removes interfaces of an object.
    ///
    /// With the last one the object goes, and with it everything below: a removed adapter is not
    /// always followed by removals of its devices.
    package mutating func remove(_ path: String, _ interfaces: [String]) -> [Change] {
        guard var object = objects[path] else { return [] }
        var gone: Interfaces = [:]
        for name in interfaces {
            if let properties = object.removeValue(forKey: name) { gone[name] = properties }
        }
        // BlueZ exports Introspectable and Properties beside its own interfaces: no object is left
        // when only those are.
        let isEmpty = object.keys.allSatisfy { $0.hasPrefix("org.freedesktop.DBus.") }
        guard isEmpty else {
            objects[path] = object
            return removals(path, gone)
        }
        var changes: [Change] = []
        for below in descendants(of: path) {
            changes += removals(below, objects.removeValue(forKey: below) ?? [:])
        }
        objects[path] = nil
        return changes + removals(path, gone.merging(object) { $1 })
    }

    private mutating func change(
        _ path: String, _ interface: String, _ changed: Properties, _ invalidated: [String]
    ) -> [Change] {
        // Of an object that is not there (any more) nothing is learned.
        guard var properties = objects[path]?[interface] else { return [] }
        for (name, value) in changed { properties[name] = value }
        for name in invalidated { properties[name] = nil }
        objects[path]?[interface] = properties
        let names = changed.keys.sorted() + invalidated
        return [.changed(path: path, interface: interface, properties: names)]
    }

    private func additions(_ path: String, _ interfaces: Interfaces) -> [Change] {
        interfaces.keys.sorted().map { .added(path: path, interface: $0) }
    }

    private func removals(_ path: String, _ interfaces: Interfaces) -> [Change] {
        interfaces.keys.sorted().map { .removed(path: path, interface: $0) }
    }

    private static func interfaces(_ value: BusValue) -> Interfaces? {
        guard let entries = value.asEntries else { return nil }
        var result: Interfaces = [:]
        for entry in entries {
            guard let name = entry.key.asString, let properties = entry.value.asProperties else {
                return nil
            }
            result[name] = properties
        }
        return result
    }
}
