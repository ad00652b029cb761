// fake-bluez: a Bluetooth world without a radio, on a bus of its own, driven by lines of text.

import FakeBlueZ
import Foundation

/// Starts a bus and the stand-in, says where, and obeys standard input.
///
/// ```
/// $ fake-bluez
/// DBUS_SYSTEM_BUS_ADDRESS=unix:path=/tmp/…/bus
/// dot D4:22:CD:00:00:01
/// ```
///
/// A daemon started with that variable finds the sensors. With `--bus ADDRESS` an existing bus is used.
@main
enum FakeBlueZCommand {
    static func main() async throws {
        let words = Array(CommandLine.arguments.dropFirst())
        var bus: TestBus?
        let address: String
        if words.count == 2, words[0] == "--bus" {
            address = words[1]
        } else {
            guard words.isEmpty else {
                print("usage: fake-bluez [--bus ADDRESS]\n\(FakeScript.help)")
                exit(64)
            }
            let own = try TestBus()
            bus = own
            address = own.address
        }
        let fake = try FakeBlueZ(at: address)
        await fake.start()
        say("DBUS_SYSTEM_BUS_ADDRESS=\(address)")
        let script = FakeScript(fake)
        while let line = readLine() {
            guard let answer = await script.run(line) else { break }
            if !answer.isEmpty { say(answer) }
        }
        await fake.end()
        bus?.kill()
    }

    private static func say(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }
}
