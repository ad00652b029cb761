// Judges every driver's answers to its committed vectors against what their sources state.

import Testing
import Wearables

struct VectorJudgeTests {
    @Test(
        "each vector of each registered family is answered as its source states",
        arguments: try wearableRegistry.flatMap { try VectorFixture.vectors(of: $0.identity.name) })
    func vectorIsAnsweredAsStated(_ vector: ExpectedVector) throws {
        let family = try #require(wearable(named: vector.device))
        let answer = family.answer(vector.question)
        switch answer {
        case .unsupported(let reason):
            Issue.record("not supported: \(reason)")
        case .bytes(let bytes, let characteristic):
            #expect(vector.kind == .command)
            #expect(bytes == vector.bytes)
            #expect(characteristic == vector.question.characteristic)
        case .frames(let frames, let characteristic):
            #expect(vector.kind == .commandSequence)
            #expect(frames == vector.frames)
            #expect(characteristic == vector.question.characteristic)
        case .refused:
            #expect(vector.expect["error"] != nil, "must not be refused")
        case .fields(let fields):
            #expect(vector.expect["error"] == nil, "must be refused")
            let judge = Judge(tolerance: vector.tolerance)
            judge.compare(.record(fields), vector.expect, path: vector.id)
        }
    }

    @Test("every registered family has a vector file, and knows its own vectors")
    func everyFamilyHasVectors() throws {
        for family in wearableRegistry {
            let vectors = try VectorFixture.vectors(of: family.identity.name)
            #expect(!vectors.isEmpty)
        }
    }
}

/// Compares what was decoded with what is expected, field by field.
private struct Judge {
    var tolerance: [String: Double]

    /// Every expected field must be there and fit; further fields are the driver's own.
    func compare(_ got: VectorValue, _ expected: [String: VectorValue], path: String) {
        // A note is for the reader of the file.
        for (name, value) in expected where name != "index" && name != "note" {
            if name.hasPrefix("raw_samples") {
                // As with samples, not every one needs to be listed.
                let listed = value.list
                compare(
                    .list(Array(got[name].list.prefix(listed.count))), value, within: 0,
                    path: "\(path).\(name)")
            } else if name == "samples" {
                compareSamples(got["samples"].list, value.list, path: path)
            } else {
                compare(got[name], value, within: tolerance[name] ?? 0, path: "\(path).\(name)")
            }
        }
    }

    private func compareSamples(
        _ got: [VectorValue], _ expected: [VectorValue], path: String
    ) {
        for sample in expected {
            let match = got.first { $0["index"] == sample["index"] }
            guard let match else {
                Issue.record("\(path): sample \(sample["index"]) is missing")
                continue
            }
            compare(match, sample.fields, path: "\(path).samples")
        }
    }

    private func compare(
        _ got: VectorValue, _ expected: VectorValue, within limit: Double, path: String
    ) {
        switch expected {
        case .list(let values):
            #expect(got.list.count == values.count, "\(path)")
            for (index, pair) in zip(got.list, values).enumerated() {
                compare(pair.0, pair.1, within: limit, path: "\(path)[\(index)]")
            }
        case .record(let fields):
            for field in fields {
                compare(
                    got[field.name], field.value, within: tolerance[field.name] ?? limit,
                    path: "\(path).\(field.name)")
            }
        case .integer, .number:
            guard let actual = got.double, let wanted = expected.double else {
                Issue.record("\(path): \(got) is not a number")
                return
            }
            if case .integer(let exact) = expected, limit == 0 {
                #expect(got.integer == exact, "\(path)")
            } else {
                // Listed values carry nine digits, also where no tolerance is stated.
                let rounding = abs(wanted) * 1e-8
                #expect(abs(actual - wanted) <= max(limit, rounding), "\(path)")
            }
        default:
            #expect(got == expected, "\(path)")
        }
    }
}
