// The scripts that come with the program.

/// TOML texts.
///
/// They are compositions: each task has a name, so a caller can start them one by one.
package enum DefaultScripts {
    /// The three moves of the calibration (stand, three bows, "lift your left foot"): 18.3 s.
    package static let calibration = """
        title = "calibration"
        seed = 20
        \(people)
        \(calibrationTasks)
        """

    /// The calibration, then a one-leg stand on each side with planted compensations: 44.6 s.
    ///
    /// Right: a drop of 7° and a hike of 7°. Left: a drop of 7°. Each stand takes 12 s from quiet
    /// stance to quiet stance, 9.7 s of it on one leg.
    package static let demo = """
        title = "demo"
        seed = 20
        \(people)
        \(calibrationTasks)

        [[task]]
        kind = "one-leg-stand"
        name = "stand-right"
        side = "right"
        seconds = 9.7
        profile = [
            { kind = "drop", at = 2.0, degrees = 7, rise_s = 0.6, hold_s = 1.8 },
            { kind = "hike", at = 6.0, degrees = 7, rise_s = 0.6, hold_s = 1.6 },
        ]

        [[task]]
        kind = "pause"
        name = "rest"
        seconds = 2.3

        [[task]]
        kind = "one-leg-stand"
        name = "stand-left"
        side = "left"
        seconds = 9.7
        profile = [{ kind = "drop", at = 4.0, degrees = 7, rise_s = 0.6, hold_s = 2.0 }]
        """

    /// A person of about 1.75 m and one pelvis sensor, mounted askew, over an ordinary link.
    private static let people = """

        [person]
        neutral_tilt_degrees = 8
        neutral_obliquity_degrees = 0.6
        heading_degrees = 35
        sway_degrees = 0.25
        reaction_s = 1.2

        [[sensor]]
        segment = "pelvis"
        name = "pelvis"
        rate_hz = 60
        yaw_degrees = 6
        roll_degrees = -4
        pitch_degrees = 9
        gyroscope_noise_deg_s = 0.1
        accelerometer_noise_m_s2 = 0.03
        gyroscope_bias_deg_s = [0.3, -0.2, 0.25]
        accelerometer_bias_m_s2 = [0.03, -0.02, 0.04]
        wobble_degrees_per_m_s2 = 0.1
        clock_percent = 0.2
        clock_start_us = 65964139

        [sensor.link]
        interval_ms = 15
        latency_ms = 4
        jitter_ms = 3
        loss_percent = 0.2
        """

    private static let calibrationTasks = """

        [[task]]
        kind = "quiet-stand"
        name = "stand"
        seconds = 6.5

        [[task]]
        kind = "bow"
        name = "bows"
        count = 3
        depth_degrees = 40
        period_s = 2.6

        [[task]]
        kind = "foot-lift"
        name = "lift-left"
        side = "left"
        seconds = 1.7
        """
}
