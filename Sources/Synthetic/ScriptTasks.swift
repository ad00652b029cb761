// Reads the [[task]] sections of a script.

import Kinematics
import TomlReading

extension NamedTask {
    init(_ section: TomlSection, number: Int) throws(TomlError) {
        let kind = try section.string("kind", length: ScriptLimits.nameCharacters)
        let name = try section.name("name") ?? "\(kind)-\(number + 1)"
        let longest = BodyMotion.maximumDuration
        let task: MotionTask
        switch kind {
        case "quiet-stand":
            task = .quietStand(seconds: try section.double("seconds", in: 0.1...longest))
        case "pause":
            task = .pause(seconds: try section.double("seconds", in: 0.1...longest))
        case "bow":
            task = .bow(try Bows(section))
        case "foot-lift":
            var lift = FootLift(lifted: try section.side("side"))
            lift.seconds = try section.optionalDouble("seconds", in: 0.4...60) ?? lift.seconds
            lift.hike = try section.degrees("hike_degrees", in: 0...15) ?? lift.hike
            task = .footLift(lift)
        case "one-leg-stand":
            task = .oneLegStand(try OneLegStand(section))
        case "walk-on-spot":
            task = .walkOnSpot(try WalkOnSpot(section))
        case "balance-loss":
            task = .balanceLoss(
                BalanceLoss(
                    stance: try section.side("side"),
                    seconds: try section.optionalDouble("seconds", in: 0.6...600) ?? 2))
        case "exercise":
            task = .exercise(try ExerciseMotion(section))
        default:
            throw section.fault(
                "kind",
                "is not known; use quiet-stand, pause, bow, foot-lift, one-leg-stand, "
                    + "walk-on-spot, balance-loss or exercise")
        }
        self.init(name: name, task: task)
    }
}

extension Bows {
    init(_ section: TomlSection) throws(TomlError) {
        self.init()
        count = try section.optionalInt("count", in: 1...1_000) ?? count
        depth = try section.degrees("depth_degrees", in: 1...90) ?? depth
        trunkDepth = try section.degrees("trunk_depth_degrees", in: 1...120) ?? depth * 1.5
        period = try section.optionalDouble("period_s", in: 1...30) ?? period
    }
}

extension WalkOnSpot {
    init(_ section: TomlSection) throws(TomlError) {
        self.init(seconds: try section.double("seconds", in: 1...BodyMotion.maximumDuration))
        cadence = try section.optionalDouble("cadence", in: 20...180) ?? cadence
        drop = try section.degrees("drop_degrees", in: 0...15) ?? drop
        if section.has("side") { firstStance = try section.side("side").opposite }
        guard steps >= 1 else {
            throw section.fault("seconds", "is shorter than one step; make it longer")
        }
    }
}

extension OneLegStand {
    init(_ section: TomlSection) throws(TomlError) {
        self.init(
            stance: try section.side("side"),
            seconds: try section.double("seconds", in: 1...3_600))
        var ends: [PlantedProfile.Kind: Double] = [:]
        for item in try section.sections("profile", limit: ScriptLimits.profileItems) {
            let planted = try section.within("profile") { () throws(TomlError) in
                try PlantedProfile(item, seconds: seconds)
            }
            // Drop and hike move the same angle: one after the other.
            let lane: PlantedProfile.Kind = planted.kind == .lean ? .lean : .drop
            guard planted.at >= ends[lane] ?? 0 else {
                throw section.fault(
                    "profile",
                    "two entries overlap; put them in order of time, one after the other")
            }
            ends[lane] = planted.end
            profile.append(planted)
        }
    }
}

extension PlantedProfile {
    /// `seconds`: the time on one leg, into which it must fit.
    init(_ item: TomlSection, seconds: Double) throws(TomlError) {
        guard let kind = Kind(rawValue: try item.string("kind")) else {
            throw item.fault("kind", "is not known; use drop, hike or lean")
        }
        let rise = try item.optionalDouble("rise_s", in: 0.1...60) ?? 0.6
        self.init(
            kind: kind, at: try item.double("at", in: 0...3_600),
            angle: try item.double("degrees", in: 0.5...25) * radiansPerDegree, rise: rise,
            hold: try item.optionalDouble("hold_s", in: 0...3_600) ?? 2,
            fall: try item.optionalDouble("fall_s", in: 0.1...60) ?? rise)
        guard end <= seconds else {
            throw item.fault(
                "at",
                "it ends after the foot is down again; let at + rise_s + hold_s + fall_s be at "
                    + "most seconds")
        }
        try item.finish()
    }
}
