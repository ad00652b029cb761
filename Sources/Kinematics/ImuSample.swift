// One reading of one inertial sensor: the contract between decoding and estimating.

/// What a decoder or intake knows about a sample's worth.
package struct SampleFlags: OptionSet, Sendable, BitwiseCopyable {
    package let rawValue: UInt16

    @_noLocks
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// An accelerometer axis was at its range limit.
    package static var accelerometerClipped: SampleFlags {
        @_noLocks get { SampleFlags(rawValue: 1) }
    }
    /// A gyroscope axis was at its range limit.
    package static var gyroscopeClipped: SampleFlags { @_noLocks get { SampleFlags(rawValue: 2) } }
    /// `deviceTime` holds the sensor's own clock.
    package static var hasDeviceTime: SampleFlags { @_noLocks get { SampleFlags(rawValue: 4) } }
    /// The sensor restarted, or its clock jumped: this sample does not continue the one before.
    package static var newEpoch: SampleFlags { @_noLocks get { SampleFlags(rawValue: 8) } }
    /// Samples were lost between the one before and this one.
    package static var afterGap: SampleFlags { @_noLocks get { SampleFlags(rawValue: 16) } }
    /// The packet carried samples up to a batch old; live cues must not rely on it.
    package static var batched: SampleFlags { @_noLocks get { SampleFlags(rawValue: 32) } }
    /// The sensor has no gyroscope: `angularRate` is zero because it is not measured.
    package static var withoutAngularRate: SampleFlags {
        @_noLocks get { SampleFlags(rawValue: 0x8000) }
    }

    @_noLocks
    package func has(_ other: SampleFlags) -> Bool { rawValue & other.rawValue != 0 }

    @_noLocks
    package func with(_ other: SampleFlags) -> SampleFlags {
        SampleFlags(rawValue: rawValue | other.rawValue)
    }
}

/// One reading of one inertial sensor in SI units and the sensor's own axes.
package struct ImuSample: BitwiseCopyable, Sendable, Equatable {
    /// When the sample was taken, CLOCK_MONOTONIC nanoseconds; 0 until clock recovery has set it.
    package var hostTime: Int64
    /// The sensor's own clock, unwrapped, nanoseconds since an arbitrary start
    /// (valid with `hasDeviceTime`).
    package var deviceTime: Int64
    /// Time since the sensor's previous sample in true seconds; 0 for the first of an epoch.
    package var interval: Double
    /// rad/s, positive by the right-hand rule.
    package var angularRate: Vector3
    /// m/s²; a sensor at rest reads +9.81 on the axis that points up.
    package var specificForce: Vector3
    package var flags: SampleFlags

    @_noLocks
    package init(
        hostTime: Int64 = 0, deviceTime: Int64 = 0, interval: Double = 0,
        angularRate: Vector3, specificForce: Vector3,
        flags: SampleFlags = SampleFlags(rawValue: 0)
    ) {
        self.hostTime = hostTime
        self.deviceTime = deviceTime
        self.interval = interval
        self.angularRate = angularRate
        self.specificForce = specificForce
        self.flags = flags
    }

    /// True where every measured number is finite.
    package var isFinite: Bool {
        @_noLocks get { angularRate.isFinite && specificForce.isFinite && interval.isFinite }
    }
}
