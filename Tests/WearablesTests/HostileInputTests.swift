// Any bytes of any length: nothing traps, and nothing leaves a decoder that a sensor could not measure.

import Kinematics
import Testing
import Wearables

struct HostileInputTests {
    private func check(_ samples: [ImuSample]) {
        for sample in samples {
            #expect(sample.isFinite)
            #expect(abs(sample.specificForce.x) <= 2 * MovellaDot.specificForceRange)
            #expect(abs(sample.angularRate.x) <= 2 * MovellaDot.angularRateRange)
        }
    }

    @Test(
        "random bytes of every length from 0 to 512, on every characteristic",
        arguments: MovellaDotMode.allCases)
    func randomBytes(_ mode: MovellaDotMode) throws {
        var random = SeededBytes(seed: 0x0D07 + UInt64(mode.rawValue))
        var driver: any Wearable = MovellaDot(StreamRequest(), mode: mode)
        for length in 0...512 {
            for index: UInt8 in [0, 1, 2, 6, 9, 12, 200] {
                let packet = random.bytes(length)
                let source = CharacteristicIndex(rawValue: index)
                if let samples = try? decode(packet, from: source, with: &driver) { check(samples) }
                _ = driver.takeEvent()
            }
        }
    }

    @Test("a good packet with up to four bytes changed, 20,000 times")
    func mutatedPackets() throws {
        var random = SeededBytes(seed: 0x0D07_0D07)
        var driver: any Wearable = MovellaDot(StreamRequest())
        var taken = 0
        for round in 0..<20_000 {
            var packet = DotPacket.custom5(microseconds: UInt32(round) * 16_667)
            for _ in 0..<(random.next() % 5) {
                packet[Int(random.next() % UInt64(packet.count))] = UInt8(
                    truncatingIfNeeded: random.next())
            }
            packet.removeLast(random.next() % 16 == 0 ? Int(random.next() % 44) : 0)
            if let samples = try? decode(packet, from: MovellaDot.longPayload, with: &driver) {
                check(samples)
                taken += samples.count
            }
        }
        // The decoder goes on with the next packet: most of these are sound.
        #expect(taken > 5_000)
    }

    @Test("random questions of every kind are answered or refused")
    func randomQuestions() {
        var random = SeededBytes(seed: 7)
        let characteristics = MovellaDot.identity.characteristics + ["", "zz"]
        for kind in VectorQuestion.Kind.allCases {
            for characteristic in characteristics {
                for length in [0, 1, 2, 3, 5, 16, 32, 34, 44, 160, 512] {
                    let frames = (0..<3).map { _ in random.bytes(length) }
                    let mode = VectorValue.integer(Int128(random.next() % 40))
                    let question = VectorQuestion(
                        kind: kind, characteristic: characteristic, frames: frames,
                        context: [
                            "payload_mode": mode, "do": .text("start"), "file": .number(1e300),
                        ])
                    _ = MovellaDot.answer(question)
                }
            }
        }
    }

    @Test("every truncation of a vector's bytes is refused or, past the mode's size, the same")
    func truncatedVectors() throws {
        let notified: Set<VectorQuestion.Kind> = [.notification, .read, .checksum, .statusWord]
        for vector in try VectorFixture.vectors(of: "movella-dot")
        where notified.contains(vector.kind) {
            let whole = MovellaDot.answer(vector.question)
            for length in 0..<vector.bytes.count {
                var question = vector.question
                question.frames = [Array(vector.bytes.prefix(length))]
                let answer = MovellaDot.answer(question)
                // The one vector with padding: 40 bytes for the 36 of mode 2.
                let isWhole = vector.id == "dot-con-ext-quat" && length >= 36
                if isWhole {
                    #expect(answer == whole)
                } else if case .refused = answer {
                    continue
                } else {
                    Issue.record("\(vector.id) cut to \(length) bytes gave \(answer)")
                }
            }
        }
    }

    @Test("random advertising data is read or refused")
    func randomAdvertisements() {
        var random = SeededBytes(seed: 11)
        for length in 0...512 {
            if let advertisement = try? Advertisement(advertisingData: random.bytes(length)) {
                _ = wearable(recognising: advertisement)
            }
        }
    }
}
