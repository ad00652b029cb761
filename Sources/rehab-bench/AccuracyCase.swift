// The same trials with what happens to sensors and radio links: one case each.

import Kinematics
import SensorTable

/// One run of all filters: a trial, what was done to it, and what it counts for.
struct AccuracyCase: Sendable {
    /// The row of the table.
    let group: String
    let trial: AccuracyTrial
    /// Samples that were received, by number.
    let received: [Int]
    /// When the packet with the sample came, s; empty where that is not told.
    let arrivals: [Double]
    /// The rate that the filters are told, Hz.
    let nominalHertz: Double

    init(
        _ group: String, _ trial: AccuracyTrial, received: [Int]? = nil, arrivals: [Double] = [],
        nominalHertz: Double? = nil
    ) {
        self.group = group
        self.trial = trial
        self.received = received ?? Array(trial.readings.indices)
        self.arrivals = arrivals
        self.nominalHertz = nominalHertz ?? trial.rateHertz
    }

    /// Readings at an even rate for the peers: a straight line across what is missing.
    var filledReadings: [SensorReading] {
        var filled: [SensorReading] = []
        var before: Int?
        for index in received {
            if let before, index > before + 1 {
                let (a, b) = (trial.readings[before], trial.readings[index])
                for missing in before + 1..<index {
                    let share = Double(missing - before) / Double(index - before)
                    filled.append(
                        SensorReading(
                            angularRate: a.angularRate * (1 - share) + b.angularRate * share,
                            specificForce: a.specificForce * (1 - share)
                                + b.specificForce * share))
                }
            }
            filled.append(trial.readings[index])
            before = index
        }
        return filled
    }

    /// All cases on these trials (at their own rate); `place` is the one in `AccuracyTrial.names`.
    static func all(_ trials: [(place: Int, trial: AccuracyTrial)]) -> [AccuracyCase] {
        var cases: [AccuracyCase] = []
        for (place, trial) in trials {
            cases.append(AccuracyCase("free motion, 285.7 Hz", trial))
            for (count, name) in [(2, "142.9"), (3, "95.2"), (6, "47.6"), (11, "26.0")] {
                cases.append(AccuracyCase("free motion, \(name) Hz", trial.averaged(count)))
            }
            let slower = trial.averaged(3)
            cases += lossy(slower, isSlow: AccuracyTrial.slow.contains(place), place: place)
            for percent in [-3.0, -1, 1, 3] {
                cases.append(wrongClock(slower, percent: percent, place: place))
            }
            // A bias whose sign differs from axis to axis and trial to trial.
            let signs = Vector3(place % 2 == 0 ? 1 : -1, place % 3 == 0 ? -1 : 1, 1)
            for bias in [0.5, 1, 2, 5] {
                cases.append(
                    AccuracyCase(
                        "bias \(bias) deg/s, rest first",
                        slower.biased(signs * (bias * radiansPerDegree))))
            }
            for bias in [0.0, 2, 5] {
                let cold = slower.from(slower.movement + 400)
                cases.append(
                    AccuracyCase(
                        "started in motion, bias \(bias) deg/s",
                        cold.biased(signs * (bias * radiansPerDegree))))
            }
            for limit in [1000.0, 500, 250] {
                cases.append(
                    AccuracyCase(
                        "gyroscope cut off at \(Int(limit)) deg/s",
                        slower.clipped(rate: limit * radiansPerDegree)))
            }
            for limit in [8.0, 4, 2] {
                cases.append(
                    AccuracyCase(
                        "accelerometer cut off at \(Int(limit)) g",
                        slower.clipped(force: limit * standardGravity)))
            }
        }
        return cases
    }

    /// Packets of five, 1, 5 and 10 % of them lost in bursts of three on average (a two-state
    /// chain), from the third second on.
    private static func lossy(
        _ trial: AccuracyTrial, isSlow: Bool, place: Int
    ) -> [AccuracyCase] {
        [1.0, 5, 10].map { percent in
            var random = AccuracyRandom(seed: UInt64(place) * 100 + UInt64(percent))
            var isLost = false
            var received: [Int] = []
            let share = percent / 100
            for packet in 0...(trial.readings.count / 5) {
                let draw = random.next()
                isLost = isLost ? draw > 1.0 / 3 : draw < share / (1 - share) / 3
                if packet >= 60, isLost { continue }
                received += (packet * 5..<packet * 5 + 5).filter { $0 < trial.readings.count }
            }
            return AccuracyCase(
                "\(isSlow ? "slow" : "fast") trials, \(Int(percent)) % lost", trial,
                received: received)
        }
    }

    /// The sensor's clock is off; packets of five arrive with 0 to 30 ms of jitter.
    private static func wrongClock(
        _ trial: AccuracyTrial, percent: Double, place: Int
    ) -> AccuracyCase {
        var random = AccuracyRandom(seed: UInt64(place) + 7)
        var arrivals: [Double] = []
        var last = 0.0
        for start in stride(from: 0, to: trial.readings.count, by: 5) {
            let end = min(start + 5, trial.readings.count)
            last = max(last + 1e-4, Double(end) / trial.rateHertz + 0.005 + 0.03 * random.next())
            arrivals += Array(repeating: last, count: end - start)
        }
        return AccuracyCase(
            "clock off by \(percent) %", trial, arrivals: arrivals,
            nominalHertz: trial.rateHertz * (1 + percent / 100))
    }
}

extension AccuracyTrial {
    fileprivate func biased(_ bias: Vector3) -> AccuracyTrial {
        mapped {
            SensorReading(angularRate: $0.angularRate + bias, specificForce: $0.specificForce)
        }
    }

    /// What exceeds a limit reads the limit.
    fileprivate func clipped(rate: Double = .infinity, force: Double = .infinity) -> AccuracyTrial {
        func cut(_ v: Vector3, _ limit: Double) -> Vector3 {
            Vector3(
                max(-limit, min(limit, v.x)), max(-limit, min(limit, v.y)),
                max(-limit, min(limit, v.z)))
        }
        return mapped {
            SensorReading(
                angularRate: cut($0.angularRate, rate),
                specificForce: cut($0.specificForce, force))
        }
    }
}

/// Numbers in 0..<1, the same on every run, with the constants of Knuth's MMIX.
struct AccuracyRandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 }

    mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) * 0x1p-53
    }
}
