// `rehabctl estimate`: the tilt filter over a recording, without the daemon.

import ArgumentParser
import Foundation
import SensorTable

/// Works out a sensor's orientation against the vertical from a recording of its readings.
struct EstimateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "estimate",
        abstract: "Work out a sensor's orientation against the vertical from a recording.",
        discussion: """
            The recording is a CSV text, evenly spaced in time, whose first line names its columns. \
            Those named gx gy gz (angular rate, rad/s) and ax ay az (specific force, m/s²) are read, \
            others are ignored. For each row one row is written: qw,qx,qy,qz (sensor to earth, z \
            up), sigma_deg (standard deviation of the inclination, degrees) and flags, joined by |: \
            settling, rest, after-gap, saturated, unknown, bias-unlearnt.

            Exit codes: 64 for arguments, 65 for the recording, 74 for the output.
            """)

    @Argument(help: "The recording, a CSV file.")
    var file: String

    // Unconditional, so that "--rate -5" gets the message about rates and not one about options.
    @Option(parsing: .unconditional, help: "Samples a second, 1 to 4000 Hz.")
    var rate: Double

    @Option(help: "Where the result goes; printed when left out.")
    var output: String?

    @Flag(help: "Write a JSON object a row instead of CSV.")
    var json = false

    /// Arguments that cannot be meant end here, with the usage and exit code 64.
    func validate() throws {
        // The comparison is false for NaN as well.
        guard OfflineEstimation.sampleRates.contains(rate) else {
            throw ValidationError(
                "--rate \(rate) is not a sample rate; give the samples a second that the sensor "
                    + "recorded, from 1 to 4000 Hz, for example --rate 60.")
        }
        if let output, TableFile.isSame(output, file) {
            throw ValidationError(
                "--output \(output) is the recording itself, which it would replace; name another."
            )
        }
    }

    func run() throws {
        do throws(SensorTableError) {
            // Everything is worked out before the first byte is written.
            let recording = try TableFile.read(file)
            let result = try OfflineEstimation.run(
                recording.span, file: file, rate: rate, format: json ? .jsonLines : .csv)
            if let output {
                try TableFile.write(result, to: output)
            } else {
                try Self.print(result)
            }
        } catch {
            Self.complain(error.description)
            throw ExitCode(error.kind == .unwritable ? 74 : 65)
        }
    }

    /// Standard output, with an error where it cannot take everything.
    private static func print(_ bytes: [UInt8]) throws(SensorTableError) {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(bytes))
        } catch {
            throw SensorTableError(
                .unwritable, file: "standard output", message: "it does not take the whole result",
                cure: "write to a file with --output, or make room")
        }
    }

    /// Standard error, so that the output stays clean for a pipe.
    private static func complain(_ words: String) {
        try? FileHandle.standardError.write(contentsOf: Data("rehabctl estimate: \(words)\n".utf8))
    }
}
