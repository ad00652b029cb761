// `rehabctl setup` where a sensor sends already and there is no Bluetooth to look for another.

import Control
import DaemonTestKit
import Foundation
import Synthetic
import Testing

@Suite(.scene()) struct SetupTests {
    private func environment(_ daemon: RunningDaemon) -> [String: String] {
        Program.environment(["REHABD_SOCKET": daemon.socket])
    }

    @Test func withoutBluetoothASensorThatSendsIsPlacedAndCalibrated() throws {
        let daemon = try RunningDaemon()
        let person = try Performer(DefaultScripts.demo, for: daemon)
        let terminal = try Pseudoterminal()
        func isShown(_ words: String, within seconds: Double = 30) throws {
            try waitUntil(words, within: seconds) {
                Practice.plain(terminal.drawn()).contains(words)
            }
        }
        let setup = try terminal.start(
            Products.rehabctl, ["setup"], environment: environment(daemon))
        try isShown("Put the sensors on now. Calibrate?")
        terminal.type("\n")
        try isShown("Stand still")
        try isShown("of 3 seen")
        try person.perform("bows")
        try isShown("Lift your left foot")
        try person.perform("lift-left")
        #expect(try setup.wait(within: 30) == .exited(0))
        let shown = Practice.plain(terminal.drawn())
        for words in [
            "rehabd was started without Bluetooth", "rehabctl doctor bluetooth",
            "Going on with what sends already:", "pelvis, on the pelvis", "samples a second",
            "sign proof agreed", "Ready. Begin with: rehabctl start one-leg-stand",
        ] {
            #expect(shown.contains(words), "\(words)\n\(shown)")
        }
        #expect(try daemon.status().sensors.first?.calibration != nil)
        _ = person.wearable.finish()
    }

    @Test func withoutBluetoothAndWithoutASensorItEndsAndSaysWhy() throws {
        let daemon = try RunningDaemon()
        let told = try Program.run(
            Products.rehabctl, ["setup"], environment: environment(daemon))
        #expect(told.code == 69)
        #expect(told.errors.contains("rehabctl doctor bluetooth"), "\(told)")
        #expect(!told.output.contains("Ready"), "\(told)")
    }

    @Test func aSensorOffThePelvisIsNotReady() throws {
        let daemon = try RunningDaemon()
        let person = try Performer(
            DefaultScripts.demo, claims: ["pelvis": "trunk"], for: daemon)
        let told = try Program.run(
            Products.rehabctl, ["setup"], environment: environment(daemon))
        #expect(told.code == 0, "\(told)")
        #expect(told.output.contains("No sensor on the pelvis yet"), "\(told)")
        #expect(!told.output.contains("Ready"), "\(told)")
        _ = person.wearable.finish()
    }
}
