// Rows of the fault table about connecting and configuring.

import Bluetooth
import Testing
import Wearables

extension FaultTableTests {
    static let abort = CallOutcome.other("le-connection-abort-by-local")

    static let connectRows: [FaultRow] = [
        FaultRow(12, "turns go round in the order of asking") { _ in
            var queue = ConnectQueue()
            let devices = (1...3).compactMap { DeviceAddress("00:00:00:00:00:0\($0)") }
            for device in devices { queue.ask(device) }
            queue.ask(devices[0])
            #expect(queue.grant() == devices[0])
            #expect(queue.grant() == nil)
            queue.leave(devices[0])
            queue.ask(devices[0])
            #expect(queue.grant() == devices[1])
            queue.leave(devices[1])
            #expect(queue.grant() == devices[2])
            queue.leave(devices[2])
            #expect(queue.grant() == devices[0])
        },
        FaultRow(13, "success without Connected is not believed for longer than a second") { row in
            row.toTurn()
            row.take(.connectAnswered(.success))
            #expect(row.kind == "connecting")
            row.wait(milliseconds: 1_000)
            #expect(row.effects.contains(.disconnect))
            row.take(.disconnectAnswered(.notConnected))
            #expect(row.kind == "waiting")
            row.wait(milliseconds: 300)
            #expect(row.kind == "queued")
        },
        FaultRow(13, "after success the properties are asked for, at once and halfway") { row in
            row.toTurn()
            row.take(.connectAnswered(.success))
            #expect(row.effects == [.askProperties])
            row.wait(milliseconds: 999)
            #expect(row.effects == [.askProperties])
            #expect(row.kind == "connecting")
            row.set { $0.isConnected = true }
            #expect(row.kind == "resolving")
            #expect(row.counts(.disconnect) == 0)
        },
        FaultRow(14, "n aborts cost at most n seconds, and it never gives up") { row in
            row.toTurn()
            var spent: Int64 = 0
            for count in 1...10 {
                row.take(.connectAnswered(abort))
                let before = row.now
                row.wait(milliseconds: 5_000)
                #expect(row.kind == "queued")
                spent += RetryPolicy.pause(afterErrors: count)
                #expect(spent <= Int64(count) * 1_000_000_000)
                #expect(row.now - before >= RetryPolicy.pause(afterErrors: count))
                row.take(.granted)
            }
            for _ in 0..<1_000 {
                row.take(.connectAnswered(abort))
                row.wait(milliseconds: 5_000)
                row.take(.granted)
            }
            #expect(row.kind == "connecting")
        },
        FaultRow(15, "in progress for ever: Disconnect once, RemoveDevice once") { row in
            row.toTurn()
            row.take(.connectAnswered(.inProgress))
            #expect(row.counts(.disconnect) == 1)
            row.take(.disconnectAnswered(.notConnected))
            row.wait(milliseconds: 500)
            row.take(.granted)
            row.take(.connectAnswered(.inProgress))
            row.take(.disconnectAnswered(.notConnected))
            #expect(row.counts(.removeDevice) == 1)
            row.take(.removeAnswered(.success))
            row.set { $0.isKnown = false }
            row.take(.granted)
            #expect(row.kind == "seeking")
            row.set { $0.isKnown = true }
            row.take(.seen)
            for _ in 0..<5 {
                row.take(.connectAnswered(.inProgress))
                row.wait(milliseconds: 5_000)
                row.take(.granted)
            }
            #expect(row.counts(.removeDevice) == 1)
        },
        FaultRow(
            14, "a paired sensor whose links end at once: its lost bond is named, and it goes on"
        ) {
            row in
            row.link.isBonded = true
            row.toTurn()
            // Attempts without a link say nothing of the bond.
            for _ in 1...3 {
                row.take(.connectAnswered(abort))
                row.wait(milliseconds: 5_000)
                row.take(.granted)
            }
            for count in 1...4 {
                row.take(.connectAnswered(.success))
                row.set { $0.isConnected = true }
                row.set { $0.isConnected = false }
                #expect(row.life.memory.lastTrouble.contains("bluetoothctl remove") == (count >= 3))
                row.wait(milliseconds: 5_000)
                row.take(.granted)
            }
            #expect(row.kind == "connecting")
        },
        FaultRow(15, "a bonded device is never removed") { row in
            row.link.isBonded = true
            row.toTurn()
            for _ in 0..<5 {
                row.take(.connectAnswered(.inProgress))
                row.take(.disconnectAnswered(.notConnected))
                row.wait(milliseconds: 5_000)
                row.take(.granted)
            }
            #expect(row.counts(.removeDevice) == 0)
        },
        FaultRow(16, "calls hang on a phantom: Disconnect, then RemoveDevice after five seconds") {
            row in
            row.toConnected()
            row.take(.plan(.done(.success)))
            row.take(.plan(.done(.timedOut)))
            #expect(row.counts(.disconnect) == 1)
            row.take(.disconnectAnswered(.success))
            #expect(row.kind == "closing")
            row.wait(milliseconds: 5_000)
            #expect(row.counts(.removeDevice) == 1)
            row.set {
                $0.isKnown = false
                $0.isConnected = false
            }
            #expect(row.kind == "queued")
        },
        FaultRow(16, "connected and configured, but no data: the link is given up after 4 s") {
            row in
            row.toStreaming()
            row.wait(milliseconds: 4_201)
            #expect(row.counts(.disconnect) == 1)
            #expect(row.losses == [.range])
        },
        FaultRow(17, "ServicesResolved without objects: two seconds more") { row in
            row.toTurn()
            row.set { $0.isConnected = true }
            row.set { $0.isResolved = true }
            row.wait(milliseconds: 1_900)
            #expect(row.kind == "resolving")
            row.set { $0.isComplete = true }
            #expect(row.kind == "arming")
        },
        FaultRow(17, "never resolved: after ten seconds a new connection") { row in
            row.toTurn()
            row.set { $0.isConnected = true }
            row.wait(milliseconds: 9_999)
            #expect(row.kind == "resolving")
            row.wait(milliseconds: 1)
            #expect(row.counts(.disconnect) == 1)
            #expect(row.counts(.removeDevice) == 0)
        },
        FaultRow(18, "a stale cache is dropped once between two streams, and a bond never") { row in
            for outcome in [CallOutcome.refusedByPeer(code: 1), .unknownObject] {
                for isBonded in [false, true] {
                    var row = LifeRow()
                    row.link.isBonded = isBonded
                    for _ in 0..<4 {
                        row.toConnected()
                        row.take(.plan(.done(outcome)))
                        row.set { $0.isConnected = false }
                        row.take(.disconnectAnswered(.success))
                        row.take(.removeAnswered(.success))
                        row.wait(milliseconds: 6_000)
                    }
                    #expect(row.counts(.removeDevice) == (isBonded ? 0 : 1))
                }
            }
            row.toStreaming()
        },
        FaultRow(20, "three unanswered subscriptions and the sensor is unusable, with a reason") {
            row in
            for attempt in 1...3 {
                row.toConnected()
                row.take(.plan(.done(.timedOut)))
                row.set { $0.isConnected = false }
                row.take(.disconnectAnswered(.success))
                if attempt < 3 { row.wait(milliseconds: 300) }
            }
            guard case .unusable(.subscriptionUnanswered) = row.life.state else {
                Issue.record("\(row.life.state)")
                return
            }
            #expect(row.life.deadline == nil)
            row.take(.want)
            #expect(row.kind == "queued")
        },
        FaultRow(21, "the link ends while a subscription is pending: no descriptor again") { row in
            row.toConnected()
            #expect(!row.life.memory.avoidsDescriptor)
            row.set { $0.isConnected = false }
            #expect(row.life.memory.avoidsDescriptor)
            #expect(row.kind == "waiting")
            row.wait(milliseconds: 300)
            row.toConnected()
            row.take(.plan(.done(.success)))
            row.take(.plan(.done(.success)))
            #expect(row.life.memory.avoidsDescriptor)
        },
        FaultRow(23, "not seen: said after the first slice of ten seconds, and no end of looking") {
            row in
            row.toTurn()
            row.wait(milliseconds: 10_000)
            #expect(row.life.memory.lastTrouble.contains("phone"))
            row.take(.disconnectAnswered(.notConnected))
            row.wait(milliseconds: 6_000)
            #expect(row.kind == "queued")
        },
        FaultRow(27, "another serial number than the expected one is refused before any write") {
            _ in
            var row = LifeRow(serialNumber: "A-1")
            row.link.hasSerialNumber = true
            row.toConnected()
            #expect(row.counts(.readSerialNumber) == 1)
            row.take(.serialNumber("B-2"))
            row.set { $0.isConnected = false }
            row.take(.disconnectAnswered(.success))
            guard case .unusable(.otherDevice) = row.life.state else {
                Issue.record("\(row.life.state)")
                return
            }
            #expect(!row.all.contains { if case .act = $0 { true } else { false } })
        },
        FaultRow(28, "a device that lacks characteristics: fresh services once, then refused") {
            row in
            for _ in 0..<2 {
                row.toTurn()
                row.set {
                    $0.isConnected = true
                    $0.isResolved = true
                }
                row.wait(milliseconds: 2_000)
                row.set {
                    $0.isConnected = false
                    $0.isResolved = false
                }
                row.take(.disconnectAnswered(.success))
                row.set { $0.isKnown = false }
                row.take(.removeAnswered(.success))
                row.wait(milliseconds: 300)
            }
            guard case .unusable(.notThisKind) = row.life.state else {
                Issue.record("\(row.life.state)")
                return
            }
            #expect(!row.all.contains { if case .act = $0 { true } else { false } })
            #expect(row.counts(.removeDevice) == 1)
        },
        FaultRow(35, "held by another: asked again every five seconds, without a disconnection") {
            row in
            row.toConnected()
            row.take(.plan(.done(.notPermitted)))
            // The first time it could be a leftover of a descriptor: a new link decides.
            row.set { $0.isConnected = false }
            row.take(.disconnectAnswered(.success))
            row.wait(milliseconds: 300)
            row.toConnected()
            let disconnects = row.counts(.disconnect)
            row.take(.plan(.done(.notPermitted)))
            #expect(row.kind == "waiting")
            #expect((row.waitingUntil ?? 0) - row.now == 5_000 * LifeRow.millisecond)
            #expect(row.counts(.disconnect) == disconnects)
        },
    ]

    static let surroundingRows: [FaultRow] = [
        FaultRow(4, "the adapter goes: lost at once, no effort until it is back") { row in
            row.toStreaming()
            row.take(.condition(.noAdapter))
            #expect(row.losses == [.adapter])
            #expect(row.effects.contains(.closeDoors))
            #expect(row.life.deadline == nil)
            row.wait(milliseconds: 3_600_000)
            #expect(row.kind == "blocked")
            row.take(.condition(.ready))
            #expect(row.effects == [.askTurn])
        },
        FaultRow(5, "without its adapter no call is asked for") { row in
            row.toStreaming()
            row.take(.condition(.noAdapter))
            row.all = []
            row.set {
                $0 = LinkFacts()
            }
            row.take(.granted)
            row.wait(milliseconds: 10_000)
            #expect(row.all.allSatisfy { $0 == .leaveTurn })
        },
        FaultRow(6, "adapter off: blocked, with the reason") { row in
            row.toStreaming()
            row.take(.condition(.adapterOff(isBlocked: true)))
            #expect(row.kind == "blocked")
            #expect(row.life.condition.sentence.contains("rfkill"))
        },
        FaultRow(7, "bluetoothd restarts: lost once, connected anew when it is back") { row in
            row.toStreaming()
            row.take(.condition(.noBluetoothd))
            #expect(row.losses == [.bluetoothd])
            row.take(.condition(.noBluetoothd))
            #expect(row.losses == [.bluetoothd])
            row.take(.condition(.ready))
            row.toConnected()
            row.take(.plan(.done(.success)))
            row.take(.plan(.done(.success)))
            #expect(row.kind == "streaming")
        },
        FaultRow(8, "while bluetoothd is away nothing is tried") { row in
            row.toTurn()
            row.take(.condition(.noBluetoothd))
            row.all = []
            row.wait(milliseconds: 60_000)
            #expect(row.all.isEmpty)
        },
        FaultRow(9, "bluetoothd hangs: late answers of before change nothing") { row in
            row.toConnected()
            row.take(.condition(.bluetoothdHangs))
            row.take(.plan(.done(.success)))
            row.take(.connectAnswered(.success))
            row.take(.disconnectAnswered(.success))
            #expect(row.kind == "blocked")
        },
        FaultRow(10, "the bus goes and comes") { row in
            row.toStreaming()
            row.take(.condition(.noBus))
            #expect(row.losses == [.bluetoothd])
            row.take(.condition(.ready))
            #expect(row.kind == "queued")
        },
        FaultRow(11, "sleep ends the stream with its own cause; after it all begins anew") { row in
            row.toStreaming()
            row.take(.condition(.asleep))
            #expect(row.losses == [.suspend])
            row.take(.condition(.ready))
            #expect(row.kind == "queued")
        },
    ]
}
