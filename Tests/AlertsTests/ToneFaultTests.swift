// Devices that are held, absent, pulled out or stuck: the cue is counted, never played later.

import Alerts
import Glibc
import Kinematics
import Movement
import Testing

private func alert(at time: Int64, rule: UInt8 = 1) -> Alert {
    Alert(number: 1, time: time, rule: RuleID(number: rule), stanceSide: .right)
}

/// A device that plays in real time: 480 frames each 10 ms.
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

@Suite("Tone faults")
struct ToneFaultTests {
    @Test("a held device: counted as not heard, tried each second, heard again after")
    func busyDevice() throws {
        let device = ScriptedDevice()
        let shop = DeviceShop([.refusal(AlertError(code: EBUSY)), .device(device)])
        let output = try #require(ToneAlert(shop))
        output.prepare(now: 0)
        #expect(output.health.state == .failing)
        #expect(output.health.reason == "default: another program holds the sound device")
        #expect(output.health.cure?.contains("close the program") == true)
        for number in 1...3 {
            let now = Int64(number) * 200 * millisecond
            #expect(throws: AlertError(.busy, code: EBUSY)) {
                try output.present(alert(at: now), now: now)
            }
            #expect(output.upkeep(now: now) == second)
        }
        #expect(output.health.notHeard == 3)
        #expect(shop.asked == 1)
        // One second after the attempt, and not before.
        _ = output.upkeep(now: second - 1)
        #expect(shop.asked == 1)
        _ = output.upkeep(now: second)
        #expect(shop.asked == 2)
        play(output, device, from: second, to: 3 * second)
        #expect(output.health.state == .ok)
        #expect(output.health.reason == nil)
        // The cues of before are gone.
        #expect(device.played.allSatisfy { $0 == 0 })
        try output.present(alert(at: 3 * second), now: 3 * second)
        play(output, device, from: 3 * second, to: 4 * second)
        #expect(device.played.contains { $0 != 0 })
        #expect(output.health.presented == 1)
        #expect(output.health.notHeard == 3)
    }

    @Test("an absent device is asked for once a second for as long as it takes")
    func retries() throws {
        let shop = DeviceShop([.refusal(AlertError(code: ENOENT))])
        let output = try #require(ToneAlert(shop))
        output.prepare(now: 0)
        var now: Int64 = 0
        while now <= 60 * second {
            _ = output.upkeep(now: now)
            now += 10 * millisecond
        }
        #expect(shop.asked == 61)
    }

    @Test(
        "ALSA's own refusals become a reason and a cure",
        arguments: [("no-such-device", "there is no such"), ("card", "there is no such")])
    func absentDevice(name: String, reason: String) throws {
        var setup = AlertSetup()
        setup.soundDevice = name
        let output = try alsaTone(setup)
        output.prepare(now: 0)
        #expect(output.health.state == .failing)
        #expect(output.health.reason?.hasPrefix("\(name): \(reason)") == true)
        #expect(output.health.cure?.isEmpty == false)
        #expect(throws: AlertError(.absent, code: ENOENT)) {
            try output.present(alert(at: 0), now: 0)
        }
    }

    @Test(
        "each error number of the service sheet has its own words",
        arguments: [
            (EBUSY, AlertError.Kind.busy), (ENOENT, .absent), (EHOSTDOWN, .unreachable),
            (ENODEV, .unplugged), (EPIPE, .underrun), (EBADFD, .underrun), (ESTRPIPE, .suspended),
            (EACCES, .other),
        ])
    func errorNumbers(code: Int32, kind: AlertError.Kind) {
        #expect(AlertError(code: -code).kind == kind)
        #expect(AlertError(code: code).kind == kind)
        #expect(!AlertError(code: code).reason.isEmpty)
        #expect(AlertError(code: .min).kind == .other)
    }

    @Test("a cue on a sample older than 150 ms is kept back and counted as stale")
    func staleAlert() throws {
        let device = ScriptedDevice()
        let output = try #require(ToneAlert(DeviceShop([.device(device)])))
        output.prepare(now: 0)
        play(output, device, from: 0, to: second)
        #expect(throws: AlertError(.stale)) {
            try output.present(alert(at: second - 150 * millisecond - 1), now: second)
        }
        #expect(output.health.stale == 1)
        #expect(output.health.notHeard == 0)
        play(output, device, from: second, to: 2 * second)
        #expect(device.played.allSatisfy { $0 == 0 })
        // 150 ms to the nanosecond is still in time.
        try output.present(alert(at: 2 * second - 150 * millisecond), now: 2 * second)
        #expect(output.health.presented == 1)
    }

    @Test("a device pulled out is given up and opened again a second later")
    func unplugged() throws {
        let (first, next) = (ScriptedDevice(), ScriptedDevice())
        let shop = DeviceShop([.device(first), .device(next)])
        let output = try #require(ToneAlert(shop))
        output.prepare(now: 0)
        play(output, first, from: 0, to: second)
        try output.present(alert(at: second), now: second)
        first.errors = [AlertError(code: ENODEV)]
        #expect(output.upkeep(now: second + 10 * millisecond) == 2 * second + 10 * millisecond)
        #expect(first.isClosed)
        #expect(output.health.state == .failing)
        #expect(output.health.reason == "default: the sound device went away")
        #expect(throws: AlertError(.unplugged, code: ENODEV)) {
            try output.present(alert(at: second), now: second + 20 * millisecond)
        }
        play(output, next, from: second + 20 * millisecond, to: 4 * second)
        #expect(shop.asked == 2)
        #expect(output.health.state == .ok)
        #expect(output.health.openings == 2)
        // The rest of the cue that was cut off does not come out of the new device.
        #expect(next.played.allSatisfy { $0 == 0 })
    }

    @Test("a device that stands still is not heard after 300 ms, opened again after 1 s")
    func stuck() throws {
        let device = ScriptedDevice()
        let shop = DeviceShop([.device(device), .refusal(AlertError(code: EBUSY))])
        let output = try #require(ToneAlert(shop))
        output.prepare(now: 0)
        play(output, device, from: 0, to: second)
        // It stops just after a cue began.
        let stop = second
        try output.present(alert(at: stop), now: stop)
        keep(output, from: stop, to: stop + 400 * millisecond)
        #expect(output.health.state == .failing)
        #expect(output.health.reason == "default: the sound device takes no sound")
        let late = stop + 400 * millisecond
        #expect(throws: AlertError(.stalled)) {
            try output.present(alert(at: late), now: late)
        }
        #expect(output.health.notHeard == 1)
        // What waited is silence now: it would come too late.
        let before = device.played.count
        device.take(8192)
        #expect(device.played.count > before)
        #expect(device.played[before...].allSatisfy { $0 == 0 })
    }

    @Test("a device that stays stuck is closed after 1 s and opened anew")
    func stuckForLong() throws {
        let device = ScriptedDevice()
        let shop = DeviceShop([.device(device), .refusal(AlertError(code: EBUSY))])
        let output = try #require(ToneAlert(shop))
        output.prepare(now: 0)
        play(output, device, from: 0, to: second)
        keep(output, from: second, to: 2 * second - 20 * millisecond)
        #expect(!device.isClosed)
        keep(output, from: 2 * second, to: 2 * second + 30 * millisecond)
        #expect(device.isClosed)
        #expect(shop.asked == 1)
        keep(output, from: 2 * second + 30 * millisecond, to: 3 * second + 30 * millisecond)
        #expect(shop.asked == 2)
    }

    @Test("a server that has no output yet is waited for, and says so after 2 s")
    func neverStarted() throws {
        let device = ScriptedDevice()
        let shop = DeviceShop([.device(device)])
        let output = try #require(ToneAlert(shop))
        output.prepare(now: 0)
        keep(output, from: 0, to: second)
        #expect(output.health.state == .off)
        #expect(throws: AlertError(.starting)) { try output.present(alert(at: 0), now: 0) }
        keep(output, from: second, to: 10 * second)
        #expect(output.health.state == .failing)
        #expect(output.health.cure?.contains("has an output") == true)
        #expect(shop.asked == 1)
        play(output, device, from: 10 * second, to: 11 * second)
        #expect(output.health.state == .ok)
        #expect(device.played.allSatisfy { $0 == 0 })
    }

    @Test("a sound that ran dry is restarted, counted, and goes on")
    func underrun() throws {
        let device = ScriptedDevice()
        let output = try #require(ToneAlert(DeviceShop([.device(device)])))
        output.prepare(now: 0)
        play(output, device, from: 0, to: second)
        device.errors = [AlertError(code: EPIPE)]
        _ = output.upkeep(now: second)
        #expect(device.restarts == 1)
        play(output, device, from: second, to: 2 * second)
        #expect(output.health.underruns == 1)
        #expect(output.health.state == .ok)
        #expect(!device.isClosed)
        // Also in the moment of a cue: it is heard from its beginning.
        device.errors = [AlertError(code: EPIPE)]
        let before = device.played.count
        try output.present(alert(at: 2 * second), now: 2 * second)
        play(output, device, from: 2 * second, to: 3 * second)
        let tone = device.played[before...].drop { $0 == 0 }
        #expect(tone.prefix(12_000).contains { abs(Int($0)) > 6000 })
        #expect(output.health.underruns == 2)
    }

    @Test("a device that runs dry again and again without taking a frame has gone")
    func endlessUnderrun() throws {
        let device = ScriptedDevice()
        let output = try #require(ToneAlert(DeviceShop([.device(device)])))
        output.prepare(now: 0)
        play(output, device, from: 0, to: second)
        for turn in 0..<4 {
            device.errors = [AlertError(code: EPIPE)]
            _ = output.upkeep(now: second + Int64(turn) * millisecond)
        }
        #expect(device.isClosed)
        #expect(output.health.reason == "default: the sound device went away")
    }

    @Test("a sound that rests lets its device go, and takes one again when it is made ready")
    func resting() throws {
        let (first, next) = (ScriptedDevice(), ScriptedDevice())
        let shop = DeviceShop([.device(first), .device(next)])
        let output = try #require(ToneAlert(shop))
        #expect(output.upkeep(now: 0) == nil)
        output.prepare(now: 0)
        play(output, first, from: 0, to: second)
        #expect(output.health.state == .ok)
        output.finish()
        #expect(first.isClosed)
        #expect(output.health.state == .off)
        #expect(output.health.reason == nil)
        #expect(output.upkeep(now: 10 * second) == nil)
        #expect(throws: AlertError(.starting)) {
            try output.present(alert(at: 10 * second), now: 10 * second)
        }
        #expect(output.health.notHeard == 1)
        output.prepare(now: 11 * second)
        play(output, next, from: 11 * second, to: 12 * second)
        try output.present(alert(at: 12 * second), now: 12 * second)
        #expect(output.health.presented == 1)
        #expect(shop.asked == 2)
    }

    @Test("an opening that does not come back is told after 2 s, and nothing waits for it")
    func hangingServer() throws {
        let hanging = ToneAlert(
            AlertSetup(), open: { (_) throws(AlertError) in throw AlertError(.absent) },
            elsewhere: { _ in true })
        let output = try #require(hanging)
        output.prepare(now: 0)
        #expect(output.health.state == .off)
        keep(output, from: 0, to: 3 * second)
        #expect(output.health.state == .failing)
        #expect(output.health.reason?.contains("does not answer") == true)
        #expect(throws: AlertError.self) { try output.present(alert(at: 0), now: 0) }
        output.finish()
        #expect(output.health.state == .off)
    }
}
