// What an estimate's reader must know about it besides its uncertainty.

/// Quality of one tilt estimate.
package struct TiltFlags: OptionSet, Sendable, BitwiseCopyable {
    package let rawValue: UInt16

    @_noLocks
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Nothing to remark.
    package static var none: TiltFlags { @_noLocks get { TiltFlags(rawValue: 0) } }
    /// Just started: the low-pass still averages its first seconds and no rest has been seen.
    package static var settling: TiltFlags { @_noLocks get { TiltFlags(rawValue: 1) } }
    /// The sensor is still; the gyroscope's bias is being measured.
    package static var rest: TiltFlags { @_noLocks get { TiltFlags(rawValue: 2) } }
    /// Samples were missing in the last seconds.
    package static var afterGap: TiltFlags { @_noLocks get { TiltFlags(rawValue: 4) } }
    /// A reading of this sample was at its range limit.
    package static var saturated: TiltFlags { @_noLocks get { TiltFlags(rawValue: 8) } }
    /// The angle must not be used: it repeats an older one, or rests on nothing yet.
    package static var unknown: TiltFlags { @_noLocks get { TiltFlags(rawValue: 16) } }
    /// The gyroscope's bias across the horizontal is known no better than `biasLearntSigma`.
    package static var biasUnlearnt: TiltFlags { @_noLocks get { TiltFlags(rawValue: 32) } }

    @_noLocks
    package func has(_ other: TiltFlags) -> Bool { rawValue & other.rawValue != 0 }

    @_noLocks
    package func with(_ other: TiltFlags) -> TiltFlags {
        TiltFlags(rawValue: rawValue | other.rawValue)
    }

    /// `with(other)` where `condition` holds, else unchanged.
    @_noLocks
    func with(_ other: TiltFlags, if condition: Bool) -> TiltFlags {
        condition ? with(other) : self
    }

    /// The names used in files and on the command line, in the order of the bits.
    package var names: [String] {
        var names: [String] = []
        if has(.settling) { names.append("settling") }
        if has(.rest) { names.append("rest") }
        if has(.afterGap) { names.append("after-gap") }
        if has(.saturated) { names.append("saturated") }
        if has(.unknown) { names.append("unknown") }
        if has(.biasUnlearnt) { names.append("bias-unlearnt") }
        return names
    }
}
