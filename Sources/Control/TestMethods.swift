// The methods of the test battery.

extension Rehab1 {
    /// The tests of the battery.
    package struct ListTests: ControlMethod, Equatable {
        package static let method = Method.listTests
        package init() {}

        package struct Reply: Codable, Sendable, Equatable {
            package var tests: [Test]

            package init(tests: [Test]) {
                self.tests = tests
            }
        }
    }

    /// Begins a run, without cues.
    ///
    /// Side: the leg under test; nil where the test has none, and for the part on both legs.
    package struct StartTest: ControlMethod, Equatable {
        package static let method = Method.startTest

        package var test: String
        package var side: String?

        package init(test: String, side: String? = nil) {
            self.test = test
            self.side = side
        }

        package struct Reply: Codable, Sendable, Equatable {
            package var test: Test

            package init(test: Test) {
                self.test = test
            }
        }
    }

    /// Ends the run, scores and keeps it.
    package struct StopTest: ControlMethod, Equatable {
        package static let method = Method.stopTest
        package init() {}

        package struct Reply: Codable, Sendable, Equatable {
            package var result: TestResult

            package init(result: TestResult) {
                self.result = result
            }
        }
    }

    /// Ends the run without a result: nothing of it is kept.
    package struct GiveUpTest: ControlMethod, Equatable {
        package static let method = Method.giveUpTest
        package init() {}

        package struct Reply: Codable, Sendable, Equatable {
            /// "T1".
            package var test: String

            package init(test: String) {
                self.test = test
            }
        }
    }

    /// Adds answers to a kept result; nil: leave as it is.
    package struct AnswerTest: ControlMethod, Equatable {
        package static let method = Method.answerTest

        package var name: String
        package var answers: TestAnswers

        package init(name: String, answers: TestAnswers) {
            self.name = name
            self.answers = answers
        }

        package struct Reply: Codable, Sendable, Equatable {
            package var result: TestResult

            package init(result: TestResult) {
                self.result = result
            }
        }
    }

    /// Kept results, the oldest first; test nil: of all tests.
    package struct ListTestResults: ControlMethod, Equatable {
        package static let method = Method.listTestResults

        package var test: String?

        package init(test: String? = nil) {
            self.test = test
        }

        package struct Reply: Codable, Sendable, Equatable {
            package var results: [TestResult]

            package init(results: [TestResult]) {
                self.results = results
            }
        }
    }
}
