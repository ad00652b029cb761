// A rehabd of the benchmark's own: private socket and state, and what the kernel counts of it.

import Control
import Foundation
import Plumbing

/// A running daemon; `stop` ends it and removes its directory.
final class DaemonProcess {
    let socket: String
    /// s from starting the program until its socket answered a call.
    let startSeconds: Double
    let directory: String
    private let process = Process()

    /// `calibrated`: names of sensors that shall find a calibration for the pelvis.
    init(rehabd: String, calibrated: [String] = []) throws {
        guard FileManager.default.isExecutableFile(atPath: rehabd) else {
            throw BenchError("\(rehabd) is not there; make bench builds it")
        }
        directory =
            NSTemporaryDirectory()
            + "/rehab-bench-\(ProcessInfo.processInfo.processIdentifier)-daemon"
        socket = directory + "/control"
        try? FileManager.default.removeItem(atPath: directory)
        try FileStore.makeDirectory(directory + "/state/calibrations", mode: 0o700)
        for name in calibrated {
            try FileStore.replace(
                "\(directory)/state/calibrations/\(name).json",
                with: Array(DaemonProcess.calibration(of: name).utf8))
        }
        process.executableURL = URL(filePath: rehabd)
        process.environment = ProcessInfo.processInfo.environment.merging([
            "REHABD_SOCKET": socket, "STATE_DIRECTORY": directory + "/state",
            // The stream that waits for cues is a figure of its own.
            "REHABD_AUDIO": "none", "REHABD_BLUETOOTH": "no",
        ]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let begin = MonotonicClock.now()
        try process.run()
        while true {
            if var client = try? ControlClient(socket: socket),
                (try? client.call(Rehab1.GetStatus())) != nil
            {
                break
            }
            guard process.isRunning, MonotonicClock.now() - begin < 10_000_000_000 else {
                process.terminate()
                throw BenchError("\(rehabd) did not answer within 10 s")
            }
            MonotonicClock.sleep(until: MonotonicClock.now() + 500_000)
        }
        startSeconds = Double(MonotonicClock.now() - begin) * 1e-9
    }

    /// A calibration of a sensor whose axes are the pelvis's: what the synthetic person wears here.
    private static func calibration(of name: String) -> String {
        """
        {"version": 1, "sensor": "\(name)", "segment": "pelvis", "date": "\(Date.now.formatted(.iso8601))",
         "alignment": [1, 0, 0, 0], "neutral_obliquity_rad": 0, "neutral_anterior_tilt_rad": 0.14,
         "calm_jerk_m_s3": 1, "stand_sigma_rad": 0.01, "axis_variance_explained": 1,
         "force_norm_m_s2": 9.80665, "sign_proof": "not asked"}

        """
    }

    func client() throws(ControlError) -> ControlClient { try ControlClient(socket: socket) }

    func stop() {
        if process.isRunning {
            process.terminate()
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(atPath: directory)
    }

    // MARK: what the kernel counts

    private var proc: String { "/proc/\(process.processIdentifier)" }

    /// CPU time of each thread so far, ns, by the thread's name; threads of one name together.
    func threadTimes() -> [String: Double] {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: proc + "/task")) ?? []
        var times: [String: Double] = [:]
        for task in tasks {
            let path = "\(proc)/task/\(task)"
            guard let name = DaemonProcess.text("\(path)/comm"),
                let schedule = DaemonProcess.text("\(path)/schedstat"),
                let time = schedule.split(separator: " ").first.flatMap({ Double($0) })
            else { continue }
            times[name.trimmingCharacters(in: .newlines), default: 0] += time
        }
        return times
    }

    /// User and system time of the process in the kernel's hundredths of a second, as ns.
    func processTime() -> Double {
        // The program's name in parentheses may hold spaces; the rest is counted from its end.
        let fields = DaemonProcess.text(proc + "/stat")?.split(separator: ")").last?
            .split(separator: " ")
        guard let fields, fields.count > 12, let user = Double(fields[11]),
            let system = Double(fields[12])
        else { return .nan }
        return (user + system) * 1e7
    }

    /// Fields of /proc/PID/status in bytes: VmRSS, RssAnon, RssFile, VmLck.
    func memory() -> [String: Double] {
        var found: [String: Double] = [:]
        for line in (DaemonProcess.text(proc + "/status") ?? "").split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == ":" })
            if words.count == 3, words[2] == "kB", let kilobytes = Double(words[1]) {
                found[String(words[0])] = kilobytes * 1024
            }
        }
        return found
    }

    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
