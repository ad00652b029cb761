// What an accelerometer reads too much, from standing, turning half round and standing again.

package import Kinematics

/// The result of a turn-round.
package struct TurnRoundResult: Equatable, Sendable {
    /// What the accelerometer reads too much, m/s², sensor frame.
    ///
    /// The part along the axis of the turn, which is about the vertical, cannot be seen and is zero.
    package var accelerometerBias: Vector3
    /// How far the sensor turned between the stands, rad.
    package var turn: Double
    /// Standard deviation to be expected of each horizontal component, m/s².
    package var sigma: Double
    /// How long the two stands were, s.
    package var stands: (first: Double, second: Double)

    package static func == (left: TurnRoundResult, right: TurnRoundResult) -> Bool {
        left.accelerometerBias == right.accelerometerBias && left.turn == right.turn
            && left.sigma == right.sigma && left.stands == right.stands
    }
}

/// Why a turn-round showed nothing.
package enum TurnRoundProblem: Error, Equatable, Sendable {
    /// There is no second of standing still to begin with.
    case noFirstStand
    /// There is none after the turn.
    case noSecondStand
    /// The sensor turned by so little (rad); half round is wanted.
    case turnTooSmall(Double)
}

/// Measures the horizontal accelerometer biases.
///
/// The gyroscope carries the orientation from one stand to the other. Seen in the same frame gravity
/// is the same at both, but a bias has turned with the sensor: with R the mean orientation and f the
/// mean specific force in that frame, (R₁ − R₂) b = f₁ − f₂. How the person leans does not matter,
/// nor if the lean changes. After half a turn R₁ − R₂ doubles what is across the vertical.
///
/// Source of the idea: estimation with two opposite headings, as in the calibration of levels.
package func turnRoundBias(_ samples: [ImuSample]) throws(TurnRoundProblem) -> TurnRoundResult {
    guard let first = stand(samples, from: 0) else { throw .noFirstStand }
    var bias = first.rate
    // The last stand, and the longest that ends the recording.
    var second: Stand?
    var from = first.end
    while let next = stand(samples, from: from) {
        second = next
        from = next.end
    }
    guard let second else { throw .noSecondStand }
    // A gyroscope's bias is the same at both; what they differ by is sway.
    bias = (bias + second.rate) * 0.5

    var rotation = Rotation.identity
    var one = StandMean()
    var other = StandMean()
    var time = 0.0
    for index in first.start..<second.end {
        let sample = samples[index]
        if index > first.start {
            rotation = (rotation * Rotation(turn: (sample.angularRate - bias) * sample.interval))
                .normalized()
            time += sample.interval
        }
        if index < first.end { one.add(rotation, sample.specificForce) }
        if index >= second.start { other.add(rotation, sample.specificForce) }
    }
    let angle = 2 * arcsine(min(1, (other.middle * one.middle.inverse).vectorLength))
    guard angle > Double.pi / 3 else { throw .turnTooSmall(angle) }
    let columns = [Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1)].map {
        one.apply($0) - other.apply($0)
    }
    let difference = one.force - other.force
    // 0.3 % of the turn for the gyroscope's axes, and a drift of 0.03 deg/s.
    let lean = 0.003 * angle + 0.03 * radiansPerDegree * time
    let gain = 2 * sineAndCosine(angle / 2).sine
    return TurnRoundResult(
        accelerometerBias: leastSquares(columns, difference),
        turn: angle, sigma: standardGravity * lean / gain + 0.01,
        stands: (first.duration, second.duration))
}

/// A stretch of standing still.
private struct Stand {
    var start: Int
    var end: Int
    var duration: Double
    /// Mean rate, rad/s.
    var rate: Vector3
}

/// The next second or more without movement: the rate within 4 deg/s of its mean of late and the
/// force within 0.8 m/s², twice the sway of people who stand.
private func stand(_ samples: [ImuSample], from: Int) -> Stand? {
    var parameters = TiltParameters()
    parameters.restRateThreshold = 4 * radiansPerDegree
    parameters.restForceThreshold = 0.8
    parameters.restMinimumTime = 1
    var start = from
    var time = 0.0
    let typical = samples.count > 1 ? samples[1].interval : 0.01
    var detector = RestDetector(samplePeriod: typical, parameters: parameters)
    var sum = Vector3.zero
    for index in from..<samples.count {
        let sample = samples[index]
        detector.step(
            rate: sample.angularRate, force: sample.specificForce, bias: .zero,
            elapsed: sample.interval, follows: true)
        if detector.isQuiet {
            sum = sum + sample.angularRate
            time += sample.interval
            continue
        }
        if time >= parameters.restMinimumTime {
            return Stand(
                start: start, end: index, duration: time,
                rate: sum * (1 / Double(index - start)))
        }
        start = index + 1
        time = 0
        sum = .zero
    }
    guard time >= parameters.restMinimumTime, start < samples.count else { return nil }
    return Stand(
        start: start, end: samples.count, duration: time,
        rate: sum * (1 / Double(samples.count - start)))
}

/// Mean orientation and mean specific force in the common frame.
private struct StandMean {
    private var number = 0.0
    private var sumForce = Vector3.zero
    private var columns = (Vector3.zero, Vector3.zero, Vector3.zero)
    /// An orientation of the stand.
    private(set) var middle = Rotation.identity

    mutating func add(_ rotation: Rotation, _ force: Vector3) {
        number += 1
        sumForce = sumForce + rotation.apply(force)
        columns.0 = columns.0 + rotation.apply(Vector3(1, 0, 0))
        columns.1 = columns.1 + rotation.apply(Vector3(0, 1, 0))
        columns.2 = columns.2 + rotation.apply(Vector3(0, 0, 1))
        middle = rotation
    }

    var force: Vector3 { sumForce * (1 / max(number, 1)) }

    func apply(_ v: Vector3) -> Vector3 {
        (columns.0 * v.x + columns.1 * v.y + columns.2 * v.z) * (1 / max(number, 1))
    }
}

/// The shortest b with M b nearest to d, M by its columns, softened so that what M does not show
/// stays zero.
private func leastSquares(_ columns: [Vector3], _ d: Vector3) -> Vector3 {
    func entry(_ i: Int, _ j: Int) -> Double {
        columns[i].dot(columns[j]) + (i == j ? 0.02 : 0)
    }
    let (a, b, c) = (entry(0, 0), entry(0, 1), entry(0, 2))
    let (e, f, i) = (entry(1, 1), entry(1, 2), entry(2, 2))
    let right = Vector3(columns[0].dot(d), columns[1].dot(d), columns[2].dot(d))
    let determinant = a * (e * i - f * f) - b * (b * i - c * f) + c * (b * f - c * e)
    guard determinant > 0 else { return .zero }
    let rows = [
        Vector3(e * i - f * f, c * f - b * i, b * f - c * e),
        Vector3(c * f - b * i, a * i - c * c, b * c - a * f),
        Vector3(b * f - c * e, b * c - a * f, a * e - b * b),
    ]
    return Vector3(rows[0].dot(right), rows[1].dot(right), rows[2].dot(right)) * (1 / determinant)
}

extension Rotation {
    /// Sine of half the angle.
    fileprivate var vectorLength: Double { Vector3(x, y, z).norm }
}
