// Seeded random numbers with the same bits on every machine.

/// xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2018), its
/// state filled by SplitMix64 (Steele, Lea and Flood, 2014); written from their definitions.
package struct RandomSource: Sendable, BitwiseCopyable {
    private var a: UInt64
    private var b: UInt64
    private var c: UInt64
    private var d: UInt64

    /// `stream` gives independent sequences for one seed: one for each thing that is random.
    package init(seed: UInt64, stream: UInt64 = 0) {
        // The stream number is scrambled before it meets the seed, so that (1, 2) and (2, 1)
        // differ.
        var mixer = SplitMix(state: stream)
        var seeds = SplitMix(state: seed ^ mixer.next())
        a = seeds.next()
        b = seeds.next()
        c = seeds.next()
        d = seeds.next()
    }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        let product = b &* 5
        let result = ((product << 7) | (product >> 57)) &* 9
        let shifted = b << 17
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= shifted
        d = (d << 45) | (d >> 19)
        return result
    }

    /// Evenly spread over 0 ..< 1, from the upper 53 bits.
    package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Mean 0, standard deviation 1: the sum of twelve uniform numbers less six.
    ///
    /// Its variance is exactly 1 and it needs no logarithm; the price is a tail that ends at six
    /// and an excess kurtosis of −0.1.
    package mutating func gaussian() -> Double {
        var sum = -6.0
        for _ in 0..<12 { sum += uniform() }
        return sum
    }

    /// True with the given probability.
    package mutating func chance(_ probability: Double) -> Bool { uniform() < probability }
}

/// SplitMix64: a counter stepped by the odd 64-bit part of the golden ratio, then mixed.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
