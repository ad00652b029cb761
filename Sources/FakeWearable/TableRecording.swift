// A real sensor's table of readings as a recording of Movella DOT packets.

package import Kinematics
import Movement
import Pipeline
package import Recording
import Synthetic
import Wearables

/// Turns readings with a known rate into packets that a daemon takes like any sensor's.
package enum TableRecording {
    /// Why a table cannot become a recording.
    package struct Failure: Error, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// s at the beginning in which the person is taken to stand: their mean force gives up.
    package static let standSeconds = 3.0

    /// A recording of one pelvis sensor: packets of mode 21 (acceleration and rate), a static alignment
    /// from the first 3 s and the stated forward axis, no link faults.
    package static func make(
        angularRate: [Vector3], specificForce: [Vector3], rateHertz: Double, forward: Vector3,
        name: String, source: String
    ) throws(Failure) -> Recording {
        let stream: RecordedStream
        do throws(SyntheticError) {
            stream = try RecordedStream(
                angularRate: angularRate, specificForce: specificForce, rate: rateHertz)
        } catch {
            throw Failure(description: "\(error)")
        }
        let stand = specificForce.prefix(max(1, Int(standSeconds * rateHertz)))
        let sum = stand.reduce(Vector3.zero) { $0 + $1 }
        guard let alignment = SensorAlignment(standingUp: sum, forward: forward) else {
            throw Failure(
                description: "the stated forward axis is nearly vertical in the first "
                    + "\(standSeconds) s: name another one")
        }
        let mode = DotPackets.Mode.rateQuantities
        guard let index = MovellaDot.identity.index(of: mode.characteristic) else {
            throw Failure(description: "the driver does not know \(mode.characteristic)")
        }
        return PacketRecording.make(
            Ensemble(
                motion: BodyMotion(person: Person(), seed: 0),
                sources: [
                    .recorded(
                        Synthetic.RecordedSensor(
                            name: name, segment: .pelvis, stream: stream, mode: mode))
                ]),
            sensors: [
                FakeWearable.Channel(
                    name: name, segment: .pelvis, characteristic: mode.characteristic,
                    nominalRate: rateHertz)
            ],
            characteristics: [index.rawValue],
            head: [("source", source), ("alignment", "static: first 3 s, stated forward axis")],
            commands: [
                RecordedCommand(
                    after: 0, text: EstimatorAction.align(channel: 0, alignment: alignment).text)
            ])
    }
}
