// A person whose pelvis walks, turns, stands about and reaches as told, with the truth of every step.

import Foundation
import Kinematics

@testable import Movement

private let degree = Double.pi / 180

/// One step as it is walked.
struct WalkedStep {
    var side: Side
    /// s since the start; its foot meets the floor at the first.
    var start = 0.0
    var seconds = 0.55
    /// m/s²: how far the pelvis' acceleration goes up after the contact and down before the next.
    var bounce = 2.0
    /// m/s² sideways in the middle of the step, away from the foot.
    var swing = 0.9
    /// Degrees of drop in the middle of the step, and turn of the whole body, deg/s.
    var drop = 3.0
    var turn = 0.0

    var end: Double { start + seconds }
}

/// What a pelvis does in order of time: steps, and stretches on both feet.
struct Walker {
    private(set) var steps: [WalkedStep] = []
    private(set) var length = 0.0
    /// Stretches on both feet in which the weight goes over or the pelvis turns: start, end, s a sway lasts,
    /// m/s² of it, deg/s of turn to and fro.
    private var stirs: [(start: Double, end: Double, period: Double, sway: Double, turn: Double)] =
        []

    mutating func stand(_ seconds: Double) { length += seconds }

    mutating func stir(_ seconds: Double, period: Double, sway: Double, turn: Double = 0) {
        stirs.append((length, length + seconds, period, sway, turn))
        length += seconds
    }

    /// Appends steps, each on the other leg than the one before.
    mutating func walk(_ count: Int, _ change: (Int, inout WalkedStep) -> Void = { _, _ in }) {
        for index in 0..<count {
            let isFirst = steps.last.map { $0.end < length - 0.01 } ?? true
            var step = WalkedStep(side: steps.last?.side.opposite ?? .left)
            if isFirst { step.side = .left }
            step.start = length
            change(index, &step)
            steps.append(step)
            length += step.seconds
        }
    }

    /// Up in pelvis axes, specific force and angular rate at a moment, s.
    ///
    /// The pelvis is caught from the contact to mid-stance and sinks towards the next one; over its foot it is
    /// accelerated away from it, and in each step it turns by 4° to and fro.
    func moment(at time: Double) -> (up: Vector3, force: Vector3, rate: Vector3) {
        var (upward, sideways, obliquity, yaw) = (0.0, 0.0, 0.0, 0.0)
        if let step = steps.last(where: { $0.start <= time }), time < step.end {
            let part = (time - step.start) / step.seconds
            let wave = sin(Double.pi * part)
            upward = step.bounce * sin(2 * Double.pi * part)
            sideways = -step.side.sign * step.swing * wave
            obliquity = -step.side.sign * step.drop * wave
            // A right step brings the left side forward: clockwise from above.
            yaw =
                (-step.side.sign * 4 * Double.pi / step.seconds * wave + step.turn) * degree
        } else if let stir = stirs.first(where: { $0.start <= time && time < $0.end }) {
            let wave = sin(2 * Double.pi * (time - stir.start) / stir.period)
            sideways = stir.sway * wave
            yaw = stir.turn * degree * wave
        }
        let up = segmentUp(obliquity)
        return (
            up, up * (standardGravity + upward) + Vector3(0, 0, sideways), Vector3(0, yaw, 0)
        )
    }
}

extension Wearing {
    /// Walks as told, from its beginning to its end.
    mutating func walk(_ walker: Walker) {
        let begin = now
        while now - begin < walker.length {
            let (up, force, turn) = walker.moment(at: now + 0.01 - begin)
            change = {
                $0.specificForce = force
                $0.angularRate = turn
            }
            step(up)
        }
        change = { _ in }
    }
}
