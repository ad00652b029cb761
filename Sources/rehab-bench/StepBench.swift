// Times the computing on the estimator's and intake's threads: one sample, nothing around it.

import Estimation
import Exercises
import Foundation
import Kinematics
import Movement
import Pipeline
import Plumbing
import Synthetic
import Wearables

enum StepBench {
    /// The filter against its peer, then what a sample costs on either inner thread, and what the end of a
    /// repetition does.
    static func run(_ options: BenchOptions) throws -> [Figure] {
        let workload = try Workload.load(from: options.data)
        let repetitions = options.quick ? 5 : 25
        return try filter(workload, repetitions: repetitions, options)
            + inner(quick: options.quick) + RepetitionBench.run(quick: options.quick)
    }

    /// `TiltFilter.step` and the peer's batch update, in turn, on the same samples.
    private static func filter(
        _ workload: Workload, repetitions: Int, _ options: BenchOptions
    ) throws -> [Figure] {
        var reason: String?
        var peer: PeerProcess?
        do {
            peer = try PeerProcess(workload, options)
        } catch {
            reason = "\(error)"
        }
        defer { peer?.stop() }
        var ours: [Double] = []
        var theirs: [Double] = []
        for _ in 0..<repetitions {
            ours.append(OnePass.filter(workload))
            if let nanoseconds = peer?.run() { theirs.append(nanoseconds) }
        }
        let (own, other) = (Sorted(ours), Sorted(theirs))
        let isComplete = theirs.count == repetitions
        let name = peer?.name ?? "vqf"
        let note =
            "one TiltFilter.step on \(workload.name); "
            + (isComplete
                ? "\(name) updateBatch (gyroscope and accelerometer) on the same samples, in turn, "
                    + "\(repetitions) times each, its output arrays included"
                : "no peer: \(reason ?? "it stopped early")")
        func row(_ id: String, _ title: String, _ value: Double, _ reference: Double) -> Figure {
            Figure(
                "estimator-update-\(id)", title, value, .nanoseconds,
                isComplete ? .peer(name, reference) : nil,
                details: ["repetitions": Double(repetitions)])
        }
        var figures = [
            row("minimum", "estimator update, fastest run", own.minimum, other.minimum),
            row("median", "estimator update, median run", own.median, other.median),
        ]
        figures[1].note = note
        return figures
    }

    /// Decoding with clock recovery, and the whole estimator step, with one sensor and with 32.
    private static func inner(quick: Bool) throws -> [Figure] {
        var figures: [Figure] = []
        for sensors in [1, 32] {
            let run = try SyntheticRun(
                BenchPerson.script(
                    sensors: sensors, rateHertz: 60, stands: sensors == 1 ? 8 : 2))
            let batch = try PacketBatch(run)
            var decode: [Double] = []
            var step: [Double] = []
            for _ in 0..<(quick ? 3 : 9) {
                let result = OnePass.decode(batch)
                decode.append(result.nanoseconds)
                step.append(OnePass.estimator(result.samples, sensors: sensors, batch.plan))
            }
            let count = ["samples": Double(batch.packets.count)]
            let plural = sensors == 1 ? "1 sensor" : "\(sensors) sensors"
            figures.append(
                Figure(
                    "decode-\(sensors)", "decoding and clock recovery, \(plural)",
                    Sorted(decode).minimum, .nanoseconds, details: count))
            figures.append(
                Figure(
                    "step-\(sensors)", "whole estimator step, \(plural)", Sorted(step).minimum,
                    .nanoseconds, details: count))
        }
        figures[figures.count - 1].note =
            "a sample each: filter, alignment, angles, holds and rules of the one-leg stand on the "
            + "synthetic person; fastest run. With 32 sensors six body parts carry them."
        return figures
    }
}

/// All packets of a run in their order of arrival.
struct PacketBatch {
    struct Packet {
        var channel: UInt8
        var arrival: Int64
        var bytes: [UInt8]
    }

    let packets: [Packet]
    let characteristics: [CharacteristicIndex]
    let plan: MovementPlan

    init(_ run: SyntheticRun) throws {
        var packets: [Packet] = []
        for (channel, track) in run.tracks.enumerated() {
            for delivery in track.deliveries where !delivery.lost {
                packets.append(
                    Packet(
                        channel: UInt8(channel), arrival: delivery.arrival + 3_600_000_000_000,
                        bytes: delivery.packet))
            }
        }
        self.packets = packets.sorted { ($0.arrival, $0.channel) < ($1.arrival, $1.channel) }
        characteristics = run.tracks.map {
            MovellaDot.identity.index(of: $0.worn.mode.characteristic)
                ?? CharacteristicIndex(rawValue: 0)
        }
        plan = try BenchPlan.oneLegStand()
    }
}

/// The exercise that runs during measurements.
enum BenchPlan {
    static func oneLegStand() throws -> MovementPlan {
        guard let exercise = try Catalogue.load().first(where: { $0.id == "one-leg-stand" }) else {
            throw BenchError("the catalogue has no one-leg-stand")
        }
        return exercise.plan(stanceSide: nil)
    }

    /// What a session's estimator is told before its first sample.
    static func actions(sensors: Int, rateHertz: Double) throws -> [EstimatorAction] {
        var actions: [EstimatorAction] = []
        for channel in 0..<sensors {
            let segment = Segment.allCases[channel % Segment.count]
            let isFirst = channel < Segment.count
            actions.append(
                .attach(
                    channel: UInt8(channel), samplePeriod: 1 / rateHertz,
                    segment: isFirst ? segment : nil))
            if isFirst { actions.append(.align(channel: UInt8(channel), alignment: .identity)) }
        }
        return actions + [.begin(plan: try oneLegStand())]
    }
}

/// One timed pass over a batch each; results in ns a sample.
enum OnePass {
    @inline(never)
    static func filter(_ workload: Workload) -> Double {
        var filter = TiltFilter(samplePeriod: 1 / workload.rateHertz)
        var sum = 0.0
        let start = MonotonicClock.now()
        for sample in workload.samples {
            let estimate = filter.step(sample)
            sum += estimate.up.z + estimate.sigma
        }
        let elapsed = MonotonicClock.now() - start
        // Used, so that no step can be left out.
        precondition(sum.isFinite)
        return Double(elapsed) / Double(max(workload.samples.count, 1))
    }

    @inline(never)
    static func decode(_ batch: PacketBatch) -> (nanoseconds: Double, samples: [TaggedSample]) {
        let decoders = batch.characteristics.map { _ in
            ChannelDecoder(driver: MovellaDot(StreamRequest(rateHertz: 60)), rateHertz: 60)
        }
        var samples: [TaggedSample] = []
        samples.reserveCapacity(batch.packets.count)
        let start = MonotonicClock.now()
        for packet in batch.packets {
            let decoder = decoders[Int(packet.channel)]
            let outcome = decoder.decode(
                packet.bytes.span, from: batch.characteristics[Int(packet.channel)],
                arrival: packet.arrival)
            guard case .samples(let count) = outcome else { continue }
            for index in 0..<count {
                samples.append(
                    TaggedSample(
                        sequence: UInt64(samples.count + 1), channel: packet.channel,
                        arrival: packet.arrival,
                        sample: decoder.sample(index, arrival: packet.arrival)))
            }
        }
        let elapsed = MonotonicClock.now() - start
        return (Double(elapsed) / Double(max(batch.packets.count, 1)), samples)
    }

    @inline(never)
    static func estimator(
        _ samples: [TaggedSample], sensors: Int, _ plan: MovementPlan
    ) -> Double {
        var estimator = Estimator()
        for channel in 0..<sensors {
            let segment = channel < Segment.count ? Segment.allCases[channel] : nil
            estimator.apply(
                .attach(channel: UInt8(channel), samplePeriod: 1 / 60.0, segment: segment))
            if segment != nil {
                estimator.apply(.align(channel: UInt8(channel), alignment: .identity))
            }
        }
        estimator.apply(.begin(plan: plan))
        var frame = MotionFrame()
        var sum = 0.0
        let start = MonotonicClock.now()
        for sample in samples {
            if estimator.step(sample, frame: &frame) != nil { sum += 1 }
            sum += frame.sigma
        }
        let elapsed = MonotonicClock.now() - start
        precondition(sum.isFinite)
        return Double(elapsed) / Double(max(samples.count, 1))
    }
}
