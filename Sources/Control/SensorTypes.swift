// Sensors as they are told over the control socket.

extension Rehab1 {
    /// How a sensor was aligned to the body, and how well.
    package struct Calibration: Codable, Sendable, Equatable {
        /// UTC, ISO 8601.
        package var date: String
        /// Share of the bows' (legs: knee lifts') angular-rate variance explained by one axis, 0 to 1.
        package var axisVarianceExplained: Double
        package var neutralObliquityRawDegrees: Double
        package var neutralTiltRawDegrees: Double
        package var signProof: String
        /// Loaded from disk rather than measured since the daemon started.
        package var restored: Bool
        package var notes: [String]

        package init(
            date: String, axisVarianceExplained: Double, neutralObliquityRawDegrees: Double,
            neutralTiltRawDegrees: Double, signProof: String, restored: Bool, notes: [String]
        ) {
            self.date = date
            self.axisVarianceExplained = axisVarianceExplained
            self.neutralObliquityRawDegrees = neutralObliquityRawDegrees
            self.neutralTiltRawDegrees = neutralTiltRawDegrees
            self.signProof = signProof
            self.restored = restored
            self.notes = notes
        }

        private enum CodingKeys: String, CodingKey {
            case date, restored, notes
            case axisVarianceExplained = "axis_variance_explained"
            case neutralObliquityRawDegrees = "neutral_obliquity_raw_degrees"
            case neutralTiltRawDegrees = "neutral_tilt_raw_degrees"
            case signProof = "sign_proof"
        }
    }

    /// What an accelerometer reads too much, measured by standing, turning half round and standing again.
    package struct TurnRound: Codable, Sendable, Equatable {
        /// UTC, ISO 8601.
        package var date: String
        /// Along the sensor's x, y, z; the vertical part cannot be seen and is about zero.
        package var accelerometerBias: [Double]
        /// One standard deviation of each horizontal component.
        package var sigma: Double
        package var turnDegrees: Double
        /// How far off the vertical a tilt was without it.
        package var tiltDegrees: Double

        package init(
            date: String, accelerometerBias: [Double], sigma: Double, turnDegrees: Double,
            tiltDegrees: Double
        ) {
            self.date = date
            self.accelerometerBias = accelerometerBias
            self.sigma = sigma
            self.turnDegrees = turnDegrees
            self.tiltDegrees = tiltDegrees
        }

        private enum CodingKeys: String, CodingKey {
            case date
            case accelerometerBias = "accelerometer_bias_m_s2"
            case sigma = "sigma_m_s2"
            case turnDegrees = "turn_degrees"
            case tiltDegrees = "tilt_degrees"
        }
    }

    /// A sensor that a calibration has measured.
    package struct CalibratedSensor: Codable, Sendable, Equatable {
        package var sensor: String
        package var segment: String
        package var calibration: Calibration?
        package var turnRound: TurnRound?

        package init(
            sensor: String, segment: String, calibration: Calibration? = nil,
            turnRound: TurnRound? = nil
        ) {
            self.sensor = sensor
            self.segment = segment
            self.calibration = calibration
            self.turnRound = turnRound
        }

        private enum CodingKeys: String, CodingKey {
            case sensor, segment, calibration
            case turnRound = "turn_round"
        }
    }

    /// One attached sensor: what it is, how its stream does, how good its estimate is.
    ///
    /// Counters count from the moment it was attached.
    package struct Sensor: Codable, Sendable, Equatable {
        package enum State: String, Codable, Sendable, CaseIterable {
            case idle, blocked, searching, connecting, configuring
            case waiting, streaming, lost, unusable, ended
        }

        package var name: String
        /// Driver name, as in the wearable registry.
        package var kind: String
        /// Pelvis, trunk, left-thigh, right-thigh, left-shank, right-shank; null when worn
        /// nowhere.
        package var segment: String?
        package var state: State
        package var nominalRateHertz: Double
        /// Measured from the sensor's own clock against the host's.
        package var rateHertz: Double?
        package var ageMilliseconds: Double?
        package var packets: Int64
        package var samples: Int64
        /// Packets refused by the decoder.
        package var decodeErrors: Int64
        /// Holes in the stream, and the samples they swallowed.
        package var gaps: Int64
        package var lostSamples: Int64
        package var duplicates: Int64
        /// Samples the estimator could not take in time.
        package var refused: Int64
        /// One standard deviation of the tilt estimate.
        package var sigmaDegrees: Double?
        /// Names of estimate flags in force.
        package var flags: [String]
        package var calibration: Calibration?
        /// Date of a calibration that no longer holds, since it was of an earlier wear.
        package var calibratedBefore: String?
        /// Nil where the accelerometer's biases are not measured.
        package var turnRound: TurnRound?
        /// Nil for a source that a program handed over.
        package var link: Link?

        package init(
            name: String, kind: String, segment: String? = nil, state: State,
            nominalRateHertz: Double, rateHertz: Double? = nil, ageMilliseconds: Double? = nil,
            packets: Int64, samples: Int64, decodeErrors: Int64, gaps: Int64, lostSamples: Int64,
            duplicates: Int64, refused: Int64, sigmaDegrees: Double? = nil, flags: [String],
            calibration: Calibration? = nil, calibratedBefore: String? = nil,
            turnRound: TurnRound? = nil, link: Link? = nil
        ) {
            self.name = name
            self.kind = kind
            self.segment = segment
            self.state = state
            self.nominalRateHertz = nominalRateHertz
            self.rateHertz = rateHertz
            self.ageMilliseconds = ageMilliseconds
            self.packets = packets
            self.samples = samples
            self.decodeErrors = decodeErrors
            self.gaps = gaps
            self.lostSamples = lostSamples
            self.duplicates = duplicates
            self.refused = refused
            self.sigmaDegrees = sigmaDegrees
            self.flags = flags
            self.calibration = calibration
            self.calibratedBefore = calibratedBefore
            self.turnRound = turnRound
            self.link = link
        }

        private enum CodingKeys: String, CodingKey {
            case name, kind, segment, state, packets, samples, gaps, duplicates, refused, flags,
                calibration, link
            case calibratedBefore = "calibrated_before"
            case turnRound = "turn_round"
            case nominalRateHertz = "nominal_rate_hz"
            case rateHertz = "rate_hz"
            case ageMilliseconds = "age_ms"
            case decodeErrors = "decode_errors"
            case lostSamples = "lost_samples"
            case sigmaDegrees = "sigma_degrees"
        }
    }

    package struct ReplayChannel: Codable, Sendable, Equatable {
        package var channel: Int64
        package var sensor: String
        package var kind: String
        package var segment: String?
        package var rateHertz: Double
        package var characteristic: Int64

        package init(
            channel: Int64, sensor: String, kind: String, segment: String? = nil,
            rateHertz: Double, characteristic: Int64
        ) {
            self.channel = channel
            self.sensor = sensor
            self.kind = kind
            self.segment = segment
            self.rateHertz = rateHertz
            self.characteristic = characteristic
        }

        private enum CodingKeys: String, CodingKey {
            case channel, sensor, kind, segment, characteristic
            case rateHertz = "rate_hz"
        }
    }
}
