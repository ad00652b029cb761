// What the machine itself tells of Bluetooth, without the daemon: adapters, rfkill, BlueZ, power saving.

import Bluetooth
import Plumbing

/// Looks at the kernel's and the distribution's files.
enum BluetoothMachine {
    static func checks() -> [Check] { adapters() + blocked() + [bluetoothd()] }

    private static func text(_ path: String) -> String? {
        guard let bytes = try? FileStore.read(path, limit: 4096) else { return nil }
        return trimmed(String(decoding: bytes, as: UTF8.self))
    }

    private static func adapters() -> [Check] {
        let directory = "/sys/class/bluetooth"
        let names = ((try? FileStore.list(directory)) ?? []).filter {
            // Live links appear here too, as hci0:64.
            $0.hasPrefix("hci") && !$0.contains(":")
        }
        guard !names.isEmpty else {
            return [
                Check(
                    name: "hardware", state: .failure, finding: "the kernel knows no adapter",
                    cure: "plug in a Bluetooth adapter; see dmesg where one is plugged in")
            ]
        }
        return names.sorted().flatMap { name in
            [Check(name: "hardware", state: .ok, finding: "\(name) is there")]
                + powerSaving(name, in: directory)
        }
    }

    /// A USB adapter that the kernel puts to sleep loses packets when it wakes.
    private static func powerSaving(_ name: String, in directory: String) -> [Check] {
        for up in ["device/power/control", "device/../power/control"] {
            guard let control = text("\(directory)/\(name)/\(up)") else { continue }
            guard control == "auto" else { continue }
            return [
                Check(
                    name: "autosuspend", state: .warning,
                    finding: "\(name) may be put to sleep by the kernel to save power",
                    cure: "install rehabd's udev rule, or: echo on | sudo tee "
                        + "\(directory)/\(name)/\(up)")
            ]
        }
        return []
    }

    private static func blocked() -> [Check] {
        let directory = "/sys/class/rfkill"
        for name in (try? FileStore.list(directory)) ?? [] {
            guard text("\(directory)/\(name)/type") == "bluetooth" else { continue }
            if text("\(directory)/\(name)/hard") == "1" {
                return [
                    Check(
                        name: "rfkill", state: .failure, finding: "a switch of the machine is off",
                        cure: "turn Bluetooth on with the machine's switch or key")
                ]
            }
            if text("\(directory)/\(name)/soft") == "1" {
                return [
                    Check(
                        name: "rfkill", state: .failure, finding: "Bluetooth is blocked",
                        cure: "rfkill unblock bluetooth")
                ]
            }
        }
        return []
    }

    private static func bluetoothd() -> Check {
        guard let path = BlueZProgram.path else {
            return Check(
                name: "BlueZ", state: .failure, finding: "bluetoothd is not installed",
                cure: "sudo apt-get install bluez")
        }
        guard let version = BlueZProgram.version() else {
            return Check(
                name: "BlueZ", state: .warning, finding: "bluetoothd does not tell its version",
                cure: "run: \(path) -v")
        }
        return Check(
            name: "BlueZ", state: .ok, finding: "version \(version.major).\(version.minor)")
    }
}
