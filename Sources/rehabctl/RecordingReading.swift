// Recordings that this program has just made, and replays without the daemon, with errors for people.

import ArgumentParser
import FakeWearable
import Recording

enum RecordingReading {
    static func parse(_ bytes: [UInt8]) throws -> Recording {
        do throws(RecordingError) {
            return try RecordingReader.parse(bytes, file: "the replay's output")
        } catch {
            complain(error.description)
            throw ExitCode(70)
        }
    }

    /// The new recording's bytes, made on this thread.
    static func replayOffline(_ recorded: Recording) throws -> [UInt8] {
        do throws(OfflineReplay.Failure) {
            return try OfflineReplay.run(recorded)
        } catch {
            complain(visible(error.description))
            throw ExitCode(65)
        }
    }
}
