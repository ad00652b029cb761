// What the doctor looks at besides Bluetooth: rights, sound, room, clock, versions, units, sandbox.

import Alerts
import Control
import Daemon
import FoundationEssentials
import Plumbing

/// Checks of the machine; `status` is nil where no daemon answers.
struct MachineDoctor {
    let status: Rehab1.Status?
    /// False: nothing is opened for a measurement.
    var listens = true

    private static let systemctl = "/usr/bin/systemctl"

    func checks() -> [Check] {
        [version(), configuration()] + units() + sandbox() + permissions() + realtime() + [memory()]
            + sound() + disk() + clock() + warnings()
    }

    // MARK: the programs

    private func version() -> Check {
        let system =
            text("/etc/os-release").flatMap { release in
                release.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
                    .map { String($0.dropFirst(12)).replacing("\"", with: "") }
            } ?? "unknown system"
        let kernel = text("/proc/sys/kernel/osrelease") ?? "?"
        let machine = "\(system), Linux \(kernel)"
        guard let running = status.map({ RunningVersion($0) }), let finding = running.finding else {
            return Check(
                name: "versions", state: .ok, finding: "rehabctl \(programVersion), \(machine)")
        }
        return Check(
            name: "versions", state: .warning, finding: finding, cure: running.cure)
    }

    private func configuration() -> Check {
        let path = Configuration.path(environment: ProcessInfo.processInfo.environment)
        do throws(DaemonError) {
            let file = try Configuration.read(path)
            return Check(
                name: "settings", state: .ok, finding: file == nil ? "the defaults hold" : path)
        } catch {
            return Check(
                name: "settings", state: .failure, finding: error.description,
                cure: "rehabctl config edit")
        }
    }

    private func units() -> [Check] {
        func isActive(_ words: [String]) -> Bool? {
            ProgramOutput.lines(of: Self.systemctl, words + ["is-active", "rehabd.service"])?
                .lines.first.map { $0 == "active" || $0 == "activating" || $0 == "reloading" }
        }
        guard FileStore.attributes("/run/systemd/system") != nil else {
            return [
                Check(name: "units", state: .ok, finding: "systemd does not run this machine")
            ]
        }
        let user = isActive(["--user"]) ?? false
        let system = isActive([]) ?? false
        if user && system {
            return [
                Check(
                    name: "units", state: .failure,
                    finding: "the user's and the system's rehabd run side by side",
                    cure: "keep one; on a desktop: sudo systemctl disable --now rehabd.service "
                        + "rehabd.socket")
            ]
        }
        if user || system {
            return [
                Check(
                    name: "units", state: .ok,
                    finding: user ? "runs as a service of this login" : "runs as a system service")
            ]
        }
        return [
            Check(
                name: "units", state: .warning,
                finding: status == nil ? "no unit runs" : "rehabd runs, but not as a service",
                cure: "systemctl --user enable --now rehabd.socket")
        ]
    }

    /// What the kernel holds the daemon to; the units ask for it.
    private func sandbox() -> [Check] {
        guard let status, let facts = text("/proc/\(status.processID)/status") else { return [] }
        func value(_ key: String) -> String? {
            facts.split(separator: "\n").first { $0.hasPrefix(key + ":") }
                .map { trimmed($0.dropFirst(key.count + 1)) }
        }
        let isConfined = value("NoNewPrivs") == "1" && value("Seccomp") == "2"
        if let held = value("CapEff"), held.contains(where: { $0 != "0" }) {
            return [
                Check(
                    name: "sandbox", state: .warning,
                    finding: "rehabd runs with capabilities, which it does not need",
                    cure: "run it by its unit and not as root")
            ]
        }
        return [
            Check(
                name: "sandbox", state: isConfined ? .ok : .warning,
                finding: isConfined
                    ? "no new privileges, system calls filtered"
                    : "rehabd runs without its sandbox",
                cure: isConfined ? nil : "start it by its unit: systemctl --user start rehabd")
        ]
    }

    private func permissions() -> [Check] {
        let path = "/run/rehabd/control"
        guard FileStore.attributes(path) != nil, !MachineFacts.mayWrite(path) else { return [] }
        return [
            Check(
                name: "permissions", state: .failure,
                finding: "a system's rehabd runs, and this user may not speak with it",
                cure: "sudo usermod -aG rehab $USER, then log in again")
        ]
    }

    // MARK: rights

    private func realtime() -> [Check] {
        if let granted = status?.realtime, granted.estimator != "not started" {
            let isGood = granted.estimator == "fifo" || granted.estimator == "rtkit"
            return [
                Check(
                    name: "real time", state: isGood ? .ok : .warning,
                    finding: isGood
                        ? "the estimator has it (\(granted.estimator))"
                        : "the estimator runs as \(granted.estimator): a busy machine delays cues",
                    cure: isGood ? nil : MachineDoctor.realtimeCure)
            ]
        }
        let limit = MachineFacts.realtimePriorityLimit()
        let hasKit = FileStore.attributes("/usr/libexec/rtkit-daemon") != nil
        let isGood = (limit ?? 99) > 0 || hasKit
        return [
            Check(
                name: "real time", state: isGood ? .ok : .warning,
                finding: (limit ?? 99) > 0
                    ? "this user may ask for it"
                    : hasKit ? "rtkit can grant it" : "nobody grants it to this user",
                cure: isGood ? nil : MachineDoctor.realtimeCure)
        ]
    }

    private static let realtimeCure =
        "sudo apt-get install rtkit, or join a group with a limit: sudo usermod -aG pipewire $USER"

    private func memory() -> Check {
        let limit = MachineFacts.lockedMemoryLimit()
        let locked = status?.realtime.memoryLocked ?? ((limit ?? .max) >= 32 << 20)
        return Check(
            name: "memory lock", state: locked ? .ok : .warning,
            finding: locked
                ? (status == nil ? "the limit suffices" : "rehabd's memory stays in RAM")
                : "memory may be paged out (limit \((limit ?? 0) / 1024) KiB)",
            cure: locked
                ? nil
                : "raise the limit: a file in /etc/security/limits.d with \"* - memlock 131072\"")
    }

    // MARK: sound

    private func sound() -> [Check] {
        let environment = ProcessInfo.processInfo.environment
        let settings = try? DaemonSettings.read(environment: environment)
        guard let device = settings?.audioDevice ?? (settings == nil ? "default" : nil) else {
            let isOutside = environment["REHABD_AUDIO"] == "none"
            return [
                Check(
                    name: "sound", state: .warning,
                    finding: isOutside
                        ? "is turned off by REHABD_AUDIO in the environment"
                        : "is turned off in the settings",
                    cure: isOutside
                        ? "start rehabd without REHABD_AUDIO=none"
                        : "rehabctl config edit, [sound] device")
            ]
        }
        var checks: [Check] = []
        for output in status?.outputs ?? [] where output.state == .failing {
            let parts = (output.reason ?? "fails in rehabd").split(separator: ": ", maxSplits: 1)
            checks.append(
                Check(
                    name: output.name, state: .failure,
                    finding: parts.first.map(String.init) ?? "fails in rehabd",
                    cure: parts.count > 1 ? String(parts[1]) : nil))
        }
        if listens { checks.append(measured(device)) }
        if let sink = defaultSink(), sink.contains("bluez") {
            checks.append(
                Check(
                    name: "headphone", state: .warning,
                    finding: "sound goes to a Bluetooth device: 0.1 to 0.3 s later, and it shares "
                        + "the sensors' radio",
                    cure: "use a speaker or headphone with a wire"))
        }
        return checks
    }

    private func measured(_ device: String) -> Check {
        do throws(AlertError) {
            let path = try SoundCheck.measure(device: device)
            let delay = decimal(path.delay * 1000, 1, unit: " ms")
            let isSoon = path.delay <= 0.05
            return Check(
                name: "sound delay", state: isSoon ? .ok : .warning,
                finding: "\(delay) through \"\(device)\" (\(path.format.rate) Hz)",
                cure: isSoon ? nil : "choose a nearer device: rehabctl config edit, [sound] device")
        } catch {
            return Check(
                name: "sound delay", state: .failure,
                finding: "\"\(device)\" cannot be played to: \(error.description)",
                cure: "see the devices with aplay -L, then rehabctl config edit, [sound] device")
        }
    }

    /// Name of the sink that desktop sound goes to; nil without a sound server.
    private func defaultSink() -> String? {
        if let told = ProgramOutput.lines(of: "/usr/bin/pactl", ["get-default-sink"]),
            told.status == 0, let name = told.lines.first
        {
            return name
        }
        let told = ProgramOutput.lines(of: "/usr/bin/wpctl", ["inspect", "@DEFAULT_AUDIO_SINK@"])
        return told?.lines.first { $0.contains("node.name") }
    }

    // MARK: room and time

    private func disk() -> [Check] {
        var path = StatePaths(environment: ProcessInfo.processInfo.environment).state
        while FileStore.attributes(path) == nil, path.count > 1 {
            path = "/" + path.split(separator: "/").dropLast().joined(separator: "/")
        }
        guard let disk = MachineFacts.disk(path) else { return [] }
        let megabytes = disk.free >> 20
        let state: Check.State =
            disk.isReadOnly || megabytes < 20 ? .failure : megabytes < 500 ? .warning : .ok
        return [
            Check(
                name: "disk", state: state,
                finding: disk.isReadOnly
                    ? "\(path) is read-only" : "\(megabytes) MB free for recordings",
                cure: state == .ok
                    ? nil : "free space: rehabctl recordings, rehabctl recordings remove NAME")
        ]
    }

    private func clock() -> [Check] {
        var checks: [Check] = []
        let source = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
        if let name = text(source) {
            let isFast = !["hpet", "acpi_pm", "jiffies", "refined-jiffies"].contains(name)
            checks.append(
                Check(
                    name: "clock", state: isFast ? .ok : .warning,
                    finding: "the kernel counts by \(name)"
                        + (isFast ? "" : ", which is slow to read"),
                    cure: isFast ? nil : "see dmesg for why the processor's own counter is not used"
                ))
        }
        let year = isoYear()
        if year < 2025 {
            checks.append(
                Check(
                    name: "date", state: .warning, finding: "the machine's date is in \(year)",
                    cure: "sudo timedatectl set-ntp true (recordings are named by the date)"))
        }
        return checks
    }

    private func isoYear() -> Int {
        Int(
            Date(timeIntervalSince1970: Double(MonotonicClock.wallTime()) * 1e-9)
                .formatted(.iso8601).prefix(4)) ?? 0
    }

    private func warnings() -> [Check] {
        (status?.warnings ?? []).map {
            Check(name: "rehabd says", state: .warning, finding: $0, cure: "see rehabctl status")
        }
    }

    private func text(_ path: String) -> String? {
        guard let bytes = try? FileStore.read(path, limit: 1 << 16) else { return nil }
        return trimmed(String(decoding: bytes, as: UTF8.self))
    }
}
