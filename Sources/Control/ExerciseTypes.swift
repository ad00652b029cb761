// Exercises and rules as they are told over the control socket.

extension Rehab1 {
    /// One rule of an exercise: the signal it watches, and when it becomes active and inactive.
    package struct Rule: Codable, Sendable, Equatable {
        package var id: String
        package var signal: String
        package var onDegrees: Double
        package var offDegrees: Double
        package var minOnSeconds: Double
        /// False: the worn sensors cannot see this signal.
        package var measured: Bool

        package init(
            id: String, signal: String, onDegrees: Double, offDegrees: Double, minOnSeconds: Double,
            measured: Bool
        ) {
            self.id = id
            self.signal = signal
            self.onDegrees = onDegrees
            self.offDegrees = offDegrees
            self.minOnSeconds = minOnSeconds
            self.measured = measured
        }

        private enum CodingKeys: String, CodingKey {
            case id, signal, measured
            case onDegrees = "on_degrees"
            case offDegrees = "off_degrees"
            case minOnSeconds = "min_on_s"
        }
    }

    /// One exercise of the catalogue, as far as a person needs it to choose.
    package struct Exercise: Codable, Sendable, Equatable {
        package var id: String
        package var title: String
        package var version: Int64
        package var posture: String
        package var sensorsNeeded: [String]
        package var sensorsBetter: [String]
        package var cue: String
        package var rules: [Rule]

        package init(
            id: String, title: String, version: Int64, posture: String, sensorsNeeded: [String],
            sensorsBetter: [String], cue: String, rules: [Rule]
        ) {
            self.id = id
            self.title = title
            self.version = version
            self.posture = posture
            self.sensorsNeeded = sensorsNeeded
            self.sensorsBetter = sensorsBetter
            self.cue = cue
            self.rules = rules
        }

        private enum CodingKeys: String, CodingKey {
            case id, title, version, posture, cue, rules
            case sensorsNeeded = "sensors_needed"
            case sensorsBetter = "sensors_better"
        }
    }
}
