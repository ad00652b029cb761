// Fits a movement's bell of speed: least squares over its height, start and end.

/// The bell (4u(1 − u))^k at one moment, and its slope over u.
///
/// Between whole k it is the mean of the two next bells: as good a family, and it needs no logarithm.
struct Bell: BitwiseCopyable {
    private(set) var value = 0.0
    private(set) var slope = 0.0
    let u: Double

    @_noLocks
    init(at u: Double, exponent: Double) {
        self.u = u
        guard u > 0, u < 1 else { return }
        let k = max(1, min(3, exponent))
        let q = 4 * u * (1 - u)
        var whole = 1.0
        var lower = 1.0
        // q to the whole part of k less one.
        while whole + 1 <= k {
            lower *= q
            whole += 1
        }
        let part = k - whole
        value = lower * q * (1 - part + part * q)
        slope =
            lower * (whole * (1 - part) + (whole + 1) * part * q) * 4 * (1 - 2 * u)
    }
}

/// A movement as a fit found it.
struct BellSpan: BitwiseCopyable {
    var span: MovementSpan
    /// Share of the speeds' power that the bell leaves over.
    var misfit = 1.0

    @_noLocks
    init(_ span: MovementSpan) { self.span = span }
}

/// The normal equations of one step of the fit.
struct BellFit: BitwiseCopyable {
    private var product = 0.0
    private var bells = 0.0
    private var power = 0.0
    private var left = 0.0
    // Height, start, end: the symmetric matrix and the right-hand side.
    private var hh = 0.0
    private var hs = 0.0
    private var he = 0.0
    private var ss = 0.0
    private var se = 0.0
    private var ee = 0.0
    private var h = 0.0
    private var s = 0.0
    private var e = 0.0

    @_noLocks
    init() {}

    private var height: Double { @_noLocks get { bells > 0 ? product / bells : 0 } }

    @_noLocks
    mutating func addHeight(_ bell: Bell, speed: Double) {
        product += bell.value * speed
        bells += bell.value * bell.value
        power += speed * speed
    }

    @_noLocks
    mutating func add(_ bell: Bell, speed: Double, length: Double) {
        let height = height
        let rest = speed - height * bell.value
        left += rest * rest
        // u changes by −(1 − u) / length a second of start, by −u / length a second of end.
        let byStart = -height * bell.slope * (1 - bell.u) / length
        let byEnd = -height * bell.slope * bell.u / length
        hh += bell.value * bell.value
        hs += bell.value * byStart
        he += bell.value * byEnd
        ss += byStart * byStart
        se += byStart * byEnd
        ee += byEnd * byEnd
        h += bell.value * rest
        s += byStart * rest
        e += byEnd * rest
    }

    /// What the bell leaves over of the speeds' power.
    var residualShare: Double { @_noLocks get { power > 0 ? left / power : 1 } }

    /// s by which start and end move; nil where the speeds do not tell.
    var step: (start: Double, end: Double)? {
        @_noLocks get {
            let determinant =
                hh * (ss * ee - se * se) - hs * (hs * ee - se * he) + he * (hs * se - ss * he)
            guard determinant > 1e-9 * hh * ss * ee else { return nil }
            let start =
                hh * (s * ee - se * e) - h * (hs * ee - se * he) + he * (hs * e - s * he)
            let end =
                hh * (ss * e - s * se) - hs * (hs * e - s * he) + h * (hs * se - ss * he)
            return (start / determinant, end / determinant)
        }
    }
}
