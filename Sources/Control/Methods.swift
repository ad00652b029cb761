// The methods of our interface: one type each, whose properties are the parameters.

extension Rehab1 {
    /// The present state, once.
    package struct GetStatus: ControlMethod, Equatable {
        package static let method = Method.getStatus
        package init() {}

        package struct Reply: Codable, Sendable, Equatable {
            package var status: Status

            package init(status: Status) {
                self.status = status
            }
        }
    }

    /// With more: the present state, then every change; frames at most every interval_ms (default
    /// 50).
    package struct Monitor: ControlMethod, Equatable {
        package static let method = Method.monitor

        package var intervalMilliseconds: Int64?

        package init(intervalMilliseconds: Int64? = nil) {
            self.intervalMilliseconds = intervalMilliseconds
        }

        private enum CodingKeys: String, CodingKey {
            case intervalMilliseconds = "interval_ms"
        }

        package struct Reply: Codable, Sendable, Equatable {
            package var event: Event

            package init(event: Event) {
                self.event = event
            }
        }
    }

    /// Hands a packet source to the daemon.
    ///
    /// One SEQPACKET descriptor for each characteristic named, in that order, travels with this
    /// call. The sensor ends when its descriptors reach their end.
    package struct AttachSensor: ControlMethod, Equatable {
        package static let method = Method.attachSensor

        package var name: String
        package var kind: String
        package var segment: String?
        package var rateHertz: Double
        package var characteristics: [String]

        package init(
            name: String, kind: String, segment: String? = nil, rateHertz: Double,
            characteristics: [String]
        ) {
            self.name = name
            self.kind = kind
            self.segment = segment
            self.rateHertz = rateHertz
            self.characteristics = characteristics
        }

        private enum CodingKeys: String, CodingKey {
            case name, kind, segment, characteristics
            case rateHertz = "rate_hz"
        }

        package struct Reply: Codable, Sendable, Equatable {
            package var sensor: Sensor

            package init(sensor: Sensor) {
                self.sensor = sensor
            }
        }
    }

    /// Ends a sensor and closes its descriptors.
    package struct DetachSensor: ControlMethod, Equatable {
        package static let method = Method.detachSensor

        package var name: String

        package init(name: String) {
            self.name = name
        }

        package typealias Reply = Empty
    }

    /// Says where a sensor is worn; segment null: nowhere.
    package struct AssignSegment: ControlMethod, Equatable {
        package static let method = Method.assignSegment

        package var name: String
        package var segment: String?

        package init(name: String, segment: String? = nil) {
            self.name = name
            self.segment = segment
        }

        package typealias Reply = Empty
    }

    /// With more: guides the calibration of every attached sensor that has a segment, one event a
    /// change.
    ///
    /// `what`: "all" (when nil; pelvis and trunk, then the legs where they carry sensors), "legs",
    /// or "turn-round", which measures what the accelerometers read too much.
    package struct Calibrate: ControlMethod, Equatable {
        package static let method = Method.calibrate

        package var leadInSeconds: Double?
        package var what: String?

        package init(leadInSeconds: Double? = nil, what: String? = nil) {
            self.leadInSeconds = leadInSeconds
            self.what = what
        }

        private enum CodingKeys: String, CodingKey {
            case what
            case leadInSeconds = "lead_in_s"
        }

        package struct Reply: Codable, Sendable, Equatable {
            package var step: CalibrationStep

            package init(step: CalibrationStep) {
                self.step = step
            }
        }
    }

    /// The catalogue.
    package struct ListExercises: ControlMethod, Equatable {
        package static let method = Method.listExercises
        package init() {}

        package struct Reply: Codable, Sendable, Equatable {
            package var exercises: [Exercise]

            package init(exercises: [Exercise]) {
                self.exercises = exercises
            }
        }
    }

    /// Side null: the stance side is detected where the sensors can.
    ///
    /// Probe: a set without cues.
    package struct StartExercise: ControlMethod, Equatable {
        package static let method = Method.startExercise

        package var exercise: String
        package var side: String?
        package var record: Bool?
        /// True: a set without cues.
        package var probe: Bool?
        /// The person's own; the exercise's where none is given.
        package var thresholds: [Threshold]?
        /// Time to get ready before anything counts.
        package var leadInSeconds: Double?
        /// Repetitions of this set; the dose's where none is given.
        package var count: Int64?
        /// s of each hold of this set; the exercise's where none is given.
        package var holdSeconds: Double?

        package init(
            exercise: String, side: String? = nil, record: Bool? = nil, probe: Bool? = nil,
            thresholds: [Threshold]? = nil, leadInSeconds: Double? = nil, count: Int64? = nil,
            holdSeconds: Double? = nil
        ) {
            self.exercise = exercise
            self.side = side
            self.record = record
            self.probe = probe
            self.thresholds = thresholds
            self.leadInSeconds = leadInSeconds
            self.count = count
            self.holdSeconds = holdSeconds
        }

        private enum CodingKeys: String, CodingKey {
            case exercise, side, record, probe, thresholds, count
            case leadInSeconds = "lead_in_s"
            case holdSeconds = "hold_s"
        }

        package struct Reply: Codable, Sendable, Equatable {
            package var exercise: Exercise

            package init(exercise: Exercise) {
                self.exercise = exercise
            }
        }
    }

    /// Ends the set in progress.
    package struct StopExercise: ControlMethod, Equatable {
        package static let method = Method.stopExercise
        package init() {}

        package struct Reply: Codable, Sendable, Equatable {
            package var summary: Summary

            package init(summary: Summary) {
                self.summary = summary
            }
        }
    }

    /// The recordings of this daemon.
    package struct ListRecordings: ControlMethod, Equatable {
        package static let method = Method.listRecordings
        package init() {}

        package struct Reply: Codable, Sendable, Equatable {
            package var recordings: [Recording]

            package init(recordings: [Recording]) {
                self.recordings = recordings
            }
        }
    }

    /// Deletes a recording for good.
    package struct RemoveRecording: ControlMethod, Equatable {
        package static let method = Method.removeRecording

        package var name: String

        package init(name: String) {
            self.name = name
        }

        package typealias Reply = Empty
    }

    /// Runs a recording through threads of its own.
    ///
    /// Descriptors with the call: one SEQPACKET for each channel in order, then one writable file
    /// that receives the new recording. Each packet carries 16 bytes before its own: arrival time
    /// in ns and its place in the session, both little-endian. With more: progress. commands: the
    /// recorded command lines, "AFTER COMMAND", applied once that many samples were processed.
    package struct Replay: ControlMethod, Equatable {
        package static let method = Method.replay

        package var title: String
        package var channels: [ReplayChannel]
        package var commands: [String]

        package init(title: String, channels: [ReplayChannel], commands: [String]) {
            self.title = title
            self.channels = channels
            self.commands = commands
        }

        package struct Reply: Codable, Sendable, Equatable {
            package var packets: Int64
            package var frames: Int64
            package var cues: Int64
            package var done: Bool

            package init(packets: Int64, frames: Int64, cues: Int64, done: Bool) {
                self.packets = packets
                self.frames = frames
                self.cues = cues
                self.done = done
            }
        }
    }
}
