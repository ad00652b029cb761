// How much a mean must rest on to be told.

/// The least steps and repetitions of any mean that is reported (compensations 2).
package enum ReportedMean {
    package static let leastSteps = 20
    package static let leastRepetitions = 5
}
