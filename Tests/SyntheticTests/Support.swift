// Shared helpers of the synthetic person's tests.

import Kinematics
import Synthetic

/// World up.
let up = Vector3(0, 0, 1)

/// Obliquity by the project's formula, −asin(z·up), from an orientation alone.
func obliquityDegrees(_ worldFromSegment: Rotation) -> Double {
    -arcsine(worldFromSegment.apply(Vector3(0, 0, 1)).dot(up)) * degreesPerRadian
}

/// Anterior tilt by the project's formula, −atan2(x·up, y·up).
func anteriorTiltDegrees(_ worldFromSegment: Rotation) -> Double {
    let x = worldFromSegment.apply(Vector3(1, 0, 0)).dot(up)
    let y = worldFromSegment.apply(Vector3(0, 1, 0)).dot(up)
    return -arctangent(y: x, x: y) * degreesPerRadian
}

/// Angle between two orientations, rad.
func angle(_ a: Rotation, _ b: Rotation) -> Double {
    let difference = a.inverse * b
    let vector = Vector3(difference.x, difference.y, difference.z).norm
    return 2 * arctangent(y: vector, x: abs(difference.w))
}

/// A person who does not sway: everything else can be computed by hand.
func stillPerson() -> Person {
    var person = Person()
    person.swayAngle = 0
    person.swayDistance = 0
    return person
}

/// A motion of one task, starting at zero.
func motion(_ task: MotionTask, person: Person = stillPerson()) throws -> BodyMotion {
    var motion = BodyMotion(person: person, seed: 3)
    try motion.schedule(NamedTask(name: "task", task: task))
    return motion
}

/// Every kind of task once, with sway, an oblique neutral and a heading: 50 s.
func everything() throws -> BodyMotion {
    var person = Person()
    person.neutralObliquity = 0.02
    person.heading = 0.6
    var motion = BodyMotion(person: person, seed: 11)
    var walk = WalkOnSpot(seconds: 6)
    walk.cadence = 110
    let profile = [
        PlantedProfile(kind: .drop, at: 1, angle: 0.12),
        PlantedProfile(kind: .lean, at: 1.5, angle: 0.2),
    ]
    let tasks: [MotionTask] = [
        .quietStand(seconds: 1), .bow(Bows()), .footLift(FootLift(lifted: .left)),
        .oneLegStand(OneLegStand(stance: .right, seconds: 6, profile: profile)),
        .walkOnSpot(walk), .balanceLoss(BalanceLoss(stance: .left, seconds: 2)),
        .pause(seconds: 1),
    ]
    for (index, task) in tasks.enumerated() {
        try motion.schedule(NamedTask(name: "task-\(index)", task: task))
    }
    return motion
}

/// A sensor that measures the truth: no noise, no wobble, an ideal clock.
func idealSensor(rate: Double) -> SensorModel {
    var model = SensorModel()
    model.rate = rate
    model.gyroscopeNoise = 0
    model.accelerometerNoise = 0
    return model
}

/// Mean and standard deviation.
func statistics(_ values: [Double]) -> (mean: Double, deviation: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, squareRoot(square / Double(values.count)))
}
