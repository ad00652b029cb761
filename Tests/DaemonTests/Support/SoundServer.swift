// A PipeWire of a test's own: one null sink, no session manager, no bus, and no device of the machine.

import Foundation
import Glibc
import Plumbing
import Synchronization

/// A sound server that a test can end, hold and start again.
///
/// Without a session manager nobody links streams to the sink: a thread of this does, with `pw-link`,
/// as long as the server lives.
package final class SoundServer: Sendable {
    /// The ALSA device of a program that is started with `environment`.
    package static let device = "rehab"
    /// Programs and the ALSA plugin that are needed; empty where all are there.
    package static let missing: [String] = {
        let programs = ["/usr/bin/pipewire", "/usr/bin/pw-link", "/usr/bin/pw-record"]
        var missing = programs.filter { !FileManager.default.isExecutableFile(atPath: $0) }
        let folders = ["x86_64-linux-gnu", "aarch64-linux-gnu"].map { "/usr/lib/\($0)/alsa-lib" }
        let plugin = "libasound_module_pcm_pipewire.so"
        if !folders.contains(where: { FileManager.default.fileExists(atPath: "\($0)/\(plugin)") }) {
            missing.append(plugin)
        }
        return missing
    }()

    private let folder: TemporaryFolder
    private let process = Mutex<ChildProcess?>(nil)
    private let isEnding = Atomic<Bool>(false)
    private let linkerEnded = DispatchSemaphore(value: 0)

    /// For the programs that play.
    package var environment: [String: String] {
        [
            "REHABD_AUDIO": SoundServer.device, "XDG_RUNTIME_DIR": folder.path,
            "ALSA_CONFIG_PATH": folder.path + "/asound.conf",
            // What a session manager would set: ports as the graph mixes them.
            "PIPEWIRE_PROPS": "{ adapter.auto-port-config = { mode = dsp position = preserve } }",
        ]
    }

    /// Prepares a server whose graph works in steps of at least `quantum` frames of 48 kHz; `start` starts it.
    ///
    /// Without `links` it takes streams and plays none of them, as a server without an output does.
    package init(quantum: Int = 16, links: Bool = true) throws {
        folder = try TemporaryFolder()
        try folder.write("asound.conf", "pcm.\(SoundServer.device) { type pipewire }\n")
        try folder.write("pipewire.conf", SoundServer.configuration(quantum: quantum))
        Thread.detachNewThread { [self] in
            while !isEnding.load(ordering: .acquiring) {
                if links && isRunning { link() }
                MonotonicClock.sleep(until: MonotonicClock.now() + 100_000_000)
            }
            linkerEnded.signal()
        }
    }

    /// Ends the server and the linking thread; call once.
    package func end() {
        isEnding.store(true, ordering: .releasing)
        linkerEnded.wait()
        kill()
    }

    // MARK: what happens to it

    /// Starts it and waits until it listens.
    package func start() throws {
        let new = try ChildProcess(
            "/usr/bin/pipewire", ["-c", folder.path + "/pipewire.conf"],
            environment: Program.environment(["XDG_RUNTIME_DIR": folder.path]),
            streams: .files(output: folder.path + "/out", errors: folder.path + "/err"))
        try waitUntil("PipeWire to listen") { ports("-i").contains { isOurs($0) } }
        process.withLock { $0 = new }
    }

    package func kill() {
        let old = process.withLock { held in
            defer { held = nil }
            return held
        }
        old?.signal(SIGKILL)
        _ = try? old?.wait(within: 10)
    }

    /// Holds it: connections stand, and nothing is played or answered.
    package func hold() { process.withLock { $0?.signal(SIGSTOP) } }
    package func release() { process.withLock { $0?.signal(SIGCONT) } }

    /// Listens to the sink until the recorder is released or ended; `sound` tells what it heard.
    package func record(to name: String) throws -> ChildProcess {
        let recorder = try ChildProcess(
            "/usr/bin/pw-record", ["--target", "0", "--format", "s16", folder.path + "/" + name],
            environment: Program.environment(environment),
            streams: .files(output: folder.path + "/record", errors: folder.path + "/record"))
        try waitUntil("the recorder to hear") { loudest(in: name) != nil }
        return recorder
    }

    /// The loudest sample of a recording, 0 for silence; nil while nothing came.
    package func loudest(in name: String) -> Int? {
        guard let data = FileManager.default.contents(atPath: folder.path + "/" + name) else {
            return nil
        }
        // The head of a WAV file is shorter than this.
        let bytes = [UInt8](data.dropFirst(128))
        guard bytes.count > 4_800 else { return nil }
        return stride(from: 0, to: bytes.count - 1, by: 2).map {
            abs(Int(Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)))
        }.max()
    }

    // MARK: linking

    private var isRunning: Bool { process.withLock { $0 != nil && $0?.ended() == nil } }

    private func isOurs(_ port: String) -> Bool { port.hasPrefix("rehab-null:") }

    private func ports(_ direction: String) -> [String] {
        guard let told = pwLink([direction]), told.code == 0 else { return [] }
        return told.lines.map { $0.trimmingCharacters(in: .whitespaces) }
    }

    private func pwLink(_ arguments: [String]) -> ProgramResult? {
        // Held, it does not answer: whoever asks is not to wait for it.
        try? Program.run(
            "/usr/bin/timeout", ["1", "/usr/bin/pw-link"] + arguments,
            environment: Program.environment(["XDG_RUNTIME_DIR": folder.path]), within: 5)
    }

    private func link() {
        func side(_ port: String) -> String { port.hasSuffix("FR") ? "FR" : "FL" }
        let (players, listeners) = (ports("-o"), ports("-i"))
        guard !(players + listeners).allSatisfy(isOurs) else { return }
        let linked = Set(ports("-l"))
        for port in players where !isOurs(port) && !linked.contains(port) {
            _ = pwLink([port, "rehab-null:playback_\(side(port))"])
        }
        for port in listeners where !isOurs(port) && !linked.contains(port) {
            _ = pwLink(["rehab-null:monitor_\(side(port))", port])
        }
    }

    /// One null sink, driven by its own timer; the smallest step decides the delay.
    private static func configuration(quantum: Int) -> String {
        """
        context.properties = {
            core.daemon = true
            core.name = pipewire-0
            default.clock.rate = 48000
            default.clock.quantum = \(max(1024, quantum))
            default.clock.min-quantum = \(quantum)
        }
        context.spa-libs = {
            audio.convert.* = audioconvert/libspa-audioconvert
            support.* = support/libspa-support
        }
        context.modules = [
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
    }
}
