// What a rule's signal usually is in a set: where a person's own threshold begins.

import Kinematics

/// The typical value of each rule's signal (compensations 4.2 leaves open what a set's value is).
///
/// Of a hold it is the mean over the time that was judged; of a repetition the peak, since the rule
/// fires there; of the set the median over these. Ratios have none: their unit is the person already.
struct TypicalValues: Sendable {
    private struct Window: Sendable {
        var sum = 0.0
        var count = 0
        var peak = -Double.infinity
    }

    private var windows: [Window]
    private var values: [[Double]]

    init(rules: Int) {
        windows = [Window](repeating: Window(), count: rules)
        values = [[Double]](repeating: [], count: rules)
    }

    /// Takes what the rules could judge at this frame.
    mutating func add(_ frame: MotionFrame, plan: MovementPlan) {
        for index in windows.indices {
            let signal = plan.rules[index].signal
            guard frame.judgedRules & (1 << UInt32(index)) != 0, signal.isAngle, !signal.isEvent,
                let value = frame.signals.value(signal)
            else { continue }
            windows[index].sum += value
            windows[index].count += 1
            windows[index].peak = max(windows[index].peak, value)
        }
    }

    /// A hold or a repetition is over.
    mutating func close(isHold: Bool) {
        for index in windows.indices where windows[index].count > 0 {
            let window = windows[index]
            values[index].append(isHold ? window.sum / Double(window.count) : window.peak)
        }
        forget()
    }

    /// What was collected since the last one belongs to none.
    mutating func forget() {
        windows = [Window](repeating: Window(), count: windows.count)
    }

    /// Of a rule, rad; nil without any.
    subscript(index: Int) -> Double? {
        values[index].isEmpty ? nil : median(values[index])
    }
}
