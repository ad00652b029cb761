// Changing some bytes of a characteristic's value and keeping the others.

import Testing
import Wearables

struct PlanStepTests {
    @Test("an amendment writes only where something changes, and keeps what is not named")
    func amendment() throws {
        let value: [UInt8] = [9, 0, 7, 60, 0, 5]
        let rate = BytePatch(at: 3, [30, 0])
        let mark = BytePatch(at: 0, [0x10])
        let written = try PlanStep.amendment(of: value, length: 5, wanted: [rate], marks: [mark])
        #expect(written == [0x10, 0, 7, 30, 0])
        let same = BytePatch(at: 3, [60, 0])
        #expect(
            try PlanStep.amendment(of: value, length: 5, wanted: [same], marks: [mark]) == nil)
    }

    @Test("a value that cannot hold the change is refused")
    func shortValue() {
        let patch = BytePatch(at: 3, [30, 0])
        for length in 0..<5 {
            let value = [UInt8](repeating: 0, count: length)
            #expect(throws: DecodeError.tooShort) {
                try PlanStep.amendment(of: value, length: 5, wanted: [patch], marks: [])
            }
        }
        let far = BytePatch(at: .max, [1])
        #expect(throws: DecodeError.tooShort) {
            try PlanStep.amendment(of: [0, 0], length: 2, wanted: [far], marks: [])
        }
        let before = BytePatch(at: -1, [1])
        #expect(throws: DecodeError.tooShort) {
            try PlanStep.amendment(of: [0, 0], length: 2, wanted: [before], marks: [])
        }
    }
}
