// What a family can measure and do, and what is asked of it.

import Kinematics

/// What a sensor of a family can do.
package struct Capabilities: Sendable, Equatable {
    /// Quantities that reach the host while streaming.
    package struct Streams: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let specificForce = Streams(rawValue: 1)
        package static let angularRate = Streams(rawValue: 2)
        package static let magneticField = Streams(rawValue: 4)
        package static let orientation = Streams(rawValue: 8)
    }

    package var streams: Streams
    /// Largest measurable specific force, m/s².
    package var specificForceRange: Double
    /// Largest measurable angular rate, rad/s.
    package var angularRateRange: Double
    /// False: samples carry no `hasDeviceTime`, and clock recovery assumes an even grid.
    package var hasDeviceTime: Bool
    /// The most samples one packet can yield: the room a caller must offer `decode`.
    package var samplesPerPacket: Int
    /// How old the oldest sample of a packet may be on arrival, beyond the link's own delay,
    /// seconds.
    ///
    /// Above 0.1 the samples are marked `batched`.
    package var batchDelay: Double
    /// The smallest ATT MTU, bytes, with which every packet arrives whole.
    package var minimumMTU: Int
    package var canIdentify: Bool
    package var canBuzz: Bool
    package var tellsBattery: Bool
    package var needsPairing: Bool

    package init(
        streams: Streams, specificForceRange: Double, angularRateRange: Double,
        hasDeviceTime: Bool, samplesPerPacket: Int, batchDelay: Double = 0, minimumMTU: Int = 23,
        canIdentify: Bool = false, canBuzz: Bool = false, tellsBattery: Bool = false,
        needsPairing: Bool = false
    ) {
        self.streams = streams
        self.specificForceRange = specificForceRange
        self.angularRateRange = angularRateRange
        self.hasDeviceTime = hasDeviceTime
        self.samplesPerPacket = samplesPerPacket
        self.batchDelay = batchDelay
        self.minimumMTU = minimumMTU
        self.canIdentify = canIdentify
        self.canBuzz = canBuzz
        self.tellsBattery = tellsBattery
        self.needsPairing = needsPairing
    }
}

/// What the daemon asks of a sensor.
///
/// A driver takes the nearest it can do.
package struct StreamRequest: Sendable, Equatable {
    /// Samples a second.
    package var rateHertz: Double
    /// Specific force that must be measurable without clipping, m/s².
    package var specificForceRange: Double
    /// Angular rate that must be measurable without clipping, rad/s.
    package var angularRateRange: Double

    /// The defaults are the wearables sheet's "Choosing settings": 60 Hz, ±4 g, ±1000 °/s.
    package init(
        rateHertz: Double = 60, specificForceRange: Double = 4 * standardGravity,
        angularRateRange: Double = 1000 * radiansPerDegree
    ) {
        self.rateHertz = rateHertz
        self.specificForceRange = specificForceRange
        self.angularRateRange = angularRateRange
    }

    /// The offered rate nearest to the one asked for, the higher of two equally near; `rateHertz`
    /// itself where nothing is offered.
    package func nearestRate(of offered: [Double]) -> Double {
        var best: Double?
        for rate in offered {
            guard let current = best else {
                best = rate
                continue
            }
            let distance = abs(rate - rateHertz)
            let currentDistance = abs(current - rateHertz)
            if distance < currentDistance || (distance == currentDistance && rate > current) {
                best = rate
            }
        }
        return best ?? rateHertz
    }
}
