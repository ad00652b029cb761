// `rehabctl decode`: what the drivers make of test vectors, without the daemon and without judging.

import ArgumentParser
import FoundationEssentials
import Plumbing
import Wearables

/// Prints and does not judge: whoever judges must not share this program's reading of the file.
struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Show what a driver makes of the test vectors in a file.",
        discussion: """
            Reads a file of schema wearable-vectors/1 and lets the driver of its device decode each \
            vector or produce each command. What the vectors expect is not looked at (but for the \
            meaning of a command, which is the request), so another program can judge the output.
            """)

    @Option(name: .long, help: ArgumentHelp("The vector file.", valueName: "file"))
    var vectors: String

    @Flag(
        name: .long, help: "One JSON object a line: id, and under got what the driver made of it.")
    var json = false

    /// Ends with 0 whatever the answers are, with 65 or 66 for a file that cannot be used.
    func run() throws {
        let file: VectorFile
        do throws(VectorFileError) {
            file = try VectorFile(path: vectors)
        } catch {
            Self.complain(error.description)
            throw ExitCode(error.code.rawValue)
        }
        for remark in file.remarks { Self.complain("note: \(remark)") }
        let family = wearable(named: file.device)
        let answers = file.vectors.map {
            (vector: $0, answer: Self.answer($0, file.device, family))
        }
        if json {
            for (vector, answer) in answers {
                let line = VectorValue.record([
                    VectorField("id", .text(vector.id)), VectorField("got", Self.got(answer)),
                ])
                print(line.json)
            }
        } else {
            Self.printTable(answers, device: file.device)
        }
    }

    /// What cannot be tried is an answer too, so that no vector goes missing from the output.
    private static func answer(
        _ vector: VectorFile.Vector, _ device: String, _ family: (any Wearable.Type)?
    ) -> VectorAnswer {
        guard let family else {
            let known = wearableRegistry.map { $0.identity.name }.joined(separator: ", ")
            return .unsupported("no driver for '\(device)'; there are: \(known)")
        }
        guard let question = vector.question else {
            return .unsupported("no driver knows vectors of kind '\(vector.kind)'")
        }
        return family.answer(question)
    }

    /// The answer in the schema's terms.
    private static func got(_ answer: VectorAnswer) -> VectorValue {
        switch answer {
        case .fields(let fields):
            .record(fields)
        case .bytes(let bytes, let characteristic):
            .record([
                VectorField("bytes", .text(hexadecimal(bytes))),
                VectorField("char", .text(characteristic)),
            ])
        case .frames(let frames, let characteristic):
            .record([
                VectorField("frames", .list(frames.map { .text(hexadecimal($0)) })),
                VectorField("char", .text(characteristic)),
            ])
        case .refused(let error):
            .record([VectorField("error", .text(error.message))])
        case .unsupported(let reason):
            .record([
                VectorField("unsupported", .flag(true)), VectorField("reason", .text(reason)),
            ])
        }
    }

    // MARK: For people

    /// A vector and what the driver made of it.
    private typealias Answered = (vector: VectorFile.Vector, answer: VectorAnswer)

    /// Three columns and a closing line.
    private static func printTable(_ answers: [Answered], device: String) {
        let idWidth = max(2, answers.map(\.vector.id.count).max() ?? 0)
        let kindWidth = max(4, answers.map(\.vector.kind.count).max() ?? 0)
        func row(_ id: String, _ kind: String, _ content: String) {
            let line = [padded(id, to: idWidth), padded(kind, to: kindWidth), content]
            print(printable(line.joined(separator: "  ")))
        }
        row("ID", "KIND", "DECODED")
        for (vector, answer) in answers { row(vector.id, vector.kind, words(answer)) }
        let refused = answers.count { if case .refused = $0.answer { true } else { false } }
        let unsupported = answers.count { if case .unsupported = $0.answer { true } else { false } }
        let answered = answers.count - refused - unsupported
        print("")
        print(
            "\(answers.count) vectors of \(printable(device)): \(answered) decoded or produced,",
            "\(refused) refused, \(unsupported) not supported.")
    }

    /// Identifiers are ASCII, so characters are columns.
    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// An answer on one line.
    private static func words(_ answer: VectorAnswer) -> String {
        switch answer {
        case .fields(let fields): words(of: fields)
        case .bytes(let bytes, _): hexadecimal(bytes)
        case .frames(let frames, _): frames.map(hexadecimal).joined(separator: " ")
        case .refused(let error): "refused: \(error.message)"
        case .unsupported(let reason): "not supported: \(reason)"
        }
    }

    private static func words(of fields: [VectorField]) -> String {
        fields.map { "\($0.name) \(words(of: $0.value))" }.joined(separator: "  ")
    }

    /// Numbers to four digits behind the point, long lists by their ends.
    private static func words(of value: VectorValue) -> String {
        switch value {
        case .null: "unknown"
        case .flag(let value): value ? "yes" : "no"
        case .integer(let value): "\(value)"
        case .number(let value): "\((value * 10_000).rounded() / 10_000)"
        case .text(let value): value
        case .list(let values) where values.count > 4:
            "\(values.count) values, \(words(of: values[0])) to \(words(of: values[values.count - 1]))"
        case .list(let values):
            "(" + values.map { words(of: $0) }.joined(separator: ", ") + ")"
        case .record(let fields): words(of: fields)
        }
    }

    /// Standard error, so that the output stays clean for a pipe.
    private static func complain(_ words: String) {
        Terminal.write("rehabctl decode: \(printable(words))\n", toError: true)
    }

    /// The text without control characters: a file must not move the cursor.
    private static func printable(_ text: String) -> String {
        String(
            text.unicodeScalars.map {
                $0.properties.generalCategory == .control ? "?" : Character($0)
            })
    }
}
