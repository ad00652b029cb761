// Rows out of order, missing, repeated; clocks that run off; sensors that restart.

import Estimation
import Kinematics
import SensorTable
import Testing

/// A sensor that swings about its x axis with a period of 2 s, 12 degrees to each side, level and at
/// rest for its first 4 s; packets of five samples.
private struct Swinging {
    var rate = 100.0
    var seconds = 20.0
    /// Host seconds per second of the sensor's clock, less one.
    var clock = 0.0
    var hasArrivals = false
    var hasDeviceTimes = false
    /// The counter's first value, and the range in which it wraps.
    var first: Int64 = 0
    var range: Int64 = .max

    private static let amplitude = 12 * Double.pi / 180

    func tilt(_ index: Int) -> (angle: Double, rate: Double) {
        // The mean rate of a sample is the turn since the one before.
        func angle(_ at: Int) -> Double {
            let time = Double(at) / rate * (1 + clock)
            guard time > 4 else { return 0 }
            return Swinging.amplitude * (1 - sineAndCosine((time - 4) * Double.pi).cosine)
        }
        let now = angle(index)
        return (now, (now - angle(index - 1)) * rate / (1 + clock))
    }

    var count: Int { Int(seconds * rate) }

    func row(_ index: Int) -> String {
        let tilt = tilt(index)
        let mean = self.tilt(index).angle - tilt.rate * (1 + clock) / rate / 2
        let force = sineAndCosine(mean)
        var fields = ["\((first + Int64(index)) % range)"]
        if hasArrivals {
            let packet = index / 5
            let taken = Double(packet * 5 + 4) / rate * (1 + clock)
            let jitter = Double((packet * 7919) % 101) / 101 * 0.03
            fields.append("\(1000 + taken + 0.004 + jitter)")
        }
        if hasDeviceTimes { fields.append("\(Double(index) / rate)") }
        fields += [
            "\(tilt.rate)", "0", "0", "0", "\(9.80665 * force.sine)", "\(9.80665 * force.cosine)",
        ]
        return fields.joined(separator: ",")
    }

    var header: String {
        "n," + (hasArrivals ? "arrival_s," : "") + (hasDeviceTimes ? "t_device_s," : "")
            + "gx,gy,gz,ax,ay,az"
    }

    func table(_ indices: [Int]) -> [UInt8] {
        Array(([header] + indices.map(row)).joined(separator: "\n").utf8)
    }

    func packets(_ numbers: [Int]) -> [UInt8] {
        table(numbers.flatMap { packet in (0..<5).map { packet * 5 + $0 } })
    }
}

private struct Line {
    var number: Int64
    var time: Double
    /// Turn about x, degrees.
    var angle: Double
    var sigma: Double
    var flags: [String]
}

private func run(
    _ bytes: [UInt8], rate: Double = 100
) throws -> (lines: [Line], summary: EstimationSummary) {
    let result = try OfflineEstimation.run(
        bytes.span, file: "swing.csv", options: EstimationOptions(rate: rate), format: .csv)
    let text = String(decoding: result.text, as: UTF8.self).split(separator: "\n").dropFirst()
    let lines = try text.map { row in
        let fields = row.split(separator: ",", omittingEmptySubsequences: false)
        let q = try fields[2..<6].map { try #require(Double($0)) }
        let up = (2 * (q[2] * q[3] + q[0] * q[1]), 1 - 2 * (q[1] * q[1] + q[2] * q[2]))
        return Line(
            number: try #require(Int64(fields[0])), time: try #require(Double(fields[1])),
            angle: arctangent(y: up.0, x: up.1) * 180 / Double.pi,
            sigma: try #require(Double(fields[6])),
            flags: fields[7].split(separator: "|").map(String.init))
    }
    return (lines, result.summary)
}

@Suite("Rows in order and in time")
struct TimingTests {
    private let swinging = Swinging()

    @Test("Packets up to three places late, and twice there, change nothing")
    func reordering() throws {
        let tidy = try run(swinging.packets(Array(0..<400)))
        var order = Array(0..<400)
        order.insert(order.remove(at: 100), at: 103)
        order.insert(order.remove(at: 200), at: 202)
        order.insert(order.remove(at: 301), at: 302)
        order.insert(150, at: 151)
        order.insert(160, at: 163)
        let mixed = try run(swinging.packets(order))
        #expect(mixed.lines.map(\.number) == Array(0..<2000))
        #expect(mixed.lines.map(\.angle) == tidy.lines.map(\.angle))
        #expect(mixed.summary.duplicates == 10 && mixed.summary.reordered == 15)
        #expect(mixed.summary.gaps == 0 && mixed.summary.lost == 0)
    }

    @Test("What is missing by the counter is a gap: bridged, flagged, doubted, then trusted again")
    func gap() throws {
        let kept = (0..<2000).filter { !(1000..<1015).contains($0) }
        let result = try run(swinging.table(kept))
        #expect(result.lines.count == 1985)
        #expect(result.summary.gaps == 1 && result.summary.lost == 15)
        let after = result.lines[1000]
        #expect(after.number == 1015 && abs(after.time - 10.15) < 1e-6)
        #expect(after.flags.contains("after-gap") && !after.flags.contains("unknown"))
        #expect(after.sigma > 2 * result.lines[999].sigma)
        #expect(result.lines[1900].sigma < after.sigma / 2)
        for line in result.lines.dropFirst(300) {
            #expect(abs(line.angle - swinging.tilt(Int(line.number)).angle * 180 / .pi) < 1)
        }
    }

    @Test("After ten seconds away the tilt is unknown, then found again")
    func hole() throws {
        let long = Swinging(seconds: 30)
        let kept = (0..<3000).filter { !(1000..<2000).contains($0) }
        let result = try run(long.table(kept))
        #expect(result.lines[1000].flags.contains("unknown"))
        #expect(result.lines[1100].flags.contains("unknown"))
        #expect(!result.lines[1400].flags.contains("unknown"))
        #expect(result.lines[1000].sigma > 2 * result.lines[999].sigma)
        #expect(result.summary.longestGap > 10 && result.summary.unknown > 100)
    }

    @Test("A counter that wraps goes on", arguments: [256, 65_536] as [Int64])
    func wrap(range: Int64) throws {
        let wrapping = Swinging(seconds: 8, first: range - 120, range: range)
        var order = Array(0..<160)
        order.insert(order.remove(at: 23), at: 25)
        let result = try run(wrapping.packets(order))
        let tidy = try run(Swinging(seconds: 8).packets(Array(0..<160)))
        #expect(result.lines.map(\.angle) == tidy.lines.map(\.angle))
        #expect(result.lines[120].number == 0)
        #expect(result.summary.restarts == 0 && result.summary.gaps == 0)
    }

    @Test("A sensor that restarts is settled anew", arguments: [30, 700])
    func restart(before: Int) throws {
        // The restarted sensor's readings are others, under the same numbers.
        let first = String(decoding: swinging.table(Array(0..<before)), as: UTF8.self)
        let second = (1000..<1900).map { index in
            let fields = swinging.row(index).split(separator: ",", maxSplits: 1)
            return "\(index - 1000),\(fields[1])"
        }
        let result = try run(Array(([first] + second).joined(separator: "\n").utf8))
        #expect(result.lines.count == before + 900)
        #expect(result.summary.restarts == 1)
        #expect(result.lines[before].number == 0)
        #expect(result.lines[before].flags.contains("unknown"))
    }

    @Test("A counter that runs backwards is refused with its line")
    func backwards() throws {
        do throws(SensorTableError) {
            let bytes = swinging.table(Array((0..<300).reversed()))
            _ = try OfflineEstimation.run(
                bytes.span, file: "swing.csv", options: EstimationOptions(rate: 100), format: .csv)
            Issue.record("it was taken")
        } catch {
            #expect(error.kind == .order && error.column == "n")
            #expect((error.line ?? 0) > 2)
        }
    }

    @Test(
        "The true rate is known from arrivals, and integrated with",
        arguments: [-0.03, -0.01, 0.0004, 0.03], [true, false])
    func clock(error: Double, hasDeviceTimes: Bool) throws {
        var link = Swinging(
            seconds: 60, clock: error, hasArrivals: true, hasDeviceTimes: hasDeviceTimes)
        let long = try run(link.packets(Array(0..<1200)))
        #expect(abs(long.summary.rateHertz * (1 + error) / 100 - 1) < 0.0003)
        for line in long.lines.dropFirst(1000) {
            #expect(abs(line.angle - link.tilt(Int(line.number)).angle * 180 / .pi) < 0.5)
        }
        link.seconds = 10
        let short = try run(link.packets(Array(0..<200)))
        #expect(abs(short.summary.rateHertz * (1 + error) / 100 - 1) < 0.001)
        #expect(long.summary.warnings.contains { $0.contains("Hz") } == (abs(error) > 0.001))
    }

    @Test("The sensor's own clock shows gaps where there is no counter")
    func deviceClock() throws {
        let link = Swinging(hasDeviceTimes: true)
        let rows = (0..<2000).filter { !(1000..<1020).contains($0) }.map {
            link.row($0).split(separator: ",", maxSplits: 1)[1]
        }
        let header = link.header.split(separator: ",", maxSplits: 1)[1]
        let text = ([header] + rows).joined(separator: "\n")
        let result = try run(Array(text.utf8))
        #expect(result.summary.gaps == 1 && result.summary.lost == 20)
        #expect(abs(result.lines[1000].time - 10.2) < 1e-6)
    }

    @Test(
        "Fields of the optional columns are held to what they mean",
        arguments: ["-1", "1.5", "1e300", "x", "", "nan"])
    func hostileCounter(field: String) {
        let text = "n,gx,gy,gz,ax,ay,az\n0,0,0,0,0,0,9.8\n\(field),0,0,0,0,0,9.8\n"
        do throws(SensorTableError) {
            _ = try SensorTable(parsing: Array(text.utf8).span, file: "f")
            Issue.record("\(field) was taken")
        } catch {
            #expect(error.line == 3 && error.column == "n")
        }
    }

    @Test("Arrivals and clocks of any kind never trap", arguments: 1...20)
    func anyTimes(seed: UInt64) throws {
        var state = seed
        func next(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        let times = ["0", "-5", "1e9", "9999999999", "-9999999999", "3.25", "1e-300"]
        var text = "n,arrival_s,t_device_s,gx,gy,gz,ax,ay,az\n"
        for index in 0..<300 {
            let n = next(4) == 0 ? next(1 << 30) : UInt64(index)
            text += "\(n),\(times[Int(next(7))]),\(times[Int(next(7))]),0,0,0,0,0,9.8\n"
        }
        do throws(SensorTableError) {
            let result = try OfflineEstimation.run(
                Array(text.utf8).span, file: "f", options: EstimationOptions(rate: 50),
                format: .csv)
            #expect(result.summary.rateHertz.isFinite && !result.summary.json.isEmpty)
        } catch {
            #expect(error.line != nil && error.column == "n")
        }
    }
}

@Suite("Summary of a recording")
struct SummaryTests {
    private func summary(norm: Double, axis: Int = 2) throws -> EstimationSummary {
        var force = [0.0, 0, 0]
        force[axis] = norm
        let row = "0.01,0,0,\(force[0]),\(force[1]),\(force[2])"
        let text = (["gx,gy,gz,ax,ay,az"] + Array(repeating: row, count: 1000))
            .joined(separator: "\n")
        return try run(Array(text.utf8)).summary
    }

    @Test("An accelerometer off by 2 % at rest is reported with the tilt it may cost")
    func norm() throws {
        let low = try summary(norm: 9.80665 * 0.98)
        #expect(abs((low.accelerometerNorm ?? 0) - 9.6105) < 0.001)
        #expect(low.warnings.contains { $0.contains("-2.0 %") && $0.contains("1.6 degrees") })
        #expect(try summary(norm: 9.80665 * 1.03).warnings.contains { $0.contains("3.0 %") })
        #expect(try summary(norm: 9.83).warnings.isEmpty)
    }

    @Test("The members that programs read are there")
    func members() throws {
        let text = String(decoding: try summary(norm: 9.81).json, as: UTF8.self)
        for name in ["rate_hz", "gyro_bias_dps", "accel_norm", "warnings", "gaps", "saturated"] {
            #expect(text.contains("\"\(name)\": "))
        }
        // 0.01 rad/s is 0.573 deg/s.
        #expect(text.contains("\"gyro_bias_dps\": [0.57"))
    }
}
