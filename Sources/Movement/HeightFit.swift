// Fits a whole repetition to the vertical acceleration itself, which does not drift as a height does.

import Kinematics

/// A repetition there and back, as its acceleration shows it.
///
/// Ten unknowns: when the ways out and back begin and end, the way's size, what the sensor reads at rest,
/// and what else it takes for height: the two levers by which the pelvis' turns lift it, beside the standing
/// hip and before or behind both (neither is measured when it is strapped on), and the share of the two level
/// forces that an error of tilt lets in.
struct HeightFit: BitwiseCopyable {
    /// When the ways out and back began and ended, s.
    private(set) var out: MovementSpan
    private(set) var back: MovementSpan
    /// m and m/s².
    private var size: Double
    private(set) var offset = 0.0
    /// m, m, rad and rad.
    private var shares = InlineArray<4, Double>(repeating: 0)
    private let usualSide: Double

    /// The lower triangle's even and odd rows in pairs of columns: pair c of pair of rows p at p(p + 1)/2 + c.
    private var even = InlineArray<15, SIMD2<Double>>(repeating: .zero)
    private var odd = InlineArray<15, SIMD2<Double>>(repeating: .zero)
    private var right = InlineArray<5, SIMD2<Double>>(repeating: .zero)
    /// 1/s of the ways out and back.
    private var outPace = 0.0
    private var backPace = 0.0
    /// Sum of the squares of what is left over, (m/s²)².
    private(set) var left = 0.0
    private var changes = 0.0
    /// Sum of the squares of the movement's own accelerations, (m/s²)².
    private(set) var power = 0.0
    private var before = 0.0
    private var taken = 0
    /// By how much the step that led here was to lower what is left over, (m/s²)².
    private(set) var promised = Double.infinity

    /// m/s² of an accelerometer's noise [engineering default].
    private static var noise: Double { @_noLocks get { 0.03 } }
    /// How far the levers are from the usual ones, m, and how wrong the tilt is while the pelvis is pushed
    /// sideways or ahead, rad [engineering defaults].
    private static var sideSpread: Double { @_noLocks get { 0.05 } }
    private static var aheadSpread: Double { @_noLocks get { 0.1 } }
    private static var tiltSpread: Double { @_noLocks get { 0.02 } }
    /// s that a way lasts at least.
    private static var shortest: Double { @_noLocks get { 0.25 } }

    /// `size`: the way, m; `side`: how far to the right the standing hip joint lies, m.
    @_noLocks
    init(out: MovementSpan, back: MovementSpan, size: Double, side: Double) {
        self.out = out
        self.back = back
        self.size = size
        usualSide = side
        shares[0] = side
    }

    /// Where a fit of another shape may begin.
    @_noLocks
    func seen(as shape: BellShape, by other: BellShape) -> HeightFit {
        var next = self
        next.out = shape.span(out, by: other)
        next.back = shape.span(back, by: other)
        return next
    }

    /// Share of the movement's power that is left over and is no noise.
    ///
    /// Noise changes from one sample to the next by as much as it is large; what a wrong shape leaves does not.
    var misfit: Double { @_noLocks get { power > 0 ? max(0, left - changes) / power : 1 } }

    /// True where the movement stands out of the noise and has the shape of one.
    var isClear: Bool { @_noLocks get { misfit < 0.03 && power > changes && size > 0.04 } }

    /// Share of the way that has been gone at a moment.
    @_noLocks
    func way(at time: Double, shape: BellShape) -> Double {
        shape.way((time - out.start) / (out.end - out.start))
            - shape.way((time - back.start) / (back.end - back.start))
    }

    /// Begins a round.
    @_noLocks
    mutating func begin() {
        even = InlineArray(repeating: .zero)
        odd = InlineArray(repeating: .zero)
        right = InlineArray(repeating: .zero)
        outPace = 1 / (out.end - out.start)
        backPace = 1 / (back.end - back.start)
        changes = 0
        power = 0
        taken = 0
        left = 0
        // Nothing beside the movement is believed in that explains no more than noise.
        hold(0, at: usualSide, spread: HeightFit.sideSpread)
        hold(1, at: 0, spread: HeightFit.aheadSpread)
        hold(2, at: 0, spread: HeightFit.tiltSpread)
        hold(3, at: 0, spread: HeightFit.tiltSpread)
    }

    @_noLocks
    private mutating func hold(_ share: Int, at usual: Double, spread: Double) {
        let weight = HeightFit.noise / spread
        let strays = (usual - shares[share]) * weight
        left += strays * strays
        let pair = 3 + share / 2
        let place = pair * (pair + 1) / 2 + pair
        if share % 2 == 0 {
            right[pair].x = strays * weight
            even[place].x = weight * weight
        } else {
            right[pair].y = strays * weight
            odd[place].y = weight * weight
        }
    }

    /// Takes an acceleration, m/s² in the way out's direction, in the order of time; and `beside` it those of
    /// a metre's levers to the right and ahead and the level forces, m/s².
    @_noLocks
    mutating func add(
        _ acceleration: Double, beside: InlineArray<4, Double>, time: Double, shape: BellShape
    ) {
        let there = Bell(at: (time - out.start) * outPace, shape: shape)
        let home = Bell(at: (time - back.start) * backPace, shape: shape)
        let (outSquare, backSquare) = (outPace * outPace, backPace * backPace)
        let turn = there.slope * outSquare - home.slope * backSquare
        var rest = acceleration - size * turn - offset
        // u changes by −(1 − u) / length a second of start, by −u / length a second of end.
        let outShare = size * outSquare * outPace
        let backShare = size * backSquare * backPace
        var slopes = InlineArray<5, SIMD2<Double>>(repeating: .zero)
        slopes[0] = SIMD2(
            outShare * (2 * there.slope - there.bend * (1 - there.u)),
            -outShare * (2 * there.slope + there.bend * there.u))
        slopes[1] = SIMD2(
            -backShare * (2 * home.slope - home.bend * (1 - home.u)),
            backShare * (2 * home.slope + home.bend * home.u))
        slopes[2] = SIMD2(turn, 1)
        slopes[3] = SIMD2(-beside[0], -beside[1])
        slopes[4] = SIMD2(-beside[2], -beside[3])
        var share = 0
        while share < 4 {
            rest += shares[share] * beside[share]
            share += 1
        }
        left += rest * rest
        if taken > 0 { changes += (rest - before) * (rest - before) / 2 }
        before = rest
        taken += 1
        power += size * turn * size * turn
        // Beside the ways the first slopes are zero.
        let first = there.isInside || home.isInside ? 0 : 2
        var pair = first
        while pair < 5 {
            let slope = slopes[pair]
            right[pair] += slope * rest
            var column = first
            while column <= pair {
                let place = pair * (pair + 1) / 2 + column
                even[place] += slopes[column] * slope.x
                odd[place] += slopes[column] * slope.y
                column += 1
            }
            pair += 1
        }
    }

    /// The fit after one step of Levenberg's (1944) with a share `damping`; nil where it leads nowhere.
    @_noLocks
    func improved(damping: Double) -> HeightFit? {
        var next = self
        var equations = NormalEquations()
        var row = 0
        while row < 10 {
            let pair = row / 2
            var column = 0
            while column <= row {
                let place = pair * (pair + 1) / 2 + column / 2
                let both = row % 2 == 0 ? even[place] : odd[place]
                equations.matrix[row * 10 + column] = column % 2 == 0 ? both.x : both.y
                column += 1
            }
            equations.matrix[row * 11] *= 1 + damping
            equations.right[row] = row % 2 == 0 ? right[pair].x : right[pair].y
            row += 1
        }
        guard equations.solve() else { return nil }
        let step = equations.right
        next.promised = 0
        row = 0
        while row < 10 {
            let slope = row % 2 == 0 ? right[row / 2].x : right[row / 2].y
            next.promised += step[row] * slope
            row += 1
        }
        next.out.start += step[0]
        next.out.end += step[1]
        next.back.start += step[2]
        next.back.end += step[3]
        next.size += step[4]
        next.offset += step[5]
        var share = 0
        while share < 4 {
            next.shares[share] += step[6 + share]
            share += 1
        }
        let shortest = min(next.out.end - next.out.start, next.back.end - next.back.start)
        return shortest > HeightFit.shortest && next.size > 0 ? next : nil
    }
}

/// Ten linear equations whose matrix is symmetric: the lower triangle row by row.
private struct NormalEquations: BitwiseCopyable {
    var matrix = InlineArray<100, Double>(repeating: 0)
    var right = InlineArray<10, Double>(repeating: 0)

    @_noLocks
    init() {}

    /// Solves them in place by Cholesky's way.
    @_noLocks
    mutating func solve() -> Bool {
        let count = 10
        var row = 0
        while row < count {
            var column = 0
            while column <= row {
                var sum = matrix[row * count + column]
                var inner = 0
                while inner < column {
                    sum -= matrix[row * count + inner] * matrix[column * count + inner]
                    inner += 1
                }
                if row == column {
                    guard sum > 1e-9 * matrix[row * count + row] else { return false }
                    matrix[row * count + row] = squareRoot(sum)
                } else {
                    matrix[row * count + column] = sum / matrix[column * count + column]
                }
                column += 1
            }
            row += 1
        }
        row = 0
        while row < count {
            var inner = 0
            while inner < row {
                right[row] -= matrix[row * count + inner] * right[inner]
                inner += 1
            }
            right[row] /= matrix[row * count + row]
            row += 1
        }
        row = count - 1
        while row >= 0 {
            var inner = row + 1
            while inner < count {
                right[row] -= matrix[inner * count + row] * right[inner]
                inner += 1
            }
            right[row] /= matrix[row * count + row]
            row -= 1
        }
        return true
    }
}
