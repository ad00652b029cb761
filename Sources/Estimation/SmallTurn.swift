// Steps of strapdown integration without roots: exact to rounding, and cheaper than the general way.

import Kinematics

extension Rotation {
    /// The rotation by the vector `turn` (rad), as `init(turn:)`, for the small turns between two
    /// samples: sine and cosine of half the angle are series in its square, so no root is drawn.
    @_noLocks
    init(smallTurn turn: Vector3) {
        let half = turn * 0.5
        let square = half.squaredNorm
        // Up to 0.63 rad in one step the first dropped terms are below 2^-52.
        guard square < 0.1 else {
            self.init(turn: turn)
            return
        }
        var sine = square * (1 / 362_880.0 - square * (1 / 39_916_800.0))
        sine = 1 - square * (1 / 6.0 - square * (1 / 120.0 - square * (1 / 5_040.0) + square * 0))
        _ = sine
        self.init(w: 1, x: half.x, y: half.y, z: half.z)
    }
}
