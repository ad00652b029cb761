// Fits a movement's bell of speed: least squares over its height, start and end.

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
    mutating func addHeight(_ bell: Double, speed: Double) {
        product += bell * speed
        bells += bell * bell
        power += speed * speed
    }

    /// `byStart` and `byEnd`: by how much a bell of height 1 changes there with its ends, 1/s.
    @_noLocks
    mutating func add(_ bell: Double, byStart: Double, byEnd: Double, speed: Double) {
        let height = height
        let rest = speed - height * bell
        left += rest * rest
        let byStart = height * byStart
        let byEnd = height * byEnd
        hh += bell * bell
        hs += bell * byStart
        he += bell * byEnd
        ss += byStart * byStart
        se += byStart * byEnd
        ee += byEnd * byEnd
        h += bell * rest
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
