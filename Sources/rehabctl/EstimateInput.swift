// What `rehabctl estimate` takes besides a recording: vectors on the command line, turn-rounds.

import ArgumentParser
import FoundationEssentials
import Kinematics
import Movement
import SensorTable

enum EstimateInput {
    /// Three numbers with commas between, m/s².
    static func vector(_ text: String) throws -> Vector3 {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            .map { Double(trimmed($0)) }
        // A bias of more than half of gravity is a mistaken unit or a broken sensor.
        guard parts.count == 3, let x = parts[0], let y = parts[1], let z = parts[2],
            [x, y, z].allSatisfy({ $0.magnitude <= 5 })
        else {
            throw ValidationError(
                "--accel-bias \(text) is not three numbers of up to 5 m/s²; write it as "
                    + "--accel-bias 0.12,-0.05,0.30.")
        }
        return Vector3(x, y, z)
    }

    /// `--segment` and what goes with it, checked.
    static func body(
        segments: [String], options: EstimationOptions, rates: [String], forwards: [String],
        biases: [String], stance: String?
    ) throws -> EstimateBody {
        var inputs: [EstimateBody.Input] = []
        for text in segments {
            let (segment, file) = try named(text, option: "--segment", example: "pelvis=walk.csv")
            guard !file.isEmpty else {
                throw ValidationError("--segment \(text) names no file.")
            }
            guard !inputs.contains(where: { $0.segment == segment }) else {
                throw ValidationError("--segment \(segment.name) is given twice; give it once.")
            }
            inputs.append(EstimateBody.Input(segment: segment, file: file, options: options))
        }
        guard inputs.contains(where: { $0.segment == .pelvis }) else {
            throw ValidationError(
                "give the pelvis too, --segment pelvis=FILE: each row belongs to one of its samples."
            )
        }
        func change(
            _ texts: [String], _ option: String, example: String,
            _ change: (inout EstimateBody.Input, String) throws -> Void
        ) throws {
            for text in texts {
                let (segment, value) = try named(text, option: option, example: example)
                guard let index = inputs.firstIndex(where: { $0.segment == segment }) else {
                    throw ValidationError(
                        "\(option) \(text): there is no --segment \(segment.name)=FILE.")
                }
                try change(&inputs[index], value)
            }
        }
        try change(rates, "--segment-rate", example: "trunk=50") {
            guard let rate = Double($1), OfflineEstimation.sampleRates.contains(rate) else {
                throw ValidationError("--segment-rate \($1) is not from 1 to 4000 Hz.")
            }
            $0.options.rate = rate
        }
        try change(forwards, "--forward", example: "pelvis=-z") {
            guard let axis = SensorAxis(name: $1) else {
                throw ValidationError("--forward \($1) is none of x, -x, y, -y, z, -z.")
            }
            $0.forward = axis.vector
        }
        try change(biases, "--accel-bias", example: "pelvis=0.12,-0.05,0.30") {
            $0.options.accelerometerBias = try vector($1)
        }
        let side = stance.map { Side(name: $0) }
        if case .some(.none) = side {
            throw ValidationError("--stance must be left or right.")
        }
        return EstimateBody(inputs: inputs, stance: side ?? nil)
    }

    /// A segment's name and what is said of it.
    private static func named(
        _ text: String, option: String, example: String
    ) throws -> (Segment, String) {
        guard let place = text.firstIndex(of: "="),
            let segment = Segment(name: String(text[..<place]))
        else {
            let known = Segment.allCases.map(\.name).joined(separator: ", ")
            throw ValidationError(
                "\(option) \(text) begins with no segment and \"=\"; write it as \(option) "
                    + "\(example). Segments: \(known).")
        }
        return (segment, String(text[text.index(after: place)...]))
    }

    /// The accelerometer's biases from two recordings, as JSON.
    static func turnRound(
        stand: String, turned: String, rate: Double
    ) throws(SensorTableError) -> [UInt8] {
        let first = try TableFile.read(stand)
        let second = try TableFile.read(turned)
        return OfflineEstimation.turnRoundText(
            try OfflineEstimation.turnRound(
                stand: try SensorTable(parsing: first.span, file: stand),
                turned: try SensorTable(parsing: second.span, file: turned), rate: rate,
                file: turned))
    }
}
