// The daemon's kept runs of the test battery, as the gates of the programme look at them.

import ArgumentParser
import Control
import FoundationEssentials
import History

/// Where the tests are asked for.
struct TestOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("The daemon's control socket.", valueName: "path"))
    var socket: String?

    /// The kept runs, oldest first; nil where no daemon answers: the gates say so and go on.
    func kept() -> [TestEvidence]? { KeptTests.all(socket) }
}

enum KeptTests {
    static func all(_ socket: String?) -> [TestEvidence]? {
        guard var client = try? ControlClient(socket: socket, limit: 5_000) else { return nil }
        return (try? client.call(Rehab1.ListTestResults()))?.results
            .compactMap { TestEvidence($0) }
    }
}

extension TestEvidence {
    /// Nil for a run whose date is none.
    init?(_ result: Rehab1.TestResult) {
        guard let date = try? Date(result.date, strategy: .iso8601) else { return nil }
        self.init(
            test: result.test,
            day: Day(
                secondsSince1970: Int64(date.timeIntervalSince1970),
                offset: TimeZone.current.secondsFromGMT(for: date)),
            side: result.side)
        func measure(_ id: String) -> Rehab1.TestMeasure? {
            result.measures.first { $0.id == id && $0.value != nil }
        }
        hold = (measure("hold-s") ?? measure("hold-best-s"))?.value
        // Percent over the socket.
        shareInBand = measure("in-band")?.value.map { $0 / 100 }
        fingertip = result.answers.fingertip
        sway = measure("sway-sideways")?.value
        score = measure("score")?.value
        openPoints = measure("score")?.uncertainty
        stepHeight = result.answers.stepHeightCentimetres
        if let clean = measure("clean") {
            repetitions = Int(clean.count)
            self.clean = clean.value.flatMap { Int(exactly: $0.rounded()) }
        }
        steady = measure("steady-s")?.value
        pace = result.answers.pace
    }
}
