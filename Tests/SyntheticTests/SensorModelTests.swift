// Noise, bias, scale, clipping, mounting and the sensor's clock.

import Kinematics
import Synthetic
import Testing

@Suite struct SensorModelTests {
    /// `count` readings of a person who stands still.
    private func readings(_ model: SensorModel, count: Int) throws -> [SensorReading] {
        var motion = BodyMotion(person: stillPerson(), seed: 1)
        try motion.schedule(NamedTask(name: "stand", task: .quietStand(seconds: 4_000)))
        var stream = BodySensorStream(segment: .trunk, model: model)
        return (0..<count).map { _ in stream.next(motion).reading }
    }

    @Test func noiseAndBiasAreThoseAskedFor() throws {
        var model = SensorModel()
        model.gyroscopeNoise = 0.02
        model.accelerometerNoise = 0.05
        model.gyroscopeBias = Vector3(0.01, -0.02, 0.03)
        model.accelerometerBias = Vector3(0.1, 0.2, -0.3)
        let readings = try readings(model, count: 20_000)
        // The trunk stands upright: force (0, g, 0), rate 0.
        let expected: [((SensorReading) -> Double, Double, Double)] = [
            ({ $0.angularRate.x }, 0.01, 0.02), ({ $0.angularRate.y }, -0.02, 0.02),
            ({ $0.angularRate.z }, 0.03, 0.02), ({ $0.specificForce.x }, 0.1, 0.05),
            ({ $0.specificForce.y }, 9.806_65 + 0.2, 0.05), ({ $0.specificForce.z }, -0.3, 0.05),
        ]
        for (value, mean, deviation) in expected {
            let values = readings.map(value)
            let measured = statistics(values)
            // Four standard errors of 20 000 samples.
            #expect(abs(measured.mean - mean) < 4 * deviation / 141)
            #expect(abs(measured.deviation / deviation - 1) < 0.02)
            // White: successive samples are not related.
            let lagged = zip(values, values.dropFirst()).map {
                ($0 - measured.mean) * ($1 - measured.mean)
            }
            let correlation =
                lagged.reduce(0, +) / Double(lagged.count) / (deviation * deviation)
            #expect(abs(correlation) < 0.03)
        }
    }

    @Test func scaleAndRangeLimitTheReading() throws {
        var model = idealSensor(rate: 60)
        model.accelerometerScale = Vector3(1, 1.02, 1)
        #expect(
            abs(try readings(model, count: 1)[0].specificForce.y - 9.806_65 * 1.02) < 1e-9)
        model.accelerometerRange = 9
        #expect(try readings(model, count: 1)[0].specificForce.y == 9)
        model.gyroscopeBias = Vector3(0, 0, -3)
        model.gyroscopeRange = 2
        #expect(try readings(model, count: 1)[0].angularRate.z == -2)
    }

    /// Yaw 90° about the segment's Y: the sensor's X points where the segment's −Z does.
    ///
    /// Roll 90° about X brings its Y to Z. By hand from the right-hand rule.
    @Test func mountingAnglesTurnTheSensorAsDescribed() {
        let quarter = Double.pi / 2
        let yaw = SensorModel.mounting(yaw: quarter, roll: 0, pitch: 0).inverse
        #expect((yaw.apply(Vector3(1, 0, 0)) - Vector3(0, 0, -1)).norm < 1e-12)
        let roll = SensorModel.mounting(yaw: 0, roll: quarter, pitch: 0).inverse
        #expect((roll.apply(Vector3(0, 1, 0)) - Vector3(0, 0, 1)).norm < 1e-12)
        let pitch = SensorModel.mounting(yaw: 0, roll: 0, pitch: quarter).inverse
        #expect((pitch.apply(Vector3(1, 0, 0)) - Vector3(0, 1, 0)).norm < 1e-12)
        // Yaw first, roll about the turned axis: the segment sees roll's axis turned by the yaw.
        let both = SensorModel.mounting(yaw: quarter, roll: quarter, pitch: 0).inverse
        #expect((both.apply(Vector3(0, 1, 0)) - Vector3(1, 0, 0)).norm < 1e-12)
    }

    @Test func aTurnedSensorReadsTheSameWorldUp() throws {
        let motion = try everything()
        var model = idealSensor(rate: 60)
        model.sensorFromSegment = SensorModel.mounting(yaw: 0.3, roll: 2, pitch: -1)
        var stream = BodySensorStream(segment: .leftThigh, model: model)
        for _ in 0..<600 {
            let (reading, truth) = stream.next(motion)
            let state = motion.segment(.leftThigh, at: Double(reading.hostTime) * 1e-9)
            let force = reading.worldFromSensor.apply(reading.specificForce)
            #expect((force - state.acceleration - Vector3(0, 0, 9.806_65)).norm < 1e-9)
            #expect(truth.worldFromSensor == reading.worldFromSensor)
            #expect(truth.time == reading.hostTime)
        }
    }

    /// A live Movella DOT at 60 Hz steps by exactly 16667 µs of its own clock (device sheet).
    @Test(arguments: [0.03, -0.03, 0.0, 0.002])
    func theClockErrorShowsInTheTimeStamps(skew: Double) throws {
        var model = idealSensor(rate: 60)
        model.clockSkew = skew
        model.clockStart = 4_294_960_000
        model.firstSample = 5_000_000
        let readings = try readings(model, count: 6_001)
        for (a, b) in zip(readings, readings.dropFirst()) {
            #expect(b.sensorTime - a.sensorTime == 16_667)
        }
        #expect(readings[0].sensorTime == 4_294_960_000)
        #expect(readings[0].hostTime == 5_000_000)
        let sensor = Double(readings[6_000].sensorTime - readings[0].sensorTime) * 1e-6
        let host = Double(readings[6_000].hostTime - readings[0].hostTime) * 1e-9
        #expect(abs(sensor / host - (1 + skew)) < 1e-9)
    }

    @Test func wobbleRestsAtZeroInQuietStanceAndRingsAfterALanding() throws {
        var person = stillPerson()
        person.impact = 8
        let motion = try motion(
            .oneLegStand(OneLegStand(stance: .left, seconds: 3)), person: person)
        var model = idealSensor(rate: 500)
        model.wobble.compliance = 0.2 * radiansPerDegree
        var stream = BodySensorStream(segment: .pelvis, model: model)
        var before = 0.0
        var ringing: [Double] = []
        for index in 0..<3_000 {
            let reading = stream.next(motion).reading
            let time = Double(reading.hostTime) * 1e-9
            let rigid = motion.segment(.pelvis, at: time)
            let rate = (reading.angularRate - rigid.angularRate).z
            if index < 100 { before = max(before, abs(rate)) }
            if time > 1.1 + 3 + 0.14, time < 1.1 + 3 + 0.5 { ringing.append(rate) }
        }
        #expect(before == 0)
        #expect((ringing.map { abs($0) }.max() ?? 0) > 0.05)
        // 9 Hz: about 2 × 9 × 0.36 s zero crossings.
        let crossings = zip(ringing, ringing.dropFirst()).count { ($0 < 0) != ($1 < 0) }
        #expect(crossings >= 5)
        #expect(crossings <= 8)
    }

    @Test func aRecordingIsPlayedAsItIsOnItsOwnGrid() throws {
        let rates = (0..<10).map { Vector3(Double($0), 0, 0) }
        let forces = (0..<10).map { Vector3(0, Double($0), 9.8) }
        var stream = try RecordedStream(
            angularRate: rates, specificForce: forces, rate: 2_000.0 / 7, clockStart: 70)
        var readings: [SensorReading] = []
        while let reading = stream.next() { readings.append(reading) }
        #expect(readings.map(\.angularRate) == rates)
        #expect(readings.map(\.specificForce) == forces)
        #expect(readings.map(\.sensorTime) == (0..<10).map { 70 + UInt64($0) * 3_500 })
        #expect(readings.map(\.hostTime) == (0..<10).map { Int64($0) * 3_500_000 })
        #expect(throws: SyntheticError.self) {
            try RecordedStream(angularRate: rates, specificForce: [], rate: 100)
        }
        for rate in [0.0, -1, .nan, .infinity, 1e9] {
            #expect(throws: SyntheticError.self) {
                try RecordedStream(angularRate: rates, specificForce: forces, rate: rate)
            }
        }
    }
}
