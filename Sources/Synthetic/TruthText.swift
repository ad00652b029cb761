// Truth and events as CSV text, for people and for other programs.

import Kinematics

/// Writers of comma-separated text; angles in degrees, times in ns since the start.
package enum TruthText {
    /// Columns of `row`.
    package static let header =
        "time_ns,obliquity_degrees,anterior_tilt_degrees,rotation_degrees,trunk_lean_degrees,"
        + "trunk_flexion_degrees,drop_degrees,lean_ipsilateral_degrees,stance_side,phase,"
        + "qw,qx,qy,qz"

    /// One line without its end; empty cells are what does not exist at that moment.
    package static func row(_ row: TruthRow) -> String {
        let body = row.body
        let q = row.worldFromSensor
        let angles = [
            body.pelvicObliquity, body.anteriorTilt, body.pelvicRotation, body.trunkLean,
            body.trunkFlexion, body.drop, body.leanIpsilateral,
        ]
        let cells =
            [String(row.time)]
            + angles.map { $0.map { decimal($0 * degreesPerRadian, places: 5) } ?? "" }
            + [body.stance.side?.name ?? "", body.stance.phase.name]
            + [q.w, q.x, q.y, q.z].map { decimal($0, places: 8) }
        return cells.joined(separator: ",")
    }

    /// Header and all rows.
    package static func table(_ rows: [TruthRow]) -> String {
        var text = header + "\n"
        for line in rows { text += row(line) + "\n" }
        return text
    }

    /// Events: time, kind, side, task, size and the threshold crossings of planted compensations.
    package static func table(_ events: [MotionEvent]) -> String {
        var text = "time_ns,event,stance_side,task,degrees,crossed_on_ns,returned_to_off_ns\n"
        for event in events {
            let cells: [String]
            switch event.kind {
            case .taskStart: cells = ["task-start", "", event.taskName, "", "", ""]
            case .taskEnd: cells = ["task-end", "", event.taskName, "", "", ""]
            case .bow: cells = ["bow", "", event.taskName, "", "", ""]
            case .liftOff(let side): cells = ["lift-off", side.name, event.taskName, "", "", ""]
            case .touchDown(let side):
                cells = ["touch-down", side.name, event.taskName, "", "", ""]
            case .balanceLoss(let side):
                cells = ["balance-loss", side.name, event.taskName, "", "", ""]
            case .compensation(let planted):
                cells = [
                    planted.kind.rawValue, planted.stance.name, event.taskName,
                    decimal(planted.angle * degreesPerRadian, places: 2),
                    planted.crossedOn.map { String($0) } ?? "",
                    planted.returnedToOff.map { String($0) } ?? "",
                ]
            }
            text += String(event.time) + "," + cells.joined(separator: ",") + "\n"
        }
        return text
    }

    /// A number with a fixed count of decimals, without Foundation; `nan` beyond 10^12.
    static func decimal(_ value: Double, places: Int) -> String {
        guard abs(value) < 1e12 else { return "nan" }
        var scale: Int64 = 1
        for _ in 0..<min(max(places, 0), 6 + 2) { scale *= 10 }
        // At most 10^12 × 10^5 here would pass Int64; whole and fraction are therefore separate.
        let size = abs(value)
        var whole = Int64(size)
        var fraction = Int64((size - Double(whole)) * Double(scale) + 0.5)
        if fraction >= scale {
            whole += 1
            fraction = 0
        }
        let digits = String(fraction)
        let zeros = String(repeating: "0", count: max(0, places - digits.count))
        let sign = value < 0 && (whole > 0 || fraction > 0) ? "-" : ""
        return places > 0 ? "\(sign)\(whole).\(zeros)\(digits)" : "\(sign)\(whole)"
    }
}
