// What every device family provides: the one interface between bytes on the air and samples.

package import Kinematics

/// A family of body-worn sensors, and the state of one connection to a member of it.
///
/// A value is made for each connection and holds all that was learned on it: the configuration asked
/// for, answers that steer later steps, half a frame, the sensor's clock. Whoever holds the connection
/// runs `plan` on it and gives it the replies; the value then moves to intake, which decodes with it.
/// Two threads never hold it at once. After a reconnection a fresh value is made, so that its first
/// sample begins a new epoch.
///
/// A driver has no I/O, reads no clock and knows no other driver. A file states, in this order: head
/// paragraph with the protocol's source, identity, recognise, capabilities, plan, decode, stop.
package protocol Wearable: Sendable {
    /// Name, services, characteristics, rates.
    static var identity: WearableIdentity { get }

    /// Whether the advertisement is one of this family's, judged by manufacturer data, then service,
    /// then name; nil for another's.
    static func recognise(_ advertisement: Advertisement) -> Recognition?

    static var capabilities: Capabilities { get }

    /// The identity of this very connection: the family's, unless the driver was configured with
    /// services and characteristics of its own. Whoever holds a driver asks this one.
    var identity: WearableIdentity { get }

    /// What this very connection can do: the family's, unless the driver knows better.
    var capabilities: Capabilities { get }

    /// A connection that shall stream as near to the request as the family can.
    init(_ request: StreamRequest)

    /// Samples a second once the plan has run.
    var nominalRateHertz: Double { get }

    /// The steps from a fresh connection to streaming.
    ///
    /// Begins with reads (and, where reads prove nothing, a look at packets) that tell whether the
    /// device is of this family: before that proof nothing is written. Then follows what `stop` does: a
    /// sensor may still stream from a session that ended without it.
    func plan() -> [PlanStep]

    /// Takes the bytes of a `read` or `awaitReply` step; returns the steps to run before the rest of
    /// the plan, none where the answer only had to be learned. May leave an event.
    ///
    /// Everything that `decode` must know of a connection is learned here and nowhere else: a replay
    /// gives a fresh driver the same replies in the same order.
    mutating func take(reply: [UInt8], from characteristic: CharacteristicIndex) -> [PlanStep]

    /// Appends the samples of one packet, in order, `interval` and `hostTime` left at zero.
    ///
    /// Runs on intake for every packet: must not allocate, and must not trap whatever the bytes. Each
    /// driver marks its own with `@_noLocks`, so that the compiler checks the first half. The caller
    /// offers room for `capabilities.samplesPerPacket` samples. A packet may yield none: half a
    /// frame, an event, a sample the sensor marks as not valid. On an error, samples appended before
    /// it stand.
    mutating func decode(
        _ packet: Span<UInt8>, from characteristic: CharacteristicIndex,
        into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError)

    /// The event that the last `decode` or reply met, handed out once.
    mutating func takeEvent() -> WearableEvent?

    /// The steps that ask for the battery level while streaming, answered by an event; nil where the
    /// sensor tells by itself or only through the standard battery service.
    func askBattery() -> [PlanStep]?

    /// The steps that leave the sensor quiet and saving power: before a planned disconnection.
    func stop() -> [PlanStep]

    /// The steps that make the sensor show itself to a person; nil where it cannot.
    func identify() -> [PlanStep]?

    /// The steps that make the sensor vibrate or sound for a time; nil where it cannot.
    func buzz(milliseconds: Int) -> [PlanStep]?

    /// What this driver makes of a test vector, for judges outside the program.
    static func answer(_ question: VectorQuestion) -> VectorAnswer
}

extension Wearable {
    package var identity: WearableIdentity { Self.identity }

    package var capabilities: Capabilities { Self.capabilities }

    package mutating func take(
        reply: [UInt8], from characteristic: CharacteristicIndex
    ) -> [PlanStep] { [] }

    package mutating func takeEvent() -> WearableEvent? { nil }

    package func askBattery() -> [PlanStep]? { nil }

    package func identify() -> [PlanStep]? { nil }

    package func buzz(milliseconds: Int) -> [PlanStep]? { nil }
}
