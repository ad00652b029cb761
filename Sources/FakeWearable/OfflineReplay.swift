// A recording run again on the calling thread: the same parts as the daemon's, no daemon.

import Pipeline
package import Recording
import Wearables

/// Runs recordings without threads; frames and cues have the daemon's bits.
package enum OfflineReplay {
    /// Why a recording cannot be run again by this program.
    package enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
        case unknownKind(sensor: String, kind: String)
        case unknownCommand(String)

        package var description: String {
            switch self {
            case .unknownKind(let sensor, let kind):
                "the recording's sensor \(sensor) is of the kind \(kind), which this program does "
                    + "not know; use the rehabctl that recorded it, or a newer one"
            case .unknownCommand(let text):
                "the recording holds a command that this program does not know (\(text)); use the "
                    + "rehabctl that recorded it, or a newer one"
            }
        }
    }

    /// The new recording's bytes.
    package static func run(_ recorded: Recording) throws(Failure) -> [UInt8] {
        let pipeline = OfflinePipeline()
        var writer = RecordingWriter()
        writer.head([("replay-of", recorded.value("date") ?? "unknown"), ("mode", "offline")])
        for sensor in recorded.sensors {
            writer.sensor(sensor)
            guard let family = wearable(named: sensor.kind) else {
                throw .unknownKind(sensor: sensor.name, kind: sensor.kind)
            }
            pipeline.attach(family, channel: sensor.channel, rateHertz: sensor.rateHertz)
        }
        var number: UInt32 = 0
        for command in recorded.commands {
            guard let action = EstimatorAction(text: command.text) else {
                throw .unknownCommand(String(command.text.prefix(60)))
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
