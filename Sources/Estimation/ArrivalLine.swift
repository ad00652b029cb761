// How fast a sensor's clock runs, from when its packets arrive.

/// A line through the soonest arrivals: arrival minus device time over device time.
///
/// A packet is never early, so the soonest arrivals lie on the true line plus the smallest delay,
/// whatever the jitter and the bursts of the rest. Two steps: the lower hull of the soonest arrivals
/// gives a slope that no delay can spoil, and least squares through the soonest of an eighth of the
/// time each, told by that slope, refine it. At first little time has passed and the slope is drawn
/// to zero, the clock that the data sheet names, in proportion to what is known of it.
///
/// Times are seconds since the first sample, on either clock. Pure, of fixed size.
package struct ArrivalLine: BitwiseCopyable, Sendable {
    private struct Point: BitwiseCopyable {
        var device: Double
        var delay: Double
    }

    /// Host seconds per device second, less one.
    package private(set) var slope = 0.0
    /// Delay of the line at device time zero, s.
    package private(set) var intercept = 0.0

    /// Soonest arrivals, each of `width` seconds; the last is open.
    private var points: InlineArray<64, Point>
    private var count = 0
    private var openBin = 0.0
    private var width = 0.25

    /// Largest error of a sensor's clock that is believed (data sheets and field reports: 3 %).
    private static var largestSlope: Double { 0.035 }
    /// What an error of a sensor's clock is thought to be before anything is seen.
    private static var priorSlope: Double { 0.015 }
    /// Error of the slope after the first second; it falls with the square of the time, since more
    /// packets come as well as a longer lever.
    private static var scatter: Double { 0.004 }
    /// Widest bin, s: with 64 of them the line looks back two minutes, in which a crystal's rate
    /// moves by less than it is known to.
    private static var widest: Double { 2 }

    package init() { points = InlineArray(repeating: Point(device: 0, delay: 0)) }

    /// Takes the arrival of the packet that carried the sample of time `device`.
    package mutating func add(device: Double, arrival: Double) {
        let point = Point(device: device, delay: arrival - device)
        guard point.delay.magnitude < 1e9, device.magnitude < 1e9 else { return }
        if count == 0 {
            openBin = device
            append(point)
            intercept = point.delay
        } else if device >= openBin + width || device < openBin - width {
            // Where time falls (a late packet of long ago), it begins a bin as well.
            openBin = device
            append(point)
            fit()
        } else if residual(point) < residual(points[count - 1]) {
            points[count - 1] = point
            lower()
        }
    }

    private func residual(_ point: Point) -> Double { point.delay - point.device * slope }

    private mutating func append(_ point: Point) {
        if count == 64 {
            if width < ArrivalLine.widest { halve() } else { dropFirst() }
        }
        points[count] = point
        count += 1
    }

    /// Makes one bin of each two.
    private mutating func halve() {
        for index in 0..<32 {
            let one = points[2 * index]
            let other = points[2 * index + 1]
            points[index] = residual(other) < residual(one) ? other : one
        }
        count = 32
        width *= 2
    }

    private mutating func dropFirst() {
        for index in 1..<64 { points[index - 1] = points[index] }
        count = 63
    }

    private mutating func fit() {
        let duration = points[count - 1].device - points[0].device
        guard count >= 4, duration > 0 else {
            lower()
            return
        }
        let hull = hullSlope()
        let refined = hull + refinement(hull, duration: duration)
        let known = ArrivalLine.priorSlope * ArrivalLine.priorSlope
        let doubt = ArrivalLine.scatter / (duration * duration)
        let limit = ArrivalLine.largestSlope
        let value = refined * known / (known + doubt * doubt)
        slope = value.isFinite ? max(-limit, min(limit, value)) : 0
        lower()
    }

    /// The slope of the lower hull's edge over the mean time: of all lines that no point lies
    /// below, the one closest to them all.
    private func hullSlope() -> Double {
        var hull = InlineArray<64, Int>(repeating: 0)
        var corners = 0
        var mean = 0.0
        for index in 0..<count {
            let point = points[index]
            mean += point.device
            while corners >= 2 {
                let last = points[hull[corners - 1]]
                let before = points[hull[corners - 2]]
                let turn =
                    (last.delay - before.delay) * (point.device - before.device)
                    - (point.delay - before.delay) * (last.device - before.device)
                guard turn >= 0 else { break }
                corners -= 1
            }
            hull[corners] = index
            corners += 1
        }
        mean /= Double(count)
        for corner in 1..<max(corners, 1) {
            let end = points[hull[corner]]
            guard end.device >= mean else { continue }
            let start = points[hull[corner - 1]]
            let run = end.device - start.device
            return run > 0 ? (end.delay - start.delay) / run : 0
        }
        return 0
    }

    /// What least squares through the soonest of each eighth add to `slope`.
    private func refinement(_ slope: Double, duration: Double) -> Double {
        var soonest = InlineArray<8, Point>(repeating: Point(device: 0, delay: .infinity))
        let start = points[0].device
        for index in 0..<count {
            let point = points[index]
            let place = (point.device - start) / duration * 8
            let bin = max(0, min(7, Int(max(0, min(7, place)))))
            let rest = point.delay - point.device * slope
            if rest < soonest[bin].delay {
                soonest[bin] = Point(device: point.device, delay: rest)
            }
        }
        var (number, meanX, meanY) = (0.0, 0.0, 0.0)
        for bin in 0..<8 where soonest[bin].delay.isFinite {
            number += 1
            meanX += soonest[bin].device
            meanY += soonest[bin].delay
        }
        meanX /= max(number, 1)
        meanY /= max(number, 1)
        var (cross, square) = (0.0, 0.0)
        for bin in 0..<8 where soonest[bin].delay.isFinite {
            let x = soonest[bin].device - meanX
            cross += x * (soonest[bin].delay - meanY)
            square += x * x
        }
        return square > 0 ? cross / square : 0
    }

    /// Lowers the line until no packet is early.
    private mutating func lower() {
        var least = residual(points[0])
        for index in 1..<max(count, 1) { least = min(least, residual(points[index])) }
        intercept = least
    }
}
