// Scripts that ask for the impossible are refused with the field and, where it can be known, the
// line.

import Synthetic
import Testing

@Suite struct HostileScriptTests {
    /// Text, then the field and the line that the refusal must name.
    static let refused: [(String, String, Int?)] = [
        ("", "task", nil),
        ("title = ", "script", 1),
        ("[[task]]\nkind = \"pause\"\nseconds = = 3\n", "script", 3),
        ("[[task]]\nseconds = 3\n", "task[1].kind", 1),
        ("[[task]]\nkind = \"dance\"\n", "task[1].kind", 2),
        ("[[task]]\nkind = \"pause\"\n", "task[1].seconds", 1),
        ("[[task]]\nkind = \"pause\"\nseconds = nan\n", "task[1].seconds", 3),
        ("[[task]]\nkind = \"pause\"\nseconds = inf\n", "task[1].seconds", 3),
        ("[[task]]\nkind = \"pause\"\nseconds = -1\n", "task[1].seconds", 3),
        ("[[task]]\nkind = \"pause\"\nseconds = 1e300\n", "task[1].seconds", 3),
        ("[[task]]\nkind = \"pause\"\nseconds = \"3\"\n", "task[1].seconds", 3),
        ("[[task]]\nkind = \"pause\"\nseconds = 9223372036854775807\n", "task[1].seconds", 3),
        ("[[task]]\nkind = \"pause\"\nseconds = 3\nspeed = 2\n", "task[1].speed", 4),
        ("sped = 1\n[[task]]\nkind = \"pause\"\nseconds = 3\n", "sped", 1),
        ("[person]\nheight = 2\n[[task]]\nkind = \"pause\"\nseconds = 3\n", "person.height", 2),
        (
            "[person]\nshift_m = -0.1\n[[task]]\nkind = \"pause\"\nseconds = 3\n", "person.shift_m",
            2
        ),
        (
            "[person]\nhip_height_m = 0.45\n[[task]]\nkind = \"pause\"\nseconds = 3\n",
            "person.hip_height_m", 2
        ),
        ("person = 3\n[[task]]\nkind = \"pause\"\nseconds = 3\n", "person", 1),
        ("task = 3\n", "task", 1),
        ("task = [1, 2]\n", "task", 1),
        ("[[sensor]]\nsegment = \"tail\"\n", "sensor[1].segment", 2),
        ("[[sensor]]\nsegment = \"trunk\"\nrate_hz = 0\n", "sensor[1].rate_hz", 3),
        ("[[sensor]]\nsegment = \"trunk\"\nclock_percent = 4\n", "sensor[1].clock_percent", 3),
        (
            "[[sensor]]\nsegment = \"trunk\"\ngyroscope_bias_deg_s = [1, 2]\n",
            "sensor[1].gyroscope_bias_deg_s", 3
        ),
        (
            "[[sensor]]\nsegment = \"trunk\"\ngyroscope_bias_deg_s = [1, nan, 2]\n",
            "sensor[1].gyroscope_bias_deg_s", 3
        ),
        (
            "[[sensor]]\nsegment = \"trunk\"\nsensor_from_segment = [0, 0, 0, 0]\n",
            "sensor[1].sensor_from_segment", 3
        ),
        (
            "[[sensor]]\nsegment = \"trunk\"\nlink = { loss_percent = 101 }\n",
            "sensor[1].link.loss_percent", 3
        ),
        (
            "[[sensor]]\nsegment = \"trunk\"\n[sensor.link]\nlate_places = 9\n",
            "sensor[1].link.late_places", nil
        ),
        ("[[sensor]]\nsegment = \"trunk\"\n[[sensor]]\nsegment = \"trunk\"\n", "sensor[2].name", 3),
        (
            "[[task]]\nkind = \"pause\"\nname = \"a\"\nseconds = 1\n[[task]]\nkind = \"pause\"\n"
                + "name = \"a\"\nseconds = 1\n", "task[2].name", 7
        ),
        ("[[task]]\nkind = \"foot-lift\"\nside = \"up\"\n", "task[1].side", 3),
        ("[[task]]\nkind = \"bow\"\ncount = 100000\n", "task[1].count", 3),
        ("[[task]]\nkind = \"bow\"\ncount = 1.5\n", "task[1].count", 3),
        (
            "[[task]]\nkind = \"one-leg-stand\"\nside = \"left\"\nseconds = 5\n"
                + "profile = [{ kind = \"drop\", at = 4, degrees = 7 }]\n",
            "task[1].profile[1].at", 5
        ),
        (
            "[[task]]\nkind = \"one-leg-stand\"\nside = \"left\"\nseconds = 20\n"
                + "profile = [{ kind = \"drop\", at = 1, degrees = 7 },\n"
                + "{ kind = \"hike\", at = 2, degrees = 7 }]\n", "task[1].profile", 5
        ),
        (
            "[[task]]\nkind = \"one-leg-stand\"\nside = \"left\"\nseconds = 20\n"
                + "profile = [{ kind = \"drop\", at = 1, degrees = 90 }]\n",
            "task[1].profile[1].degrees", 5
        ),
        (
            "[[task]]\nkind = \"one-leg-stand\"\nside = \"left\"\nseconds = 20\n"
                + "profile = [{ kind = \"drop\", at = 1, degrees = 9, why = 1 }]\n",
            "task[1].profile[1].why", 5
        ),
        (
            "[[task]]\nkind = \"pause\"\nseconds = 80000\n[[task]]\nkind = \"pause\"\n"
                + "seconds = 80000\n", "task[2].seconds", 6
        ),
        ("[[task]]\nkind = \"pause\"\nseconds = 1\nname = \"\"\n", "task[1].name", 4),
        ("[[task]]\nkind = \"pause\"\nseconds = 1\nname = \"a\\u0000b\"\n", "script", 4),
        ("[[task]]\nkind = \"pause\"\nseconds = 1\nname = \"a\\tb\"\n", "task[1].name", 4),
        // Text on which the parser itself would end the process.
        ("[=]\n", "script", 1),
        ("[[\n", "script", 1),
        ("\n[#\n", "script", 2),
        ("a = [ }\n", "script", 1),
        ("a = [ # ]\n }\n", "script", 2),
        ("a = 1979-05-27Tx\n", "script", 1),
        ("a = 1979-05-27T07:32:00Z\n", "script", 1),
        ("[[task]]\nkind = \"pause\"\nseconds = 1\n\u{0}rubbish", "script", nil),
        ("seed = -1\n[[task]]\nkind = \"pause\"\nseconds = 1\n", "seed", 1),
    ]

    @Test(arguments: 0..<refused.count)
    func aRefusalNamesFieldAndLine(index: Int) throws {
        let (text, field, line) = Self.refused[index]
        let error = try #require(throws: SyntheticError.self) { try Script(toml: text) }
        #expect(error.field == field)
        if let line { #expect(error.line == line) }
        #expect(!error.problem.isEmpty)
    }

    @Test func sizesAreBounded() {
        let long = String(repeating: "# a comment that goes on\n", count: 50_000)
        #expect(throws: SyntheticError.self) { try Script(toml: long) }
        let many = String(
            repeating: "[[task]]\nkind=\"pause\"\nseconds=1\n", count: ScriptLimits.tasks + 1)
        #expect(throws: SyntheticError.self) { try Script(toml: many) }
        let nested = "a = " + String(repeating: "[", count: 5_000)
        #expect(throws: SyntheticError.self) { try Script(toml: nested) }
    }

    /// A key with a zero byte in it reaches Swift cut short: it must be refused, not looked up.
    @Test func strangeKeysDoNotTrap() {
        for key in [
            "\"a\\u0000b\"", "\"\\U00000000\"", "\"\"", "\"kind\\u0000\"", "a.b.c", "\"\u{1F9BF}\"",
        ] {
            let text = "[[task]]\nkind = \"pause\"\nseconds = 1\n\(key) = 1\n"
            #expect(throws: SyntheticError.self) { try Script(toml: text) }
        }
    }

    /// Every prefix of a good script is either read or refused.
    @Test func noTruncationTraps() {
        let text = DefaultScripts.demo
        var read = 0
        for count in stride(from: 0, to: text.utf8.count, by: 7) {
            let cut = String(text.prefix(count))
            if (try? Script(toml: cut)) != nil { read += 1 }
        }
        #expect(read > 0)
    }

    /// Good scripts with bytes changed at random are either read or refused.
    @Test func randomChangesDoNotTrap() {
        var random = RandomSource(seed: 8)
        let good = Array(DefaultScripts.demo.utf8)
        for _ in 0..<300 {
            var bytes = good
            for _ in 0..<(1 + Int(random.next() % 6)) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(random.next() % 128)
            }
            _ = try? Script(toml: String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test func aRunThatWouldKeepTooMuchIsRefused() throws {
        let day = "[[task]]\nkind = \"pause\"\nseconds = 86400\n"
        let script = try Script(toml: day)
        let error = try #require(throws: SyntheticError.self) { try SyntheticRun(script) }
        #expect(error.field == "script")
        // The same motion can be stepped: nothing is made ahead.
        var ensemble = Ensemble(
            motion: try script.motion(), sources: script.sensors.map { .worn($0) })
        for _ in 0..<1_000 { _ = ensemble.advance() }
        #expect(ensemble.generatedUntil < 20_000_000_000)
        #expect(ensemble.nextTime != nil)
    }
}

/// What the guard in front of the parser must let pass: strings and comments that look like
/// hazards.
@Suite struct ScriptTextTests {
    static let accepted = [
        "title = \"[ } 1979-05-27T\" # [=] }\n", "title = 'a \\'\n", "title = \"a \\\" [= \"\n",
        "title = \"\"\"\n[=]\n}\"\"\"\n", "title = \"\"\"}\"\"\"\"\"\n", "title = '''\n[=] }'''\n",
        "\"title\" = \"é\"\n", "  title = \"indented\"\r\n", "title = \"\"\n# no name\n",
    ]

    @Test(arguments: 0..<accepted.count)
    func stringsAndCommentsMayLookLikeAnything(index: Int) throws {
        let text = Self.accepted[index] + "[[task]]\nkind = \"pause\"\nseconds = 1\n"
        do {
            _ = try Script(toml: text)
        } catch {
            // Refused by the reader (a title of several lines, or an empty one), not as bad TOML.
            #expect(error.field == "title")
        }
    }

    @Test(arguments: ["[ task ]", "[\"person\"]", "[ 'person' ]", "[person] # with a comment"])
    func headersMayBeWrittenInEveryWayOfToml(header: String) {
        let text = "\(header)\nshift_m = 0.05\n[[task]]\nkind = \"pause\"\nseconds = 1\n"
        let script = try? Script(toml: text)
        if header.contains("person") { #expect(script?.person.shift == 0.05) }
        if header.contains("task") { #expect(script == nil) }
    }
}
