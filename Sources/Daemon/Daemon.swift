// Assembles the daemon, runs it until a signal, takes it apart in order.

import Control
import ControlServer
import EventLoop
import Exercises
import Glibc
import Plumbing
import ServiceManager
import Synchronization
import TomlReading
import Varlink

/// Why the daemon could not start.
package struct DaemonError: Error, Sendable, CustomStringConvertible {
    /// From sysexits.h: 75 (try again) where another daemon runs, 70 otherwise.
    package let exitCode: Int32
    package let description: String
}

/// The whole program but for `main`.
package enum Daemon {
    /// Runs until SIGTERM or SIGINT.
    ///
    /// `ready` is called once clients can connect.
    package static func run(
        _ settings: DaemonSettings, ready: () -> Void = {}
    ) throws(DaemonError) {
        let parts = try assemble(settings)
        try listen(parts, settings)
        RealtimeProcess.releaseStartupPages()
        let isLocked = settings.realtime && RealtimeProcess.lockMemory()
        parts.supervisor.assumeIsolated { $0.memoryLocked = isLocked }
        DaemonLog.event(
            .started, "rehabd \(settings.version) answers at \(settings.paths.socket)")
        ServiceManager.ready(parts.supervisor.assumeIsolated { $0.statusLine })
        ready()
        parts.loop.run()
        parts.signals.end(on: parts.loop)
        DaemonLog.event(.stopped, "rehabd stopped")
    }

    private struct Parts {
        let loop: EventLoop
        let signals: UnixSignals
        let control: ControlServer
        let supervisor: Supervisor
    }

    private static func assemble(_ settings: DaemonSettings) throws(DaemonError) -> Parts {
        DaemonLog.namesAreShown = settings.logsNames
        // Before the first thread and the first allocation of any size.
        RealtimeProcess.settleAllocator()
        let catalogue: [Exercise]
        do throws(TomlError) {
            catalogue = try Catalogue.load()
        } catch {
            throw DaemonError(exitCode: 70, description: "the built-in catalogue: \(error)")
        }
        do throws(PlumbingError) {
            let loop = try EventLoop()
            let ending = Ending()
            let reloading = Ending()
            // Before the other threads, which must not get the signals.
            let signals = try UnixSignals([SIGTERM, SIGINT, SIGXCPU, SIGHUP], on: loop) { signal in
                if signal == SIGHUP {
                    reloading.end()
                } else if signal == SIGXCPU {
                    // The soft limit of real-time CPU that rtkit asks for; unblocked it would end us.
                    let count = RealtimeProcess.demote()
                    DaemonLog.event(
                        .realtimeOverrun,
                        "a real-time thread used its CPU allowance without a pause: \(count) "
                            + "threads run at normal priority until rehabd is started again",
                        priority: 4)
                } else {
                    ending.end()
                }
            }
            let control = ControlServer(
                loop: loop, owner: getuid(),
                service: VarlinkService(
                    vendor: "rehabd", product: "rehabd", version: settings.version,
                    url: "", interfaces: [:]))
            let supervisor = try Supervisor(
                loop: loop, settings: settings, control: control, catalogue: catalogue)
            // Whatever is amiss is in the log.
            reloading.set { supervisor.assumeIsolated { _ = try? $0.reload() } }
            ending.set {
                ServiceManager.stopping("closing the recording and letting the sensors rest")
                ServiceManager.extendTimeout(seconds: 10)
                supervisor.assumeIsolated { $0.shutDown() }
                Task(executorPreference: loop) {
                    await supervisor.leaveBluetooth()
                    control.stop()
                    loop.stop()
                }
            }
            return Parts(loop: loop, signals: signals, control: control, supervisor: supervisor)
        } catch {
            throw DaemonError(exitCode: 70, description: error.description)
        }
    }

    private static func listen(
        _ parts: Parts, _ settings: DaemonSettings
    ) throws(DaemonError) {
        let inherited = ServiceManager.listeningSocket(named: "control")
        if inherited == nil {
            do throws(PlumbingError) {
                try FileStore.makeDirectory(settings.paths.socketDirectory)
            } catch {
                throw DaemonError(exitCode: 70, description: error.description)
            }
        }
        let failure = parts.control.assumeIsolated { control -> ControlServerError? in
            do throws(ControlServerError) {
                if let inherited {
                    try control.start(on: inherited, handler: parts.supervisor)
                } else {
                    try control.start(at: settings.paths.socket, handler: parts.supervisor)
                }
                return nil
            } catch {
                return error
            }
        }
        guard let failure else {
            parts.supervisor.assumeIsolated {
                $0.noteOverrides()
                $0.inheritSession()
                $0.beginFeedback()
                $0.beginBluetooth()
                $0.beginWatchdog()
            }
            return
        }
        parts.supervisor.assumeIsolated { $0.shutDown() }
        var isSecond = false
        if case .listening(.inUse) = failure { isSecond = true }
        throw DaemonError(exitCode: isSecond ? 75 : 70, description: failure.description)
    }
}

/// What a signal sets off; set once everything exists.
private final class Ending: Sendable {
    private let body = Mutex<(@Sendable () -> Void)?>(nil)

    func set(_ body: @escaping @Sendable () -> Void) { self.body.withLock { $0 = body } }

    func end() {
        let body = body.withLock { $0 }
        body?()
    }
}
