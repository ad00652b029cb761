// The body signals of several recorded sensors: reads, aligns, runs the body, says what is not measured.

import FoundationEssentials
import Kinematics
import Movement
import SensorTable

/// What `rehabctl estimate --segment …` is given.
struct EstimateBody {
    /// One sensor's recording.
    struct Input {
        var segment: Segment
        var file: String
        var options: EstimationOptions
        /// The sensor axis that faced forward, where it is stated.
        var forward: Vector3?
    }

    /// What became of a sensor's alignment.
    struct Aligned {
        var input: Input
        var summary: EstimationSummary
        var basis: OfflineBody.Basis?
        var notes: [String]
    }

    struct Result {
        var table: String
        var sensors: [Aligned]
        /// About all of them together.
        var notes: [String]
        /// Columns of the table without a single value.
        var notMeasured: [String]
    }

    var inputs: [Input]
    /// The leg that stands throughout; nil: that of the steps, where there are any.
    var stance: Side?

    /// ns at which the earliest sensor begins: zero means "no sample" to the body.
    private static let start: Int64 = 1_000_000_000
    /// s: recordings further apart than this are of different days.
    private static let longest = 86_400.0

    func run() throws(SensorTableError) -> Result {
        var traces: [EstimatedTable] = []
        for input in inputs {
            let bytes = try TableFile.read(input.file)
            traces.append(
                try OfflineEstimation.trace(
                    bytes.span, file: input.file, options: input.options))
        }
        var notes: [String] = []
        let starts = try starts(traces, &notes)
        var segments: [OfflineSegment] = []
        var sensors: [Aligned] = []
        for index in inputs.indices {
            var segment = segment(inputs[index], traces[index], start: starts[index])
            var aligned = Aligned(
                input: inputs[index], summary: traces[index].summary, notes: [])
            align(&segment, &aligned)
            segments.append(segment)
            sensors.append(aligned)
        }
        let table = OfflineBodyText.table(OfflineBody.frames(segments, plan: plan))
        if stance == nil {
            notes.append(
                "no stance side is given (--stance): drop, hike and lean are told only where steps "
                    + "show it")
        }
        return Result(
            table: table, sensors: sensors, notes: notes, notMeasured: emptyColumns(table))
    }

    /// With a side given, everything relative to it is measured throughout; nothing is judged.
    private var plan: MovementPlan? {
        guard let stance else { return nil }
        var plan = MovementPlan(task: .habits, posture: .upright, stanceSide: stance, targetHold: 0)
        for posture in [Posture.supine, .prone, .leftSide, .rightSide, .unknown] {
            plan.otherPostures |= posture.bit
        }
        plan.mayCue = false
        return plan
    }

    /// s at which each recording begins on the common time line.
    private func starts(
        _ traces: [EstimatedTable], _ notes: inout [String]
    ) throws(SensorTableError) -> [Double] {
        let known = traces.compactMap(\.hostStart)
        guard known.count == traces.count, let first = known.min() else {
            if traces.count > 1 {
                notes.append(
                    "not every recording has arrival_s: they are taken to begin at one moment; what "
                        + "lies between their beginnings is not measured")
            }
            return traces.map { _ in 0 }
        }
        let ends = zip(traces, known).map { $1 + $0.summary.seconds }
        let latest = known.max() ?? first
        guard latest - first < EstimateBody.longest, latest < ends.min() ?? latest else {
            let index = known.firstIndex(of: latest) ?? 0
            throw SensorTableError(
                .order, file: inputs[index].file, column: "arrival_s",
                message: "the recordings have no time in common",
                cure: "give recordings made at the same time with one host clock")
        }
        return known.map { $0 - first }
    }

    private func segment(
        _ input: Input, _ trace: EstimatedTable, start: Double
    ) -> OfflineSegment {
        let bias = input.options.accelerometerBias
        let samples = trace.rows.map { row in
            var sample = row.sample
            // A day at most, but a recording's own length is not bounded.
            let time = min(start + row.time, 1e9)
            sample.hostTime = EstimateBody.start + Int64(time * 1e9)
            if sample.specificForce.squaredNorm > 0 {
                sample.specificForce = sample.specificForce - bias
            }
            if row.isSaturated { sample.flags = sample.flags.with(.gyroscopeClipped) }
            return OfflineSegment.Sample(
                sample: sample, worldFromSensor: row.worldFromSensor, sigma: row.sigma,
                unknown: row.isUnknown)
        }
        return OfflineSegment(
            segment: input.segment, period: 1 / max(trace.summary.rateHertz, 1), samples: samples)
    }

    private func align(_ segment: inout OfflineSegment, _ aligned: inout Aligned) {
        let name = segment.segment.name
        if let rate = standRate(segment), rate > QuietStand.rateLimit {
            aligned.notes.append(
                "the first \(decimal(OfflineBody.stand, 0)) s are no quiet stand (turning at "
                    + "\(decimal(rate * degreesPerRadian, 1)) deg/s): the neutral is uncertain")
        }
        guard let found = OfflineBody.alignment(of: segment, forward: aligned.input.forward) else {
            aligned.notes.append(
                "not measured: after a stand of \(decimal(OfflineBody.stand, 0)) s there is no "
                    + "\(isLeg(segment.segment) ? "knee lift" : "bow") about one axis; record one, or "
                    + "say which sensor axis faced forward: --forward \(name)=-z")
            return
        }
        segment.alignment = found.alignment
        aligned.basis = found.basis
        switch found.basis {
        case .movement: aligned.notes.append("left and right are not proved")
        case .mounting:
            aligned.notes.append("the sensor's turn about the vertical rests on --forward alone")
        }
    }

    private func isLeg(_ segment: Segment) -> Bool { segment != .pelvis && segment != .trunk }

    /// RMS of the angular rate about its mean in the first seconds, rad/s.
    private func standRate(_ segment: OfflineSegment) -> Double? {
        guard let first = segment.samples.first else { return nil }
        var stand = QuietStand()
        for entry in segment.samples {
            let elapsed = seconds(fromNanoseconds: entry.sample.hostTime - first.sample.hostTime)
            if elapsed > OfflineBody.stand { break }
            stand.add(entry.sample, up: entry.worldFromSensor.destinationZInSource)
        }
        return stand.count < 10 ? nil : stand.rateSpread
    }

    /// Columns that hold nothing in any row.
    private func emptyColumns(_ table: String) -> [String] {
        let lines = table.utf8.split(separator: 10)
        guard let header = lines.first else { return [] }
        let names = header.split(separator: 44).map { String(decoding: Array($0), as: UTF8.self) }
        var isEmpty = names.map { $0 != "gates" && $0 != "stance" }
        for line in lines.dropFirst() {
            let cells = line.split(separator: 44, omittingEmptySubsequences: false)
            for (index, cell) in cells.enumerated() where index < isEmpty.count && !cell.isEmpty {
                isEmpty[index] = false
            }
        }
        return zip(names, isEmpty).filter(\.1).map(\.0)
    }
}

extension EstimateBody.Aligned {
    /// How it was aligned, for people.
    var words: String {
        let how =
            switch basis {
            case .movement(let share)?:
                "aligned by the stand and the movements after it (\(percent(share)) of the turning "
                    + "about one axis)"
            case .mounting?: "aligned by the stand and the stated axis"
            case nil: "not aligned"
            }
        return "\(input.segment.name): \(([how] + notes).joined(separator: "; "))"
    }
}

extension EstimateBody.Result {
    /// What to tell a person, a line each.
    var remarks: [String] {
        var lines = sensors.map(\.words) + notes
        for sensor in sensors {
            lines += sensor.summary.warnings.map { "\(sensor.input.segment.name): \($0)" }
        }
        if !notMeasured.isEmpty {
            lines.append("not measured: \(notMeasured.joined(separator: ", "))")
        }
        return lines
    }

    /// One JSON object: each sensor's summary with its alignment, and what was not measured.
    var json: [UInt8] {
        var members: [String] = []
        for sensor in sensors {
            var text = String(decoding: sensor.summary.json, as: UTF8.self)
            // The summary's own object, opened again for the alignment.
            while text.last == "\n" || text.last == "}" { text.removeLast() }
            text += ",\n" + alignment(sensor) + "\n}"
            members.append("\(quoted(sensor.input.segment.name)): \(text)")
        }
        let text = """
            {
            "segments": {
            \(members.joined(separator: ",\n"))
            },
            "notes": [\(notes.map(quoted).joined(separator: ", "))],
            "not_measured": [\(notMeasured.map(quoted).joined(separator: ", "))]
            }

            """
        return Array(text.utf8)
    }

    private func alignment(_ sensor: EstimateBody.Aligned) -> String {
        let basis: String
        var share = "null"
        switch sensor.basis {
        case .movement(let variance)?:
            basis = "stand and movement"
            share = OfflineBodyText.fixed(variance, places: 4)
        case .mounting?: basis = "stand and stated axis"
        case nil: basis = "none"
        }
        return """
              "file": \(quoted(sensor.input.file)),
              "alignment": \(quoted(basis)),
              "axis_variance_explained": \(share),
              "alignment_notes": [\(sensor.notes.map(quoted).joined(separator: ", "))]
            """
    }
}

/// A JSON string.
private func quoted(_ text: String) -> String {
    guard let data = try? JSONEncoder().encode(text) else { return "\"\"" }
    return String(decoding: data, as: UTF8.self)
}
