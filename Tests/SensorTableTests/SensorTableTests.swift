// Reading recordings: what is taken, what is refused, and how that is said.

import Kinematics
import SensorTable
import Testing

/// A table of that text, named `walk.csv`.
private func table(_ text: String) throws(SensorTableError) -> SensorTable {
    try SensorTable(parsing: Array(text.utf8).span, file: "walk.csv")
}

/// The error that a text gives; nil where it is accepted.
private func refusal(_ text: String) -> SensorTableError? {
    do throws(SensorTableError) {
        _ = try table(text)
        return nil
    } catch {
        return error
    }
}

private let header = "gx,gy,gz,ax,ay,az\n"

@Suite("Sensor table")
struct SensorTableTests {
    @Test("Columns are found by name, in any order, among others")
    func columnsByName() throws {
        let read = try table("move,az,ay,ax,note,gz,gy,gx\n1,9.81,-0.2,0.1,abc,-3,2.5,1e-3\n")
        #expect(
            read.readings == [
                SensorReading(
                    angularRate: Vector3(0.001, 2.5, -3), specificForce: Vector3(0.1, -0.2, 9.81))
            ])
    }

    @Test(
        "Line ends, blanks, quoted names, a byte order mark and empty last lines do not matter",
        arguments: [
            "gx,gy,gz,ax,ay,az\n1,2,3,4,5,6\n7,8,9,10,11,12\n",
            "gx,gy,gz,ax,ay,az\n1,2,3,4,5,6\n7,8,9,10,11,12",
            "gx,gy,gz,ax,ay,az\r\n1,2,3,4,5,6\r\n7,8,9,10,11,12\r\n",
            "gx,gy,gz,ax,ay,az\r\n1,2,3,4,5,6\r\n7,8,9,10,11,12",
            " gx, gy ,gz,ax,ay,az \n 1,\t2 ,3,4,5,6\n7,8,9,10,11,12\n\n \r\n\n",
            "\"gx\",\"gy\",\"gz\",\"ax\",\"ay\",\"az\"\n1,2,3,4,5,6\n7,8,9,10,11,12\n",
            "\u{FEFF}gx,gy,gz,ax,ay,az\n+1,2.0,3.,4e0,.5e1,6\n7,8,9,1.0E+1,110e-1,12\n",
        ])
    func tolerance(text: String) throws {
        #expect(
            try table(text).readings == [
                SensorReading(angularRate: Vector3(1, 2, 3), specificForce: Vector3(4, 5, 6)),
                SensorReading(angularRate: Vector3(7, 8, 9), specificForce: Vector3(10, 11, 12)),
            ])
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let text: String
        let kind: SensorTableError.Kind
        let line: Int?
        let column: String?
    }

    @Test(
        "What cannot be read is refused with its line and column",
        arguments: [
            Case(
                testDescription: "nothing", text: "", kind: .empty, line: nil, column: nil),
            Case(
                testDescription: "only line ends", text: "\n\r\n \n", kind: .empty, line: nil,
                column: nil),
            Case(
                testDescription: "only a header", text: header, kind: .empty, line: 1, column: nil),
            Case(
                testDescription: "two columns missing", text: "gx,gz,ax,ay\n1,2,3,4\n",
                kind: .header, line: 1, column: "gy az"),
            Case(
                testDescription: "no header", text: "1,2,3,4,5,6\n", kind: .header, line: 1,
                column: "gx gy gz ax ay az"),
            Case(
                testDescription: "column twice", text: "gx,gy,gz,ax,ay,az,gx\n1,2,3,4,5,6,7\n",
                kind: .header, line: 1, column: "gx"),
            Case(
                testDescription: "text in a number", text: header + "1,2,3,4,5,6\n1,2,3,4,5x,6\n",
                kind: .number, line: 3, column: "ay"),
            Case(
                testDescription: "decimal comma", text: header + "1,2,3,4,5,6,5\n", kind: .ragged,
                line: 2, column: "7"),
            Case(
                testDescription: "row too short", text: header + "1,2,3,4,5,6\n1,2,3,4\n",
                kind: .ragged, line: 3, column: "ay"),
            Case(
                testDescription: "empty line inside", text: header + "1,2,3,4,5,6\n\n1,2,3,4,5,6\n",
                kind: .number, line: 3, column: "gx"),
            Case(
                testDescription: "empty field", text: header + "1,,3,4,5,6\n", kind: .number,
                line: 2, column: "gy"),
            Case(
                testDescription: "nan", text: header + "1,2,NaN,4,5,6\n", kind: .number, line: 2,
                column: "gz"),
            Case(
                testDescription: "infinity", text: header + "1,2,-inf,4,5,6\n", kind: .number,
                line: 2, column: "gz"),
            Case(
                testDescription: "too large", text: header + "1,2,3,4,5,1e999\n", kind: .number,
                line: 2, column: "az"),
            Case(
                testDescription: "hexadecimal", text: header + "0x10,2,3,4,5,6\n", kind: .number,
                line: 2, column: "gx"),
            Case(
                testDescription: "sign only", text: header + "-,2,3,4,5,6\n", kind: .number,
                line: 2, column: "gx"),
            Case(
                testDescription: "exponent only", text: header + "1e,2,3,4,5,6\n", kind: .number,
                line: 2, column: "gx"),
            Case(
                testDescription: "two points", text: header + "1.2.3,2,3,4,5,6\n", kind: .number,
                line: 2, column: "gx"),
        ])
    func refusals(one: Case) {
        let error = refusal(one.text)
        #expect(error?.kind == one.kind)
        #expect(error?.line == one.line)
        #expect(error?.column == one.column)
        #expect(error?.message.isEmpty == false && error?.cure.isEmpty == false)
    }

    @Test("An error reads as a sentence with file, line, column and cure")
    func sentence() {
        #expect(
            refusal(header + "1,2,3,4,abc,6\n")?.description
                == "walk.csv, line 2, column ay: \"abc\" is not a number; "
                + "write it as a decimal, for example -9.81")
    }

    @Test("What an error quotes cannot command a terminal, and is short")
    func quotesAreSafe() {
        let text =
            header + "1,2,3,4,\u{1B}]0;title\u{7}" + String(repeating: "y", count: 99) + ",6\n"
        let message = refusal(text)?.message ?? ""
        #expect(message.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
        #expect(!message.isEmpty && message.count < 60)
    }

    @Test("Numbers are the nearest to their text, as the standard library reads them")
    func nearestNumbers() throws {
        var state: UInt64 = 11
        func next(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        var texts = [
            "0", "-0.0", "9007199254740993", "9007199254740992.5", "123456789012345678901234567890",
            "4.9e-324", "1.7976931348623157e308", "0.1", "1e22", "1e23", "8.5e-5",
            "0.30000000000000004441", "1e-400", "179769313486231570000e288",
        ]
        for _ in 0..<3000 {
            let whole = next(1_000_000)
            let digits = (0..<next(18)).map { _ in "\(next(10))" }.joined()
            let exponent = next(3) == 0 ? "e\(Int(next(60)) - 30)" : ""
            texts.append((next(2) == 0 ? "-" : "") + "\(whole).\(digits)\(exponent)")
        }
        for text in texts {
            let read = try table(header + "\(text),0,0,0,0,0\n").readings[0].angularRate.x
            let expected = try #require(Double(text))
            #expect(read.bitPattern == expected.bitPattern, "\(text)")
        }
    }

    @Test("Any bytes at all are read or refused, never a trap", arguments: 1...40)
    func anyBytes(seed: UInt64) {
        var state = seed
        func next(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        let common = Array("0123456789.,-+eE\r\n \tnaif\"gxyz".utf8)
        for _ in 0..<50 {
            var bytes: [UInt8] = next(3) == 0 ? [] : Array(header.utf8)
            for _ in 0..<next(300) {
                bytes.append(
                    next(20) == 0 ? UInt8(next(256)) : common[Int(next(UInt64(common.count)))])
            }
            do throws(SensorTableError) {
                let read = try SensorTable(parsing: bytes.span, file: "noise")
                #expect(
                    read.readings.allSatisfy {
                        $0.angularRate.isFinite && $0.specificForce.isFinite
                    })
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }
}
