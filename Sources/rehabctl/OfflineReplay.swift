// A recording run again on this thread: the same parts, no daemon.

import Pipeline
import Recording
import Wearables

enum OfflineReplay {
    /// The new recording's bytes.
    static func run(_ recorded: Recording) -> [UInt8] {
        let pipeline = OfflinePipeline()
        var writer = RecordingWriter()
        writer.head([("replay-of", recorded.value("date") ?? "unknown"), ("mode", "offline")])
        for sensor in recorded.sensors {
            writer.sensor(sensor)
            guard let family = wearable(named: sensor.kind) else { continue }
            pipeline.attach(family, channel: sensor.channel, rateHertz: sensor.rateHertz)
        }
        var number: UInt32 = 0
        for command in recorded.commands {
            guard let action = EstimatorAction(text: command.text) else { continue }
            number += 1
            pipeline.queue(
                EstimatorCommand(number: number, after: command.after, action: action))
        }
        for packet in recorded.packets {
            pipeline.accept(
                packet.bytes, channel: packet.channel,
                characteristic: CharacteristicIndex(rawValue: packet.characteristic),
                arrival: packet.stamp,
                applied: { writer.command(after: $1, text: $0.action.text) },
                emit: { frame, _ in writer.frame(frame) })
        }
        pipeline.finish(applied: { writer.command(after: $1, text: $0.action.text) })
        writer.end()
        return writer.take()
    }
}
