// `rehabctl estimate`: the tilt filter over a recording, without the daemon.

import ArgumentParser
import FoundationEssentials
import Plumbing
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

            With --segment pelvis=FILE --segment trunk=FILE … the signals of the body are written: \
            one row for each sample of the pelvis, angles in degrees from the person's own neutral, \
            empty where nothing is measured. Begin the recordings with 3 s of quiet standing; that \
            is the neutral. Bows after it (pelvis, trunk) or knee lifts (thighs, shanks) show how a \
            sensor sat; where there are none, say which of its axes faced forward with --forward. \
            With arrival_s in all files they are put on one time line. What each alignment rests on \
            and what is not measured goes to standard error, and with --summary into a file.

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
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "What the accelerometer reads too much, m/s², sensor axes; with --segment: NAME=x,y,z.",
            valueName: "x,y,z"))
    var accelBias: [String] = []

    @Option(
        help: ArgumentHelp(
            "A recording and where its sensor was worn: pelvis, trunk, left-thigh, right-thigh, "
                + "left-shank, right-shank; several times.", valueName: "name=file"))
    var segment: [String] = []

    @Option(
        help: ArgumentHelp(
            "The sensor axis that faced forward there: x, -x, y, -y, z, -z.",
            valueName: "name=axis"))
    var forward: [String] = []

    @Option(
        help: ArgumentHelp("Another nominal rate of one sensor, Hz.", valueName: "name=hz"))
    var segmentRate: [String] = []

    @Option(help: "With --segment: the leg that stands throughout, left or right.")
    var stance: String?

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
        _ = try bodyInputs()
    }

    private func checkInputs() throws {
        switch (file, stand, turned, segment.isEmpty) {
        case (.some, nil, nil, true), (nil, .some, .some, true), (nil, nil, nil, false): break
        default:
            throw ValidationError(
                "give a recording, or --stand and --turned, or --segment, and not two of them.")
        }
        let files = segment.compactMap { $0.firstIndex(of: "=").map($0.suffix(from:)) }
            .map { String($0.dropFirst()) }
        let inputs = [file, stand, turned].compactMap { $0 } + files
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
        if !segment.isEmpty, json {
            throw ValidationError("--json is for one sensor; with --segment the result is CSV.")
        }
    }

    /// The arguments of `--segment` and of what goes with it; also checks `--accel-bias` without.
    private func bodyInputs() throws -> EstimateBody? {
        guard !segment.isEmpty else {
            guard forward.isEmpty, segmentRate.isEmpty, stance == nil else {
                throw ValidationError(
                    "--forward, --segment-rate and --stance go with --segment NAME=FILE.")
            }
            guard accelBias.count <= 1 else {
                throw ValidationError("--accel-bias is given twice; give it once.")
            }
            for text in accelBias { _ = try EstimateInput.vector(text) }
            return nil
        }
        return try EstimateInput.body(
            segments: segment, options: options, rates: segmentRate, forwards: forward,
            biases: accelBias, stance: stance)
    }

    func run() throws {
        do throws(SensorTableError) {
            if let stand, let turned {
                let bytes = try EstimateInput.turnRound(stand: stand, turned: turned, rate: rate)
                try deliver(bytes)
            } else if let file {
                try estimate(file)
            } else if let body = try? bodyInputs() {
                let result = try body.run()
                try deliver(Array(result.table.utf8))
                if let summary { try TableFile.write(result.json, to: summary) }
                result.remarks.forEach { Self.complain($0) }
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
        if segment.isEmpty, let text = accelBias.first,
            let bias = try? EstimateInput.vector(text)
        {
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
        do throws(PlumbingError) {
            try FileStore.write(bytes, to: 1, path: "standard output")
        } catch {
            throw SensorTableError(
                .unwritable, file: "standard output", message: "it does not take the whole result",
                cure: "write to a file with --output, or make room")
        }
    }

    /// Standard error, so that the output stays clean for a pipe.
    private static func complain(_ words: String) {
        Terminal.write("rehabctl estimate: \(words)\n", toError: true)
    }
}
