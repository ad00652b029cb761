// The methods that act on the set that runs.

extension Rehab1 {
    /// Pauses the set (no cues, nothing counted), or lets it go on.
    package struct Pause: ControlMethod, Equatable {
        package static let method = Method.pause

        package var paused: Bool

        package init(paused: Bool) {
            self.paused = paused
        }

        package typealias Reply = Empty
    }

    /// Says which leg it is from now on; null: to be detected.
    package struct ChangeSide: ControlMethod, Equatable {
        package static let method = Method.changeSide
        /// In a walk: left and right were taken for each other.
        package static let swap = "swap"

        package var side: String?

        package init(side: String? = nil) {
            self.side = side
        }

        package typealias Reply = Empty
    }

    /// A note of the person's own with its time, in the recording of the session.
    package struct Mark: ControlMethod, Equatable {
        package static let method = Method.mark

        package var text: String

        package init(text: String) {
            self.text = text
        }

        package typealias Reply = Empty
    }
}
