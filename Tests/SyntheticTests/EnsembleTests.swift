// Several sensors together, in order of time, with tasks added on the way.

import Kinematics
import Synthetic
import Testing

@Suite struct EnsembleTests {
    private func worn(_ segment: Segment, skew: Double = 0) -> WornSensor {
        var worn = WornSensor(segment: segment)
        worn.sensor.clockSkew = skew
        worn.link.interval = 15_000_000
        worn.link.jitter = 4_000_000
        worn.link.late = 0.5
        return worn
    }

    @Test func stepsOfAllSensorsComeInOrderOfTime() throws {
        let segments = Segment.allCases
        var ensemble = Ensemble(
            motion: try everything(),
            sources: segments.enumerated().map { .worn(worn($1, skew: 0.005 * Double($0))) },
            end: 10_000_000_000)
        var last = Int64.min
        var sampled = [Int](repeating: 0, count: segments.count)
        var delivered = [Int](repeating: 0, count: segments.count)
        while let time = ensemble.nextTime {
            #expect(time >= last)
            last = time
            switch ensemble.advance() {
            case .sampled(let channel, let reading, let truth):
                #expect(reading.hostTime == time)
                #expect(truth?.time == time)
                sampled[channel] += 1
            case .delivered(let channel, let delivery):
                #expect(delivery.arrival == time)
                #expect(delivery.packet.count == 44)
                delivered[channel] += 1
            case nil:
                // The last step lets go of what links held back.
                break
            }
        }
        #expect(sampled == delivered)
        // 10 s at 59.9988 Hz by a clock that is up to 2.5 % fast.
        #expect(sampled[0] == 600)
        #expect(sampled[5] == 615)
    }

    @Test func aTaskAddedWhilePlayingStartsAfterWhatWasSampled() throws {
        var ensemble = Ensemble(
            motion: BodyMotion(person: stillPerson(), seed: 1), sources: [.worn(worn(.pelvis))])
        for _ in 0..<400 { _ = ensemble.advance() }
        let until = ensemble.generatedUntil
        let place = try ensemble.schedule(
            NamedTask(name: "bow", task: .bow(Bows())), at: until - 1_000_000_000)
        #expect(place.start == Double(until) * 1e-9)
        var tilted = 0.0
        for _ in 0..<400 {
            if case .sampled(_, let reading, let truth) = ensemble.advance() {
                tilted = max(tilted, truth?.body.anteriorTilt ?? 0)
                #expect(reading.hostTime > until)
            }
        }
        #expect(abs(tilted * degreesPerRadian - 48) < 0.1)
    }

    @Test func aRecordingAndABodySensorPlayTogether() throws {
        let count = 200
        let stream = try RecordedStream(
            angularRate: Array(repeating: Vector3(0.1, 0, 0), count: count),
            specificForce: Array(repeating: Vector3(0, 0, 9.8), count: count), rate: 100)
        var ensemble = Ensemble(
            motion: BodyMotion(person: Person(), seed: 1),
            sources: [
                .recorded(RecordedSensor(name: "tape", stream: stream)), .worn(worn(.trunk)),
            ], end: 1_000_000_000)
        var packets = [0, 0]
        while ensemble.nextTime != nil {
            if case .delivered(let channel, let delivery) = ensemble.advance() {
                packets[channel] += 1
                #expect(delivery.packet.count == (channel == 0 ? 28 : 44))
            }
        }
        #expect(packets[0] == count)
        #expect(packets[1] == 60)
    }
}
