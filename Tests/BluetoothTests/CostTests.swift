// What a notification costs the loop's thread, and how late it comes out of the door.

import Bluetooth
import FakeBlueZ
import Glibc
import Plumbing
import Testing
import Wearables

extension CentralTests {
    @Suite("Cost")
    struct CostTests {}
}

extension CentralTests.CostTests {
    /// CPU time of the loop's thread so far, s.
    private func loopTime(_ rig: Rig) async -> Double {
        await withCheckedContinuation { continuation in
            rig.loop.perform {
                var time = timespec()
                clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
                continuation.resume(returning: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9)
            }
        }
    }

    @Test("a notification costs the loop some tens of microseconds, reader included")
    func cost() async throws {
        let rig = try await Rig()
        try await rig.start((1...3).map { FakeDevice.dot(Rig.address($0), rateHertz: 200) })
        for number in 1...3 { try await rig.addDot(number) }
        await rig.pause(0.2)
        let before = await loopTime(rig)
        let packetsBefore = try (1...3).map { try rig.counters($0).count }.reduce(0, +)
        await rig.pause(2)
        let spent = await loopTime(rig) - before
        let packets = try (1...3).map { try rig.counters($0).count }.reduce(0, +) - packetsBefore
        var figures = Figures(row: "cost at 3 x 200 Hz")
        figures.note("packets", packets)
        figures.values.append(
            ("CPU a packet", "\(Int(spent / Double(max(1, packets)) * 1e6)) us"))
        figures.tell()
        #expect(packets > 200)
        await rig.end()
    }
}
