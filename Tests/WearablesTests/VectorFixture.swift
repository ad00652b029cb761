// Reads `Vectors/*.json` for the tests: questions to the driver, and what the source expects.

import Foundation
import Testing
import Wearables

/// A vector with its expectation.
struct ExpectedVector: Sendable, CustomTestStringConvertible {
    var device: String
    var id: String
    var kind: VectorQuestion.Kind
    var question: VectorQuestion
    var expect: [String: VectorValue]
    var tolerance: [String: Double]
    var frames: [[UInt8]]
    var bytes: [UInt8] { frames.first ?? [] }

    var testDescription: String { id }
}

enum VectorFixture {
    /// The vectors of a device family; an empty list would make its tests vanish, so it is an error.
    static func vectors(of device: String) throws -> [ExpectedVector] {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Vectors/\(device).json")
        let tree = try JSONDecoder().decode(Tree.self, from: Data(contentsOf: url)).value
        let vectors = tree["vectors"].list.map { vector($0, of: device) }
        struct Empty: Error {}
        if vectors.isEmpty || tree["count"].integer != Int128(vectors.count) { throw Empty() }
        return vectors
    }

    private static func vector(_ tree: VectorValue, of device: String) -> ExpectedVector {
        let kind = VectorQuestion.Kind(rawValue: tree["kind"].text ?? "") ?? .logEntry
        let isCommand = kind == .command || kind == .commandSequence
        let frames = (tree["frames"].list.isEmpty ? [tree["hex"]] : tree["frames"].list)
            .compactMap(\.text).map(bytes)
        let expect = tree["expect"].fields
        var tolerance: [String: Double] = [:]
        for (name, value) in tree["tolerance"].fields { tolerance[name] = value.double }
        return ExpectedVector(
            device: device, id: tree["id"].text ?? "", kind: kind,
            question: VectorQuestion(
                kind: kind, characteristic: tree["char"].text, frames: isCommand ? [] : frames,
                name: tree["name"].text, isTruncated: tree["truncated"] == .flag(true),
                context: tree["context"].fields,
                request: isCommand && expect["meaning"] != nil ? expect : [:]),
            expect: expect, tolerance: tolerance, frames: frames)
    }

    static func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map {
            UInt8(digits[$0] * 16 + digits[$0 + 1])
        }
    }

    /// Any JSON, integers exact.
    private struct Tree: Decodable {
        var value: VectorValue

        init(from decoder: any Decoder) throws {
            let single = try decoder.singleValueContainer()
            if single.decodeNil() {
                value = .null
            } else if let flag = try? single.decode(Bool.self) {
                value = .flag(flag)
            } else if let integer = try? single.decode(Int64.self) {
                value = .integer(Int128(integer))
            } else if let number = try? single.decode(Double.self) {
                value = .number(number)
            } else if let text = try? single.decode(String.self) {
                value = .text(text)
            } else if let list = try? single.decode([Tree].self) {
                value = .list(list.map(\.value))
            } else {
                let record = try single.decode([String: Tree].self)
                value = .record(record.map { VectorField($0.key, $0.value.value) })
            }
        }
    }
}

extension VectorValue {
    subscript(name: String) -> VectorValue { fields[name] ?? .null }

    var fields: [String: VectorValue] {
        guard case .record(let fields) = self else { return [:] }
        return Dictionary(fields.map { ($0.name, $0.value) }) { first, _ in first }
    }

    var list: [VectorValue] {
        if case .list(let values) = self { values } else { [] }
    }
}
