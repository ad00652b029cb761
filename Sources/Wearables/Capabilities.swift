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

/// How far live cues may lean on a sensor whose samples come late.
package enum CueFitness: UInt8, Sendable, Comparable {
    /// Too old to act on: recording and reports only.
    case refused
    /// Late: only slow cues and those at the end of a movement, and the user is told.
    case softened
    case live

    package static func < (left: CueFitness, right: CueFitness) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension Capabilities {
    /// Seconds of delay up to which a cue still meets the movement it is about (the limit of
    /// `SampleFlags.batched`).
    package static let liveDelay = 0.1
    /// Seconds up to which a slow cue still belongs to its movement: ours, from the half second that
    /// the exercises' rules let a fault last before they speak.
    package static let softenedDelay = 0.5

    package var cueFitness: CueFitness {
        if batchDelay <= Self.liveDelay { return .live }
        return batchDelay <= Self.softenedDelay ? .softened : .refused
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

    /// The smallest of the offered ranges (ascending) that holds `wanted`, the largest where none does.
    package func smallestRange(_ wanted: Double, of offered: [Double]) -> Double {
        // A whisker of slack: 4 g asked for in m/s² is 4 g.
        offered.first { $0 >= wanted * 0.999_9 } ?? offered.last ?? wanted
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
