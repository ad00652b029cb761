// What a kept run of the test battery says to the gates: the numbers that a stage asks for, and no more.

/// A run of T1 to T8; nil is "not measured" or "not answered", never zero.
package struct TestEvidence: Sendable, Equatable {
    package var test: String
    package var day: Day
    /// The leg under test; nil for both.
    package var side: String?
    /// s of the longest hold.
    package var hold: Double?
    /// Share of it without a drop beyond the band, 0 to 1.
    package var shareInBand: Double?
    package var fingertip: Bool?
    /// m/s², RMS, sideways: the direction that repeats (compensations 6).
    package var sway: Double?
    /// Points of the step-down score, and those that unknown parts could add.
    package var score: Double?
    package var openPoints: Double?
    /// cm.
    package var stepHeight: Double?
    /// Clean repetitions and all of them.
    package var clean: Int?
    package var repetitions: Int?
    /// s until steady, mean.
    package var steady: Double?
    /// What was stopped from: "walk" or "jog".
    package var pace: String?

    package init(test: String, day: Day, side: String? = nil) {
        self.test = test
        self.day = day
        self.side = side
    }
}

/// What one leg, or both, show of a line.
struct Verdict {
    var state: GateLine.State
    var text: String

    init(_ state: GateLine.State, _ text: String) {
        self.state = state
        self.text = text
    }
}

/// The runs that count for a gate: of the last seven days, the newest of each leg.
struct RecentTests {
    /// Nil: where they are kept was not asked.
    private let tests: [TestEvidence]?
    private let day: Day
    private let painful: String?

    /// Days that a gate looks back (programme 2).
    static let days = 7
    static let notAsked = "rehabd keeps the tests and does not run: start it to see them"

    init(_ tests: [TestEvidence]?, painful: String?, on day: Day) {
        self.tests = tests
        self.painful = painful
        self.day = day
    }

    /// The newest run of a leg (nil: of both legs at once); `pace`: of those at that pace.
    func newest(_ names: Set<String>, side: String?, pace: String? = nil) -> TestEvidence? {
        tests?.filter {
            names.contains($0.test) && $0.side == side && $0.day <= day
                && day - $0.day < RecentTests.days && (pace == nil || $0.pace == pace)
        }.enumerated().max { ($0.element.day, $0.offset) < ($1.element.day, $1.offset) }?.element
    }

    /// A line that is asked of the painful leg.
    ///
    /// Where nobody said which one that is, it is met once both legs meet it.
    func line(
        _ name: String, asked: String, command: String,
        _ judge: (String) -> Verdict?
    ) -> GateLine {
        func line(_ state: GateLine.State, _ text: String) -> GateLine {
            GateLine(name: name, state: state, text: "\(asked) asked for; \(text)")
        }
        guard tests != nil else { return line(.notKnown, RecentTests.notAsked) }
        let legs = painful.map { $0 == "both" ? ["left", "right"] : [$0] } ?? ["left", "right"]
        let found = legs.map { ($0, judge($0)) }
        let told = found.compactMap { leg, verdict in verdict.map { "\(leg) \($0.text)" } }
            .joined(separator: "; ")
        let missing = found.filter { $0.1 == nil }.map(\.0)
        guard !told.isEmpty else {
            return line(.notKnown, "no run in seven days: rehabctl test \(command)")
        }
        let states = found.compactMap { $0.1?.state }
        if missing.isEmpty, states.allSatisfy({ $0 == .met }) { return line(.met, told) }
        if painful != nil {
            if states.contains(.notMet) { return line(.notMet, told) }
            return line(
                .notKnown,
                missing.isEmpty ? told : told + "; \(missing.joined(separator: ", ")) not done")
        }
        if missing.isEmpty, states.allSatisfy({ $0 == .notMet }) { return line(.notMet, told) }
        return line(
            .notKnown, told + "; say which side is painful: rehabctl programme painful left")
    }
}

/// What the gate asks of standing on the painful leg.
package struct StandLimits: Sendable, Equatable {
    package let seconds: Double
    /// A fingertip may touch.
    package let allowsTouch: Bool
    /// Share of the time without drop beyond the band.
    package let inBand: Double?
    /// Most sway against the other leg, as a share.
    package let sway: Double?

    package init(
        _ seconds: Double, allowsTouch: Bool = false, inBand: Double? = nil, sway: Double? = nil
    ) {
        self.seconds = seconds
        self.allowsTouch = allowsTouch
        self.inBand = inBand
        self.sway = sway
    }

    package var text: String {
        var text = "painful side \(Int(seconds)) s"
        text += allowsTouch ? " with a fingertip" : " without touch"
        if let inBand { text += ", drop in band at least \(Int(inBand * 100)) %" }
        if let sway {
            text += ", sway within \(Int(((sway - 1) * 100).rounded())) % of the other side"
        }
        return text
    }
}

/// What the gate asks of the step-down.
package struct StepDownLimits: Sendable, Equatable {
    package let points: Double
    /// cm.
    package let height: Double

    package init(_ points: Double, height: Double) {
        self.points = points
        self.height = height
    }

    package var text: String { "score at most \(Int(points)) at \(Int(height)) cm" }
}

extension StandLimits {
    /// s by which the ends of a hold are uncertain.
    private static let tolerance = 0.2

    /// One leg; nil without a run.
    func judge(_ leg: String, _ tests: RecentTests) -> Verdict? {
        let free: Set<String> = allowsTouch ? ["T1", "T2"] : ["T1"]
        guard let run = tests.newest(free, side: leg) else { return nil }
        guard let hold = run.hold else {
            return Verdict(.notKnown, "no hold seen in the run of \(run.day.text), do it again")
        }
        var said = ["held \(fixed(hold)) s (\(run.day.text))"]
        guard hold >= seconds - StandLimits.tolerance else { return Verdict(.notMet, said[0]) }
        if !allowsTouch {
            guard let touched = run.fingertip else {
                return Verdict(.notKnown, said[0] + ", whether a fingertip touched is not answered")
            }
            if touched { return Verdict(.notMet, said[0] + " with a fingertip") }
        }
        var state = GateLine.State.met
        func add(_ one: Verdict) {
            said.append(one.text)
            if one.state == .notMet || state == .met { state = one.state }
        }
        if let inBand { add(band(run, inBand)) }
        if let sway { add(compareSway(leg, sway, tests)) }
        return Verdict(state, said.joined(separator: ", "))
    }

    private func band(_ run: TestEvidence, _ least: Double) -> Verdict {
        guard let share = run.shareInBand else { return Verdict(.notKnown, "band not measured") }
        let text = "in band \(Int((share * 100).rounded())) %"
        return Verdict(share >= least ? .met : .notMet, text)
    }

    private func compareSway(_ leg: String, _ most: Double, _ tests: RecentTests) -> Verdict {
        let other = leg == "left" ? "right" : "left"
        guard let own = tests.newest(["T3"], side: leg)?.sway,
            let theirs = tests.newest(["T3"], side: other)?.sway, theirs > 0
        else {
            return Verdict(
                .notKnown, "sway of both legs not measured (rehabctl test T3 --side both)")
        }
        let share = own / theirs
        let text = "sway \(Int((share * 100).rounded())) % of the other side"
        return Verdict(share <= most ? .met : .notMet, text)
    }
}

extension StepDownLimits {
    /// One leg; nil without a run.
    func judge(_ leg: String, _ tests: RecentTests) -> Verdict? {
        guard let run = tests.newest(["T4"], side: leg) else { return nil }
        guard let score = run.score else { return Verdict(.notKnown, "score not measured") }
        let open = run.openPoints ?? 0
        var text = "score \(Int(score))"
        if open > 0 { text += " and up to \(Int(open)) more in parts not known" }
        // More than the limit is more than it at any height above.
        guard let height = run.stepHeight else {
            return Verdict(.notKnown, text + ", height of the step not answered")
        }
        text += " at \(Int(height.rounded())) cm (\(run.day.text))"
        if height < self.height {
            return Verdict(score > points ? .notMet : .notKnown, text + ": the step was lower")
        }
        if score > points {
            // A higher step is harder: below the limit on this one is not known.
            return Verdict(height > self.height ? .notKnown : .notMet, text)
        }
        return Verdict(score + open <= points ? .met : .notKnown, text)
    }
}
