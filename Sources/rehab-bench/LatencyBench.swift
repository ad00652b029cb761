// Times a packet's way from the sender to its decision, through the pipeline's own threads.

import DBus
import Foundation
import Movement
import Pipeline
import Plumbing
import Synchronization
import Synthetic
import Wearables

/// From just before `send` until the estimator has pushed the sample's frame and alert into their rings.
///
/// One thread sends each packet at its time and then watches, without sleeping, for the number of the
/// newest decided sample to rise. It has real-time rights where they are granted, below the two inner
/// threads. Both inner threads sleep in between, as they do in the daemon. A
/// packet that is late does not hold back the next one, so a stall counts for each packet it delays.
enum LatencyBench {
    private struct Setting {
        var id: String
        var title: String
        var sensors: Int
        var rateHertz: Double
        var seconds: Double
    }

    /// Microseconds that 99 of 100 packets may take (the project's figure).
    private static let goal = 200.0

    static func run(_ options: BenchOptions) throws -> [Figure] {
        let shrink = options.quick ? 0.15 : 1
        let settings = [
            Setting(
                id: "100hz", title: "1 sensor, 100 Hz", sensors: 1, rateHertz: 100,
                seconds: 15 * shrink),
            Setting(
                id: "1khz", title: "1 sensor, 1 kHz", sensors: 1, rateHertz: 1000,
                seconds: 12 * shrink),
            Setting(
                id: "32x100hz", title: "32 sensors, 100 Hz each", sensors: 32, rateHertz: 100,
                seconds: 8 * shrink),
        ]
        var figures: [Figure] = []
        for setting in settings { figures += try measure(setting, quick: options.quick) }
        return figures
    }

    private static func measure(_ setting: Setting, quick: Bool) throws -> [Figure] {
        let script = try BenchPerson.script(
            sensors: setting.sensors, rateHertz: setting.rateHertz,
            stands: Int(setting.seconds / 12) + 1)
        let batch = try PacketBatch(SyntheticRun(script))
        let limit = Int(setting.seconds * setting.rateHertz) * setting.sensors
        let load = Machine.presentLoad()
        let noise = quick ? 0.2 : 1.0
        // The floor before and after: what the host does changes within a minute.
        let before = try Way.floor(batch, setting.sensors)
            .sendOnOwnThread(limit / 2, noiseSeconds: noise)
        let result = try Way.pipeline(batch, setting.sensors, setting.rateHertz)
            .sendOnOwnThread(limit, noiseSeconds: noise)
        let after = try Way.floor(batch, setting.sensors)
            .sendOnOwnThread(limit / 2, noiseSeconds: noise)
        let floor = Sorted(before.microseconds + after.microseconds)
        let delays = Sorted(result.microseconds)
        let details = [
            "packets": Double(delays.values.count), "undecided": Double(result.undecided),
            "p50_us": delays.median, "p99_us": delays.quantile(0.99),
            "p999_us": delays.quantile(0.999), "maximum_us": delays.maximum, "load": load,
            "machine_pauses_a_second": result.noise.pausesASecond,
            "machine_longest_pause_us": result.noise.longestMicroseconds,
            "floor_p50_us": floor.median, "floor_p99_us": floor.quantile(0.99),
        ]
        func row(_ name: String, _ share: Double, _ measure: Measure?) -> Figure {
            Figure(
                "packet-to-decision-\(setting.id)-\(name)",
                "packet to decision \(name), \(setting.title)", delays.quantile(share),
                .microseconds, measure, details: details)
        }
        var rows = [
            row("p50", 0.5, nil), row("p99", 0.99, .atMost(goal)), row("p99.9", 0.999, nil),
        ]
        let slowest = Unit.microseconds.text(delays.maximum)
        rows[2].note =
            "\(delays.values.count) packets; slowest \(slowest), undecided \(result.undecided); "
            + "granted: intake \(result.grants?.intake.name ?? "-"), estimator "
            + "\(result.grants?.estimator.name ?? "-"), watcher \(result.watcher.name); load "
            + String(format: "%.2f", load) + "; \(result.noise.text)"
        let empty = "two empty threads"
        rows.append(
            Figure(
                "packet-to-decision-\(setting.id)-over-floor",
                "packet to decision p99, \(setting.title), beside the same system calls alone",
                delays.quantile(0.99), .microseconds, .beside(empty, floor.quantile(0.99)),
                note: "their p50 \(Unit.microseconds.text(floor.median)), same packets, same run",
                details: details))
        return rows
    }
}

/// What the machine itself does to a thread that only reads the clock: time that no program can use.
private struct Noise: Sendable {
    /// A pause is at least this long, ns: an interrupt is shorter.
    private static let pause: Int64 = 100_000

    var pausesASecond = 0.0
    var longestMicroseconds = 0.0

    init() {}

    init(watching seconds: Double) {
        let begin = MonotonicClock.now()
        let end = begin + Int64(seconds * 1e9)
        var last = begin
        var longest: Int64 = 0
        var pauses = 0
        while last < end {
            let now = MonotonicClock.now()
            longest = max(longest, now - last)
            if now - last >= Noise.pause { pauses += 1 }
            last = now
        }
        pausesASecond = Double(pauses) / seconds
        longestMicroseconds = Double(longest) * 1e-3
    }

    var text: String {
        "before it, doing nothing else, the watcher was held up for 100 µs or more "
            + String(format: "%.0f times a second, longest ", pausesASecond)
            + Unit.microseconds.text(longestMicroseconds)
    }
}

/// What packets go through, and the thread that sends and watches.
private struct Way: Sendable {
    struct Result: Sendable {
        var microseconds: [Double]
        var undecided: Int
        var grants: PipelineGrants?
        var watcher = SchedulingGrant.plain
        var noise = Noise()
    }

    /// Below the inner threads' 39 and 40: they are never held up, and other programs do not take the
    /// watcher's processor away, which would count as a late decision.
    private static let watcherPriority: Int32 = 10

    private let batch: PacketBatch
    private let sources: [SharedDescriptor]
    /// Packets decided so far; each carries one sample.
    private let decided: @Sendable () -> Int
    /// Empties rings: in the daemon others do; full ones would be counted and cost wake-ups.
    private let tidy: @Sendable () -> Void
    /// Ends the way and tells what its threads were granted.
    private let finish: @Sendable () -> PipelineGrants?

    /// The daemon's own threads.
    static func pipeline(_ batch: PacketBatch, _ sensors: Int, _ rateHertz: Double) throws -> Way {
        let pipeline = try Pipeline(
            stamps: .kernel, broker: { RealtimeKit.makeRealtime(thread: $0) })
        for action in try BenchPlan.actions(sensors: sensors, rateHertz: rateHertz) {
            // The ring of commands holds 64; the estimator takes them at once.
            while pipeline.send(action) == nil { MonotonicClock.sleep(until: soon(1_000_000)) }
        }
        let (sources, sinks) = try doors(sensors)
        for channel in 0..<sensors {
            _ = pipeline.attach(
                MovellaDot.self, rateHertz: rateHertz,
                sources: [
                    PacketSource(
                        descriptor: sinks[channel],
                        characteristic: batch.characteristics[channel])
                ])
        }
        MonotonicClock.sleep(until: soon(50_000_000))
        return Way(
            batch: batch, sources: sources, decided: { Int(pipeline.processed) },
            tidy: {
                while pipeline.popFrame() != nil {}
                while pipeline.popLive() != nil {}
                while pipeline.popAlert() != nil {}
            },
            finish: {
                let grants = pipeline.schedulingGrants
                pipeline.stop()
                return grants
            })
    }

    /// The same packets through `SystemCallFloor`.
    static func floor(_ batch: PacketBatch, _ sensors: Int) throws -> Way {
        let (sources, sinks) = try doors(sensors)
        let floor = try SystemCallFloor(reading: sinks)
        MonotonicClock.sleep(until: soon(50_000_000))
        return Way(
            batch: batch, sources: sources, decided: { floor.processed }, tidy: {},
            finish: {
                _ = floor.finish()
                return nil
            })
    }

    private static func doors(
        _ count: Int
    ) throws -> (sources: [SharedDescriptor], sinks: [SharedDescriptor]) {
        var (sources, sinks): ([SharedDescriptor], [SharedDescriptor]) = ([], [])
        for _ in 0..<count {
            let ends = try PacketSocket.pair().split()
            sources.append(SharedDescriptor(Descriptor(owning: ends.source)))
            try PacketSocket.requestStamps(ends.sink)
            sinks.append(SharedDescriptor(Descriptor(owning: ends.sink)))
        }
        return (sources, sinks)
    }

    func sendOnOwnThread(_ limit: Int, noiseSeconds: Double) throws -> Result {
        let box = Box()
        let thread = try RealtimeThread(name: "watcher", stackBytes: 1 << 20) {
            let grant = RealtimeThread.requestScheduling(fifoPriority: Way.watcherPriority)
            let noise = Noise(watching: noiseSeconds)
            var result = send(limit)
            result.watcher = grant
            result.noise = noise
            box.result.withLock { $0 = result }
        }
        thread.join()
        guard let result = box.result.withLock({ $0 }) else {
            throw BenchError("the measuring thread gave no result")
        }
        return result
    }

    private final class Box: Sendable {
        let result = Mutex<Result?>(nil)
    }

    /// Sends the first `limit` packets at their times.
    ///
    /// Each carries one sample, so the n-th packet is
    /// decided when the n-th sample is.
    private func send(_ limit: Int) -> Result {
        let packets = batch.packets.prefix(limit)
        guard let first = packets.first?.arrival else {
            return Result(microseconds: [], undecided: 0, grants: finish())
        }
        var sent = [Int64](repeating: 0, count: packets.count)
        var delays: [Double] = []
        delays.reserveCapacity(packets.count)
        let origin = soon(5_000_000)
        for (index, packet) in packets.enumerated() {
            MonotonicClock.sleep(until: origin + packet.arrival - first)
            sent[index] = MonotonicClock.now()
            _ = PacketSocket.send(packet.bytes, to: sources[Int(packet.channel)])
            let next = index + 1 < packets.count ? packets[index + 1].arrival : .max
            watch(
                sent, count: index + 1, &delays, until: next == .max ? .max : origin + next - first)
        }
        watch(sent, count: packets.count, &delays, until: soon(500_000_000))
        return Result(
            microseconds: delays, undecided: packets.count - delays.count, grants: finish())
    }

    /// Notes each decision as it shows, until all that were sent are decided or the time is up.
    private func watch(
        _ sent: [Int64], count: Int, _ delays: inout [Double], until deadline: Int64
    ) {
        let stop = min(deadline, soon(500_000_000))
        while delays.count < count {
            let through = min(decided(), count)
            let now = MonotonicClock.now()
            while delays.count < through {
                delays.append(Double(now - sent[delays.count]) * 1e-3)
            }
            if now >= stop { break }
        }
        tidy()
    }
}

private func soon(_ nanoseconds: Int64) -> Int64 { MonotonicClock.now() + nanoseconds }
