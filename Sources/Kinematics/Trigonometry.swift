// Sine, cosine and arcs from plain arithmetic: the same bits on every machine.
//
// The C library picks among variants by processor, which differ in the last bit; a recording replayed
// on another machine must give the same bits, and the real-time law refuses unlisted C functions.
// Series are Taylor's on a range small enough that the first dropped term is below one part in 2^53.

import CRealtime

/// Sine and cosine of an angle in radians.
///
/// Accurate to about 2^-52 for |angle| below 10^5; NaN for anything not finite or beyond 10^9.
@_noLocks
package func sineAndCosine(_ angle: Double) -> (sine: Double, cosine: Double) {
    guard angle > -1e9, angle < 1e9 else { return (Double.nan, Double.nan) }
    // pi/2 in two parts, so that multiples of it are subtracted without losing the low bits: the high
    // part has 33 significant bits and is exact times any quadrant below 2^20.
    let high = 0x1.921f_b544p+0
    let low = 0x1.0b46_11a6_2633_1p-34
    let turns = angle * (2 / Double.pi)
    let quadrant = Int64(turns >= 0 ? turns + 0.5 : turns - 0.5)
    let count = Double(quadrant)
    let x = (angle - count * high) - count * low
    let square = x * x
    let sine = x + x * square * sineSeries(square)
    let cosine = 1 - square * cosineSeries(square)
    switch quadrant & 3 {
    case 0: return (sine, cosine)
    case 1: return (cosine, -sine)
    case 2: return (-sine, -cosine)
    default: return (-cosine, sine)
    }
}

/// (sin x − x) / x³ as a series in x², |x| ≤ π/4.
@_noLocks
private func sineSeries(_ q: Double) -> Double {
    var sum = 1 / 355_687_428_096_000.0
    sum = sum * q - 1 / 1_307_674_368_000.0
    sum = sum * q + 1 / 6_227_020_800.0
    sum = sum * q - 1 / 39_916_800.0
    sum = sum * q + 1 / 362_880.0
    sum = sum * q - 1 / 5_040.0
    sum = sum * q + 1 / 120.0
    return sum * q - 1 / 6.0
}

/// (1 − cos x) / x² as a series in x², |x| ≤ π/4.
@_noLocks
private func cosineSeries(_ q: Double) -> Double {
    var sum = 1 / 20_922_789_888_000.0
    sum = -sum * q + 1 / 87_178_291_200.0
    sum = -sum * q + 1 / 479_001_600.0
    sum = -sum * q + 1 / 3_628_800.0
    sum = -sum * q + 1 / 40_320.0
    sum = -sum * q + 1 / 720.0
    sum = -sum * q + 1 / 24.0
    return 0.5 - sum * q
}

/// The angle in (−π, π] whose tangent is `y / x`, in the quadrant of (x, y); 0 for (0, 0).
@_noLocks
package func arctangent(y: Double, x: Double) -> Double {
    let width = abs(x)
    let height = abs(y)
    guard width.isFinite, height.isFinite else { return Double.nan }
    guard width + height > 0 else { return 0 }
    // Below 45 degrees first, then mirrored.
    var angle =
        height <= width
        ? acuteArctangent(height / width) : Double.pi / 2 - acuteArctangent(width / height)
    if x < 0 { angle = Double.pi - angle }
    return y < 0 ? -angle : angle
}

/// arctan of a ratio in 0...1: halved twice, then a series on |t| ≤ tan(π/16).
@_noLocks
private func acuteArctangent(_ ratio: Double) -> Double {
    var t = ratio / (1 + rehab_sqrt(1 + ratio * ratio))
    t = t / (1 + rehab_sqrt(1 + t * t))
    let q = t * t
    var sum = 1 / 23.0
    sum = 1 / 21.0 - sum * q
    sum = 1 / 19.0 - sum * q
    sum = 1 / 17.0 - sum * q
    sum = 1 / 15.0 - sum * q
    sum = 1 / 13.0 - sum * q
    sum = 1 / 11.0 - sum * q
    sum = 1 / 9.0 - sum * q
    sum = 1 / 7.0 - sum * q
    sum = 1 / 5.0 - sum * q
    sum = 1 / 3.0 - sum * q
    return 4 * (t - t * q * sum)
}

/// The angle in [−π/2, π/2] whose sine is `value`; values beyond ±1 (rounding) count as ±1.
@_noLocks
package func arcsine(_ value: Double) -> Double {
    if value >= 1 { return Double.pi / 2 }
    if value <= -1 { return -Double.pi / 2 }
    return arctangent(y: value, x: rehab_sqrt((1 - value) * (1 + value)))
}

/// Square root for the pure rooms, correctly rounded.
@_noLocks
package func squareRoot(_ value: Double) -> Double { rehab_sqrt(value) }
