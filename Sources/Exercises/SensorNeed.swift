// Which sensors an exercise needs, which it would like, and which of them are not there.

package import Kinematics
import Movement

extension Exercise {
    /// The segments that a sensor's name in the file may mean; more than one where the leg is not known.
    package static func segments(_ name: String, stanceSide: Side?) -> [Segment] {
        func leg(_ side: Side?, _ left: Segment, _ right: Segment) -> [Segment] {
            guard let side else { return [left, right] }
            return [side == .left ? left : right]
        }
        switch name {
        case "stance-thigh": return leg(stanceSide, .leftThigh, .rightThigh)
        case "moving-thigh": return leg(stanceSide?.opposite, .leftThigh, .rightThigh)
        case "stance-shank": return leg(stanceSide, .leftShank, .rightShank)
        default: return Segment(name: name).map { [$0] } ?? []
        }
    }

    /// What of `names` is not among `segments`, in plain words: "trunk", "right thigh".
    private func missing(
        _ names: [String], among segments: Set<Segment>, side: Side?
    ) -> [String] {
        let stance = self.side == .moving ? side?.opposite : side
        return names.compactMap { name in
            let meant = Exercise.segments(name, stanceSide: stance)
            if meant.contains(where: segments.contains) { return nil }
            return meant.map { $0.name.replacing("-", with: " ") }.joined(separator: " or ")
        }
    }

    /// Places without which the exercise cannot be started.
    ///
    /// `side` is the person's word for it: the standing or the moving leg, by exercise.
    package func sensorsMissing(among segments: Set<Segment>, side: Side?) -> [String] {
        missing(sensorsNeeded, among: segments, side: side)
    }

    /// Places that would show more.
    package func sensorsWished(among segments: Set<Segment>, side: Side?) -> [String] {
        missing(sensorsBetter, among: segments, side: side)
    }

    /// False where the exercise is done on one leg and no sensor among `segments` shows on which: from its
    /// shifts the pelvis tells where the weight went, not where it already was.
    package func showsSide(with segments: Set<Segment>) -> Bool {
        guard side == .stance, posture == .upright, task != .steps else { return true }
        guard segments.contains(.leftThigh), segments.contains(.rightThigh) else { return false }
        return task == .singleLegHold || plan(stanceSide: .right).showsLeg
    }

    /// True where nothing can be counted before somebody says which leg.
    ///
    /// Holds find the leg by the shift of weight, steps by themselves, and lying down tells it.
    package var asksForSide: Bool {
        guard side != nil, posture == .upright else { return false }
        return task == .repetitions || task == .landings
    }
}
