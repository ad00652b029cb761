// The numbers of the gates, which anybody may set for a person.

import Kinematics

/// The limits of the gates.
///
/// All are engineering defaults of compensations 7 unless said. They travel in the plan, so that a replay judges
/// alike.
package struct GateLimits: BitwiseCopyable, Sendable, Equatable {
    /// Age at which a sample no longer counts, and silence that is a gap, ns.
    package var staleAfter: Int64
    /// Data wanted after a gap before rules run again, ns.
    package var resumeAfter: Int64
    /// Largest standard deviation of an angle from neutral, rad: half the 3° floor, so that the floor is
    /// two of them.
    package var largestSigma: Double
    /// Departure of |specific force| from 1 g, m/s², and for how long, ns.
    package var shakingForce: Double
    package var shakingAfter: Int64
    /// Share of missing samples over the loss window.
    package var largestLoss: Double
    /// rad between a quiet stand and the calibration's.
    package var slipped: Double

    @_noLocks
    package init() {
        staleAfter = 150_000_000
        resumeAfter = 500_000_000
        largestSigma = 1.5 * radiansPerDegree
        shakingForce = 0.5 * standardGravity
        shakingAfter = 300_000_000
        largestLoss = 0.10
        slipped = 5 * radiansPerDegree
    }
}

extension GateLimits {
    /// As a plan's words hold them: whole ns, m/s² and rad.
    var word: String {
        "\(staleAfter),\(resumeAfter),\(shakingForce),\(shakingAfter),\(largestLoss),\(slipped)"
    }

    /// The limits of that word; nil where it is none.
    init?(word: String) {
        let parts = word.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, let stale = Int64(parts[0]), let resume = Int64(parts[1]),
            let force = Double(parts[2]), let shaking = Int64(parts[3]),
            let loss = Double(parts[4]), let slipped = Double(parts[5]),
            [stale, resume, shaking].allSatisfy({ (0...60_000_000_000).contains($0) }),
            [force, loss, slipped].allSatisfy({ $0 > 0 && $0 < 1000 })
        else { return nil }
        self.init()
        (staleAfter, resumeAfter, shakingAfter) = (stale, resume, shaking)
        (shakingForce, largestLoss, self.slipped) = (force, loss, slipped)
    }
}
