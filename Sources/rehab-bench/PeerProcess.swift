// The peer filter in a Python process that waits to be told when to run.

import Foundation

/// PyPI `vqf` on the samples of a workload; one batch update for each `run`.
final class PeerProcess {
    /// Name and version as the peer tells it.
    let name: String
    private let process = Process()
    private let orders = Pipe()
    private let answers = Pipe()
    private let file: URL
    private var waiting: [UInt8] = []

    init(_ workload: Workload, _ options: BenchOptions) throws {
        file = FileManager.default.temporaryDirectory
            .appending(path: "rehab-bench-\(ProcessInfo.processInfo.processIdentifier).doubles")
        guard FileManager.default.isExecutableFile(atPath: options.python) else {
            throw BenchError("\(options.python) is not there; make bench installs it")
        }
        guard FileManager.default.isReadableFile(atPath: options.peers) else {
            throw BenchError("\(options.peers) is not there")
        }
        try workload.bytes.write(to: file)
        process.executableURL = URL(filePath: options.python)
        process.arguments = [options.peers, file.path, "\(1 / workload.rateHertz)"]
        process.standardInput = orders
        process.standardOutput = answers
        do {
            try process.run()
        } catch {
            try? FileManager.default.removeItem(at: file)
            throw error
        }
        // The first line tells the version; none comes where a package is missing.
        name = PeerProcess.line(&waiting, from: answers) ?? ""
        guard !name.isEmpty else {
            stop()
            throw BenchError("the Python package vqf does not run; make bench installs it")
        }
    }

    /// ns a sample of one batch update; nil once the process has ended.
    func run() -> Double? {
        guard process.isRunning else { return nil }
        do {
            try orders.fileHandleForWriting.write(contentsOf: Data("go\n".utf8))
        } catch {
            return nil
        }
        return PeerProcess.line(&waiting, from: answers).flatMap { Double($0) }
    }

    func stop() {
        try? orders.fileHandleForWriting.close()
        if process.isRunning { process.waitUntilExit() }
        try? FileManager.default.removeItem(at: file)
    }

    private static func line(_ waiting: inout [UInt8], from pipe: Pipe) -> String? {
        while true {
            if let end = waiting.firstIndex(of: 10) {
                let line = String(decoding: waiting[..<end], as: UTF8.self)
                waiting.removeSubrange(...end)
                return line
            }
            let more = pipe.fileHandleForReading.availableData
            if more.isEmpty { return nil }
            waiting += more
        }
    }
}
