// How long the lifted side of the pelvis stays up in a one-leg stand.

import Kinematics

/// The fall of the lifted side (compensations 6).
///
/// The 30 s frame, the lifted free side and "cannot lift at all = 0 s" are from Hardcastle and Nade
/// 1985; the plateau and the limits below it are the project's defaults.
package struct PelvisFall: Sendable, Equatable {
    /// Median hike of seconds 1 to 3, rad.
    package var plateau: Double
    /// s from the start of the hold to the first second below the limits; the hold's own length where
    /// none was.
    package var seconds: Double
    /// False where the side stayed up as long as the hold lasted.
    package var fell: Bool
    /// Median hike of each second, rad; nil where it was not measured.
    package var curve: [Double?]

    /// rad below the plateau that is a fall.
    package static let limit = 3 * radiansPerDegree

    /// Times in s since the start of the hold, hikes in rad; nil without a plateau.
    package init?(times: [Double], hikes: [Double], held: Double) {
        guard times.count == hikes.count, held.isFinite, held > 0 else { return nil }
        var seconds: [[Double]] = Array(repeating: [], count: Int(min(held, 3_600)) + 1)
        var early: [Double] = []
        for (time, hike) in zip(times, hikes) where time >= 0 && time <= held && hike.isFinite {
            let second = Int(min(time, 3_600))
            if second < seconds.count { seconds[second].append(hike) }
            if time >= 1, time < 3 { early.append(hike) }
        }
        guard let plateau = median(early) else { return nil }
        self.plateau = plateau
        let curve = seconds.map { median($0) }
        self.curve = curve
        guard plateau > 0 else {
            // Not lifted at all.
            self.seconds = 0
            fell = true
            return
        }
        let down = curve.indices.dropFirst(3).first { second in
            guard let hike = curve[second] else { return false }
            return hike < plateau - PelvisFall.limit || hike < 0
        }
        self.seconds = down.map { Double($0) } ?? held
        fell = down != nil
    }
}

/// The middle value; nil of none.
func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
