// Body signals as CSV: one row for each pelvis sample, empty cells where a signal is not measured.

import Kinematics

/// The table that `rehabctl estimate --segment …` prints.
package enum OfflineBodyText {
    /// Angle signals that get a column each, degrees.
    private static let angles: [Signal] = [
        .drop, .hike, .leanIpsilateral, .leanAway, .femurAdduction, .shankAdduction, .hipAdduction,
        .legLean, .kneeIn, .spineDifference, .sag, .bridgeHeight, .roll, .hikeUpper,
    ]

    /// Names of the columns.
    package static var header: String {
        let names = angles.flatMap { [name($0) + "_deg", name($0) + "_sigma_deg"] }
        return
            (["t_s", "posture", "stance", "obliquity_deg", "tilt_ant_deg", "sigma_deg"]
            + ["trunk_lean_deg", "trunk_sigma_deg"] + names + ["sway_m_s2", "gates"])
            .joined(separator: ",")
    }

    /// All rows; time counts from the first pelvis sample.
    package static func table(_ frames: [MotionFrame]) -> String {
        var text = header + "\n"
        let start = frames.first?.time ?? 0
        for frame in frames {
            var cells = [
                fixed(seconds(fromNanoseconds: frame.time - start), places: 4),
                frame.posture.name, (frame.stanceSide ?? frame.stepSide)?.name ?? "",
                degrees(frame.obliquity),
                degrees(frame.anteriorTilt), degrees(frame.sigma), degrees(frame.trunkLean),
                degrees(frame.sigmas.sigma(.trunk)),
            ]
            // A closed gate makes no signal: what is shown was measured.
            let isMeasured = !frame.gates.has(.uncertain) && !frame.gates.has(.uncalibrated)
            let stance = frame.stanceSide ?? frame.stepSide
            for signal in angles {
                guard isMeasured, let value = frame.signals.value(signal) else {
                    cells += ["", ""]
                    continue
                }
                cells += [degrees(value), degrees(frame.sigmas.sigma(signal, stance: stance))]
            }
            cells.append(fixed(frame.sway, places: 4))
            cells.append(frame.gates.names.joined(separator: "|"))
            text += cells.joined(separator: ",") + "\n"
        }
        return text
    }

    private static func name(_ signal: Signal) -> String {
        signal.name.split(separator: "-").joined(separator: "_")
    }

    private static func degrees(_ radians: Double) -> String {
        radians.isFinite ? fixed(radians * degreesPerRadian, places: 3) : ""
    }

    /// A number with a fixed count of decimals, without Foundation; empty for what is no number.
    package static func fixed(_ value: Double, places: Int) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return "" }
        var scale = 1.0
        for _ in 0..<max(0, min(places, 6)) { scale *= 10 }
        let whole = Int64((abs(value) * scale).rounded())
        let unit = Int64(scale)
        let sign = value < 0 && whole > 0 ? "-" : ""
        guard places > 0 else { return "\(sign)\(whole)" }
        let digits = String(whole % unit)
        let zeros = String(repeating: "0", count: max(0, places - digits.count))
        return "\(sign)\(whole / unit).\(zeros)\(digits)"
    }
}
