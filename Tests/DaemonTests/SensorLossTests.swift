// A sensor that falls silent is told as lost in time, and told as back; one that ends, ends the session.

import Control
import DaemonTestKit
import Plumbing
import Testing

@Suite(.scene()) struct SensorLossTests {
    /// Fault matrix, general target at 50 Hz and more: lost within 300 ms of the last good sample.
    @Test func silenceIsToldWithin300Milliseconds() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 30))
        // Five silences of half a second, two seconds apart.
        var packets = scenario.packets
        let starts = (0..<5).map { 2.5 + 2.5 * Double($0) }
        for start in starts { packets = packets.silent(from: start, to: start + 0.5) }
        packets.removeAll { $0.time > 15_000_000_000 }
        let daemon = try RunningDaemon()
        let log = try EventLog(daemon)
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(packets, into: sensor)
        try waitUntil("the last return") {
            log.states(of: "belt").filter { $0.state == .streaming }.count == 6
        }
        let told = log.states(of: "belt")
        // The attachment is told by the first event, in the state that it then has.
        #expect(
            told.map(\.state) == [.waiting, .streaming]
                + starts.flatMap { _ in [.lost, .streaming] as [Rehab1.Sensor.State] })
        let lost = told.filter { $0.state == .lost }
        let back = told.filter { $0.state == .streaming }.dropFirst()
        var detections: [Double] = []
        for (start, (lost, back)) in zip(starts, zip(lost, back)) {
            let edge = Int64(start * 1e9)
            let last = try #require(packets.last { $0.time < edge }).time
            let next = try #require(packets.first { $0.time >= edge }).time
            detections.append(milliseconds(lost.time - player.origin - last))
            // One look around every 25 ms; the rest is the machine's.
            #expect(milliseconds(back.time - player.origin - next) < 150)
        }
        print("silence told after \(detections.map { Int($0) }) ms")
        #expect(detections.allSatisfy { $0 > 195 })
        // The median, because the machine may be busy elsewhere at one of the five moments.
        #expect(detections.sorted()[2] <= 300)
        let now = try #require(try daemon.sensor("belt"))
        #expect(now.gaps == 5)
        // Half a second at 60 Hz, five times.
        #expect((145...155).contains(now.lostSamples))
        player.stop()
    }

    @Test func aDoorThatClosesEndsItsSensorAndKeepsTheOthers() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 20))
        let daemon = try RunningDaemon()
        let log = try EventLog(daemon)
        let first = try AttachedSensor("first", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: first)
        do {
            let second = try AttachedSensor("second", segment: "trunk", to: daemon)
            second.send(DotPacket.still(microseconds: 1))
            try waitUntil("the packet to be counted") { try daemon.sensor("second")?.packets == 1 }
        }
        // `second` is gone, and with it the writing end.
        try log.wait(for: "the end of the second sensor") { event in
            event.sensor?.name == "second" && event.sensor?.state == .ended ? true : nil
        }
        try waitUntil("the second sensor to leave") {
            try daemon.status().sensors.map(\.name) == ["first"]
        }
        try waitUntil("the first sensor to stream") {
            try daemon.sensor("first")?.state == .streaming
        }
        #expect(try daemon.sensor("first")?.gaps == 0)
        // Its name and its place on the body are free again.
        let again = try AttachedSensor("second", segment: "trunk", to: daemon)
        #expect(try daemon.sensor(again.name)?.packets == 0)
        player.stop()
    }

    /// Taking the pelvis sensor off in the middle closes the exercise with a summary.
    @Test func losingThePelvisSensorClosesTheExercise() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 20))
        let daemon = try RunningDaemon()
        try scenario.storeCalibration(of: "belt", in: daemon.state)
        let log = try EventLog(daemon)
        do {
            let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
            let player = PacketPlayer(scenario.packets, into: sensor)
            try waitUntil("the sensor to stream") {
                try daemon.sensor("belt")?.state == .streaming
            }
            try daemon.call(Rehab1.StartExercise(exercise: "one-leg-stand", side: "left"))
            let busy = try daemon.refusal(of: Rehab1.StartExercise(exercise: "one-leg-stand"))
            #expect(busy?.cure == "stop it with: rehabctl stop")
            try log.wait(for: "frames of the exercise") { $0.frame?.phase == .waiting ? true : nil }
            player.stop()
        }
        let summary = try log.wait(for: "the summary") { $0.summary }
        #expect(summary.holds == [])
        #expect(summary.shareInBand == nil)
        #expect(summary.side == "left")
        #expect(log.warnings.contains { $0.contains("pelvis sensor belt ended") })
        try waitUntil("the session to end") { try daemon.status().recording == nil }
        #expect(try daemon.status().activity == .idle)
        let recordings = try daemon.call(Rehab1.ListRecordings()).recordings
        #expect(recordings.map(\.complete) == [true])
        #expect(recordings.first?.exercise == "one-leg-stand")
    }

    /// Nothing happened that is worth keeping: the recording goes with the session.
    @Test func aSessionWithoutAnExerciseLeavesNoRecording() throws {
        let scenario = try Scenario(Scenario.quiet(seconds: 20))
        let daemon = try RunningDaemon()
        try scenario.storeCalibration(of: "belt", in: daemon.state)
        func session(record: Bool?) throws {
            let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
            let player = PacketPlayer(scenario.packets, into: sensor)
            try waitUntil("the sensor to stream") {
                try daemon.sensor("belt")?.state == .streaming
            }
            #expect(daemon.recordingFiles().count == 1)
            if let record {
                try daemon.call(Rehab1.StartExercise(exercise: "one-leg-stand", record: record))
                #expect(try daemon.call(Rehab1.StopExercise()).summary.recording == nil)
            }
            player.stop()
            try daemon.call(Rehab1.DetachSensor(name: "belt"))
        }
        try session(record: nil)
        #expect(daemon.recordingFiles() == [])
        // Asked for not to be kept.
        try session(record: false)
        #expect(daemon.recordingFiles() == [])
        #expect(try daemon.call(Rehab1.ListRecordings()).recordings == [])
    }
}
