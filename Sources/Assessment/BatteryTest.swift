// The tests T1 to T8: what is done, in which exercise it is seen, and what change of it counts.

/// How the legs are tested.
package enum TestedLegs: String, Sendable {
    /// One leg a run; the side is named.
    case oneLeg = "one-leg"
    /// One leg, or both at once where no side is named.
    case oneOrBoth = "one-or-both"
    /// Both in turn, as in walking.
    case both
}

/// What ends a run.
package enum TestGoal: Sendable, Equatable {
    /// s of holding, once.
    case hold(Double)
    /// This many holds of at most so many s.
    case holds(Int, longest: Double)
    /// s since the start.
    case time(Double)
    /// Repetitions or landings.
    case count(Int)
}

/// One test of the battery (programme 5).
package struct BatteryTest: Sendable, Equatable {
    package let id: String
    package let title: String
    /// The exercise whose segmentation and thresholds the run uses; nil for two-legged standing.
    package let exercise: String?
    package let legs: TestedLegs
    package let goal: TestGoal
    /// What the person does, a sentence a line.
    package let instructions: [String]
    /// What is asked afterwards, by the names of the answers.
    package let questions: [TestQuestion]
    /// The size of change that counts, in words: the programme's, or what a sensor resolves where that is more
    /// (3° in a walk, 4.5° in step tasks: compensations 2).
    package let counts: String

    /// The exercise of a run: the two-legged part of a test has none.
    package func exercise(hasSide: Bool) -> String? {
        legs == .oneOrBoth && !hasSide ? nil : exercise
    }

    /// What ends a run of that part.
    package func goal(hasSide: Bool) -> TestGoal {
        if legs == .oneOrBoth, !hasSide, case .hold(let seconds) = goal { return .time(seconds) }
        return goal
    }
}

/// What only the person or a helper can tell.
package enum TestQuestion: String, Sendable, CaseIterable {
    case pain, fingertip
    case stepHeight = "step_height_cm"
    case handsLeftWaist = "hands_left_waist"
    case steppedDown = "stepped_down"
    case knee, pace

    package var text: String {
        switch self {
        case .pain: "Highest pain during the test, 0 to 10"
        case .fingertip: "Did a fingertip touch something for balance (yes or no)"
        case .stepHeight: "Height of the step in cm"
        case .handsLeftWaist: "Did a hand leave the waist (yes or no)"
        case .steppedDown: "Did the other foot take weight, or was there a clear wobble (yes or no)"
        case .knee:
            "The knee against the foot: 0 over it, 1 inside the second toe, 2 inside the inner border"
        case .pace: "Did you stop from a walk or from a jog (walk or jog)"
        }
    }
}

/// What one stops from.
package enum Pace: String, Sendable, CaseIterable {
    case walk, jog
}

/// Answers as they were given; nil: not asked, or no answer.
package struct TestAnswers: Sendable, Equatable {
    package var pain: Double?
    package var fingertip: Bool?
    package var stepHeight: Double?
    package var handsLeftWaist: Bool?
    package var steppedDown: Bool?
    package var knee: Int?
    package var pace: Pace?

    package init() {}
}

/// All tests that sensors take part in; the reach test and questionnaires are typed in elsewhere.
package enum TestBattery {
    package static let all: [BatteryTest] = [
        BatteryTest(
            id: "T1", title: "One-leg stand with the free side lifted",
            exercise: "one-leg-stand", legs: .oneLeg, goal: .hold(30),
            instructions: [
                "Stand near a wall. A fingertip on it is allowed; say so afterwards.",
                "Stand on the tested leg; the free hip bends up to 30 degrees, its knee too.",
                "Lift the free side of the pelvis as high as possible and keep it there.",
                "Keep the neck over the foot. Hold for 30 seconds, or put the foot down when you want.",
            ],
            questions: [.pain, .fingertip],
            counts: "4 degrees, or 5 s to the fall of the pelvis"),
        BatteryTest(
            id: "T2", title: "One-leg stand to 45 s", exercise: "one-leg-stand", legs: .oneLeg,
            goal: .holds(3, longest: 45),
            instructions: [
                "Barefoot, eyes open, something to hold on to within reach.",
                "Stand on the tested leg for as long as you can, at most 45 seconds.",
                "Put the foot down and stand still for some seconds. Three tries.",
            ],
            questions: [.pain], counts: "more than the own spread of three tries"),
        BatteryTest(
            id: "T3", title: "Sway for 30 s", exercise: "one-leg-stand", legs: .oneOrBoth,
            goal: .hold(30),
            instructions: [
                "Stand still, eyes open, looking straight ahead, for 30 seconds.",
                "First on the tested leg without lifting the pelvis, then on both.",
            ],
            questions: [.pain, .fingertip], counts: "more than 30 %"),
        BatteryTest(
            id: "T4", title: "Side step-down, five times", exercise: "side-step-down",
            legs: .oneLeg, goal: .count(5),
            instructions: [
                "Stand with the tested leg on a step of 20 cm (or say its height), hands on the waist.",
                "Lower the other heel towards the floor beside the step, touch it, come up again.",
                "Five times, slowly.",
            ],
            questions: [.stepHeight, .handsLeftWaist, .steppedDown, .knee, .pain],
            counts: "1 point and 4.5 degrees"),
        BatteryTest(
            id: "T5", title: "Single-leg squat, five times", exercise: "sl-squat", legs: .oneLeg,
            goal: .count(5),
            instructions: [
                "Stand on the tested leg, a chair behind you.",
                "Bend the knee to a comfortable depth and come up again, five times.",
            ],
            questions: [.pain], counts: "4.5 degrees"),
        BatteryTest(
            id: "T6", title: "Walk for 2 minutes", exercise: "gait", legs: .both, goal: .time(120),
            instructions: [
                "Walk on flat ground at your usual speed, 50 steps a side or more."
            ],
            questions: [.pain], counts: "3 degrees of the mean"),
        BatteryTest(
            id: "T7", title: "Stop, five times", exercise: "decelerate", legs: .oneLeg,
            goal: .count(5),
            instructions: [
                "Stand still for 3 seconds first.",
                "Walk some steps, stop on the tested leg and stay there until you are steady.",
                "Five times. Later the same at a jog, as a run of its own.",
            ],
            questions: [.pace, .pain], counts: "10 %"),
        BatteryTest(
            id: "T8", title: "Land and hold, five times", exercise: "hops", legs: .oneLeg,
            goal: .count(5),
            instructions: [
                "Stand still for 3 seconds first.",
                "Step off 10 cm, land on the tested leg and stay there until you are steady.",
                "Five times.",
            ],
            questions: [.pain], counts: "10 %, 4.5 degrees"),
    ]

    package static func test(_ id: String) -> BatteryTest? {
        all.first { $0.id.lowercased() == id.lowercased() }
    }
}
