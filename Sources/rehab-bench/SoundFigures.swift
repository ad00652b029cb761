// The sound measurements as figures.

enum SoundFigures {
    /// Milliseconds in which 95 of 100 decisions are to sound (the project's figure).
    private static let goal = 10.0

    static func run(_ options: BenchOptions) -> [Figure] {
        let result = measureSound(
            repetitions: options.quick ? 8 : 100, idleSeconds: options.quick ? 1 : 5)
        let title = "decision to sound p95"
        if let reason = result.reason {
            return [
                .missing(
                    "decision-to-sound-p95", title, .milliseconds, .atMost(goal), reason: reason)
            ]
        }
        let details = [
            "repetitions": Double(result.repetitions), "heard": Double(result.heard),
            "p50_ms": result.p50Milliseconds, "p95_ms": result.p95Milliseconds,
            "maximum_ms": result.maximumMilliseconds, "underruns": Double(result.underruns),
        ]
        let slowest = Unit.milliseconds.text(result.maximumMilliseconds)
        return [
            Figure(
                "decision-to-sound-p50", "decision to sound p50", result.p50Milliseconds,
                .milliseconds, details: details),
            Figure(
                "decision-to-sound-p95", title, result.p95Milliseconds, .milliseconds,
                .atMost(goal),
                note: "alert ring to the first frame that is not zero at a PipeWire null sink's "
                    + "monitor, one listening step included; \(result.heard) of "
                    + "\(result.repetitions) heard, slowest \(slowest), \(result.underruns) "
                    + "underruns; alert thread: \(result.scheduling); \(result.format)",
                details: details),
            Figure(
                "cpu-sound-idle", "CPU of a stream that waits for cues", result.idleCpuPercent,
                .percent, note: "comes on top of rehabd's CPU where a sound device is open"),
        ]
    }
}
