// Scripts: the defaults, every field, and clear refusals.

import Kinematics
import Synthetic
import Testing

@Suite struct ScriptTests {
    @Test func theCalibrationScriptIsStandThreeBowsAndALift() throws {
        let script = try Script(toml: DefaultScripts.calibration)
        #expect(script.tasks.map(\.name) == ["stand", "bows", "lift-left"])
        let lengths = script.tasks.map(\.task.duration)
        for (length, expected) in zip(lengths, [6.5, 7.8, 4.0]) {
            #expect(abs(length - expected) < 1e-9)
        }
        // "Lift your left foot": the right leg stands.
        let motion = try script.motion()
        #expect(motion.events().contains { $0.kind == .liftOff(stance: .right) })
    }

    @Test func theDemoPlantsTwoDropsAndAHike() throws {
        let script = try Script(toml: DefaultScripts.demo)
        #expect(
            script.tasks.map(\.name) == [
                "stand", "bows", "lift-left", "stand-right", "rest", "stand-left",
            ])
        let run = try SyntheticRun(script)
        #expect(abs(run.duration - 44.6) < 1e-9)
        let planted = run.events.compactMap { event -> PlantedCompensation? in
            if case .compensation(let planted) = event.kind { planted } else { nil }
        }
        #expect(planted.map(\.kind) == [.drop, .hike, .drop])
        #expect(planted.map(\.stance) == [.right, .right, .left])
        #expect(planted.allSatisfy { $0.crossedOn != nil && $0.returnedToOff != nil })
        // Between the planted ones the pelvis stays inside the band, sway and all.
        let track = try #require(run.track(.pelvis))
        for row in track.truth where row.body.stance.phase == .single {
            let inside = planted.contains { row.time >= $0.start && row.time <= $0.end }
            let lift = row.time < 18_300_000_000
            guard !inside, !lift, let drop = row.body.drop else { continue }
            #expect(abs(drop) * degreesPerRadian < 1.5)
        }
    }

    @Test func everyFieldIsRead() throws {
        let text = """
            title = "all of it"
            seed = 99
            [person]
            hip_height_m = 1.0
            knee_height_m = 0.55
            ankle_height_m = 0.09
            hip_width_m = 0.2
            pelvis_sensor_height_m = 1.1
            trunk_sensor_height_m = 1.5
            thigh_sensor_height_m = 0.75
            shank_sensor_height_m = 0.33
            shift_m = 0.05
            neutral_tilt_degrees = 10
            neutral_obliquity_degrees = -1
            heading_degrees = 90
            sway_degrees = 0.5
            sway_m = 0.01
            impact_m_s2 = 5
            shape = "late"
            reaction_s = 1.5
            [[sensor]]
            segment = "right-thigh"
            name = "thigh"
            mode = "rate-quantities"
            rate_hz = 100
            sensor_from_segment = [0.5, 0.5, 0.5, -0.5]
            gyroscope_noise_deg_s = 1
            accelerometer_noise_m_s2 = 0.1
            gyroscope_bias_deg_s = [1, 2, 3]
            accelerometer_bias_m_s2 = [0.1, 0.2, 0.3]
            gyroscope_scale = [1.01, 1.02, 1.03]
            accelerometer_scale = [0.99, 0.98, 0.97]
            gyroscope_range_deg_s = 500
            accelerometer_range_g = 4
            wobble_degrees_per_m_s2 = 0.5
            wobble_hz = 12
            wobble_damping = 0.2
            clock_percent = -2.5
            clock_start_us = 4294967295
            first_sample_ms = 20
            link = { interval_ms = 30, latency_ms = 5, jitter_ms = 10, loss_percent = 2, \
            burst_loss_percent = 3, burst_packets = 4, duplicate_percent = 1, late_percent = 5, \
            late_places = 2 }
            [[task]]
            kind = "walk-on-spot"
            seconds = 10
            cadence = 120
            drop_degrees = 4
            side = "left"
            [[task]]
            kind = "balance-loss"
            side = "left"
            seconds = 3
            [[task]]
            kind = "one-leg-stand"
            side = "left"
            seconds = 10
            profile = [{ kind = "lean", at = 1, degrees = 9, rise_s = 0.5, hold_s = 3, fall_s = 1 }]
            """
        let script = try Script(toml: text)
        #expect(script.title == "all of it")
        #expect(script.seed == 99)
        var person = Person()
        person.hipHeight = 1
        person.kneeHeight = 0.55
        person.ankleHeight = 0.09
        person.hipHalfWidth = 0.1
        person.pelvisSensorHeight = 1.1
        person.trunkSensorHeight = 1.5
        person.thighSensorHeight = 0.75
        person.shankSensorHeight = 0.33
        person.shift = 0.05
        person.neutralTilt = 10 * radiansPerDegree
        person.neutralObliquity = -1 * radiansPerDegree
        person.heading = 90 * radiansPerDegree
        person.swayAngle = 0.5 * radiansPerDegree
        person.swayDistance = 0.01
        person.impact = 5
        person.shape = .late
        person.reaction = 1.5
        #expect(script.person == person)
        let worn = try #require(script.sensors.first)
        #expect(worn.name == "thigh")
        #expect(worn.segment == .rightThigh)
        #expect(worn.mode == .rateQuantities)
        #expect(worn.sensor.rate == 100)
        #expect(worn.sensor.sensorFromSegment == Rotation(w: 0.5, x: 0.5, y: 0.5, z: -0.5))
        #expect(worn.sensor.gyroscopeBias == Vector3(1, 2, 3) * radiansPerDegree)
        #expect(worn.sensor.accelerometerScale == Vector3(0.99, 0.98, 0.97))
        #expect(worn.sensor.accelerometerRange == 4 * 9.806_65)
        #expect(worn.sensor.wobble.frequency == 12)
        #expect(worn.sensor.clockSkew == -0.025)
        #expect(worn.sensor.clockStart == 4_294_967_295)
        #expect(worn.sensor.firstSample == 20_000_000)
        var link = LinkModel()
        link.interval = 30_000_000
        link.latency = 5_000_000
        link.jitter = 10_000_000
        link.independentLoss = 0.02
        link.burstLoss = 0.03
        link.burstLength = 4
        link.duplicates = 0.01
        link.late = 0.05
        link.latePlaces = 2
        link.seed = 99
        #expect(worn.link == link)
        // The left foot is lifted first: the right leg stands first.
        guard case .walkOnSpot(let walk) = script.tasks[0].task else { throw Missing() }
        #expect(walk.firstStance == .right)
        #expect(walk.steps == 20)
        guard case .oneLegStand(let stand) = script.tasks[2].task else { throw Missing() }
        #expect(
            stand.profile == [
                PlantedProfile(
                    kind: .lean, at: 1, angle: 9 * radiansPerDegree, rise: 0.5, hold: 3, fall: 1)
            ])
    }

    struct Missing: Error {}

    @Test func withoutASensorThePelvisWearsOne() throws {
        let script = try Script(toml: "[[task]]\nkind = \"pause\"\nseconds = 1\n")
        #expect(script.sensors.map(\.segment) == [.pelvis])
        #expect(script.tasks.map(\.name) == ["pause-1"])
    }

    @Test func theSameScriptGivesTheSameBytes() throws {
        let first = try SyntheticRun(Script(toml: DefaultScripts.calibration))
        let second = try SyntheticRun(Script(toml: DefaultScripts.calibration))
        #expect(first.tracks[0].deliveries == second.tracks[0].deliveries)
        let changed = DefaultScripts.calibration.replacing("seed = 20", with: "seed = 21")
        let third = try SyntheticRun(Script(toml: changed))
        #expect(first.tracks[0].deliveries != third.tracks[0].deliveries)
    }

    @Test func truthAndEventsComeOutAsText() throws {
        let run = try SyntheticRun(Script(toml: DefaultScripts.demo))
        let track = try #require(run.track(.pelvis))
        let lines = TruthText.table(track.truth).split(separator: "\n")
        #expect(lines.count == track.truth.count + 1)
        let width = TruthText.header.split(separator: ",").count
        for line in lines {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            #expect(cells.count == width)
        }
        // A line in the middle of the first planted drop reads about 7 degrees.
        let place = try #require(
            track.truth.firstIndex { $0.time > 18_300_000_000 + 4_500_000_000 })
        let cells = lines[place + 1].split(separator: ",", omittingEmptySubsequences: false)
        #expect(abs((Double(cells[6]) ?? 0) - 7) < 0.7)
        #expect(cells[8] == "right")
        #expect(cells[9] == "single")
        let events = TruthText.table(run.events).split(separator: "\n")
        #expect(events.contains { $0.contains(",drop,right,stand-right,7.00,") })
        #expect(events.contains { $0.contains(",hike,right,stand-right,7.00,") })
        #expect(events.contains { $0.contains(",drop,left,stand-left,7.00,") })
    }
}
