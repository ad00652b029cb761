// A daemon with sound in a file and a person played to it, for tests of the outputs.

import Control
import DaemonTestKit
import Foundation
import Plumbing

/// A daemon whose sound goes into a file, with a calibrated pelvis sensor that is played to it.
struct FeedbackScene {
    let daemon: RunningDaemon
    let sensor: AttachedSensor
    let player: PacketPlayer
    let folder: TemporaryFolder

    var sound: String { folder.path + "/sound.raw" }

    init(
        _ toml: String = Scenario.oneDrop, environment: [String: String] = [:],
        exercises: [String: String] = [:], before: (RunningDaemon) throws -> Void = { _ in }
    ) throws {
        let scenario = try Scenario(toml)
        folder = try TemporaryFolder()
        let configuration = folder.path + "/configuration"
        try FileManager.default.createDirectory(
            atPath: configuration + "/exercises", withIntermediateDirectories: true)
        for (name, text) in exercises {
            try text.write(
                toFile: configuration + "/exercises/" + name, atomically: false, encoding: .utf8
            )
        }
        let alsa = folder.path + "/asound.conf"
        try """
        pcm.capture {
            @args [ FILE ]
            @args.FILE { type string }
            type file
            slave.pcm { type null }
            file $FILE
            format "raw"
        }
        """.write(toFile: alsa, atomically: false, encoding: .utf8)
        let ours = [
            "REHABD_AUDIO": "capture:\(folder.path)/sound.raw", "ALSA_CONFIG_PATH": alsa,
            "CONFIGURATION_DIRECTORY": configuration,
        ]
        daemon = try RunningDaemon {
            $0.environment = ours.merging(environment) { $1 }
        }
        try scenario.storeCalibration(of: "belt", in: daemon.state)
        try before(daemon)
        sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        player = PacketPlayer(scenario.packets, into: sensor)
        try waitUntil("the sensor to stream") { [daemon] in
            try daemon.sensor("belt")?.state == .streaming
        }
    }

    /// The left side of what was played.
    func frames() throws -> [Int16] {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: sound)))
        return stride(from: 0, to: bytes.count - 3, by: 4).map {
            Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)
        }
    }

    func output(_ name: String) throws -> Rehab1.Output? {
        try daemon.status().outputs.first { $0.name == name }
    }
}
