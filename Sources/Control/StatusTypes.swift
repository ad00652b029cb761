// The state of the whole daemon as it is told over the control socket.

extension Rehab1 {
    /// What the operating system granted each thread: fifo, rtkit, nice or plain.
    package struct Realtime: Codable, Sendable, Equatable {
        package var estimator: String
        package var intake: String
        package var alert: String
        package var memoryLocked: Bool

        package init(estimator: String, intake: String, alert: String, memoryLocked: Bool) {
            self.estimator = estimator
            self.intake = intake
            self.alert = alert
            self.memoryLocked = memoryLocked
        }

        private enum CodingKeys: String, CodingKey {
            case estimator, intake, alert
            case memoryLocked = "memory_locked"
        }
    }

    /// One way of telling the person: how it is, and how often it was used.
    package struct Output: Codable, Sendable, Equatable {
        package enum State: String, Codable, Sendable, CaseIterable {
            case off, ok, failing
        }

        package var name: String
        package var state: State
        /// Why it is failing, and what to do.
        package var reason: String?
        package var presented: Int64
        package var notHeard: Int64

        package init(
            name: String, state: State, reason: String? = nil, presented: Int64, notHeard: Int64
        ) {
            self.name = name
            self.state = state
            self.reason = reason
            self.presented = presented
            self.notHeard = notHeard
        }

        private enum CodingKeys: String, CodingKey {
            case name, state, reason, presented
            case notHeard = "not_heard"
        }
    }

    /// The whole daemon at one moment.
    package struct Status: Codable, Sendable, Equatable {
        package enum Activity: String, Codable, Sendable, CaseIterable {
            case idle, calibrating, exercising
        }

        package var version: String
        package var processID: Int64
        package var uptimeSeconds: Double
        package var activity: Activity
        package var replaying: Bool
        package var exercise: String?
        /// The test whose run is under way.
        package var test: String?
        package var realtime: Realtime
        package var sensors: [Sensor]
        package var outputs: [Output]
        package var recording: String?
        /// Packets written to the recording, and refused because the disk could not follow.
        package var recordedPackets: Int64
        package var unrecordedPackets: Int64
        /// True where nothing is written at present, since reminders alone run in the background; nil else.
        package var recordingRests: Bool?
        package var framesDropped: Int64
        package var residentBytes: Int64
        package var cpuSeconds: Double
        package var warnings: [String]
        /// Nil outside a set.
        package var set: RunningSet?

        package init(
            version: String, processID: Int64, uptimeSeconds: Double, activity: Activity,
            replaying: Bool, exercise: String? = nil, test: String? = nil, realtime: Realtime,
            sensors: [Sensor],
            outputs: [Output], recording: String? = nil, recordedPackets: Int64,
            unrecordedPackets: Int64, recordingRests: Bool? = nil, framesDropped: Int64,
            residentBytes: Int64,
            cpuSeconds: Double, warnings: [String], set: RunningSet? = nil
        ) {
            self.version = version
            self.processID = processID
            self.uptimeSeconds = uptimeSeconds
            self.activity = activity
            self.replaying = replaying
            self.exercise = exercise
            self.test = test
            self.realtime = realtime
            self.sensors = sensors
            self.outputs = outputs
            self.recording = recording
            self.recordedPackets = recordedPackets
            self.unrecordedPackets = unrecordedPackets
            self.recordingRests = recordingRests
            self.framesDropped = framesDropped
            self.residentBytes = residentBytes
            self.cpuSeconds = cpuSeconds
            self.warnings = warnings
            self.set = set
        }

        private enum CodingKeys: String, CodingKey {
            case version, activity, replaying, exercise, test, realtime, sensors, outputs,
                recording,
                warnings, set
            case processID = "pid"
            case uptimeSeconds = "uptime_s"
            case recordedPackets = "recorded_packets"
            case unrecordedPackets = "unrecorded_packets"
            case recordingRests = "recording_rests"
            case framesDropped = "frames_dropped"
            case residentBytes = "resident_bytes"
            case cpuSeconds = "cpu_s"
        }
    }
}
