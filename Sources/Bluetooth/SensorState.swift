// What a sensor's life is made of: its one state, what happens to it, and what is to be done.

package import Wearables

/// Where a sensor's connection stands.
///
/// All times are host time in ns.
package enum SensorState: Sendable {
    /// Not wanted.
    case idle
    /// Wanted, but adapter, bluetoothd or bus are not there.
    case blocked
    /// Between two attempts.
    case waiting(until: Int64)
    /// In line for the adapter's one connection attempt.
    case queued
    /// Has the turn; BlueZ does not know the device, so it is scanned for.
    case seeking(until: Int64)
    /// Has the turn; `Connect` was called. `answered`: it said success, and `Connected` must follow.
    case connecting(until: Int64, answered: Bool)
    /// Connected; services are being resolved. `complete`: they are, but objects are missing.
    case resolving(until: Int64, isResolved: Bool)
    /// Connected; the serial number is read before anything is written.
    case probing(until: Int64)
    case arming(PlanRun, until: Int64)
    case streaming(since: Int64)
    /// Connected, but the data stopped.
    case silent(since: Int64)
    /// Wanted no more; the stop plan runs.
    case stopping(PlanRun, until: Int64)
    /// `Disconnect` was called. `isAnswered`: it said success, and `Connected` must turn false.
    case closing(until: Int64, isAnswered: Bool, then: Afterwards)
    /// `RemoveDevice` was called.
    case removing(until: Int64, then: Afterwards)
    case unusable(Unusable)

    /// What follows a disconnection.
    package enum Afterwards: Sendable, Equatable {
        case retry(at: Int64)
        case remove
        case idle
        case unusable(Unusable)
    }

    /// Why we stop trying until a person acts.
    package enum Unusable: Sendable, Equatable {
        case subscriptionUnanswered
        case needsPairing
        case notThisKind
        case otherDevice
        case planEnded
        /// In the driver's words.
        case refused(String)

        package var sentence: String {
            switch self {
            case .subscriptionUnanswered:
                "the sensor does not answer when its data is subscribed to: restart it, then connect "
                    + "(a new one may want to be paired first)"
            case .needsPairing: "the sensor wants to be paired first"
            case .notThisKind:
                "the device lacks what a sensor of this kind has; nothing was written to it"
            case .otherDevice:
                "another device answers at this address: its serial number differs"
            case .planEnded: "the sensor does not take its settings: update its firmware"
            case .refused(let reason): reason
            }
        }
    }
}

/// What BlueZ's properties say of a device.
///
/// Properties alone are believed: `Connect` may answer success though nothing is connected.
package struct LinkFacts: Sendable, Equatable {
    /// BlueZ has an object for the device.
    package var isKnown = false
    package var isConnected = false
    package var isResolved = false
    /// Every characteristic that the plan needs is there, with the operations it needs.
    package var isComplete = false
    package var isBonded = false
    /// The family's characteristics that the device has.
    package var present: Set<CharacteristicIndex> = []
    /// The Device Information service has a serial number to read.
    package var hasSerialNumber = false

    package init() {}
}

/// Something that happened to a sensor.
package enum SensorEvent: Sendable {
    /// A person wants it connected, now.
    case want
    /// A person wants it quiet.
    case rest
    /// The link is wanted for something else: attempts and settings end at once, a stream is left alone.
    case stepAside
    case condition(CentralCondition)
    case link(LinkFacts)
    /// BlueZ saw it advertise while we scan.
    case seen
    /// Its turn to connect.
    case granted
    case connectAnswered(CallOutcome)
    case disconnectAnswered(CallOutcome)
    case removeAnswered(CallOutcome)
    /// The serial number as told, nil where the read did not succeed.
    case serialNumber(String?)
    case plan(PlanRun.Happening)
    /// A packet (or a sample) came at this host time.
    case data(at: Int64)
    /// A packet descriptor ended.
    case doorEnded
    /// The sensor said that it goes to sleep or off.
    case farewell
    case battery(UInt8)
    /// A time in `SensorLife.deadline` came.
    case tick
}

/// Something to be done for a sensor.
package enum SensorEffect: Sendable, Equatable {
    case askTurn
    /// Gives the turn back, or leaves the line.
    case leaveTurn
    case seek
    case stopSeeking
    case connect
    /// Asks BlueZ for the device's properties, in place of waiting for them to be told.
    case askProperties
    case disconnect
    case removeDevice
    case readSerialNumber
    case act(PlanRun.Action)
    /// The plan has run: hand doors and driver to the owner.
    case openStream
    case closeDoors
    case tellLost(LossCause)
    case tellResumed
    case tellBattery(UInt8)
    case count(Counter)

    package enum Counter: Sendable, Equatable {
        case connect, connectError, loss, cacheDrop
    }
}
