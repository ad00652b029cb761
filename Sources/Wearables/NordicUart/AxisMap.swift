// Which of a board's axes stands for which: a permutation with signs that keeps the system right-handed.

package import Kinematics

/// Turns readings from the chip's axes to the board's.
///
/// For boards whose chip is soldered on at right angles; how the board sits on the body is
/// calibration's to find.
package struct AxisMap: Sendable, BitwiseCopyable, Equatable {
    /// A signed axis: 1, 2, 3 for x, y, z, negative for the other way.
    package var x: Int8
    package var y: Int8
    package var z: Int8

    package init(x: Int8, y: Int8, z: Int8) {
        self.x = x
        self.y = y
        self.z = z
    }

    package static let identity = AxisMap(x: 1, y: 2, z: 3)

    /// Words such as `-y x z`; nil for anything else.
    package init?(_ words: String) {
        let axes = words.split(separator: " ").map { word -> Int8? in
            switch word.lowercased() {
            case "x", "+x": 1
            case "y", "+y": 2
            case "z", "+z": 3
            case "-x": -1
            case "-y": -2
            case "-z": -3
            default: nil
            }
        }
        guard axes.count == 3, let x = axes[0], let y = axes[1], let z = axes[2] else {
            return nil
        }
        self.init(x: x, y: y, z: z)
    }

    /// Each axis once, and determinant +1.
    package var isRightHanded: Bool {
        let columns = [x, y, z].map { row in
            Vector3(entry(row, 1), entry(row, 2), entry(row, 3))
        }
        return columns[0].cross(columns[1]).dot(columns[2]) == 1
    }

    private func entry(_ row: Int8, _ column: Int8) -> Double {
        if row == column { return 1 }
        return row == -column ? -1 : 0
    }

    @_noLocks
    package func apply(_ vector: Vector3) -> Vector3 {
        Vector3(Self.pick(x, vector), Self.pick(y, vector), Self.pick(z, vector))
    }

    @_noLocks
    private static func pick(_ axis: Int8, _ vector: Vector3) -> Double {
        switch axis {
        case 1: vector.x
        case 2: vector.y
        case 3: vector.z
        case -1: -vector.x
        case -2: -vector.y
        default: -vector.z
        }
    }
}
