// In which exercises the worn sensors show the leg, so that nothing claims to have seen what was not.

import Kinematics
import Testing

@testable import Exercises

@Suite struct LegShownTests {
    private static let thighs: Set<Segment> = [.pelvis, .trunk, .leftThigh, .rightThigh]

    private func shown(with segments: Set<Segment>) throws -> Set<String> {
        Set(
            try Catalogue.load().filter { $0.side != nil && $0.showsSide(with: segments) }.map(\.id)
        )
    }

    /// Lying tells it by itself; a landing lasts too short.
    @Test func bothThighsShowWhichLegBendsStepsOrIsLifted() throws {
        #expect(
            try shown(with: Self.thighs) == [
                "one-leg-stand", "sl-squat", "side-step-down", "step-up", "stand-abd", "clam",
                "side-lift", "hip-hitch",
            ])
    }

    @Test func oneThighOrNoneDoesNot() throws {
        for segments: Set<Segment> in [
            [.pelvis, .trunk], [.pelvis, .trunk, .leftThigh], [.pelvis, .rightThigh, .rightShank],
        ] {
            #expect(try shown(with: segments) == ["clam", "side-lift"])
        }
    }
}
