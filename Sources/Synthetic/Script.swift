// A script: who moves, which sensors are worn, and what is done in which order.

import TomlReading

/// The content of a script file.
///
/// TOML; every key but those marked * may be left out. Ranges in brackets; what is not listed is
/// refused.
///
/// ```toml
/// title = "…"                        # up to 64 characters
/// seed = 1                           # one seed for sway, noise and links
///
/// [person]                           # lengths in m
/// hip_height_m, knee_height_m, ankle_height_m, hip_width_m
/// pelvis_sensor_height_m, trunk_sensor_height_m, thigh_sensor_height_m, shank_sensor_height_m
/// shift_m = 0.07                     # hips over the stance foot [0, 0.2]
/// neutral_tilt_degrees = 8           # [-30, 30]
/// neutral_obliquity_degrees = 0      # [-15, 15]
/// heading_degrees = 0                # from world X, counter-clockwise
/// sway_degrees = 0.25                # RMS of the tilt in quiet stance [0, 5]
/// sway_m = 0.003                     # RMS of the hips' movement [0, 0.05]
/// impact_m_s2 = 3                    # peak of the landing [0, 50]
/// shape = "soft"                     # how an exercise's movements go: see `MovementShape`
/// reaction_s = 0                     # from being asked to beginning, live only [0, 60]
///
/// [[sensor]]                         # none: one pelvis sensor with the defaults
/// segment = "pelvis"                 # * or trunk, left-thigh, right-thigh, left-shank, …
/// name = "…"                         # the segment's name
/// mode = "custom-5"                  # or rate-quantities
/// rate_hz = 60                       # [1, 1000]
/// yaw_degrees, roll_degrees, pitch_degrees   # mounting, see `SensorModel.mounting`
/// sensor_from_segment = [w, x, y, z]         # in place of the angles
/// gyroscope_noise_deg_s, accelerometer_noise_m_s2
/// gyroscope_bias_deg_s, accelerometer_bias_m_s2      # [x, y, z]
/// gyroscope_scale, accelerometer_scale               # [x, y, z], reported over true
/// gyroscope_range_deg_s = 2000, accelerometer_range_g = 16
/// wobble_degrees_per_m_s2 = 0, wobble_hz = 9, wobble_damping = 0.15
/// clock_percent = 0                  # the sensor's clock is fast by this much [-3, 3]
/// clock_start_us = 0, first_sample_ms = 0
/// link = { interval_ms, latency_ms, jitter_ms, loss_percent, burst_loss_percent, burst_packets,
///          duplicate_percent, late_percent, late_places }
///
/// [[task]]                           # * at least one; 24 hours in all
/// kind = "…"                         # * one of the following
/// name = "…"                         # the kind and its number
/// # quiet-stand, pause:  seconds *
/// # bow:                 count = 3, depth_degrees = 40, trunk_depth_degrees = 60, period_s = 2.6
/// # foot-lift:           side * (the foot lifted), seconds = 1.7 (in the air), hike_degrees = 3
/// # one-leg-stand:       side * (the leg that stands), seconds * (on one leg), profile = [
/// #     { kind * = "drop" | "hike" | "lean", at *, degrees *, rise_s = 0.6, hold_s = 2,
/// #       fall_s = rise_s } ]
/// # walk-on-spot:        seconds *, cadence = 100 (steps a minute), drop_degrees = 3,
/// #                      side = "right" (the foot that is lifted first)
/// # balance-loss:        side * (the leg that stands), seconds = 2 (until the jerk)
/// ```
///
/// Tasks done on one leg take 2.3 s more than `seconds`: 0.3 s of quiet, 0.8 s of shift, and after
/// touch-down 0.1 s, 0.8 s back and 0.3 s of quiet. `at` counts from lift-off.
package struct Script: Sendable, Equatable {
    package var title = ""
    /// Seeds everything random; sensors and links add their own number.
    package var seed: UInt64 = 1
    package var person = Person()
    /// At least one once read: the pelvis by default.
    package var sensors: [WornSensor] = []
    package var tasks: [NamedTask] = []

    package init() {}

    /// The task of that name.
    package func task(named name: String) -> NamedTask? { tasks.first { $0.name == name } }

    /// The body before its first task: tasks are then scheduled one by one.
    package func waitingMotion() -> BodyMotion { BodyMotion(person: person, seed: seed) }

    /// The body with all tasks back to back.
    package func motion() throws(SyntheticError) -> BodyMotion {
        var motion = waitingMotion()
        for task in tasks { try motion.schedule(task) }
        return motion
    }
}

/// Bounds that keep a script from asking for the impossible.
package enum ScriptLimits {
    package static let textBytes = TomlDocument.limit
    package static let tasks = 10_000
    /// As many as the daemon takes in one session.
    package static let sensors = 32
    package static let profileItems = 64
    package static let nameCharacters = 64
}
