// Measures the way from a decision to its sound, through the real alert thread and a real PipeWire.

import Alerts
import Foundation
import Kinematics
import Movement
import Plumbing

/// Decision to the first frame that is not zero at the sink's monitor, one listening step of the server
/// included, and the cost of a stream that waits.
struct SoundResult: Sendable {
    /// Why nothing was measured; nil where something was.
    var reason: String?
    var repetitions = 0
    /// Tones that arrived within 300 ms.
    var heard = 0
    var p50Milliseconds = 0.0
    var p95Milliseconds = 0.0
    var maximumMilliseconds = 0.0
    /// CPU time of this process while the stream is warm and silent, % of one core; the alert thread
    /// and PipeWire's own thread in this process together.
    var idleCpuPercent = 0.0
    var underruns = 0
    /// What the device granted, and what the alert thread's scheduling is.
    var format = ""
    var scheduling = ""
}

/// Plays `repetitions` cues into a null sink and listens to it.
///
/// The server is this benchmark's own, in a temporary directory: no sound card, no session manager,
/// no bus, and nothing of the user's.
func measureSound(repetitions: Int, idleSeconds: Double = 5) -> SoundResult {
    do {
        let server = try NullSinkServer()
        defer { server.stop() }
        return try measure(on: server, repetitions: repetitions, idleSeconds: idleSeconds)
    } catch {
        return SoundResult(reason: error.reason)
    }
}

/// Why a measurement could not be made.
struct SoundBenchError: Error {
    let reason: String
}

private func measure(
    on server: NullSinkServer, repetitions: Int, idleSeconds: Double
) throws(SoundBenchError) -> SoundResult {
    var setup = AlertSetup()
    setup.soundDevice = NullSinkServer.device
    let ring = AlertRing()
    let dispatcher: AlertDispatcher
    do {
        dispatcher = try AlertDispatcher(
            source: ring.source, outputs: [ToneAlert(setup)].compactMap { $0 })
    } catch {
        throw SoundBenchError(reason: error.description)
    }
    defer {
        dispatcher.stop()
        // The device is closed by a thread of its own.
        Thread.sleep(forTimeInterval: 0.2)
    }
    try server.connect { dispatcher.health.first?.state == .ok }

    var result = SoundResult()
    result.repetitions = repetitions
    result.scheduling = dispatcher.grant.name
    let (cpu, begin) = (RealtimeProcess.cpuTime(), MonotonicClock.now())
    Thread.sleep(forTimeInterval: idleSeconds)
    result.idleCpuPercent =
        100 * Double(RealtimeProcess.cpuTime() - cpu) / Double(MonotonicClock.now() - begin)

    let probe: SoundProbe
    do {
        probe = try SoundProbe(device: NullSinkServer.device)
    } catch {
        throw SoundBenchError(reason: "the monitor could not be opened: \(error.reason)")
    }
    defer { probe.finish() }
    try server.connect { probe.framesHeard > 48_000 / 4 }

    var delays: [Double] = []
    for number in 0..<repetitions {
        // Never in step with the server's period.
        Thread.sleep(forTimeInterval: .random(in: 0...0.02))
        probe.arm()
        let decided = MonotonicClock.now()
        ring.decide(Alert(number: UInt32(number), time: decided, rule: RuleID(number: 2)))
        // The tone lasts 200 ms; then the sink must be silent before the next.
        Thread.sleep(forTimeInterval: 0.3)
        if let heard = probe.firstSound { delays.append(Double(heard - decided) * 1e-6) }
    }
    delays.sort()
    let health = dispatcher.health.first
    result.heard = delays.count
    result.p50Milliseconds = percentile(delays, 0.5)
    result.p95Milliseconds = percentile(delays, 0.95)
    result.maximumMilliseconds = delays.last ?? .nan
    result.underruns = health?.underruns ?? 0
    result.format = health?.details ?? ""
    return result
}

func percentile(_ sorted: [Double], _ part: Double) -> Double {
    guard !sorted.isEmpty else { return .nan }
    return sorted[min(sorted.count - 1, Int(part * Double(sorted.count)))]
}

/// The estimator's side of the alert thread: a ring and its wake-up.
private final class AlertRing: Sendable {
    private let ring = SampleRing<Alert, 64>(filledWith: Alert())
    private let wake: Wakeup

    init() {
        guard let wake = try? Wakeup() else { fatalError("no descriptor left for a wake-up") }
        self.wake = wake
    }

    var source: AlertSource {
        AlertSource(
            next: { [self] in ring.pop() }, wakeDescriptor: wake.rawValue,
            clearWake: { [self] in wake.wait() })
    }

    func decide(_ alert: Alert) {
        _ = ring.push(alert)
        wake.signal()
    }
}

/// A PipeWire that holds one null sink and nothing else.
///
/// Without a session manager nobody links streams to the sink: `connect` does, with `pw-link`. So
/// neither D-Bus nor WirePlumber is needed, and no real device is touched.
final class NullSinkServer {
    static let device = "rehab"
    private let directory: URL
    private let process = Process()
    private let linker: URL
    private var environmentBefore: [(String, String?)] = []

    init() throws(SoundBenchError) {
        guard let pipewire = NullSinkServer.find("pipewire"),
            let linker = NullSinkServer.find("pw-link")
        else {
            throw SoundBenchError(
                reason: "PipeWire is not installed (packages pipewire, pipewire-bin, pipewire-alsa)"
            )
        }
        self.linker = linker
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("rehab-bench-\(getpid())")
        let configuration = directory.appendingPathComponent("pipewire.conf")
        let alsa = directory.appendingPathComponent("asound.conf")
        do {
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            try Data(serverConfiguration.utf8).write(to: configuration)
            try Data("pcm.\(NullSinkServer.device) { type pipewire }\n".utf8).write(to: alsa)
            var environment = ProcessInfo.processInfo.environment
            environment["XDG_RUNTIME_DIR"] = directory.path
            environment["PIPEWIRE_RUNTIME_DIR"] = nil
            process.executableURL = pipewire
            process.arguments = ["-c", configuration.path]
            process.environment = environment
            process.standardError = FileHandle.nullDevice
            try process.run()
        } catch {
            throw SoundBenchError(reason: "PipeWire did not start: \(error)")
        }
        let settings = [
            ("XDG_RUNTIME_DIR", directory.path), ("PIPEWIRE_RUNTIME_DIR", nil),
            ("PIPEWIRE_REMOTE", nil), ("PIPEWIRE_NODE", nil), ("ALSA_CONFIG_PATH", alsa.path),
            // What a session manager would set: ports as the graph mixes them.
            ("PIPEWIRE_PROPS", "{ adapter.auto-port-config = { mode = dsp position = preserve } }"),
        ]
        environmentBefore = settings.map { ($0.0, SoundEnvironment.set($0.0, $0.1)) }
        // A stream opened before the server listens would only try again a second later.
        for _ in 0..<100 {
            if let ports = ports("-i"), ports.contains(where: isOurs) { return }
            Thread.sleep(forTimeInterval: 0.05)
        }
        stop()
        throw SoundBenchError(reason: "PipeWire did not open its socket within 5 s")
    }

    /// Links every unlinked stream to the sink until `isDone`.
    func connect(until isDone: () -> Bool) throws(SoundBenchError) {
        for _ in 0..<100 {
            if isDone() { return }
            let players = (ports("-o") ?? []).filter { !isOurs($0) }.sorted()
            let listeners = (ports("-i") ?? []).filter { !isOurs($0) }.sorted()
            for (port, side) in zip(players, ["FL", "FR"]) {
                _ = link([port, "rehab-null:playback_\(side)"])
            }
            for (port, side) in zip(listeners, ["FL", "FR"]) {
                _ = link(["rehab-null:monitor_\(side)", port])
            }
            Thread.sleep(forTimeInterval: 0.05)
        }
        throw SoundBenchError(
            reason: "the stream did not begin within 5 s (is pipewire-alsa installed?)")
    }

    func stop() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        for (name, value) in environmentBefore { _ = SoundEnvironment.set(name, value) }
        try? FileManager.default.removeItem(at: directory)
    }

    private func isOurs(_ port: String) -> Bool { port.hasPrefix("rehab-null:") }

    private func ports(_ direction: String) -> [String]? {
        link([direction])?.split(separator: "\n").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
    }

    /// Runs pw-link; nil where it did not succeed.
    private func link(_ arguments: [String]) -> String? {
        let (run, output) = (Process(), Pipe())
        run.executableURL = linker
        run.arguments = arguments
        run.standardOutput = output
        run.standardError = FileHandle.nullDevice
        var environment = ProcessInfo.processInfo.environment
        environment["XDG_RUNTIME_DIR"] = directory.path
        run.environment = environment
        guard (try? run.run()) != nil else { return nil }
        let text = output.fileHandleForReading.readDataToEndOfFile()
        run.waitUntilExit()
        return run.terminationStatus == 0 ? String(bytes: text, encoding: .utf8) : nil
    }

    private static func find(_ program: String) -> URL? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
        for folder in path.split(separator: ":") {
            let candidate = URL(fileURLWithPath: String(folder)).appendingPathComponent(program)
            if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
        }
        return nil
    }
}

/// One null sink, driven by its own timer; the smallest step is small, so that the playing stream
/// decides. (The stock configuration raises it to 1024 frames in a virtual machine.)
private let serverConfiguration = """
    context.properties = {
        core.daemon = true
        core.name = pipewire-0
        default.clock.rate = 48000
        default.clock.quantum = 1024
        default.clock.min-quantum = 16
    }
    context.spa-libs = {
        audio.convert.* = audioconvert/libspa-audioconvert
        support.* = support/libspa-support
    }
    context.modules = [
        { name = libpipewire-module-rt args = { nice.level = -11 } flags = [ ifexists nofail ] }
        { name = libpipewire-module-protocol-native }
        { name = libpipewire-module-metadata }
        { name = libpipewire-module-spa-node-factory }
        { name = libpipewire-module-client-node }
        { name = libpipewire-module-access }
        { name = libpipewire-module-adapter }
        { name = libpipewire-module-link-factory }
    ]
    context.objects = [
        { factory = adapter
            args = {
                factory.name = support.null-audio-sink
                node.name = rehab-null
                media.class = Audio/Sink
                audio.position = [ FL FR ]
                adapter.auto-port-config = { mode = dsp monitor = true position = preserve }
            }
        }
    ]

    """
