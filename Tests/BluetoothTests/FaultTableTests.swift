// The fault matrix's Bluetooth rows against the transition function alone: no bus, no radio, no waiting.

import Bluetooth
import Testing
import Wearables

/// One row: its number in the matrix, what happens, and what must come of it.
struct FaultRow: Sendable, CustomTestStringConvertible {
    let number: Int
    let name: String
    let run: @Sendable (inout LifeRow) -> Void

    init(_ number: Int, _ name: String, _ run: @escaping @Sendable (inout LifeRow) -> Void) {
        self.number = number
        self.name = name
        self.run = run
    }

    var testDescription: String { "\(number) \(name)" }
}

@Suite("Fault table, pure")
struct FaultTableTests {
    @Test("a row of the fault matrix", arguments: linkRows + connectRows + surroundingRows)
    func row(_ row: FaultRow) {
        var life = LifeRow()
        row.run(&life)
    }

    static let linkRows: [FaultRow] = [
        FaultRow(1, "silence is a loss after 200 ms, told once, and the link's end tells no more") {
            row in
            row.toStreaming()
            row.wait(milliseconds: 199)
            #expect(row.losses.isEmpty)
            row.wait(milliseconds: 2)
            #expect(row.losses == [.range])
            #expect(row.kind == "silent")
            row.set {
                $0.isConnected = false
                $0.isResolved = false
            }
            #expect(row.losses == [.range])
            #expect(row.effects.contains(.closeDoors))
            #expect(row.effects.contains(.askTurn))
        },
        FaultRow(1, "data after a silence resumes without a new connection") { row in
            row.toStreaming()
            row.wait(milliseconds: 250)
            row.take(.data(at: row.now))
            #expect(row.effects == [.tellResumed])
            #expect(row.kind == "streaming")
        },
        FaultRow(1, "the search: ten seconds at a stretch, then half the time, then a twelfth") {
            row in
            row.toTurn()
            var connects: [Int64] = []
            let start = row.now
            // Nobody answers; every turn is granted at once; Disconnect is answered at once.
            while row.now - start < 420_000_000_000 {
                row.wait(milliseconds: 1)
                if row.effects.contains(.disconnect) {
                    row.take(.disconnectAnswered(.notConnected))
                }
                if row.kind == "queued" {
                    row.take(.granted)
                    connects.append((row.now - start) / 1_000_000)
                }
                if let deadline = row.life.deadline, deadline > row.now {
                    row.wait(milliseconds: (deadline - row.now) / 1_000_000)
                    if row.effects.contains(.disconnect) {
                        row.take(.disconnectAnswered(.notConnected))
                    }
                    if row.kind == "queued" {
                        row.take(.granted)
                        connects.append((row.now - start) / 1_000_000)
                    }
                }
            }
            #expect(abs((connects.first ?? 0) - 10_250) < 5_000)
            let early = zip(connects, connects.dropFirst()).filter { $0.0 < 280_000 }
            #expect(early.allSatisfy { abs($0.1 - $0.0 - 10_000) < 300 })
            let late = zip(connects, connects.dropFirst()).filter { $0.0 > 310_000 }
            #expect(!late.isEmpty)
            #expect(late.allSatisfy { abs($0.1 - $0.0 - 60_000) < 300 })
        },
        FaultRow(2, "an hour's absence costs the radio a twelfth; a request searches at once") {
            row in
            let search = RetryPolicy.search(absentFor: 3_600_000_000_000)
            #expect(search.slice == 5_000_000_000)
            #expect(search.slice + search.pause == 60_000_000_000)
            row.toTurn()
            row.take(.connectAnswered(.other("le-connection-abort-by-local")))
            #expect(row.kind == "waiting")
            row.take(.want)
            #expect(row.kind == "queued")
        },
        FaultRow(3, "warnings at 15 and 5 percent, once each; then the loss is the battery's") {
            row in
            row.toStreaming()
            for percent: UInt8 in [20, 16, 15, 14, 6, 5, 4, 3] { row.take(.battery(percent)) }
            #expect(
                row.all.filter { if case .tellBattery = $0 { true } else { false } }
                    == [.tellBattery(15), .tellBattery(5)])
            row.wait(milliseconds: 300)
            #expect(row.losses == [.battery])
        },
        FaultRow(22, "a door ends, then the link: one loss") { row in
            row.toStreaming()
            row.take(.doorEnded)
            row.set { $0.isConnected = false }
            row.take(.disconnectAnswered(.notConnected))
            #expect(row.losses == [.range])
            #expect(row.kind == "queued")
        },
        FaultRow(22, "the link ends, then a door: one loss") { row in
            row.toStreaming()
            row.set { $0.isConnected = false }
            row.take(.doorEnded)
            #expect(row.losses == [.interrupted])
            #expect(row.kind == "queued")
        },
        FaultRow(24, "packets up to 199 ms late are no loss") { row in
            row.toStreaming()
            for _ in 0..<100 {
                row.wait(milliseconds: 199)
                row.take(.data(at: row.now))
            }
            #expect(row.losses.isEmpty)
        },
        FaultRow(25, "a link that ends after a burst of interference is taken up again at once") {
            row in
            row.toStreaming()
            row.wait(milliseconds: 420)
            row.set { $0.isConnected = false }
            #expect(row.losses == [.range])
            #expect(row.kind == "queued")
        },
        FaultRow(30, "a flood of packets changes nothing but the time of the newest") { row in
            row.toStreaming()
            for _ in 0..<10_000 { row.take(.data(at: row.now)) }
            #expect(row.all.isEmpty)
            #expect(row.kind == "streaming")
        },
        FaultRow(31, "after a stall of ours, packets that waited are looked at before the clock") {
            row in
            row.toStreaming()
            row.now += 3_000 * LifeRow.millisecond
            row.take(.data(at: row.now))
            row.take(.tick)
            #expect(row.losses.isEmpty)
        },
        FaultRow(32, "a sensor that says good-bye is off, not out of range") { row in
            row.toStreaming()
            row.take(.farewell)
            row.set { $0.isConnected = false }
            #expect(row.losses == [.sensorOff])
        },
        FaultRow(35, "a second interruption within five seconds waits for them to pass") { row in
            row.toStreaming()
            row.set { $0.isConnected = false }
            #expect(row.kind == "queued")
            row.take(.granted)
            row.set {
                $0.isConnected = true
                $0.isComplete = true
            }
            row.take(.plan(.done(.success)))
            row.take(.plan(.done(.success)))
            row.now += 100 * LifeRow.millisecond
            row.take(.data(at: row.now))
            let second = row.now
            row.set { $0.isConnected = false }
            #expect(row.kind == "waiting")
            #expect((row.waitingUntil ?? 0) - second > 4_800 * LifeRow.millisecond)
        },
    ]
}
