// `rehabctl estimate` on a recording with optical reference, and against its own golden.

import DaemonTestKit
import Foundation
import Testing

@Suite(.scene()) struct EstimateCommandTests {
    /// 2000/7 Hz (data/README.md).
    private static let broadRate = "285.7142857142857"
    private static let slowRotation = "broad/02_undisturbed_slow_rotation_B.csv"

    /// The first 200 rows of a trial: some of the result, and a sum over all of it.
    ///
    /// The filter uses no function of the machine's own mathematics library, so the bits are the
    /// same everywhere. A change of the estimator changes them: say why in the commit that does.
    @Test(
        .enabled(
            if: Products.sharedFile(slowRotation) != nil,
            "needs the shared recordings: REHABD_DATA or ../shared/data"))
    func theFirstRowsAreTheGoldenOnes() throws {
        let path = try #require(Products.sharedFile(EstimateCommandTests.slowRotation))
        let rows = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "beginning.csv", rows.prefix(201).joined(separator: "\n") + "\n")
        let result = try Program.run(
            Products.rehabctl, ["estimate", file, "--rate", EstimateCommandTests.broadRate])
        #expect(result.code == 0, "\(result)")
        #expect(result.lines.count == 201)
        let golden = [
            0: "n,t_s,qw,qx,qy,qz,sigma_deg,flags",
            1:
                "0,0.000000,0.999973828,0.005733140,-0.004412962,0.000000085,3.3187,settling|bias-unlearnt",
            50:
                "49,0.171500,0.999992181,0.002078349,-0.003344943,-0.000359453,2.1302,settling|bias-unlearnt",
            100:
                "99,0.346500,0.999992773,0.001822666,-0.003272128,-0.000652631,1.1277,settling|bias-unlearnt",
            150:
                "149,0.521500,0.999992529,0.002071095,-0.003112294,-0.000983063,0.7678,settling|bias-unlearnt",
            200:
                "199,0.696500,0.999992243,0.002231842,-0.002963041,-0.001324428,0.6010,settling|bias-unlearnt",
        ]
        for (number, line) in golden { #expect(result.lines[number] == line, "row \(number)") }
        // FNV-1a, 64 bits (draft-eastlake-fnv), over the whole output.
        var sum: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in result.output.utf8 { sum = (sum ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        #expect(sum == 0x9454_4029_c865_70be)

        // As JSON, row by row the same numbers.
        let json = try Program.run(
            Products.rehabctl,
            ["estimate", file, "--rate", EstimateCommandTests.broadRate, "--json"])
        #expect(json.lines.count == 200)
        let row = try #require(
            try JSONSerialization.jsonObject(with: Data(json.lines[49].utf8)) as? [String: Any])
        #expect(abs((row["qx"] as? Double ?? 0) - 0.002078349) < 1e-9)
        #expect(row["flags"] as? [String] == ["settling", "bias-unlearnt"])
    }

    /// Whole trials as a user runs them, scored as data/README.md says; its VQF column plus 0.02 degrees.
    @Test(
        .enabled(
            if: Products.sharedFile(slowRotation) != nil,
            "needs the shared recordings: REHABD_DATA or ../shared/data"),
        arguments: [(slowRotation, 0.43), ("broad/12_undisturbed_slow_translation_C.csv", 0.25)])
    func theInclinationIsAsGoodAsPublished(_ trial: String, _ published: Double) throws {
        let path = try #require(Products.sharedFile(trial))
        let folder = try TemporaryFolder()
        let output = folder.path + "/estimate.csv"
        let result = try Program.run(
            Products.rehabctl,
            ["estimate", path, "--rate", EstimateCommandTests.broadRate, "--output", output],
            within: 120)
        #expect(result.code == 0, "\(result)")
        #expect(result.output.isEmpty)
        let reference = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let estimate = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n")
        #expect(estimate.count == reference.count)
        var sum = 0.0
        var count = 0
        for (truth, told) in zip(reference, estimate).dropFirst() {
            let words = truth.split(separator: ",", omittingEmptySubsequences: false)
            guard words.count == 11, words[10] == "1", !words[6].isEmpty else { continue }
            let error = angle(up(words[6..<10]), up(told.split(separator: ",")[2..<6]))
            sum += error * error
            count += 1
        }
        #expect(count > 30_000)
        let rms = (sum / Double(count)).squareRoot() * 180 / Double.pi
        print("\(trial): inclination RMSE \(rms) degrees, VQF \(published)")
        #expect(rms <= published + 0.02)
    }

    /// The world's up in the sensor's axes, from w, x, y, z of sensor to earth.
    private func up(_ words: ArraySlice<Substring>) -> [Double] {
        let q = words.map { Double($0) ?? .nan }
        return [
            2 * (q[1] * q[3] - q[0] * q[2]), 2 * (q[2] * q[3] + q[0] * q[1]),
            1 - 2 * (q[1] * q[1] + q[2] * q[2]),
        ]
    }

    private func angle(_ one: [Double], _ other: [Double]) -> Double {
        let dot = zip(one, other).reduce(0) { $0 + $1.0 * $1.1 }
        return acos(max(-1, min(1, dot)))
    }
}

@Suite(.scene()) struct DecodeCommandTests {
    private static let vectors =
        Products.repository + "/Tests/WearablesTests/Vectors/movella-dot.json"

    private func fields(_ text: some StringProtocol) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// An outside judge: each vector of the file is answered once, in its order, and what the file
    /// expects is what came out.
    @Test func everyVectorIsAnsweredAndRight() throws {
        let file = try fields(
            String(contentsOfFile: DecodeCommandTests.vectors, encoding: .utf8))
        let vectors = try #require(file["vectors"] as? [[String: Any]])
        let result = try Program.run(
            Products.rehabctl, ["decode", "--vectors", DecodeCommandTests.vectors, "--json"])
        #expect(result.code == 0, "\(result)")
        let answers = try result.lines.map { try fields($0) }
        #expect(answers.map { $0["id"] as? String } == vectors.map { $0["id"] as? String })
        var compared = 0
        for (vector, answer) in zip(vectors, answers) {
            let got = try #require(answer["got"] as? [String: Any])
            let expected = try #require(vector["expect"] as? [String: Any])
            if expected["error"] != nil {
                #expect(got["error"] is String, "\(vector["id"] ?? "")")
            } else if let samples = expected["samples"] as? [[String: Any]] {
                let told = try #require(got["samples"] as? [[String: Any]])
                let tolerances = vector["tolerance"] as? [String: Any] ?? [:]
                for (sample, other) in zip(samples, told) {
                    for (name, value) in sample {
                        let tolerance = tolerances[name] as? Double ?? 1e-9
                        for (one, two) in zip(numbers(value), numbers(other[name])) {
                            #expect(abs(one - two) <= tolerance, "\(vector["id"] ?? "") \(name)")
                            compared += 1
                        }
                    }
                }
                #expect(samples.count == told.count)
            } else if let hex = vector["hex"] as? String, vector["kind"] as? String == "command" {
                #expect(got["bytes"] as? String == hex, "\(vector["id"] ?? "")")
                compared += 1
            }
        }
        #expect(compared > 100)
    }

    private func numbers(_ value: Any?) -> [Double] {
        (value as? [Any])?.compactMap { $0 as? Double } ?? [value as? Double].compactMap { $0 }
    }

    /// The request is in a command's meaning; the expected bytes are not looked at.
    @Test func theExpectedAnswerIsNotLookedAt() throws {
        let text = try String(contentsOfFile: DecodeCommandTests.vectors, encoding: .utf8)
        var file = try fields(text)
        var vectors = try #require(file["vectors"] as? [[String: Any]])
        for index in vectors.indices where vectors[index]["kind"] as? String == "notification" {
            vectors[index]["expect"] = ["samples": [["index": 0, "acc": [9, 9, 9]]]]
        }
        file["vectors"] = vectors
        let folder = try TemporaryFolder()
        let changed = folder.path + "/vectors.json"
        try JSONSerialization.data(withJSONObject: file).write(to: URL(filePath: changed))
        let first = try Program.run(
            Products.rehabctl, ["decode", "--vectors", DecodeCommandTests.vectors, "--json"])
        let second = try Program.run(Products.rehabctl, ["decode", "--vectors", changed, "--json"])
        #expect(second.lines == first.lines)
    }

    @Test func aTableIsPrintedForPeople() throws {
        let result = try Program.run(
            Products.rehabctl, ["decode", "--vectors", DecodeCommandTests.vectors])
        #expect(result.code == 0)
        #expect(result.lines.first?.hasPrefix("ID ") == true)
        #expect(result.lines.last?.contains("vectors of movella-dot") == true)
        #expect(!result.output.contains("\u{1B}"))
    }

    @Test func anUnknownDeviceIsUnsupportedNotAnError() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "vectors.json",
            "{\"schema\":\"wearable-vectors/1\",\"device\":\"acme\",\"vectors\":"
                + "[{\"id\":\"a\",\"kind\":\"notification\",\"hex\":\"00\"}]}")
        let result = try Program.run(
            Products.rehabctl, ["decode", "--vectors", file, "--json"])
        #expect(result.code == 0)
        let got = try fields(result.lines[0])["got"] as? [String: Any]
        #expect(got?["unsupported"] as? Bool == true)
    }
}
