// Angles of a segment against gravity, in the rotation → obliquity → tilt order.

package import Kinematics

/// The gravity-referenced angles of an upright segment, rad.
///
/// In the rotation (Y) → obliquity (X) → tilt (Z) order obliquity and tilt depend on gravity only
/// [Baker 2001]: heading drops out, so no magnetometer is needed and yaw drift cannot forge a
/// pelvic drop. In tilt-first order a level pelvis turned 30° and tilted 20° would read 9.85°.
package struct SegmentAngles: BitwiseCopyable, Sendable, Equatable {
    /// −asin(z·up): positive where the right side is lower.
    ///
    /// For the trunk: positive leaning right.
    package var obliquity: Double
    /// −atan2(x·up, y·up): positive where the front dips (pelvis), leaning forward (trunk).
    package var anteriorTilt: Double

    /// The angles of a segment whose "up" reads `up` in its own axes; `up` has length one.
    @_noLocks
    package init(upInSegment up: Vector3) {
        obliquity = -arcsine(up.z)
        anteriorTilt = -arctangent(y: up.x, x: up.y)
    }

    @_noLocks
    package init(obliquity: Double, anteriorTilt: Double) {
        self.obliquity = obliquity
        self.anteriorTilt = anteriorTilt
    }

    /// rad from upright, whichever way.
    var size: Double {
        @_noLocks get { squareRoot(obliquity * obliquity + anteriorTilt * anteriorTilt) }
    }

    /// Up in the axes of a segment at these angles, length one.
    package var upInSegment: Vector3 {
        @_noLocks get {
            let aside = sineAndCosine(obliquity)
            let ahead = sineAndCosine(anteriorTilt)
            return Vector3(
                -ahead.sine * aside.cosine, ahead.cosine * aside.cosine, -aside.sine)
        }
    }

    /// These angles measured from the person's own neutral.
    @_noLocks
    package func relative(to neutral: SegmentAngles) -> SegmentAngles {
        SegmentAngles(
            obliquity: obliquity - neutral.obliquity,
            anteriorTilt: anteriorTilt - neutral.anteriorTilt)
    }
}
