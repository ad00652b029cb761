// From a fault crossing its threshold in the person to its sound: link, daemon's threads and sink.

import Alerts
import Foundation
import Kinematics
import Movement
import Pipeline
import Plumbing
import Synthetic
import Wearables

/// A synthetic person drops the pelvis again and again; the packets come over an emulated link.
///
/// The radio is emulated: connection events every 15 ms, 4 ms and up to 3 ms more to arrive. From the
/// socket on everything is the daemon's own: intake, estimator, rules, alert thread, ALSA, PipeWire.
enum CrossingBench {
    private static let median = 100.0
    private static let high = 150.0

    static func run(_ options: BenchOptions) -> [Figure] {
        let titles = [
            ("crossing-to-sound-p50", "fault to sound p50, beyond the rule's own time", median),
            ("crossing-to-sound-p95", "fault to sound p95, beyond the rule's own time", high),
        ]
        func missing(_ reason: String) -> [Figure] {
            titles.map { .missing($0.0, $0.1, .milliseconds, .atMost($0.2), reason: reason) }
        }
        do {
            let server = try NullSinkServer()
            defer { server.stop() }
            let result = try measure(on: server, stands: options.quick ? 1 : 4)
            let delays = Sorted(result.delays)
            guard !delays.values.isEmpty else {
                return missing(
                    "no cue was heard; \(result.planted) drops, \(result.cues) cues, last gates: "
                        + result.gates.joined(separator: " "))
            }
            let note =
                "\(result.delays.count) of \(result.planted) drops heard; true crossing of 4 degrees "
                + "to the first frame at the sink, less the rule's 0.5 s; 15 ms connection interval "
                + "emulated; slowest \(Unit.milliseconds.text(delays.maximum))"
            return zip(titles, [0.5, 0.95]).map { title, share in
                Figure(
                    title.0, title.1, delays.quantile(share), .milliseconds, .atMost(title.2),
                    note: share > 0.5 ? note : nil,
                    details: ["heard": Double(delays.values.count)])
            }
        } catch {
            return missing("\(error)")
        }
    }

    private struct Result {
        var planted = 0
        var cues = 0
        /// Of the newest frame of a hold.
        var gates: [String] = []
        /// ms from the crossing to the sound, less the rule's minimum time.
        var delays: [Double] = []
    }

    /// Drops of 6° to 9° every 5 s of a stand on alternating legs.
    private static func script(stands: Int) throws -> Script {
        var text = """
            title = "crossing"
            seed = 12

            [[sensor]]
            segment = "pelvis"
            name = "pelvis"
            rate_hz = 60
            sensor_from_segment = [1, 0, 0, 0]
            gyroscope_noise_deg_s = 0.1
            accelerometer_noise_m_s2 = 0.03
            gyroscope_bias_deg_s = [0.3, -0.2, 0.25]
            link = { interval_ms = 15, latency_ms = 4, jitter_ms = 3 }

            [[task]]
            kind = "quiet-stand"
            name = "stand"
            seconds = 5

            """
        for stand in 0..<stands {
            let drops = (0..<5).map { drop in
                "{ kind = \"drop\", at = \(3 + 5 * drop), degrees = \(6 + (drop + stand) % 4), "
                    + "rise_s = 0.6, hold_s = 1.2 }"
            }
            text += """

                [[task]]
                kind = "one-leg-stand"
                name = "hold-\(stand)"
                side = "\(stand % 2 == 0 ? "right" : "left")"
                seconds = 28
                profile = [\(drops.joined(separator: ", "))]

                [[task]]
                kind = "pause"
                name = "pause-\(stand)"
                seconds = 3

                """
        }
        return try Script(toml: text)
    }

    private static func measure(on server: NullSinkServer, stands: Int) throws -> Result {
        let run = try SyntheticRun(try script(stands: stands))
        let batch = try PacketBatch(run)
        let pipeline = try Pipeline(stamps: .kernel)
        defer { pipeline.stop() }
        // As a calibration would find it: any other neutral looks like a sensor that has slipped.
        let person = Person()
        let alignment = SensorAlignment(
            segmentFromSensor: .identity,
            neutral: Movement.SegmentAngles(
                obliquity: person.neutralObliquity, anteriorTilt: person.neutralTilt),
            calmJerk: 2)
        let plan = try BenchPlan.oneLegStand()
        for action: EstimatorAction in [
            .attach(channel: 0, samplePeriod: 1 / 60, segment: .pelvis),
            .align(channel: 0, alignment: alignment), .begin(plan: plan),
        ] { _ = pipeline.send(action) }
        let ends = try PacketSocket.pair().split()
        let source = SharedDescriptor(Descriptor(owning: ends.source))
        try PacketSocket.requestStamps(ends.sink)
        _ = pipeline.attach(
            MovellaDot.self, rateHertz: 60,
            sources: [
                PacketSource(
                    descriptor: SharedDescriptor(Descriptor(owning: ends.sink)),
                    characteristic: batch.characteristics[0])
            ])
        var setup = AlertSetup()
        setup.soundDevice = NullSinkServer.device
        let dispatcher = try AlertDispatcher(
            source: AlertSource(
                next: { pipeline.popAlert() }, wakeDescriptor: pipeline.alertDescriptor,
                clearWake: { pipeline.waitForAlert() }),
            outputs: [ToneAlert(setup)].compactMap { $0 })
        defer {
            dispatcher.stop()
            // The device is closed by a thread of its own.
            Thread.sleep(forTimeInterval: 0.2)
        }
        try server.connect { dispatcher.health.first?.state == .ok }
        let probe = try SoundProbe(device: NullSinkServer.device)
        defer { probe.finish() }
        try server.connect { probe.framesHeard > 48_000 / 4 }
        let minimum = minimumOn(plan)
        return play(
            batch, crossings: crossings(run), into: source, pipeline, dispatcher, probe,
            minimumOn: minimum)
    }

    /// ns that C01 asks of a drop.
    private static func minimumOn(_ plan: MovementPlan) -> Int64 {
        for index in 0..<plan.ruleCount where plan.rules[index].signal == .drop {
            return Int64(plan.rules[index].minimumOn * 1e9)
        }
        return 0
    }

    /// When the true drop crossed the threshold, ns since the start of the motion.
    private static func crossings(_ run: SyntheticRun) -> [Int64] {
        run.events.compactMap { event in
            guard case .compensation(let planted) = event.kind else { return nil }
            return planted.crossedOn
        }.sorted()
    }

    private static func play(
        _ batch: PacketBatch, crossings: [Int64], into source: SharedDescriptor,
        _ pipeline: Pipeline, _ dispatcher: AlertDispatcher, _ probe: SoundProbe, minimumOn: Int64
    ) -> Result {
        var result = Result(planted: crossings.count)
        // The batch's times are an hour on.
        let hour: Int64 = 3_600_000_000_000
        let origin = MonotonicClock.now() + 50_000_000
        var waiting = crossings[...]
        var open: Int64?
        for packet in batch.packets {
            let due = origin + packet.arrival - hour
            if let crossed = waiting.first, origin + crossed <= due {
                take(open, probe, minimumOn, &result)
                MonotonicClock.sleep(until: origin + crossed)
                probe.arm()
                open = origin + crossed
                waiting = waiting.dropFirst()
            }
            MonotonicClock.sleep(until: due)
            _ = PacketSocket.send(packet.bytes, to: source)
            while pipeline.popFrame() != nil {}
            while let frame = pipeline.popLive() {
                if frame.phase == .holding || result.gates.isEmpty {
                    result.gates = ["\(frame.phase.name):"] + frame.gates.names
                }
            }
            while dispatcher.nextPresented() != nil { result.cues += 1 }
        }
        take(open, probe, minimumOn, &result)
        return result
    }

    /// Notes the sound that followed a crossing, if there was one.
    private static func take(
        _ crossed: Int64?, _ probe: SoundProbe, _ minimumOn: Int64, _ result: inout Result
    ) {
        guard let crossed, let heard = probe.firstSound, heard - crossed < 2_000_000_000 else {
            return
        }
        result.delays.append(Double(heard - crossed - minimumOn) * 1e-6)
    }
}
