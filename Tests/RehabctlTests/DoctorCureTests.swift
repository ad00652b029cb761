// Cures that depend on what is the matter: another version than the installed one, the link helper, the units.

import Control
import DaemonTestKit
import Foundation
import Glibc
import Plumbing
import Testing

@testable import rehabctl

@Suite struct RunningVersionTests {
    private static func status(_ version: String, process: Int64) -> Rehab1.Status {
        Rehab1.Status(
            version: version, processID: process, uptimeSeconds: 1, activity: .idle,
            replaying: false,
            realtime: Rehab1.Realtime(
                estimator: "fifo", intake: "fifo", alert: "fifo", memoryLocked: true),
            sensors: [], outputs: [], recordedPackets: 0, unrecordedPackets: 0, framesDropped: 0,
            residentBytes: 1, cpuSeconds: 1, warnings: [])
    }

    /// As the kernel writes them on Debian 12 for a login's, the system's and a terminal's daemon.
    @Test(arguments: [
        (
            "0::/user.slice/user-1000.slice/user@1000.service/app.slice/rehabd.service\n",
            RunningVersion.Unit.login
        ),
        ("0::/system.slice/rehabd.service\n", .system),
        ("0::/user.slice/user-1000.slice/session-2.scope\n", .terminal),
    ])
    func theControlGroupTellsTheUnit(_ text: String, _ unit: RunningVersion.Unit) {
        #expect(RunningVersion.unit(cgroup: text) == unit)
    }

    @Test func anotherVersionIsToldByStatusAndDoctorWithTheCure() throws {
        // No process has this number: it is taken for a login's.
        let old = Self.status("0.0.9", process: 1 << 40)
        let style = Style(isColourful: false)
        let line = try #require(
            StatusText(style: style).lines(old).first { $0.contains("0.0.9 runs") })
        #expect(line.contains("is installed"))
        #expect(line.contains("systemctl --user restart rehabd"))
        let check = try #require(
            MachineDoctor(status: old, listens: false).checks().first { $0.name == "versions" })
        #expect(check.state == .warning)
        #expect(check.cure == "systemctl --user restart rehabd")
    }

    @Test func theSameVersionIsNotWorthAWord() throws {
        let daemon = try RunningDaemon()
        let status = try daemon.status()
        #expect(RunningVersion(status).finding == nil)
        #expect(
            RunningVersion(status, installed: "99").finding?.contains("99 is installed") == true)
        #expect(try !daemon.rehabctl(["status"]).output.contains("is installed"))
        #expect(try daemon.rehabctl(["version"]).errors.isEmpty)
    }
}

@Suite(.scene()) struct LinkHelperCureTests {
    private static func cure(_ daemon: RunningDaemon) throws -> String? {
        let told = try daemon.rehabctl(["doctor", "bluetooth", "--json"])
        let checks = try #require(
            try JSONSerialization.jsonObject(with: Data(told.output.utf8)) as? [[String: Any]])
        return checks.first { $0["name"] as? String == "rehab-link" }?["cure"] as? String
    }

    @Test func whereItDoesNotRunItIsToBeStarted() throws {
        let daemon = try RunningDaemon {
            $0.environment = [
                "REHABD_BLUETOOTH": "yes", "REHAB_LINK_SOCKET": "/nonexistent/link",
                "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent/bus",
            ]
        }
        #expect(try Self.cure(daemon) == "systemctl enable --now rehab-link.socket")
    }

    /// Its socket is there and another account's: the group is what is missing.
    @Test(.enabled(if: Products.asAnotherAccount != nil, "no other account can be taken"))
    func whereItServesOthersTheGroupIsToBeJoined() throws {
        let folder = try TemporaryFolder()
        chown(folder.path, 65_534, 65_534)
        let listener = try UnixSocket.listen(path: folder.path + "/link", mode: 0o600)
        let daemon = try RunningDaemon {
            $0.wrapper = Products.asAnotherAccount.map { ["/usr/bin/env"] + $0 } ?? []
            $0.socket = folder.path + "/control"
            $0.state = folder.path + "/state"
            $0.environment = [
                "REHABD_BLUETOOTH": "yes", "REHAB_LINK_SOCKET": folder.path + "/link",
                "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent/bus",
            ]
        }
        #expect(try Self.cure(daemon) == "sudo adduser \"$USER\" rehab")
        _ = listener.rawValue
    }
}
