// What a monitoring stream is made of.

extension Rehab1 {
    /// One event of a monitoring stream; exactly one of the payloads is set, named by kind.
    package struct Event: Codable, Sendable, Equatable {
        package enum Kind: String, Codable, Sendable, CaseIterable {
            case status, frame, cue, sensor, set, warning
        }

        package var sequence: Int64
        package var time: Int64
        package var kind: Kind
        /// Events this client lost since the last one, because it read too slowly.
        package var dropped: Int64
        package var status: Status?
        package var frame: Frame?
        package var cue: Cue?
        package var sensor: Sensor?
        package var summary: Summary?
        package var warning: String?

        package init(
            sequence: Int64, time: Int64, kind: Kind, dropped: Int64, status: Status? = nil,
            frame: Frame? = nil, cue: Cue? = nil, sensor: Sensor? = nil, summary: Summary? = nil,
            warning: String? = nil
        ) {
            self.sequence = sequence
            self.time = time
            self.kind = kind
            self.dropped = dropped
            self.status = status
            self.frame = frame
            self.cue = cue
            self.sensor = sensor
            self.summary = summary
            self.warning = warning
        }

        private enum CodingKeys: String, CodingKey {
            case time, kind, dropped, status, frame, cue, sensor, summary, warning
            case sequence = "seq"
        }

        /// What an event tells.
        package enum Payload: Sendable, Equatable {
            case status(Status)
            case frame(Frame)
            case cue(Cue)
            case sensor(Sensor)
            /// An exercise ended.
            case set(Summary)
            /// A sentence for people.
            case warning(String)

            package var kind: Kind {
                switch self {
                case .status: .status
                case .frame: .frame
                case .cue: .cue
                case .sensor: .sensor
                case .set: .set
                case .warning: .warning
                }
            }
        }

        /// What the event tells; nil where the payload that `kind` names is missing.
        package var payload: Payload? {
            switch kind {
            case .status: status.map { .status($0) }
            case .frame: frame.map { .frame($0) }
            case .cue: cue.map { .cue($0) }
            case .sensor: sensor.map { .sensor($0) }
            case .set: summary.map { .set($0) }
            case .warning: warning.map { .warning($0) }
            }
        }
    }
}
