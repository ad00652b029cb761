// Methods about the daemon as a service.

extension Rehab1 {
    /// Reads the settings again; a file with a fault changes nothing.
    package struct Reload: ControlMethod, Equatable {
        package static let method = Method.reload
        package init() {}

        /// The settings that changed, by when they hold.
        package struct Reply: Codable, Sendable, Equatable {
            package var changed: [String]
            package var atNextSession: [String]
            package var atNextStart: [String]

            package init(changed: [String], atNextSession: [String], atNextStart: [String]) {
                self.changed = changed
                self.atNextSession = atNextSession
                self.atNextStart = atNextStart
            }

            private enum CodingKeys: String, CodingKey {
                case changed
                case atNextSession = "at_next_session"
                case atNextStart = "at_next_start"
            }
        }
    }
}
