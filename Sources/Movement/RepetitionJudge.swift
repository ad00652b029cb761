// What the last repetitions say about tempo, range, sides and tiredness.

import Kinematics

/// Turns finished repetitions into the signals that exist at their end (C11, C12, C16, C20).
package struct RepetitionJudge: BitwiseCopyable, Sendable {
    private var count = 0
    /// Repetitions whose ranges have been compared.
    private var ranges = 0
    /// Shortfalls of the last three lowering times; −1 where there is none yet.
    private var newest = -1.0
    private var middle = -1.0
    private var oldest = -1.0
    /// Ranges of the first three repetitions, and the middle one: the person's own range.
    private var first = 0.0
    private var second = 0.0
    private var ownRange = 0.0
    /// Newest repetition's length on either side, s; 0 before the first.
    private var leftLength = 0.0
    private var rightLength = 0.0
    private var uneven = ThreeInARow()
    private var fatigue = FatigueMeter()

    @_noLocks
    package init() {}

    @_noLocks
    package mutating func begin(wanted: Int) {
        self = RepetitionJudge()
        fatigue = FatigueMeter(wanted: wanted)
    }

    /// The way is seen in something else from now on: the person's own range is learnt anew.
    @_noLocks
    package mutating func forgetRange() {
        ranges = 0
        ownRange = 0
    }

    /// Takes a finished repetition with what was seen in it; adds the signals of this moment.
    ///
    /// `target`: s of lowering asked for, 0 for none. `drop`: mean drop or its stand-in, `sway`: RMS.
    @_noLocks
    package mutating func step(
        _ repetition: Repetition, target: Double, drop: Double?, sway: Double?,
        signals: inout SignalValues
    ) {
        count += 1
        guard repetition.isSeen else {
            if let value = fatigue.add(drop: drop, lowering: nil, sway: sway) {
                signals.set(.fatigue, value)
            }
            return
        }
        if repetition.isTimed { judgeLowering(repetition, target: target, signals: &signals) }
        judgeRange(repetition, signals: &signals)
        judgeSides(repetition, signals: &signals)
        if let value = fatigue.add(
            drop: drop, lowering: repetition.isTimed ? repetition.tempo.lower : nil, sway: sway)
        {
            signals.set(.fatigue, value)
        }
    }

    @_noLocks
    private mutating func judgeLowering(
        _ repetition: Repetition, target: Double, signals: inout SignalValues
    ) {
        guard target > 0 else { return }
        oldest = middle
        middle = newest
        newest = 1 - repetition.tempo.lower / target
        // Two of the last three reach the limit where the second largest does.
        let largest = max(newest, max(middle, oldest))
        let smallest = min(newest, min(middle, oldest))
        signals.set(.loweringShortfall, newest + middle + oldest - largest - smallest)
    }

    @_noLocks
    private mutating func judgeRange(_ repetition: Repetition, signals: inout SignalValues) {
        ranges += 1
        switch ranges {
        case 1: first = repetition.range
        case 2: second = repetition.range
        case 3:
            let third = repetition.range
            let largest = max(first, max(second, third))
            let smallest = min(first, min(second, third))
            ownRange = first + second + third - largest - smallest
        default:
            guard ownRange > 0 else { return }
            signals.set(.rangeShortfall, 1 - repetition.range / ownRange)
        }
    }

    @_noLocks
    private mutating func judgeSides(_ repetition: Repetition, signals: inout SignalValues) {
        guard let side = repetition.side else { return }
        let length = repetition.tempo.total - repetition.tempo.rest
        switch side {
        case .left: leftLength = length
        case .right: rightLength = length
        }
        guard leftLength > 0, rightLength > 0 else { return }
        let ratio = max(leftLength / rightLength, rightLength / leftLength) - 1
        signals.set(.tempoImbalance, uneven.least(with: ratio))
    }
}

/// Repetitions in a third of a set of so many; 0 where thirds say nothing.
///
/// At least two make a mean. Of five, the dose of EX17, the first two and the last two are taken [engineering
/// default].
@_noLocks
package func thirdOfSet(_ count: Int) -> Int {
    if count == 5 { return 2 }
    return count < 6 ? 0 : count / 3
}

/// Compares the last third of a set with its first (C16).
package struct FatigueMeter: BitwiseCopyable, Sendable {
    private var wanted = 0
    private var count = 0
    private var early = Means()
    private var late = Means()

    private struct Means: BitwiseCopyable {
        var drop = 0.0
        var drops = 0.0
        var lowering = 0.0
        var lowerings = 0.0
        var sway = 0.0
        var sways = 0.0

        @_noLocks
        init() {}

        @_noLocks
        mutating func add(
            drop newDrop: Double?, lowering newLowering: Double?, sway newSway: Double?
        ) {
            if let newDrop {
                drop += newDrop
                drops += 1
            }
            if let newLowering {
                lowering += newLowering
                lowerings += 1
            }
            if let newSway {
                sway += newSway
                sways += 1
            }
        }
    }

    /// What counts as tired: 2° of drop, 20 % of the lowering time, 30 % of sway (C16).
    private static var dropLimit: Double { @_noLocks get { 2 * radiansPerDegree } }

    /// `wanted`: repetitions of the set; below five thirds say nothing.
    @_noLocks
    package init(wanted: Int = 0) { self.wanted = wanted }

    /// The worst of the three drifts in units of its limit, once two repetitions of the last third are in.
    @_noLocks
    package mutating func add(drop: Double?, lowering: Double?, sway: Double?) -> Double? {
        count += 1
        let third = thirdOfSet(wanted)
        guard third > 0 else { return nil }
        if count <= third {
            early.add(drop: drop, lowering: lowering, sway: sway)
            return nil
        }
        guard count > wanted - third else { return nil }
        late.add(drop: drop, lowering: lowering, sway: sway)
        guard count >= wanted - third + 2 else { return nil }
        var worst = 0.0
        if early.drops > 0, late.drops > 0 {
            worst = (late.drop / late.drops - early.drop / early.drops) / FatigueMeter.dropLimit
        }
        if early.lowerings > 0, late.lowerings > 0, early.lowering > 0 {
            let ratio = late.lowering / late.lowerings / (early.lowering / early.lowerings)
            worst = max(worst, (1 - ratio) / 0.2)
        }
        // Of some 12 s the size of sway is known to 0.3 of itself: no limit of 30 % can be told from that.
        if third >= 3, early.sways > 0, late.sways > 0, early.sway > 0 {
            let ratio = late.sway / late.sways / (early.sway / early.sways)
            worst = max(worst, (ratio - 1) / 0.3)
        }
        // Two repetitions a third say less than three.
        return third >= 3 ? worst : worst * 0.75
    }
}
