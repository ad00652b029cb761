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
private func makePipeline(_ stamps: StampSource) throws -> (
    Pipeline, intake: Int32, estimator: Int32
)? {
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
    let floats: [Float] = [1, 0, 0, 0, 0.01 * wave, 9.8, 0.3, 0.1 * wave, 0, -0.1 * wave]
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

private final class Signals: Sendable {
    let id = Atomic<Int32>(0)
    let begin: Wakeup

    init() throws { begin = try Wakeup() }
}

@Suite(
    .serialized, .enabled(if: allocation_probe_is_present(), "sanitizers bring their own allocator")
)
struct AllocationTests {
    /// The probe itself: what another thread allocates is seen, and this thread's is not counted to it.
    @Test func theProbeCountsTheWatchedThreadOnly() throws {
        let signals = try Signals()
        let thread = try RealtimeThread(name: "allocating") {
            signals.id.store(RealtimeThread.currentID(), ordering: .releasing)
            signals.begin.wait()
            // Kept in a table: a block that is freed at once is optimised away.
            let blocks = (1...100).map { malloc($0) }
            for block in blocks { free(block) }
        }
        while signals.id.load(ordering: .acquiring) == 0 { sched_yield() }
        let ids = [signals.id.load(ordering: .acquiring), 1]
        allocation_probe_arm(ids, 2)
        let own = (1...20_000).map { _ in malloc(16) }
        for block in own { free(block) }
        signals.begin.signal()
        thread.join()
        allocation_probe_disarm()
        let allocations = allocation_probe_allocations(0)
        #expect(allocations >= 100 && allocations < 10_000)
        #expect(allocation_probe_frees(0) >= 100)
        #expect(allocation_probe_allocations(1) == 0)
    }

    /// 10,000 packets of three sensors with an exercise running and a recording on; live, and as a
    /// replay, where time passes as recorded and cues are decided.
    ///
    /// Debug builds of intake's generic code allocate; the estimator's never do.
    @Test(arguments: [StampSource.kernel, .inBand])
    func tenThousandPacketsAllocateNothing(_ stamps: StampSource) throws {
        let flow = try Flow(stamps)
        defer { flow.end() }
        flow.run(1500)
        allocation_probe_arm([flow.intake, flow.estimator], 2)
        flow.run(10_020)
        flow.settle()
        allocation_probe_disarm()
        flow.consume()

        #expect(flow.pipeline.processed == 11_520)
        if stamps == .inBand { #expect(flow.cues > 5, "the exercise was judged") }
        #expect(allocation_probe_allocations(1) == 0)
        #expect(allocation_probe_frees(1) == 0)
        let intake = (allocation_probe_allocations(0), allocation_probe_frees(0))
        #if DEBUG
            print("debug build, not judged: \(stamps), intake allocated \(intake.0) times")
        #else
            #expect(intake == (0, 0))
        #endif
    }

    /// Malformed packets cost intake no allocation of its own.
    ///
    /// The test library notes a backtrace for each error thrown, which is one allocation and now
    /// and then a larger table, so that is what is allowed here; one of intake's own for each
    /// packet would double it.
    @Test func malformedPacketsAllocateNothingOfTheirOwn() throws {
        let flow = try Flow(.kernel)
        defer { flow.end() }
        flow.run(600)
        allocation_probe_arm([flow.intake, flow.estimator], 2)
        flow.run(3000, malformed: true)
        flow.settle()
        allocation_probe_disarm()
        let errors = flow.counters.reduce(0) { $0 + $1.decodeErrors.value }
        #expect(errors == 3000)
        #expect(allocation_probe_allocations(1) == 0)
        #if !DEBUG
            #expect(allocation_probe_allocations(0) < 3300)
        #endif
    }
}

/// Three sensors whose packets flow through a pipeline, with the consumers' part played here.
private final class Flow {
    let pipeline: Pipeline
    let intake: Int32
    let estimator: Int32
    private(set) var counters: [ChannelCounters] = []
    private(set) var cues = 0
    private let stamps: StampSource
    private var doors: [Int32] = []
    private var sent = 0
    private var bytes: [UInt8] = []

    init(_ stamps: StampSource) throws {
        self.stamps = stamps
        (pipeline, intake, estimator) = try #require(try makePipeline(stamps))
        for channel in UInt8(0)..<3 {
            let segment: Segment = [.pelvis, .trunk, .rightThigh][Int(channel)]
            _ = pipeline.send(.attach(channel: channel, samplePeriod: 1 / 60.0, segment: segment))
            _ = pipeline.send(.align(channel: channel, alignment: .identity))
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
        _ = pipeline.send(.begin(plan: plan()))
        pipeline.setRecording(true)
    }

    func end() {
        pipeline.stop()
        for door in doors { close(door) }
    }

    /// Sends packets, thirty at a time, and takes what came of them.
    func run(_ count: Int, malformed: Bool = false) {
        for _ in 0..<count {
            let good = packet(sent / 3)
            let body = malformed ? Array(good.prefix(1 + sent % 40)) : good
            send(stamps == .inBand ? head(sent) + body : body, to: doors[sent % 3])
            sent += 1
            guard sent % 30 == 0 else { continue }
            // What a packet came to is counted after the packet itself, so that is what is awaited.
            let deadline = MonotonicClock.now() + 20_000_000_000
            while counters.reduce(0, { $0 + $1.samples.value + $1.decodeErrors.value }) < sent,
                MonotonicClock.now() < deadline
            {
                // A replay waits for its consumer.
                consume()
                sched_yield()
            }
            settle()
            consume()
        }
    }

    func consume() {
        while let frame = pipeline.popFrame() { pipeline.noteConsumed(frame.sequence) }
        while pipeline.popAlert() != nil { cues += 1 }
        while pipeline.popLive() != nil {}
        bytes.removeAll(keepingCapacity: true)
        while pipeline.popPacket(appendingTo: &bytes) != nil {}
    }

    func settle() {
        while pipeline.processed != pipeline.accepted {
            consume()
            sched_yield()
        }
    }
}
