// How the cues of an exercise step back from workout to workout, and what the sets without cues show.

package import Control
import Exercises
import Kinematics
import Movement
import Plumbing

extension Supervisor {
    var fadingStore: FadingStore {
        FadingStore(
            directory: settings.paths.fading, schedule: settings.configuration.practice.fading)
    }

    /// What is kept of an exercise; nil for habits, which have no sets.
    func fading(of exercise: Exercise) -> StoredFading? {
        guard exercise.task != .habits else { return nil }
        let (fading, complaint) = fadingStore.load(exercise.id, now: wallSeconds)
        if let complaint { warn(complaint) }
        return fading
    }

    /// Whether the next set of a side is the exercise's last in this workout: it is always un-cued.
    func isLastSet(_ exercise: Exercise, _ fading: StoredFading?, side: String) -> Bool {
        guard let fading, exercise.dose.sets >= 2 else { return false }
        return fading.sets[side, default: 0] == exercise.dose.sets - 1
    }

    /// Takes a set that is over; returns what it means for the next ones.
    ///
    /// A run of the test battery is none of a workout's sets: T1 asks for the most one can, and its error
    /// against that of cued sets says nothing of what the cues hold up (compensations 5.1).
    func keepFading(_ running: RunningExercise) -> Rehab1.Fading? {
        guard !running.isTest, var fading = fading(of: running.exercise) else { return nil }
        fading.add(
            running.record, side: running.fadingSide, isProbe: running.cueing == .none,
            now: wallSeconds)
        do throws(PlumbingError) {
            try fadingStore.save(fading)
        } catch {
            warn(
                "how the cues step back cannot be kept: \(error.description). Free space or correct "
                    + "the permissions of \(settings.paths.state).")
        }
        return fading.told
    }

    package func listFading() -> [Rehab1.Fading] {
        fadingStore.all(now: wallSeconds).map(\.told)
    }

    package func setFading(_ call: Rehab1.SetFading) throws(ControlRefusal) -> Rehab1.Fading {
        let known = presentExercises()
        guard known.contains(where: { $0.id == call.exercise && $0.task != .habits }) else {
            throw .noSuchExercise(exercise: call.exercise, known: known.map(\.id))
        }
        let workout = call.workout ?? 1
        guard (1...10_000).contains(workout) else { throw .invalidParameter("workout") }
        var fading = StoredFading(
            exercise: call.exercise, schedule: settings.configuration.practice.fading)
        fading.workout = Int(workout)
        do throws(PlumbingError) {
            try fadingStore.save(fading)
        } catch {
            throw .storageFailed(path: settings.paths.fading, reason: error.reason)
        }
        DaemonLog.note("fading of \(call.exercise) set to workout \(workout) by hand")
        return fading.told
    }
}

extension RunningExercise {
    /// Sets are counted by side: the last one of each is un-cued.
    var fadingSide: String { side?.name ?? "both" }
}
