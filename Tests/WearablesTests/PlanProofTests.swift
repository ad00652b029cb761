// No driver writes before it has proof of what it talks to, and every plan ends in waiting for a sample.

import Testing
import Wearables

struct PlanProofTests {
    /// Families whose UUIDs are their maker's own and where nothing can be read first.
    ///
    /// A device that has their characteristics is one of theirs. Espruino goes by the name it is recognised by.
    private static let provenByUUID: Set<String> = [
        "polar-h10", "movesense", "espruino", "nicla-bhy2", "muse", "nordic-uart",
    ]

    /// What stands before the first write, along every path.
    private static func beforeFirstWrite(_ steps: [PlanStep]) -> [PlanStep] {
        Array(
            steps.prefix { step in
                switch step {
                case .write, .amend: false
                default: true
                }
            })
    }

    private static func isProof(_ step: PlanStep) -> Bool {
        switch step {
        case .read, .awaitReply, .compare: true
        case .ifPresent(_, let then, let otherwise): (then + otherwise).contains(where: isProof)
        case .refuse: true
        default: false
        }
    }

    @Test(
        "a read, or a look at packets, stands before the first write",
        arguments: EveryWearableTests.names)
    func proofFirst(_ name: String) throws {
        let family = try #require(wearable(named: name))
        let plan = family.init(StreamRequest()).plan()
        let before = Self.beforeFirstWrite(plan)
        let writesAtAll = before.count < plan.count
        if writesAtAll && !Self.provenByUUID.contains(name) {
            #expect(before.contains(where: Self.isProof))
        }
    }

    @Test(
        "the plan ends in waiting for a sample, stop in switching the notifications off",
        arguments: EveryWearableTests.names)
    func ends(_ name: String) throws {
        let family = try #require(wearable(named: name))
        let driver = family.init(StreamRequest())
        guard case .awaitSample? = driver.plan().last else {
            // A fallback's end is inside the branch (Movella DOT).
            Issue.record("the plan ends with \(String(describing: driver.plan().last))")
            return
        }
        let isOff = driver.stop().contains { step in
            if case .unsubscribe = step { true } else { false }
        }
        #expect(isOff)
    }

    @Test(
        "answers that are another product's end the plan with a reason and without a write",
        arguments: [
            ("movella-dot", "1001", Array("Some other thing that is long enough".utf8)),
            ("metawear", "2a24", Array("0".utf8)), ("polar", "5c81", [0x0F, 0x01, 0x00]),
            ("polar", "5c81", []), ("polar-h10", "5c81", [0x0F, 0x01, 0x00]),
            ("thingy52", "0401", [1, 2, 3]), ("thingy52", "0401", [UInt8](repeating: 0, count: 9)),
            ("myo", "0101", [1]), ("adafruit", "0001", [9, 9]),
        ])
    func otherProducts(_ name: String, characteristic: String, value: [UInt8]) throws {
        let family = try #require(wearable(named: name))
        var sensor = ScriptedSensor(values: [characteristic: value]) { _, _, _ in }
        var driver: any Wearable = family.init(StreamRequest())
        let isDone = sensor.run(driver.plan(), &driver)
        #expect(!isDone)
        #expect(sensor.refusal?.isEmpty == false)
        #expect(sensor.written.isEmpty)
    }

    @Test("a vibration meter with WitMotion's header gets no write, a quiet one neither")
    func vibrationMeter() {
        // 55 61, then three velocities and angles: nothing near 1 g.
        let meter: [UInt8] = [0x55, 0x61] + [UInt8](repeating: 1, count: 18)
        var sensor = ScriptedSensor { _, _, _ in }
        sensor.replies["ffe4"] = [meter, meter, meter, meter]
        var driver: any Wearable = WitMotion(StreamRequest())
        #expect(!sensor.run(driver.plan(), &driver))
        #expect(sensor.refusal?.contains("not an acceleration") == true)
        #expect(sensor.written.isEmpty)

        var silent = ScriptedSensor { _, _, _ in }
        var other: any Wearable = WitMotion(StreamRequest())
        #expect(!silent.run(other.plan(), &other))
        #expect(silent.refusal?.contains("55 61") == true)
        #expect(silent.written.isEmpty)
    }

    @Test("an OpenEarable behind the Nicla's service gets no write")
    func openEarable() {
        var earable = ScriptedSensor { _, _, _ in }
        var driver: any Wearable = NiclaSense(StreamRequest())
        #expect(!earable.run(driver.plan(), &driver))
        #expect(earable.refusal?.contains("OpenEarable") == true)
        #expect(earable.written.isEmpty)
        // The scripted sensor's names are digits 4 to 8 of the UUID.
        var nicla = ScriptedSensor { _, _, _ in }
        nicla.lacking = ["2512", "2513"]
        nicla.yieldsSamples = true
        var right: any Wearable = NiclaSense(StreamRequest())
        #expect(nicla.run(right.plan(), &right))
        #expect(
            nicla.written == [
                "040000000000000000", "0d0000000000000000", "0d0000484200000000",
                "040000484200000000",
            ])
    }
}
