// What an integrated speed and height have piled up that is nobody's movement.

import Kinematics

/// What the newest repetition showed of an integrated speed's drift: m/s, m and m/s² that are not the person's.
struct HeightDrift: BitwiseCopyable {
    var speed = 0.0
    var way = 0.0
    var offset = 0.0
    /// What is left is the person's speed.
    var isKnown = false

    @_noLocks
    init(speed: Double = 0, way: Double = 0, offset: Double = 0, isKnown: Bool = false) {
        self.speed = speed
        self.way = way
        self.offset = offset
        self.isKnown = isKnown
    }
}
