// The mirrored tree as a value: whole, additions, changes, removals, and shapes that are not taken.

import DBus
import Testing

@Suite("Object tree")
struct ObjectTreeTests {
    private func interfaces(_ names: [String: [String: BusValue]]) -> BusValue {
        .dictionary(
            names.sorted { $0.key < $1.key }.map {
                BusEntry(.string($0.key), .properties($0.value))
            }, key: "s", value: "a{sv}")
    }

    private func signal(_ member: String, path: String = "/", _ body: [BusValue]) -> BusSignal {
        BusSignal(path: path, interface: "i", member: member, body: body)
    }

    private func added(_ path: String, _ names: [String: [String: BusValue]]) -> BusSignal {
        signal("InterfacesAdded", [.objectPath(path), interfaces(names)])
    }

    private func sample() -> ObjectTree {
        var tree = ObjectTree()
        for (path, name) in [
            ("/org/bluez/hci0", "A"), ("/org/bluez/hci0/dev_1", "D"),
            ("/org/bluez/hci0/dev_1/s/c", "C"), ("/org/bluez/hci01", "A"),
        ] {
            _ = tree.take(added(path, [name: ["P": .byte(1)]]))
        }
        return tree
    }

    @Test("the whole takes the place of everything, and tells both")
    func whole() {
        var tree = sample()
        let reply = BusValue.dictionary(
            [BusEntry(.objectPath("/new"), interfaces(["N": ["x": .string("y")]]))], key: "o",
            value: "a{sa{sv}}")
        let changes = tree.replace(with: reply)
        #expect(changes?.count == 5)
        #expect(changes?.last == .added(path: "/new", interface: "N"))
        #expect(tree.value("/new", "N", "x") == .string("y"))
        #expect(tree.objects.count == 1)
    }

    @Test("changes: new values, invalidated ones, and nothing for objects that are not there")
    func changes() {
        var tree = sample()
        let body: [BusValue] = [
            .string("D"), .properties(["Q": .int32(5)]), .strings(["P"]),
        ]
        let changed = signal("PropertiesChanged", path: "/org/bluez/hci0/dev_1", body)
        #expect(
            tree.take(changed)
                == [
                    .changed(
                        path: "/org/bluez/hci0/dev_1", interface: "D", properties: ["Q", "P"])
                ])
        #expect(tree.properties("/org/bluez/hci0/dev_1", "D") == ["Q": .int32(5)])
        #expect(tree.take(signal("PropertiesChanged", path: "/nowhere", body)).isEmpty)
        #expect(tree.properties("/nowhere", "D") == nil)
    }

    @Test("an adapter that goes takes its subtree with it, and not its namesake's")
    func subtree() {
        var tree = sample()
        let gone = signal(
            "InterfacesRemoved", [.objectPath("/org/bluez/hci0"), .strings(["A"])])
        let changes = tree.take(gone)
        #expect(changes.count == 3)
        #expect(tree.objects.keys.sorted() == ["/org/bluez/hci01"])
    }

    @Test("an object keeps its other interfaces when one goes; standard ones do not hold it")
    func interfacesGo() {
        var tree = sample()
        _ = tree.take(
            added("/o", ["A": [:], "B": [:], "org.freedesktop.DBus.Introspectable": [:]]))
        _ = tree.take(signal("InterfacesRemoved", [.objectPath("/o"), .strings(["A"])]))
        #expect(tree.properties("/o", "B") != nil)
        _ = tree.take(signal("InterfacesRemoved", [.objectPath("/o"), .strings(["B"])]))
        #expect(tree.objects["/o"] == nil)
    }

    @Test(
        "signals of another shape change nothing",
        arguments: [
            "InterfacesAdded", "InterfacesRemoved", "PropertiesChanged", "Unknown",
        ])
    func otherShapes(_ member: String) {
        let bodies: [[BusValue]] = [
            [], [.byte(1)], [.objectPath("/org/bluez/hci0"), .byte(1)],
            [.string("A"), .bytes([1]), .strings([])],
            [.objectPath("/org/bluez/hci0"), .dictionary([], key: "q", value: "v")],
            [.byte(1), .properties([:]), .strings([])],
            [.string("A"), .properties([:]), .variant(.variant(.byte(0)))],
        ]
        for body in bodies {
            var tree = sample()
            let before = tree.objects
            _ = tree.take(signal(member, path: "/org/bluez/hci0", body))
            #expect(tree.objects == before)
        }
        var tree = sample()
        #expect(tree.replace(with: .byte(1)) == nil)
        #expect(tree.objects.count == 4)
    }

    @Test("numbers that do not fit and texts that are none are nil, not a trap")
    func reading() {
        #expect(BusValue.uint64(.max).asInt == nil)
        #expect(BusValue.string("x").asInt == nil)
        #expect(BusValue.variant(.variant(.int64(-3))).asInt == -3)
        #expect(BusValue.byte(1).asString == nil)
        #expect(
            BusValue.dictionary([BusEntry(.byte(1), .byte(2))], key: "y", value: "y").asProperties
                == nil)
    }
}
