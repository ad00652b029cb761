// What a run is to do, and why it could not do something.

import Synthetic

/// Choices of one run, as paths and flags.
struct BenchOptions: Sendable {
    /// Few repetitions: shows that everything works; its figures mean little.
    var quick: Bool
    /// Where `broad/…` lies.
    var data: String
    /// The Python that has the peers, and the script that runs them.
    var python: String
    var peers: String
    /// The daemon and the command-line program to measure.
    var rehabd: String
    var rehabctl: String
    /// Random seeds of the synthetic people of the section "feedback".
    var seeds: ClosedRange<UInt64> = 1...5
    /// Tells each synthetic set that was not counted, named or cued as it should be.
    var tellsMisses = false
    /// Tells the phases' errors by exercise and phase.
    var tellsPhases = false
    /// The exercises of that section; empty: all.
    var exercises: [String] = []
    /// The shape in which all of them move; nil: each another one in turn.
    var shape: MovementShape?
}

/// Why something could not be measured.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
