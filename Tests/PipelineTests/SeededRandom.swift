// Random numbers that come out the same on every run: SplitMix64 (Steele, Lea, Flood 2014).

import Glibc

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

extension SeededRandom {
    /// A normally distributed number (Box and Muller 1958).
    mutating func normal(_ deviation: Double) -> Double {
        let u = Double.random(in: Double.leastNormalMagnitude...1, using: &self)
        let v = Double.random(in: 0...1, using: &self)
        return deviation * (-2 * log(u)).squareRoot() * cos(2 * Double.pi * v)
    }
}
