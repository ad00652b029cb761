// Fits a movement's bell of speed: least squares over its height, start and end.

/// A movement as a fit found it.
struct BellSpan: BitwiseCopyable {
    var span: MovementSpan
    /// Share of the speeds' power that the bell leaves over.
    var misfit = 1.0

    @_noLocks
    init(_ span: MovementSpan) { self.span = span }
}

/// The normal equations of one step of the fit, from sums that do not know the bell's height yet.
///
/// So one pass over the speeds is enough.
struct BellFit: BitwiseCopyable {
    private var power = 0.0
    /// Sums of products of bell, speed and what the bell changes by with its ends.
    private var bells = 0.0
    private var product = 0.0
    private var bellStart = 0.0
    private var bellEnd = 0.0
    private var startStart = 0.0
    private var startEnd = 0.0
    private var endEnd = 0.0
    private var speedStart = 0.0
    private var speedEnd = 0.0

    @_noLocks
    init() {}

    private var height: Double { @_noLocks get { bells > 0 ? product / bells : 0 } }

    /// `byStart` and `byEnd`: by how much a bell of height 1 changes there with its ends, 1/s.
    @_noLocks
    mutating func add(_ bell: Double, byStart: Double, byEnd: Double, speed: Double) {
        power += speed * speed
        bells += bell * bell
        product += bell * speed
        bellStart += bell * byStart
        bellEnd += bell * byEnd
        startStart += byStart * byStart
        startEnd += byStart * byEnd
        endEnd += byEnd * byEnd
        speedStart += speed * byStart
        speedEnd += speed * byEnd
    }

    /// What the bell leaves over of the speeds' power.
    var residualShare: Double {
        @_noLocks get { power > 0 ? max(0, power - height * product) / power : 1 }
    }

    /// s by which start and end move; nil where the speeds do not tell.
    var step: (start: Double, end: Double)? {
        @_noLocks get {
            let height = height
            // Height, start, end: the symmetric matrix and the right-hand side. The height is the best already.
            let hh = bells
            let (hs, he) = (height * bellStart, height * bellEnd)
            let square = height * height
            let (ss, se, ee) = (square * startStart, square * startEnd, square * endEnd)
            let s = height * (speedStart - height * bellStart)
            let e = height * (speedEnd - height * bellEnd)
            let determinant =
                hh * (ss * ee - se * se) - hs * (hs * ee - se * he) + he * (hs * se - ss * he)
            guard determinant > 1e-9 * hh * ss * ee else { return nil }
            let start = hh * (s * ee - se * e) + he * (hs * e - s * he)
            let end = hh * (ss * e - s * se) - hs * (hs * e - s * he)
            return (start / determinant, end / determinant)
        }
    }
}
