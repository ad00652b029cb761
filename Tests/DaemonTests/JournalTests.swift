// A real journal of the test's own: what rehabd tells arrives with its id and fields, and the catalogue explains it.

import Control
import DaemonTestKit
import Foundation
import Glibc
import Testing

@Suite(.scene()) struct JournalTests {
    private static let programs = [
        "/lib/systemd/systemd-journald", "/usr/bin/journalctl", "/usr/bin/systemd-cat",
        "/usr/bin/unshare",
    ]
    static let isPossible =
        getuid() == 0 && programs.allSatisfy(FileManager.default.isExecutableFile)

    /// In a mount namespace: nothing of the machine's own journal, catalogue or settings is touched.
    private static let script = """
        set -eu
        mount -t tmpfs tmpfs /run
        mkdir -p /run/systemd/journal /run/log/journal
        printf '[Journal]\\nStorage=volatile\\nAudit=no\\nReadKMsg=no\\n' > "$1/journald.conf"
        if [ -e /etc/systemd/journald.conf ]; then
            mount --bind "$1/journald.conf" /etc/systemd/journald.conf
        fi
        timeout 60 /lib/systemd/systemd-journald 2> "$1/journald" & journal=$!
        trap 'kill $journal' EXIT
        tries=0
        until [ -S /run/systemd/journal/stdout ]; do
            tries=$((tries + 1)); [ $tries -lt 100 ]; sleep 0.1
        done
        # systemd tells a service the journal's stream; systemd-cat of Debian 12 does not.
        timeout 30 systemd-cat sh -c \\
            'JOURNAL_STREAM=$(stat -L -c %d:%i /dev/stderr) exec "$0"' "$2" & daemon=$!
        until [ -S "$1/control" ]; do
            tries=$((tries + 1)); [ $tries -lt 200 ]; sleep 0.1
        done
        timeout 4 "$3" simulate --socket "$1/control" > /dev/null 2>&1 || true
        # timeout hands the signal on.
        kill $daemon; wait $daemon || true
        journalctl --sync
        mkdir -p /var/lib/systemd/catalog
        mount -t tmpfs tmpfs /var/lib/systemd/catalog
        mount -t tmpfs tmpfs /usr/lib/systemd/catalog
        cp "$4" /usr/lib/systemd/catalog/
        journalctl --update-catalog
        journalctl -D /run/log/journal SYSLOG_IDENTIFIER=rehabd -o json > "$1/entries"
        journalctl -D /run/log/journal SYSLOG_IDENTIFIER=rehabd --catalog --no-pager > "$1/text"
        """

    @Test(.enabled(if: isPossible, "needs root and systemd's journal"))
    func entriesArriveWithTheirIdAndTheirExplanation() throws {
        let folder = try TemporaryFolder()
        let ran = try Program.run(
            "/usr/bin/unshare",
            [
                "-m", "/bin/sh", "-c", Self.script, "sh", folder.path, Products.rehabd,
                Products.rehabctl, Products.repository + "/systemd/rehabd.catalog",
            ],
            environment: Program.environment([
                "REHABD_SOCKET": folder.path + "/control",
                "STATE_DIRECTORY": folder.path + "/state",
                "REHABD_AUDIO": "none", "REHABD_BLUETOOTH": "no",
            ]))
        #expect(ran.code == 0, "\(ran)")
        let lines = try String(contentsOfFile: folder.path + "/entries", encoding: .utf8)
            .split(separator: "\n")
        let entries = try lines.map {
            try #require(
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        func entry(_ event: String) -> [String: Any]? {
            entries.first { $0["REHAB_EVENT"] as? String == event }
        }
        // The ids of the catalogue, which are for ever.
        let ids = [("started", "01"), ("stopped", "02"), ("sensor-streaming", "04")]
        for (event, end) in ids {
            let told = try #require(entry(event), "\(event): \(lines)")
            #expect(told["MESSAGE_ID"] as? String == "c0f4bd1e2a5d4b6f8f3a0d5c7e1b9a" + end)
            #expect(told["PRIORITY"] as? String == "6")
            #expect(told["_TRANSPORT"] as? String == "journal")
        }
        #expect(entry("sensor-streaming")?["REHAB_SENSOR"] as? String == "pelvis")
        let text = try String(contentsOfFile: folder.path + "/text", encoding: .utf8)
        #expect(text.contains("Subject: rehabd has started"))
        #expect(text.contains("Subject: A sensor streams"))
        #expect(text.contains("Data of the sensor worn at pelvis is coming in."))
        // Names and addresses are no business of the journal's.
        #expect(!text.contains("sim-pelvis"))
    }
}
