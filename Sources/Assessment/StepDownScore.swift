// The quality score of five step-downs, with what was measured and what was asked kept apart.

/// One part of the score.
package struct ScorePart: Sendable, Equatable {
    package enum Source: Sendable, Equatable { case measured, asked, unknown }

    package var title: String
    /// Points; nil while unknown.
    package var points: Int?
    package var most: Int
    package var source: Source
}

/// The step-down score (Piva 2006, compensations 6): 0 to 6, less is better.
package struct StepDownScore: Sendable, Equatable {
    /// What the sensors saw in any of the repetitions; nil where they could not.
    package struct Seen: Sendable, Equatable {
        package var trunkLeant: Bool?
        package var pelvisOffLevel: Bool?
        package var wavered: Bool?
        /// 0, 1 past the second toe, 2 past the inner border.
        package var knee: Int?

        package init() {}
    }

    /// What the person or a helper answered; nil: not asked, or no answer.
    package struct Asked: Sendable, Equatable {
        package var handsLeftWaist: Bool?
        package var steppedDown: Bool?
        package var knee: Int?

        package init() {}
    }

    package let parts: [ScorePart]

    package init(seen: Seen, asked: Asked) {
        func part(_ title: String, most: Int = 1, seen: Int?, asked: Int?) -> ScorePart {
            let points: Int?
            let source: ScorePart.Source
            if let seen, let asked {
                // Either may have seen what the other did not.
                points = max(seen, asked)
                source = seen >= asked ? .measured : .asked
            } else {
                points = seen ?? asked
                source = seen != nil ? .measured : asked != nil ? .asked : .unknown
            }
            return ScorePart(
                title: title, points: points.map { min(max($0, 0), most) }, most: most,
                source: source)
        }
        func number(_ value: Bool?) -> Int? { value.map { $0 ? 1 : 0 } }
        parts = [
            part("trunk leant", seen: number(seen.trunkLeant), asked: nil),
            part("pelvis off level", seen: number(seen.pelvisOffLevel), asked: nil),
            part("knee inside the foot", most: 2, seen: seen.knee, asked: asked.knee),
            // Whether the other foot took weight only the person knows: no wavering is half an answer.
            part(
                "stepped down or wavered",
                seen: seen.wavered == false && asked.steppedDown == nil
                    ? nil : number(seen.wavered),
                asked: number(asked.steppedDown)),
            part("hands left the waist", seen: nil, asked: number(asked.handsLeftWaist)),
        ]
    }

    /// Points of the known parts.
    package var points: Int { parts.reduce(0) { $0 + ($1.points ?? 0) } }

    /// Points that the unknown parts could add.
    package var open: Int { parts.reduce(0) { $0 + ($1.points == nil ? $1.most : 0) } }

    /// The class, where the open parts cannot change it: 0-1 good, 2-3 medium, 4 and more poor.
    package var grade: String? {
        let (low, high) = (StepDownScore.grade(points), StepDownScore.grade(points + open))
        return low == high ? low : nil
    }

    private static func grade(_ points: Int) -> String {
        points <= 1 ? "good" : points <= 3 ? "medium" : "poor"
    }
}
