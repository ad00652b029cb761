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
            The recording is a CSV text whose first line names its columns. Those named gx gy gz \
            (angular rate, rad/s) and ax ay az (specific force, m/s²) are needed. Read besides, \
            where they are there: n, the sensor's counter (missing numbers were lost; packets may be \
            up to three places late, twice there, or missing), arrival_s, when the packet with the \
            sample came (host clock), and t_device_s, when the sensor says it was taken. Others are \
            ignored.

            For each sample received one row is written, in the order of n: n, t_s (seconds since \
            the first), qw,qx,qy,qz (sensor to earth, z up), sigma_deg (standard deviation of the \
            inclination, degrees) and flags, joined by |: settling, rest, after-gap, saturated, \
            unknown, bias-unlearnt. An angle flagged unknown must not be used.

            With --stand and --turned in place of a recording the accelerometer's horizontal biases \
            are measured: stand still, turn half round, stand still again, without a pause in the \
            recording; the turn may be in either file. The result is one JSON object.

            Exit codes: 64 for arguments, 65 for the recording, 74 for the output.
            """)

    @Argument(help: "The recording, a CSV file.")
    var file: String?

    // Unconditional, so that "--rate -5" gets the message about rates and not one about options.
    @Option(parsing: .unconditional, help: "Samples a second, nominal, 1 to 4000 Hz.")
    var rate: Double

    @Option(help: "Where the result goes; printed when left out.")
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Write what the whole recording showed here, as JSON: rate, bias, warnings, gaps.",
            valueName: "file"))
    var summary: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Largest rate the gyroscope reads, deg/s.", valueName: "dps"))
    var rangeGyro: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Largest force the accelerometer reads, g.", valueName: "g"))
    var rangeAccel: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What the accelerometer reads too much, m/s², sensor axes.", valueName: "x,y,z"))
    var accelBias: String?

    @Option(help: "A recording of standing still, for the turn-round.")
    var stand: String?

    @Option(help: "The recording that goes on from it, with the other stand.")
    var turned: String?

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
        try checkInputs()
        if let rangeGyro, !(rangeGyro >= 1 && rangeGyro <= 10_000) {
            throw ValidationError(
                "--range-gyro \(rangeGyro) is no gyroscope's range; give deg/s, for example 2000.")
        }
        if let rangeAccel, !(rangeAccel >= 0.5 && rangeAccel <= 1000) {
            throw ValidationError(
                "--range-accel \(rangeAccel) is no accelerometer's range; give g, for example 8.")
        }
        if let accelBias { _ = try EstimateInput.vector(accelBias) }
    }

    private func checkInputs() throws {
        switch (file, stand, turned) {
        case (.some, nil, nil), (nil, .some, .some): break
        default:
            throw ValidationError("give a recording, or --stand and --turned, and not both.")
        }
        let inputs = [file, stand, turned].compactMap { $0 }
        for (name, path) in [("--output", output), ("--summary", summary)] {
            guard let path else { continue }
            if inputs.contains(where: { TableFile.isSame(path, $0) }) {
                throw ValidationError(
                    "\(name) \(path) is the recording itself, which it would replace; name another."
                )
            }
        }
        if let output, let summary, TableFile.isSame(output, summary) {
            throw ValidationError("--output and --summary name the same file; name two.")
        }
    }

    func run() throws {
        do throws(SensorTableError) {
            if let stand, let turned {
                let bytes = try EstimateInput.turnRound(stand: stand, turned: turned, rate: rate)
                try deliver(bytes)
            } else if let file {
                try estimate(file)
            }
        } catch {
            Self.complain(error.description)
            throw ExitCode(error.kind == .unwritable ? 74 : 65)
        }
    }

    private func estimate(_ file: String) throws(SensorTableError) {
        // Everything is worked out before the first byte is written.
        let recording = try TableFile.read(file)
        let result = try OfflineEstimation.run(
            recording.span, file: file, options: options, format: json ? .jsonLines : .csv)
        try deliver(result.text)
        if let summary { try TableFile.write(result.summary.json, to: summary) }
    }

    /// How the recording is to be read.
    private var options: EstimationOptions {
        var options = EstimationOptions(rate: rate)
        options.gyroscopeRangeDegrees = rangeGyro
        options.accelerometerRangeGravities = rangeAccel
        if let accelBias, let bias = try? EstimateInput.vector(accelBias) {
            options.accelerometerBias = bias
        }
        return options
    }

    private func deliver(_ bytes: [UInt8]) throws(SensorTableError) {
        if let output {
            try TableFile.write(bytes, to: output)
        } else {
            try Self.print(bytes)
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
