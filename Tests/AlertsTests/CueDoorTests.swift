// Vibration and notification: cues handed to the loop, and what is told of those that did not arrive.

import Alerts
import Kinematics
import Movement
import Testing

@Suite("Cues for the loop")
struct CueDoorTests {
    private func alerts() -> [Alert] {
        [1, 4, 17, 18, 19].map {
            Alert(
                number: UInt32($0), time: second, rule: RuleID(number: $0), value: 0.1,
                stanceSide: .left)
        }
    }

    /// Presents all and says what came through the door.
    private func carried(
        _ output: some AlertOutput, _ door: CueDoor, _ told: (Alert) -> String
    ) -> String {
        var text = ""
        for alert in alerts() {
            do throws(AlertError) {
                try output.present(alert, now: second)
            } catch {
                text += "\(alert.rule.name) not taken: \(error.reason)\n"
            }
            while let cue = door.next() { text += told(cue) + "\n" }
        }
        return text
    }

    @Test("every cue goes to the sensor, with a length that does not alarm")
    func vibration() throws {
        var setup = AlertSetup()
        let door = try CueDoor()
        setup.haptic = door
        let output = try #require(HapticAlert(setup))
        let text = carried(output, door) {
            "\($0.rule.name) \($0.stanceSide?.name ?? "-") \(vibrationMilliseconds($0.rule)) ms"
        }
        try expectGolden(text, "vibration")
        #expect(throws: AlertError(.stale)) {
            try output.present(alerts()[0], now: 2 * second)
        }
    }

    @Test("the desktop is told of habits alone")
    func notification() throws {
        var setup = AlertSetup()
        let door = try CueDoor()
        setup.notification = door
        let output = try #require(NotificationAlert(setup))
        try expectGolden(carried(output, door) { $0.rule.name }, "notification")
        #expect(NotificationAlert.worksAtRest)
    }

    @Test("what did not arrive is counted with its reason, and a success clears that")
    func health() throws {
        var setup = AlertSetup()
        let door = try CueDoor()
        setup.haptic = door
        let output = try #require(HapticAlert(setup))
        #expect(output.health.state == .ok)
        door.noteUndelivered(reason: "it is not connected", cure: "switch it on")
        #expect(output.health.state == .failing)
        #expect(output.health.reason == "it is not connected")
        #expect(output.health.cure == "switch it on")
        door.noteDelivered()
        #expect(output.health.state == .ok)
        #expect(output.health.presented == 1)
        #expect(output.health.notHeard == 1)
        // Nobody takes them: 16 wait, the rest is counted.
        for _ in 0..<20 { try? output.present(alerts()[0], now: second) }
        #expect(output.health.notHeard == 5)
    }
}
