// A motion or a table of readings as a finished recording: packets at their times, nothing played.

import Kinematics
package import Recording
package import Synthetic

/// Makes recordings without the daemon: what a replay, a golden test or a benchmark feeds.
package enum PacketRecording {
    /// Host time at which made recordings begin, ns: an hour, so that no stamp is near zero.
    package static let origin: Int64 = 3_600_000_000_000

    /// The packets of `sources` in order of arrival, lost ones left out.
    ///
    /// `commands` are lines as recordings hold them; `attach` commands for every sensor are put
    /// first.
    package static func make(
        _ ensemble: Ensemble, sensors: [FakeWearable.Channel], kind: String = "movella-dot",
        characteristics: [UInt8], head: [(key: String, value: String)],
        commands: [RecordedCommand] = []
    ) -> Recording {
        var recording = Recording()
        recording.head = head
        for (index, sensor) in sensors.enumerated() {
            let channel = UInt8(truncatingIfNeeded: index)
            recording.sensors.append(
                SessionSensor(
                    channel: channel, name: sensor.name, kind: kind,
                    segment: sensor.segment?.name, rateHertz: sensor.nominalRate))
            recording.commands.append(
                RecordedCommand(
                    after: 0,
                    text: "attach \(channel) \(1 / sensor.nominalRate) "
                        + (sensor.segment?.name ?? "-")))
        }
        recording.commands += commands
        var ensemble = ensemble
        while let step = ensemble.advance() {
            guard case .delivered(let channel, let delivery) = step, !delivery.lost,
                characteristics.indices.contains(channel)
            else { continue }
            recording.packets.append(
                RecordedPacket(
                    stamp: origin &+ delivery.arrival, channel: UInt8(truncatingIfNeeded: channel),
                    characteristic: characteristics[channel], bytes: delivery.packet))
        }
        recording.isComplete = true
        return recording
    }
}
