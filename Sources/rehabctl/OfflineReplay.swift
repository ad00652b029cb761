// A recording run again on this thread: the same parts, no daemon.

import ArgumentParser
import Pipeline
import Recording
import Wearables

enum OfflineReplay {
    /// The new recording's bytes.
    static func run(_ recorded: Recording) throws -> [UInt8] {
        let pipeline = OfflinePipeline()
        var writer = RecordingWriter()
        writer.head([("replay-of", recorded.value("date") ?? "unknown"), ("mode", "offline")])
        for sensor in recorded.sensors {
            writer.sensor(sensor)
            guard let family = wearable(named: sensor.kind) else {
                complain(
                    "the recording's sensor \(visible(sensor.name)) is of the kind "
                        + "\(visible(sensor.kind)), which this program does not know",
                    cure: "use the rehabctl that recorded it, or a newer one")
                throw ExitCode(65)
            }
            pipeline.attach(family, channel: sensor.channel, rateHertz: sensor.rateHertz)
        }
        var number: UInt32 = 0
        for command in recorded.commands {
            guard let action = EstimatorAction(text: command.text) else {
                complain(
                    "the recording holds a command that this program does not know: "
                        + visible(String(command.text.prefix(60))),
                    cure: "use the rehabctl that recorded it, or a newer one")
                throw ExitCode(65)
            }
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
