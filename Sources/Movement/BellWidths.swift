// How wide a movement's bell of speed is at a share of its peak, and which exponent two widths tell.

extension VelocityHistory {
    /// Width of the bell at a share `level` of its peak: √(1 − level^(1/k)), by a table in between.
    @_noLocks
    static func width(_ level: Double, _ k: Double) -> Double {
        let (low, high, part) =
            level < 0.2
            ? (tenth(k), fifth(k), (level - 0.1) / 0.1) : (fifth(k), third(k), (level - 0.2) / 0.1)
        return low + (high - low) * max(0, min(1, part))
    }

    /// √(1 − level^(1/k)) at k = 0.5, 1, 1.5, 2, 2.5, 3, 4 and in between.
    @_noLocks
    private static func tenth(_ k: Double) -> Double {
        table(k, 0.995, 0.9487, 0.8858, 0.8269, 0.7758, 0.7320, 0.6616)
    }
    @_noLocks
    private static func fifth(_ k: Double) -> Double {
        table(k, 0.9798, 0.8944, 0.8112, 0.7435, 0.6890, 0.6444, 0.5756)
    }
    @_noLocks
    private static func third(_ k: Double) -> Double {
        table(k, 0.9539, 0.8367, 0.7429, 0.6725, 0.6182, 0.5749, 0.5098)
    }
    @_noLocks
    static func half(_ k: Double) -> Double {
        table(k, 0.8660, 0.7071, 0.6083, 0.5412, 0.4921, 0.4542, 0.3989)
    }

    @_noLocks
    private static func table(
        _ k: Double, _ a: Double, _ b: Double, _ c: Double, _ d: Double, _ e: Double,
        _ f: Double, _ g: Double
    ) -> Double {
        if k < 1 { return a + (b - a) * max(0, (k - 0.5) * 2) }
        if k < 1.5 { return b + (c - b) * (k - 1) * 2 }
        if k < 2 { return c + (d - c) * (k - 1.5) * 2 }
        if k < 2.5 { return d + (e - d) * (k - 2) * 2 }
        if k < 3 { return e + (f - e) * (k - 2.5) * 2 }
        return f + (g - f) * min(1, k - 3)
    }

    /// The k at which the widths at `level` and at half have this ratio, by halving.
    @_noLocks
    static func exponent(ratio: Double, level: Double) -> Double {
        var (low, high) = (0.5, 4.0)
        var round = 0
        while round < 20 {
            let middle = (low + high) / 2
            // The ratio grows with k.
            if width(level, middle) / half(middle) < ratio { low = middle } else { high = middle }
            round += 1
        }
        return (low + high) / 2
    }
}
