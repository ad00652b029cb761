// The two inner threads ask nothing of the allocator while packets flow.

import AllocationProbe
import Glibc
import Kinematics
import Movement
import Pipeline
import Plumbing
import Synchronization
import Testing
import Wearables

/// The kernel's ids of this process's threads of that name.
private func threads(named name: String) -> Set<Int32> {
    let all = (try? FileStore.list("/proc/self/task")) ?? []
    return Set(
        all.compactMap { id in
            let comm = try? FileStore.read("/proc/self/task/\(id)/comm", limit: 64)
            return comm.map { String(decoding: $0, as: UTF8.self) } == name + "\n" ? Int32(id) : nil
        })
}

/// A pipeline, and the ids of its own two threads.
private func makePipeline(_ stamps: StampSource) throws -> (Pipeline, intake: Int32, estimator: Int32)? {
    // Other tests may start pipelines at the same moment; then whose is whose is not known.
    for _ in 0..<100 {
        let before = (threads(named: "intake"), threads(named: "estimator"))
        let pipeline = try Pipeline(stamps: stamps, realtime: false)
        let intake = threads(named: "intake").subtracting(before.0)
        let estimator = threads(named: "estimator").subtracting(before.1)
        if let one = intake.first, let other = estimator.first, intake.count == 1,
            estimator.count == 1
        {
            return (pipeline, one, other)
        }
        pipeline.stop()
    }
    return nil
}

/// Mode 26 of a Movella DOT: u32 microseconds, quaternion, m/s², deg/s, little-endian.
private func packet(_ index: Int) -> [UInt8] {
    let wave = Float(index % 50) / 50
    let floats: [Float] = [1, 0, 0, 0, 0.1 * wave, 9.8, -0.2 * wave, wave, 0.5, -wave]
    return ([UInt32(truncatingIfNeeded: index &* 16_667 &+ 1)] + floats.map(\.bitPattern)).flatMap {
        word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }
}

/// Stamp and place of a packet in a replay: 60 Hz for each of three sensors.
private func head(_ index: Int) -> [UInt8] {
    [UInt64(1_000_000_000 + index * 5_555_556), UInt64(index)].flatMap { word in
        (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }
}

private func plan() -> MovementPlan {
    var plan = MovementPlan(
        task: .singleLegHold, posture: .upright, stanceSide: .right, targetHold: 10)
    _ = plan.add(Rule(id: .pelvicDrop, signal: .drop, on: 0.001, off: 0.0005, minimumOn: 0.1))
    _ = plan.add(Rule(id: .balanceLost, signal: .jerkRatio, on: 1e6, off: 4, minimumOn: 0))
    return plan
}

private func send(_ packet: [UInt8], to door: Int32) {
    let borrowed = Descriptor(owning: door)
    _ = PacketSocket.send(packet, to: borrowed)
    _ = borrowed.release()
}

private final class Flag: Sendable {
    let id = Atomic<Int32>(0)
    let isDone = Atomic<Bool>(false)
}

@Suite(.serialized, .enabled(if: allocation_probe_is_present(), "sanitizers bring their own allocator"))
struct AllocationTests {
    /// The probe itself: what another thread allocates is seen, and this thread's is not counted to it.
    @Test func theProbeCountsTheWatchedThreadOnly() throws {
        let flag = Flag()
        let thread = try RealtimeThread(name: "allocating") {
            flag.id.store(RealtimeThread.currentID(), ordering: .releasing)
            while !flag.isDone.load(ordering: .acquiring) { sched_yield() }
            for size in 1...100 {
                let block = malloc(size)
                withExtendedLifetime(block) { free(block) }
            }
        }
        while flag.id.load(ordering: .acquiring) == 0 { sched_yield() }
        let ids = [flag.id.load(ordering: .acquiring), 1]
        allocation_probe_arm(ids, 2)
        for size in 1...500 { free(malloc(size)) }
        flag.isDone.store(true, ordering: .releasing)
        thread.join()
        allocation_probe_disarm()
        let allocations = allocation_probe_allocations(0)
        #expect(allocations >= 100 && allocations < 200)
        #expect(allocation_probe_frees(0) >= 100)
        #expect(allocation_probe_allocations(1) == 0)
    }

    /// 10,000 packets of three sensors, one in twenty of them malformed, with an exercise running and a
    /// recording on; live, and as a replay, where time passes as recorded and cues are decided. Debug
    /// builds of intake's generic code allocate; the estimator's never do.
    @Test(arguments: [StampSource.kernel, .inBand])
    func tenThousandPacketsAllocateNothing(_ stamps: StampSource) throws {
        let (pipeline, intake, estimator) = try #require(try makePipeline(stamps))
        defer { pipeline.stop() }
        var doors: [Int32] = []
        defer { for door in doors { close(door) } }
        var counters: [ChannelCounters] = []
        for channel in UInt8(0)..<3 {
            let segment: Segment = [.pelvis, .trunk, .rightThigh][Int(channel)]
            #expect(
                pipeline.send(.attach(channel: channel, samplePeriod: 1 / 60.0, segment: segment))
                    != nil)
            #expect(pipeline.send(.align(channel: channel, alignment: .identity)) != nil)
            let (source, sink) = try PacketSocket.pair().split()
            try PacketSocket.requestStamps(sink)
            let attached = pipeline.attach(
                MovellaDot.self, rateHertz: 60,
                sources: [
                    PacketSource(
                        descriptor: SharedDescriptor(Descriptor(owning: sink)),
                        characteristic: MovellaDot.longPayload)
                ])
            counters.append(try #require(attached?.counters))
            doors.append(source)
        }
        #expect(pipeline.send(.begin(plan: plan())) != nil)
        pipeline.setRecording(true)

        var sent = 0
        var cues = 0
        var bytes: [UInt8] = []
        func flow(_ count: Int) {
            for _ in 0..<count {
                let good = packet(sent / 3)
                let isMalformed = sent % 20 == 19
                let body = isMalformed ? Array(good.prefix(sent % 44)) : good
                send(stamps == .inBand ? head(sent) + body : body, to: doors[sent % 3])
                sent += 1
                if sent % 30 == 0 {
                    while counters.reduce(0, { $0 + $1.packets.value }) < sent { sched_yield() }
                    while let frame = pipeline.popFrame() { pipeline.noteConsumed(frame.sequence) }
                    while pipeline.popAlert() != nil { cues += 1 }
                    while pipeline.popLive() != nil {}
                    bytes.removeAll(keepingCapacity: true)
                    while pipeline.popPacket(appendingTo: &bytes) != nil {}
                }
            }
        }
        flow(1500)
        allocation_probe_arm([intake, estimator], 2)
        flow(10_020)
        while pipeline.processed != pipeline.accepted { sched_yield() }
        allocation_probe_disarm()
        while pipeline.popAlert() != nil { cues += 1 }

        #expect(counters.allSatisfy { $0.decodeErrors.value > 100 && $0.refused.value == 0 })
        #expect(pipeline.processed > 10_000)
        if stamps == .inBand { #expect(cues > 5, "the exercise was judged") }
        let counts = (intake: allocation_probe_allocations(0), estimator: allocation_probe_allocations(1))
        let frees = (intake: allocation_probe_frees(0), estimator: allocation_probe_frees(1))
        #expect(counts.estimator == 0)
        #expect(frees.estimator == 0)
        #if DEBUG
            print("debug build, not judged: \(stamps), intake allocated \(counts.intake) times")
        #else
            #expect(counts.intake == 0)
            #expect(frees.intake == 0)
        #endif
    }
}
