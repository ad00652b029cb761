// The peer filters on the cases' data, run by a Python script in the same run.

import Foundation
import Kinematics
import SensorTable

/// What the peers made of each case: root mean square inclination error, degrees.
struct AccuracyPeers {
    static let names = ["vqf", "basicvqf", "fusion"]

    /// By case, in the order of `names`.
    private(set) var degrees: [[Double]] = []
    /// Packages and versions, as the script tells.
    private(set) var versions = ""

    /// Writes the cases, runs the script, reads and scores what it wrote.
    ///
    /// - Parameter script: beside the script that times the peers.
    init(_ cases: [AccuracyCase], _ options: BenchOptions) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "rehab-accuracy-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var list = ""
        for (index, one) in cases.enumerated() {
            list += "case\(index) \(one.nominalHertz)\n"
            try AccuracyPeers.bytes(one.filledReadings)
                .write(to: folder.appending(path: "case\(index).in"))
        }
        try Data(list.utf8).write(to: folder.appending(path: "cases.txt"))
        versions = try AccuracyPeers.run(folder, options)
        for (index, one) in cases.enumerated() {
            degrees.append(
                try AccuracyPeers.names.map {
                    let file = folder.appending(path: "case\(index).\($0)")
                    return AccuracyPeers.score(try Data(contentsOf: file), one)
                })
        }
    }

    private static func run(_ folder: URL, _ options: BenchOptions) throws -> String {
        let script = URL(filePath: options.peers).deletingLastPathComponent()
            .appending(path: "accuracy-peers.py").path
        guard FileManager.default.isExecutableFile(atPath: options.python),
            FileManager.default.isReadableFile(atPath: script)
        else { throw BenchError("\(options.python) or \(script) is not there") }
        let process = Process()
        let answers = Pipe()
        process.executableURL = URL(filePath: options.python)
        process.arguments = [script, folder.path]
        process.standardOutput = answers
        try process.run()
        let text = answers.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchError(
                "\(script) ended with \(process.terminationStatus); its message is above")
        }
        return String(decoding: text, as: UTF8.self)
            .split(separator: "\n").joined(separator: ", ")
    }

    private static func bytes(_ readings: [SensorReading]) -> Data {
        var data = Data(capacity: readings.count * 48)
        for reading in readings {
            let (r, f) = (reading.angularRate, reading.specificForce)
            for value in [r.x, r.y, r.z, f.x, f.y, f.z] {
                var pattern = value.bitPattern.littleEndian
                for _ in 0..<8 {
                    data.append(UInt8(truncatingIfNeeded: pattern))
                    pattern >>= 8
                }
            }
        }
        return data
    }

    /// The error over the samples that were received.
    private static func score(_ data: Data, _ one: AccuracyCase) -> Double {
        var score = AccuracyScore()
        let bytes = [UInt8](data)
        let first = one.received.first ?? 0
        func number(_ index: Int) -> Double {
            var pattern: UInt64 = 0
            guard index * 8 + 8 <= bytes.count else { return .nan }
            for place in (0..<8).reversed() {
                pattern = pattern << 8 | UInt64(bytes[index * 8 + place])
            }
            return Double(bitPattern: pattern)
        }
        for index in one.received {
            guard let truth = one.trial.truth[index] else { continue }
            let row = 4 * (index - first)
            let rotation = Rotation(
                w: number(row), x: number(row + 1), y: number(row + 2), z: number(row + 3))
            score.add(rotation.destinationZInSource, truth: truth, sigma: nil)
        }
        return score.degrees
    }
}
