// Real lower-back and pelvis sensors as DOT packets through the whole path, against their goldens.

import FakeWearable
import Foundation
import Kinematics
import Recording
import SensorTable
import Testing

/// Where the recordings are that stay outside the project.
enum RealData {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["REHABD_DATA"] {
            return URL(filePath: path)
        }
        return URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/data")
    }()

    static var isThere: Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: "qmt_full_body").path)
    }
}

/// One real recording: where it is, how the sensor sat.
struct RealRecording: Sendable, CustomTestStringConvertible {
    let name: String
    let file: String
    let forward: Vector3
    var testDescription: String { name }

    static let all = [
        // Pelvis, back: x up along the spine, z out of the back, so −z faces forward.
        RealRecording(
            name: "qmt-pelvis", file: "qmt_full_body/hip.csv", forward: Vector3(0, 0, -1)),
        // Lower back: x up along the spine, z from back to front (the data set's guide); along z the walker gains
        // speed at the start.
        RealRecording(
            name: "mobgap-walk", file: "lower_back_mobgap/HA_001_Test5_Trial1.csv",
            forward: Vector3(0, 0, 1)),
    ]
}

@Suite("Real sensors", .enabled(if: RealData.isThere, "no recordings: set REHABD_DATA"))
struct RealSensorTests {
    static func load(_ real: RealRecording) throws -> Recording {
        let file = RealData.folder.appending(path: real.file).path
        let table = try SensorTable(parsing: [UInt8](try TableFile.read(file)).span, file: file)
        return try TableRecording.make(
            angularRate: table.readings.map(\.angularRate),
            specificForce: table.readings.map(\.specificForce), rateHertz: 100,
            forward: real.forward, name: real.name, source: real.file)
    }

    @Test("comes to its golden", arguments: RealRecording.all)
    func comesToGolden(real: RealRecording) throws {
        let text = try Golden.text(try Self.load(real), name: real.name)
        try Golden.check(text, name: real.name)
    }

    @Test("nobody is told to lie down while standing and walking", arguments: RealRecording.all)
    func staysUpright(real: RealRecording) throws {
        let bytes = try OfflineReplay.run(try Self.load(real))
        let frames = try RecordingReader.parse(bytes, file: "replay").frames
        let bodies = frames.compactMap { FrameLine($0)?.body }
        #expect(bodies.count > 1000)
        let upright = bodies.filter { $0.posture == "upright" }.count
        // Both recordings are of an upright person (data set descriptions); the first has bends.
        #expect(Double(upright) / Double(bodies.count) > 0.9)
    }

    @Test("in the first quiet stand the pelvis stays within a degree of its neutral")
    func firstStandIsNeutral() throws {
        // The data set's description: standing still at 0 to 4.6 s.
        let bytes = try OfflineReplay.run(try Self.load(RealRecording.all[0]))
        let frames = try RecordingReader.parse(bytes, file: "replay").frames
        let stand = frames.compactMap(FrameLine.init)[100..<440]
        for frame in stand {
            let body = try #require(frame.body)
            let obliquity = try #require(body.obliquity) * degreesPerRadian
            let tilt = try #require(body.anteriorTilt) * degreesPerRadian
            #expect(abs(obliquity) < 1 && abs(tilt) < 1)
        }
    }
}
