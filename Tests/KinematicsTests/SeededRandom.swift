// Random numbers that come out the same on every run: SplitMix64 (Steele, Lea, Flood 2014).

struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}

/// How far apart two numbers are, counted in representable numbers of the second's size.
func unitsInLastPlace(_ value: Double, from reference: Double) -> Double {
    if value == reference { return 0 }
    guard value.isFinite, reference.isFinite else { return .infinity }
    return abs(value - reference) / max(reference.ulp, Double.leastNormalMagnitude)
}
