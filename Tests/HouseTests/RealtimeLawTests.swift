// The real-time law: what the estimator thread reaches carries the annotation, and nobody silences it.

import Testing

@Suite("Real-time law")
struct RealtimeLawTests {
    /// Functions that the estimator thread enters; the compiler checks all that they reach.
    static let entries = [
        ("Sources/Pipeline/PipelineCore.swift", "func runEstimator("),
        ("Sources/Pipeline/PipelineCore.swift", "private func drain("),
        ("Sources/Pipeline/Estimator.swift", "mutating func step("),
        ("Sources/Pipeline/Estimator.swift", "mutating func apply("),
        ("Sources/Estimation/TiltFilter.swift", "mutating func step("),
        ("Sources/Movement/Body.swift", "mutating func step("),
    ]

    @Test("the entries carry @_noLocks", arguments: entries)
    func entriesAreAnnotated(file: String, function: String) throws {
        let lines = try House.text(file).split(separator: "\n", omittingEmptySubsequences: false)
        let place = try #require(lines.firstIndex { $0.contains(function) }, "\(function) is gone")
        #expect(lines[..<place].suffix(2).contains { $0.contains("@_noLocks") })
    }

    @Test("nobody silences the check")
    func noEscapeHatch() throws {
        for file in House.swiftFiles(in: "Sources") {
            #expect(!(try House.text(file).contains("no_performance_analysis")), "\(file)")
        }
    }

    @Test("every C function that carries the annotation is in CRealtime")
    func annotationsLiveInOneHeader() throws {
        let header = try House.text("Sources/CRealtime/include/CRealtime.h")
        #expect(header.contains("REHAB_REALTIME int64_t rehab_monotonic_ns(void);"))
        #expect(!(try House.text("Sources/CLinux/include/CLinux.h").contains("@_noLocks")))
    }

    @Test("the steps of each sample are annotated throughout")
    func perSampleRoomsAreAnnotated() throws {
        // Every `mutating func step(` of the pure wing runs for each sample.
        for room in ["Estimation", "Movement"] {
            for file in House.swiftFiles(in: "Sources/\(room)") {
                let lines = try House.text(file)
                    .split(separator: "\n", omittingEmptySubsequences: false)
                for (number, line) in lines.enumerated() where line.contains("mutating func step(")
                {
                    #expect(
                        lines[..<number].suffix(2).contains { $0.contains("@_noLocks") },
                        "\(file):\(number + 1)")
                }
            }
        }
    }
}
