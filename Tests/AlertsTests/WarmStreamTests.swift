// How early a tone comes, and how tones meet, on devices moved by hand.

import Alerts
import Kinematics
import Movement
import Testing

private func alert(_ rule: UInt8, at time: Int64) -> Alert {
    Alert(number: 1, time: time, rule: RuleID(number: rule))
}

private func play(
    _ output: ToneAlert, _ device: ScriptedDevice, from begin: Int64, to end: Int64
) {
    var now = begin
    while now < end {
        device.take(480)
        _ = output.upkeep(now: now)
        now += 10 * millisecond
    }
}

/// The frames of a tone as the bank makes them, at full level on both sides.
private func reference(_ rule: UInt8) throws -> [Int16] {
    let device = ScriptedDevice()
    let output = try #require(ToneAlert(DeviceShop([.device(device)])))
    output.prepare(now: 0)
    play(output, device, from: 0, to: second)
    let before = device.played.count
    try output.present(alert(rule, at: second), now: second)
    play(output, device, from: second, to: 2 * second)
    return Array(device.played[before...])
}

@Suite("Warm stream")
struct WarmStreamTests {
    @Test("where the queue can be overwritten, the next frame taken is the tone's first")
    func noLatency() throws {
        let tone = try reference(2)
        // One step of 16 bits, at once: the measured onset is the real one.
        #expect(tone[0] == 1)
        #expect(tone[2400...4800].contains { abs(Int($0)) > 8000 })
    }

    @Test("where it cannot, the tone follows the queue: 240 frames at most")
    func appendedLatency() throws {
        let device = ScriptedDevice(bufferFrames: 240, periodFrames: 80, overwrites: false)
        let output = try #require(ToneAlert(DeviceShop([.device(device)])))
        output.prepare(now: 0)
        var now: Int64 = 0
        func step() {
            device.take(80)
            _ = output.upkeep(now: now)
            now += 1_666_667
        }
        for _ in 0..<600 { step() }
        let before = device.played.count
        try output.present(alert(2, at: now), now: now)
        for _ in 0..<600 { step() }
        let silence = device.played[before...].prefix { $0 == 0 }
        #expect(silence.count <= 240)
        // The whole tone, frame by frame, behind it.
        let tone = try reference(2)
        #expect(
            Array(device.played[(before + silence.count)...].prefix(9600)) == Array(tone[..<9600]))
        #expect(output.health.underruns == 0)
    }

    @Test("frames taken while the tone is put in do not cost its beginning")
    func racingDevice() throws {
        let device = ScriptedDevice()
        let output = try #require(ToneAlert(DeviceShop([.device(device)])))
        output.prepare(now: 0)
        play(output, device, from: 0, to: second)
        let before = device.played.count
        device.takenWhileRewritten = 128
        try output.present(alert(2, at: second), now: second)
        play(output, device, from: second, to: 2 * second)
        #expect(device.played[before..<before + 128].allSatisfy { $0 == 0 })
        let tone = try reference(2)
        #expect(Array(device.played[(before + 128)...].prefix(9600)) == Array(tone[..<9600]))
    }

    @Test("a second cue takes the place of the first softly, and never exceeds the cap")
    func cuesMeet() throws {
        let device = ScriptedDevice()
        let output = try #require(ToneAlert(DeviceShop([.device(device)])))
        output.prepare(now: 0)
        play(output, device, from: 0, to: second)
        try output.present(alert(1, at: second), now: second)
        play(output, device, from: second, to: second + 100 * millisecond)
        let before = device.played.count
        let now = second + 100 * millisecond
        try output.present(alert(19, at: now), now: now)
        play(output, device, from: now, to: 3 * second)
        let heard = Array(device.played[(before - 1)...])
        #expect(heard.allSatisfy { abs(Int($0)) <= 8230 })
        // No step anywhere: as for one tone, 2 pi f A / rate.
        #expect(steepest(heard) < 800)
        // After 50 ms nothing of the first is left.
        let alone = try reference(19)
        #expect(Array(heard[(1 + 2400)...].prefix(9600)) == Array(alone[2400...].prefix(9600)))
    }

    @Test("many cues in a row never exceed the cap")
    func cuesPileUp() throws {
        let device = ScriptedDevice()
        let output = try #require(ToneAlert(DeviceShop([.device(device)])))
        output.prepare(now: 0)
        play(output, device, from: 0, to: second)
        for number in 0..<40 {
            let now = second + Int64(number) * 10 * millisecond
            device.take(480)
            try output.present(alert(UInt8(number % 15 + 1), at: now), now: now)
        }
        play(output, device, from: second + 400 * millisecond, to: 3 * second)
        #expect(device.played.allSatisfy { abs(Int($0)) <= 8230 })
        #expect(device.played.suffix(4800).allSatisfy { $0 == 0 })
        #expect(output.health.presented == 40)
    }

    @Test("a notice sounds on both sides and is no cue")
    func notices() throws {
        for notice in Notice.allCases {
            let device = ScriptedDevice()
            let output = try #require(ToneAlert(DeviceShop([.device(device)])))
            output.prepare(now: 0)
            play(output, device, from: 0, to: second)
            output.present(notice, now: second)
            play(output, device, from: second, to: 2 * second)
            // The pace of a set is 12 dB softer than the rest.
            let least = notice.isBeat ? 1_500 : 6_000
            #expect(device.played.contains { abs(Int($0)) > least }, "\(notice)")
            #expect(output.health.presented == 0)
        }
    }
}
