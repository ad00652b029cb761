// `rehabctl estimate --segment …` on recordings of the synthetic person, judged by its truth.

import DaemonTestKit
import Foundation
import Testing

/// The table as a program reads it.
private struct BodyTable {
    let names: [String]
    let rows: [[String]]

    init(_ text: String) {
        let lines = text.split(separator: "\n")
        func cells(_ line: Substring) -> [String] {
            line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        names = lines.first.map(cells) ?? []
        rows = lines.dropFirst().map(cells)
    }

    func texts(_ name: String) -> [String] {
        guard let column = names.firstIndex(of: name) else { return [] }
        return rows.map { column < $0.count ? $0[column] : "" }
    }

    func values(_ name: String) -> [Double?] { texts(name).map { Double($0) } }
}

@Suite(.scene()) struct BodyEstimateTests {
    /// Askew sensors with rates, clocks, delays and starts of their own.
    private static func script(
        _ tasks: String, legs: Bool = true, bias: String = "[0.3, -0.2, 0.25]"
    ) -> String {
        let thighs = """
            [[sensor]]
            segment = "left-thigh"
            rate_hz = 60
            yaw_degrees = 80
            roll_degrees = 6
            pitch_degrees = 20
            first_sample_ms = 40
            link = { interval_ms = 15, latency_ms = 4, jitter_ms = 3 }
            [[sensor]]
            segment = "right-thigh"
            rate_hz = 60
            yaw_degrees = -70
            roll_degrees = -6
            pitch_degrees = 170
            link = { interval_ms = 15, latency_ms = 4, jitter_ms = 3 }
            """
        return """
            seed = 20
            [person]
            neutral_tilt_degrees = 8
            neutral_obliquity_degrees = 0.6
            heading_degrees = 35
            [[sensor]]
            segment = "pelvis"
            rate_hz = 60
            yaw_degrees = 15
            roll_degrees = -10
            pitch_degrees = 9
            gyroscope_bias_deg_s = \(bias)
            wobble_degrees_per_m_s2 = 0.1
            clock_percent = 0.2
            link = { interval_ms = 15, latency_ms = 4, jitter_ms = 3, loss_percent = 0.2 }
            [[sensor]]
            segment = "trunk"
            rate_hz = 50
            yaw_degrees = -10
            roll_degrees = 5
            pitch_degrees = -12
            gyroscope_bias_deg_s = [-0.2, 0.3, 0.1]
            clock_percent = -0.5
            first_sample_ms = 120
            link = { interval_ms = 15, latency_ms = 4, jitter_ms = 3 }
            \(legs ? thighs : "")
            [[task]]
            kind = "quiet-stand"
            name = "stand"
            seconds = 4
            \(tasks)
            """
    }

    private static let course = script(
        """
        [[task]]
        kind = "bow"
        name = "bows"
        [[task]]
        kind = "exercise"
        exercise = "march"
        name = "march"
        count = 6
        [[task]]
        kind = "one-leg-stand"
        name = "stand-right"
        side = "right"
        seconds = 9.7
        profile = [
            { kind = "drop", at = 2.0, degrees = 7, rise_s = 0.6, hold_s = 1.8 },
            { kind = "lean", at = 6.0, degrees = 8, rise_s = 0.6, hold_s = 1.6 },
        ]
        """)

    private func arguments(_ files: [String: String]) -> [String] {
        files.sorted { $0.key < $1.key }.flatMap { ["--segment", "\($0.key)=\($0.value)"] }
    }

    private func rms(_ values: [Double]) -> Double {
        (values.reduce(0) { $0 + $1 * $1 } / Double(max(values.count, 1))).squareRoot()
    }

    /// E15's mounting (15 degrees of yaw, 10 of roll askew) and its degree, over bows of 40 degrees.
    @Test func theSignalsFollowTheTruth() throws {
        let body = try RecordedBody(Self.course)
        let folder = try TemporaryFolder()
        let files = try body.write(to: folder)
        let summary = folder.path + "/summary.json"
        let result = try Program.run(
            Products.rehabctl,
            ["estimate", "--rate", "60", "--segment-rate", "trunk=50", "--stance", "right"]
                + ["--summary", summary] + arguments(files), within: 120)
        #expect(result.code == 0, "\(result)")
        let table = BodyTable(result.output)
        // 0.2 % of the packets are lost.
        #expect(table.rows.count > 3000)
        let times = table.values("t_s").map { ($0 ?? .nan) + body.pelvisStart }
        func errors(
            _ column: String, in task: (start: Double, end: Double)?,
            _ truth: (RecordedBody.Truth) -> Double?
        ) throws -> [Double] {
            let task = try #require(task)
            return zip(times, table.values(column)).compactMap { time, value in
                guard time >= task.start, time <= task.end, let value,
                    let expected = truth(body.truth(at: time))
                else { return nil }
                return value - expected
            }
        }
        let bows = try errors("obliquity_deg", in: body.task("bows")) { $0.obliquity }
        #expect(bows.count > 400)
        #expect((bows.map(abs).max() ?? 9) < 1, "obliquity over bows")
        let tilt = try errors("tilt_ant_deg", in: body.task("bows")) { $0.anteriorTilt }
        #expect(rms(tilt) < 1)
        for task in ["march", "stand-right"] {
            let error = rms(try errors("obliquity_deg", in: body.task(task)) { $0.obliquity })
            print("\(task): obliquity off by \(error) degrees RMS")
            #expect(error < 1)
        }
        let lean = try errors("trunk_lean_deg", in: body.task("stand-right")) { $0.trunkLean }
        let drop = try errors("drop_deg", in: body.task("stand-right")) { $0.drop }
        print("trunk lean \(rms(lean)), drop \(rms(drop)) degrees RMS")
        #expect(lean.count > 500 && rms(lean) < 1)
        #expect(drop.count > 500 && rms(drop) < 1)
        // Planted: 7 degrees of drop, 8 of lean; the plateaus are flat.
        let drops = table.values("drop_deg").compactMap { $0 }
        #expect(abs((drops.max() ?? 0) - 7) < 1.2)

        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: summary)))
                as? [String: Any])
        let segments = try #require(json["segments"] as? [String: [String: Any]])
        #expect(Set(segments.keys) == ["pelvis", "trunk", "left-thigh", "right-thigh"])
        for (name, segment) in segments {
            #expect(segment["alignment"] as? String == "stand and movement", "\(name)")
            #expect((segment["axis_variance_explained"] as? Double ?? 0) > 0.95, "\(name)")
        }
        // The trunk's clock is half a percent slow.
        let rate = try #require(segments["trunk"]?["rate_hz"] as? Double)
        #expect(abs(rate / (50 * 0.995) - 1) < 0.0005)
        let missing = try #require(json["not_measured"] as? [String])
        #expect(missing.contains("shank_adduction_deg"))
        #expect(missing.contains("knee_in_deg"))
        #expect(!missing.contains("femur_adduction_deg"))
        #expect(result.errors.contains("left and right are not proved"))
    }

    /// Hard stops at 60 Hz: an impact is one or two readings, and the sway after it is slow.
    ///
    /// A cheap sensor has its bias on the person from the first second on; its neutral is found while
    /// that is learnt.
    @Test(arguments: [("[0.3, -0.2, 0.25]", 1.0), ("[5, -3, 2.5]", 2.0)])
    func theSignalsFollowTheTruthThroughStops(_ bias: String, _ obliquityLimit: Double) throws {
        let stops = """
            [[task]]
            kind = "bow"
            name = "bows"
            [[task]]
            kind = "exercise"
            exercise = "decelerate"
            name = "stops"
            side = "right"
            count = 8
            """
        let body = try RecordedBody(Self.script(stops, legs: false, bias: bias))
        let folder = try TemporaryFolder()
        let files = try body.write(to: folder).filter { $0.key == "pelvis" }
        let result = try Program.run(
            Products.rehabctl,
            ["estimate", "--rate", "60", "--stance", "right"] + arguments(files),
            within: 120)
        #expect(result.code == 0, "\(result)")
        let table = BodyTable(result.output)
        let task = try #require(body.task("stops"))
        for (column, limit) in [("obliquity_deg", obliquityLimit), ("tilt_ant_deg", 1.5)] {
            let errors = zip(table.values("t_s"), table.values(column)).compactMap { time, value in
                let time = (time ?? .nan) + body.pelvisStart
                guard time >= task.start, time <= task.end, let value else { return nil as Double? }
                let truth = body.truth(at: time)
                return abs(
                    value - (column == "obliquity_deg" ? truth.obliquity : truth.anteriorTilt))
            }.sorted()
            try #require(errors.count > 1000)
            let most = errors[errors.count * 95 / 100]
            print("stops: \(column) off by \(most) degrees (95 %), \(errors.last ?? .nan) at most")
            #expect(most < limit)
        }
    }

    @Test func withoutAStanceTheSideComesFromTheSteps() throws {
        let body = try RecordedBody(Self.course)
        let folder = try TemporaryFolder()
        let result = try Program.run(
            Products.rehabctl,
            ["estimate", "--rate", "60", "--segment-rate", "trunk=50"]
                + arguments(try body.write(to: folder)), within: 120)
        #expect(result.code == 0, "\(result)")
        let table = BodyTable(result.output)
        let march = try #require(body.task("march"))
        var sides: Set<String> = []
        var drops = 0
        for (row, time) in table.values("t_s").enumerated() {
            let time = (time ?? 0) + body.pelvisStart
            guard time > march.start, time < march.end else { continue }
            sides.insert(table.texts("stance")[row])
            break
        }
        for (time, pair) in zip(
            table.values("t_s"), zip(table.texts("stance"), table.values("drop_deg")))
        {
            let time = (time ?? 0) + body.pelvisStart
            if time > march.start, time < march.end {
                sides.insert(pair.0)
                drops += pair.1 == nil ? 0 : 1
            } else if time < 3 {
                #expect(pair.0.isEmpty && pair.1 == nil)
            }
        }
        #expect(sides.isSuperset(of: ["left", "right"]))
        #expect(drops > 400)
        #expect(result.errors.contains("no stance side is given"))
    }

    @Test func withoutABowTheForwardAxisMustBeStated() throws {
        let body = try RecordedBody(
            """
            [[sensor]]
            segment = "pelvis"
            [[task]]
            kind = "quiet-stand"
            seconds = 4
            [[task]]
            kind = "one-leg-stand"
            name = "stand"
            side = "left"
            seconds = 5
            profile = [{ kind = "drop", at = 1.0, degrees = 6 }]
            """)
        let folder = try TemporaryFolder()
        let call = ["estimate", "--rate", "60"] + arguments(try body.write(to: folder))
        let without = try Program.run(Products.rehabctl, call, within: 60)
        #expect(without.code == 0)
        #expect(without.errors.contains("pelvis: not aligned; not measured"))
        #expect(without.errors.contains("--forward pelvis="))
        let empty = BodyTable(without.output)
        #expect(empty.rows.count > 600)
        #expect(empty.texts("obliquity_deg").allSatisfy { $0.isEmpty })
        #expect(empty.texts("gates").allSatisfy { $0.contains("uncalibrated") })

        // The script's sensor axes are the segment's: X faces forward.
        let stated = try Program.run(
            Products.rehabctl, call + ["--forward", "pelvis=x", "--stance", "left"], within: 60)
        #expect(stated.errors.contains("rests on --forward alone"))
        let table = BodyTable(stated.output)
        let times = table.values("t_s").map { ($0 ?? 0) + body.pelvisStart }
        let errors = zip(times, table.values("drop_deg")).compactMap { time, drop in
            drop.flatMap { told in body.truth(at: time).drop.map { told - $0 } }
        }
        #expect(errors.count > 250)
        #expect(rms(errors) < 0.7)
    }

    @Test func recordingsThatCannotBeReadAreNamedWithLineAndColumn() throws {
        let body = try RecordedBody(Self.script("", legs: false))
        let folder = try TemporaryFolder()
        let files = try body.write(to: folder)
        let trunk = try #require(files["trunk"])
        var lines = try String(contentsOfFile: trunk, encoding: .utf8).split(separator: "\n")
            .map(String.init)
        var cells = lines[2].split(separator: ",").map(String.init)
        cells[6] = "up"
        lines[2] = cells.joined(separator: ",")
        let spoilt = try folder.write("spoilt.csv", lines.joined(separator: "\n") + "\n")
        let output = folder.path + "/out.csv"
        let result = try Program.run(
            Products.rehabctl,
            [
                "estimate", "--rate", "60", "--segment", "pelvis=\(try #require(files["pelvis"]))",
                "--segment", "trunk=\(spoilt)", "--output", output,
            ])
        #expect(result.code == 65)
        #expect(result.errors.contains("spoilt.csv, line 3, column ax: \"up\" is not a number"))
        #expect(!FileManager.default.fileExists(atPath: output))

        // Another day's recording.
        let late = try folder.write("late.csv", body.csv("trunk", clockStart: 5000))
        let apart = try Program.run(
            Products.rehabctl,
            [
                "estimate", "--rate", "60", "--segment", "pelvis=\(try #require(files["pelvis"]))",
                "--segment", "trunk=\(late)",
            ])
        #expect(apart.code == 65)
        #expect(apart.errors.contains("late.csv, column arrival_s"))
        #expect(apart.errors.contains("no time in common"))
    }

    @Test(arguments: [
        (["--segment", "pelvis"], "--segment pelvis="),
        (["--segment", "head=a.csv"], "Segments: pelvis, trunk"),
        (["--segment", "trunk=a.csv"], "give the pelvis too"),
        (["--segment", "pelvis=a.csv", "--segment", "pelvis=b.csv"], "given twice"),
        (["--segment", "pelvis=a.csv", "--stance", "middle"], "left or right"),
        (["--segment", "pelvis=a.csv", "--forward", "trunk=x"], "there is no --segment trunk"),
        (["--segment", "pelvis=a.csv", "--forward", "pelvis=w"], "none of x, -x"),
        (["--segment", "pelvis=a.csv", "--segment-rate", "pelvis=0"], "1 to 4000"),
        (["--segment", "pelvis=a.csv", "--accel-bias", "0.1,0,0"], "--accel-bias pelvis="),
        (["--segment", "pelvis=a.csv", "--json"], "CSV"),
        (["a.csv", "--segment", "pelvis=a.csv"], "not two of them"),
        (["a.csv", "--stance", "left"], "go with --segment"),
    ])
    func argumentsThatCannotBeMeantAreRefused(_ arguments: [String], _ words: String) throws {
        let result = try Program.run(
            Products.rehabctl, ["estimate", "--rate", "60"] + arguments)
        #expect(result.code == 64, "\(result)")
        #expect(result.errors.contains(words), "\(result.errors)")
    }
}
