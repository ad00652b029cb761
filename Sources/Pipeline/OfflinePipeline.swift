// The same conveyor without threads: a packet in, its frames and alerts out, at once.

package import Movement
package import Wearables

/// Runs packets through decoding, clock recovery and the estimator on the calling thread.
///
/// It uses the very parts the threads use, so frames and alerts have the same bits.
package final class OfflinePipeline {
    private var decoders: [ChannelDecoder?] = Array(repeating: nil, count: maximumChannels)
    private var estimator = Estimator()
    private var waiting: [EstimatorCommand] = []
    private var frame = MotionFrame()
    /// Sequence of the newest processed sample.
    package private(set) var processed: UInt64 = 0
    package private(set) var decodeErrors = 0

    package init() {}

    /// Prepares decoding for a channel; the estimator learns of it by an `attach` command.
    package func attach(_ kind: WearableKind, channel: UInt8, rateHertz: Double) {
        guard Int(channel) < decoders.count else { return }
        decoders[Int(channel)] = ChannelDecoder(
            driver: kind.driver(StreamRequest(rateHertz: rateHertz)), rateHertz: rateHertz)
    }

    package func attach(_ family: any Wearable.Type, channel: UInt8, rateHertz: Double) {
        attach(WearableKind(family), channel: channel, rateHertz: rateHertz)
    }

    /// Queues a command for its place in the stream; places must not fall.
    package func queue(_ command: EstimatorCommand) { waiting.append(command) }

    /// Takes one packet.
    ///
    /// `emit` gets each frame with its alert; `applied` each command with its place.
    package func accept(
        _ packet: [UInt8], channel: UInt8, characteristic: CharacteristicIndex, arrival: Int64,
        applied: (EstimatorCommand, UInt64) -> Void = { _, _ in },
        emit: (borrowing MotionFrame, Alert?) -> Void
    ) {
        guard Int(channel) < decoders.count, let decoder = decoders[Int(channel)] else { return }
        if characteristic == .connectionNews { return decoder.take(news: packet.span) }
        guard
            case .samples(let count) = decoder.decode(
                packet.span, from: characteristic, arrival: arrival)
        else {
            decodeErrors += 1
            return
        }
        for index in 0..<count {
            applyDue(applied)
            let sample = decoder.sample(index, arrival: arrival)
            processed += 1
            let tagged = TaggedSample(
                sequence: processed, channel: channel, arrival: arrival, sample: sample)
            let alert = estimator.step(tagged, frame: &frame)
            emit(frame, alert)
        }
    }

    /// Applies the commands that come after the last sample.
    package func finish(applied: (EstimatorCommand, UInt64) -> Void = { _, _ in }) {
        applyDue(applied)
    }

    private func applyDue(_ applied: (EstimatorCommand, UInt64) -> Void) {
        while let command = waiting.first, command.after ?? 0 <= processed {
            waiting.removeFirst()
            estimator.apply(command.action)
            applied(command, processed)
        }
    }
}
