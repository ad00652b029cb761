// All kinds of hostile clients at once, while a sensor streams, a monitor listens and someone asks.

import Control
import DaemonTestKit
import Foundation
import Plumbing
import Synchronization
import Testing

/// Attackers on threads of their own, until stopped.
private final class Attack: Sendable {
    let rounds = Atomic<Int>(0)
    private let stopping = Atomic<Bool>(false)
    private let ended = DispatchGroup()

    init(_ daemon: RunningDaemon, _ attackers: [@Sendable (RunningDaemon) throws -> Void]) {
        for attacker in attackers {
            ended.enter()
            Thread.detachNewThread { [self] in
                while !stopping.load(ordering: .acquiring) {
                    try? attacker(daemon)
                    rounds.wrappingAdd(1, ordering: .relaxed)
                    // The daemon is to be kept busy, not the machine that measures it.
                    MonotonicClock.sleep(until: MonotonicClock.now() + 1_000_000)
                }
                ended.leave()
            }
        }
    }

    func stop() {
        stopping.store(true, ordering: .releasing)
        ended.wait()
    }
}

@Suite(.scene(weight: 3)) struct UnderAttackTests {
    /// Fault 47: other clients are answered within 50 ms, memory grows by at most 8 MiB.
    @Test func othersAreServedUnderAttack() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 60))
        let daemon = try RunningDaemon()
        let log = try EventLog(daemon)
        var client = try daemon.connect()
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: sensor)
        try waitUntil("the sensor to stream") { try daemon.sensor("belt")?.state == .streaming }

        func ask(_ count: Int) throws -> [Double] {
            try (0..<count).map { _ in
                let asked = MonotonicClock.now()
                _ = try client.call(Rehab1.GetStatus())
                let answered = MonotonicClock.now()
                MonotonicClock.sleep(until: answered + 5_000_000)
                return milliseconds(answered - asked)
            }.sorted()
        }
        let calm = try ask(200)
        let before = try client.call(Rehab1.GetStatus()).status.residentBytes
        let call = "{\"method\":\"org.rehabd.rehab1.GetStatus\"}\0"
        let attack = Attack(
            daemon,
            [
                { daemon in  // half a message, then nothing, then gone
                    let raw = try RawClient(daemon)
                    raw.send("{\"method\":\"org.rehabd")
                    MonotonicClock.sleep(until: MonotonicClock.now() + 20_000_000)
                },
                { daemon in  // a megabyte without an end
                    let raw = try RawClient(daemon)
                    raw.send([UInt8](repeating: 0x7B, count: 1 << 20))
                },
                { daemon in  // a flood of ends
                    let raw = try RawClient(daemon)
                    raw.send([UInt8](repeating: 0, count: 1 << 20))
                },
                { daemon in  // many calls at once, no reply read
                    let raw = try RawClient(daemon)
                    for _ in 0..<50 where !raw.send(String(repeating: call, count: 20)) { return }
                },
                { daemon in  // a stream begun and left
                    let raw = try RawClient(daemon)
                    raw.call(
                        "org.rehabd.rehab1.Monitor", "{\"interval_ms\":0}", flags: ",\"more\":true")
                    MonotonicClock.sleep(until: MonotonicClock.now() + 10_000_000)
                },
                { daemon in  // connecting and leaving
                    for _ in 0..<20 { _ = try UnixSocket.connect(path: daemon.socket) }
                },
            ])
        let attacked = try ask(400)
        let status = try client.call(Rehab1.GetStatus()).status
        attack.stop()
        let grown = Double(status.residentBytes - before) / 1_048_576
        func figure(_ sorted: [Double], _ share: Double) -> String {
            String(format: "%.2f", sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))])
        }
        print(
            "GetStatus, ms: calm p50 \(figure(calm, 0.5)) p99 \(figure(calm, 0.99)); under attack "
                + "p50 \(figure(attacked, 0.5)) p99 \(figure(attacked, 0.99)) max "
                + "\(figure(attacked, 1)); \(attack.rounds.load(ordering: .relaxed)) rounds of six "
                + "attackers; memory +\(grown) MiB")
        #expect(attacked[attacked.count / 2] < 50)
        #expect(grown < 8)
        #expect(attack.rounds.load(ordering: .relaxed) > 50)

        // The sensor lost nothing, the monitor missed nothing.
        let progress = player.stop()
        #expect(progress.refused == 0)
        let told = try eventually("all packets") {
            let told = try client.call(Rehab1.GetStatus()).status.sensors.first
            return told?.packets == Int64(progress.sent) ? told : nil
        }
        #expect(told.gaps == 0)
        #expect(told.samples == told.packets)
        #expect(log.ending == nil)
        let events = log.entries.map(\.event)
        #expect(events.allSatisfy { $0.dropped == 0 })
        #expect(zip(events, events.dropFirst()).allSatisfy { $1.sequence == $0.sequence + 1 })
        #expect(try daemon.terminate() == .exited(0))
    }
}
