// From a recording's bytes to the rows of its estimate, and into a file.

import Estimation
import Foundation
import Kinematics
import SensorTable
import Testing

@Suite("Offline estimation")
struct OfflineEstimationTests {
    /// 10 s of a sensor at rest, turned by 30 degrees about its x axis, at 50 Hz.
    private let still: [UInt8] = {
        let rows = Array(repeating: "7,0,0,0,0,4.905,8.49571\n", count: 500)
        return Array(("place,gx,gy,gz,ax,ay,az\n" + rows.joined()).utf8)
    }()

    private func lines(_ bytes: [UInt8]) -> [Substring] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }

    private func run(
        _ bytes: [UInt8], format: EstimateWriter.Format = .csv
    ) throws -> [UInt8] {
        try OfflineEstimation.run(
            bytes.span, file: "s", options: EstimationOptions(rate: 50), format: format
        ).text
    }

    @Test("One row a sample, under the header, and the tilt that was put in")
    func rows() throws {
        let text = lines(try run(still))
        #expect(text.count == 501)
        #expect(text[0] == "n,t_s,qw,qx,qy,qz,sigma_deg,flags")
        #expect(text[1].hasPrefix("0,0.000000,"))
        #expect(text[1].hasSuffix(",settling|bias-unlearnt"))
        // Half of 30 degrees about x: cos 15° and sin 15°.
        let last = text[500].split(separator: ",", omittingEmptySubsequences: false)
        #expect(last.count == 8)
        let numbers = try last.prefix(7).map { try #require(Double($0)) }
        #expect(numbers[0] == 499 && abs(numbers[1] - 9.98) < 1e-6)
        #expect(abs(numbers[2] - 0.965925826) < 1e-5)
        #expect(abs(numbers[3] - 0.258819045) < 1e-5)
        #expect(abs(numbers[4]) < 1e-5 && abs(numbers[5]) < 1e-5)
        #expect(numbers[6] > 0 && numbers[6] < 0.5)
        #expect(last[7].split(separator: "|").contains("rest"))
    }

    @Test("JSON rows carry the same numbers")
    func jsonRows() throws {
        let csv = lines(try run(still))
        let json = lines(try run(still, format: .jsonLines))
        #expect(json.count == 500)
        struct Row: Decodable {
            let n, tS, qw, qx, qy, qz: Double
            let sigmaDeg: Double
            let flags: [String]
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        for index in [0, 250, 499] {
            let row = try decoder.decode(Row.self, from: Data(json[index].utf8))
            let fields = csv[index + 1].split(separator: ",", omittingEmptySubsequences: false)
            #expect(
                [row.n, row.tS, row.qw, row.qx, row.qy, row.qz, row.sigmaDeg]
                    == fields[..<7].map { Double($0) })
            #expect(row.flags.joined(separator: "|") == fields[7])
        }
    }

    @Test("Rows are written with fixed decimals, signs kept and no minus zero")
    func rowText() {
        var writer = EstimateWriter(format: .csv)
        writer.append(
            TiltEstimate(
                worldFromSensor: Rotation(w: 0.5, x: -0.5, y: -1e-12, z: 0.123_456_789_4),
                sigma: Double.pi / 2, gyroscopeBias: .zero,
                flags: TiltFlags.afterGap.with(.saturated)), number: 41, time: 1.25)
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == "n,t_s,qw,qx,qy,qz,sigma_deg,flags\n"
                + "41,1.250000,0.500000000,-0.500000000,0.000000000,0.123456789,90.0000,after-gap|saturated\n"
        )
    }

    @Test("Numbers that are none are written as zero, not as text")
    func rowsStayNumbers() {
        var writer = EstimateWriter(format: .csv)
        writer.append(
            TiltEstimate(
                worldFromSensor: Rotation(w: .nan, x: .infinity, y: 1e300, z: -1), sigma: 0,
                gyroscopeBias: .zero, flags: .none), number: 0, time: .nan)
        #expect(
            lines(writer.bytes)[1]
                == "0,0.000000,0.000000000,0.000000000,0.000000000,-1.000000000,0.0000,")
    }

    @Test("The samples of a table are evenly spaced")
    func spacing() throws {
        let table = try SensorTable(parsing: still.span, file: "s")
        let samples = OfflineEstimation.samples(table, rate: 50)
        #expect(samples.count == 500)
        #expect(samples[0].interval == 0)
        #expect(samples.dropFirst().allSatisfy { $0.interval == 0.02 })
    }
}

@Suite("Files of tables")
struct TableFileTests {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "rehabd-table-\(UInt64.random(in: 0...UInt64.max))")

    @Test("A result is there whole, replaces an older one, and leaves nothing beside it")
    func writes() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "out.csv").path
        try TableFile.write(Array("older and longer".utf8), to: path)
        try TableFile.write(Array("newer".utf8), to: path)
        #expect(try TableFile.read(path) == Data("newer".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out.csv"])
    }

    @Test("A link is followed: the file it names gets the result, the link stays")
    func followsLinks() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "real.csv").path
        let link = folder.appending(path: "link.csv").path
        try TableFile.write([65], to: file)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
        #expect(TableFile.isSame(link, file))
        try TableFile.write([66], to: link)
        #expect(try TableFile.read(file) == Data([66]))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == file)
    }

    @Test("A device is written to, not replaced")
    func devices() throws {
        try TableFile.write([65], to: "/dev/null")
        let type = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type]
        #expect(type as? FileAttributeType == .typeCharacterSpecial)
    }

    @Test("What cannot be read or written is named, with a cure")
    func failures() {
        let missing = #expect(throws: SensorTableError.self) {
            try TableFile.read("/nowhere/at/all.csv")
        }
        #expect(missing?.kind == .unreadable && missing?.file == "/nowhere/at/all.csv")
        #expect(missing?.message == "there is no such file or directory")
        let directory = #expect(throws: SensorTableError.self) { try TableFile.read("/tmp") }
        #expect(directory?.message == "it is a directory")
        let unwritable = #expect(throws: SensorTableError.self) {
            try TableFile.write([65], to: "/nowhere/at/all.csv")
        }
        #expect(unwritable?.kind == .unwritable && unwritable?.cure.isEmpty == false)
        let full = #expect(throws: SensorTableError.self) {
            try TableFile.write([65], to: "/dev/full")
        }
        #expect(full?.message == "no space is left")
    }
}
