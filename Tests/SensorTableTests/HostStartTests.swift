// When a recording began by the host's clock: what puts several sensors on one time line.

import Kinematics
import Testing

@testable import SensorTable

@Suite struct HostStartTests {
    private func table(_ arrivals: [Double], numbers: [Int64]) -> SensorTable {
        SensorTable(
            readings: numbers.map { _ in
                SensorReading(angularRate: .zero, specificForce: Vector3(0, 0, standardGravity))
            }, counters: numbers, arrivals: arrivals)
    }

    /// Samples 10 ms apart from 1000 s on, each late by 4 ms and up to 12 ms more in a fixed pattern: the
    /// least late say when it began.
    @Test func theLeastLateArrivalsSayWhenItBegan() throws {
        let numbers = (0..<600).map { Int64($0) }
        let arrivals = numbers.map { number in
            1000 + Double(number) * 0.01 + 0.004 + Double(number * 7 % 13) * 0.001
        }
        let timing = try TableTiming(
            table(arrivals, numbers: numbers), rate: 100, file: "a.csv")
        let start = try #require(timing.hostStart)
        #expect(abs(start - 1000.004) < 0.002)
    }

    /// The first packet is late by half a second: it does not set the clock.
    @Test func aLateFirstPacketDoesNotShiftIt() throws {
        let numbers = (0..<600).map { Int64($0) }
        var arrivals = numbers.map { 500 + Double($0) * 0.01 }
        for index in 0..<50 { arrivals[index] = 500.5 }
        let timing = try TableTiming(
            table(arrivals, numbers: numbers), rate: 100, file: "a.csv")
        #expect(abs((timing.hostStart ?? 0) - 500) < 0.02)
    }

    @Test func withoutArrivalsNothingIsKnown() throws {
        let timing = try TableTiming(
            table([], numbers: [0, 1, 2, 3]), rate: 100, file: "a.csv")
        #expect(timing.hostStart == nil)
    }

    @Test func theTraceIsThatOfTheEstimateItself() throws {
        var text = "gx,gy,gz,ax,ay,az\n"
        for index in 0..<300 { text += "0.0\(index % 7),0,0.01,0.1,0,9.\(index % 9)\n" }
        let bytes = Array(text.utf8)
        let options = EstimationOptions(rate: 100)
        let written = try OfflineEstimation.run(
            bytes.span, file: "a.csv", options: options, format: .csv)
        let traced = try OfflineEstimation.trace(bytes.span, file: "a.csv", options: options)
        let lines = String(decoding: written.text, as: UTF8.self).split(separator: "\n")
        #expect(traced.rows.count == 300 && lines.count == 301)
        #expect(traced.summary.json == written.summary.json)
        for (line, row) in zip(lines.dropFirst(), traced.rows) {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            #expect(abs((Double(cells[2]) ?? 9) - row.worldFromSensor.w) < 1e-9)
            #expect(abs((Double(cells[6]) ?? 9) - row.sigma * degreesPerRadian) < 1e-4)
        }
    }
}
