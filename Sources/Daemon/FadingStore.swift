// How far the cues of each exercise have stepped back, on disk: one small JSON file an exercise.

import Control
import FoundationEssentials
import Movement
import Plumbing

/// The fading of an exercise as it is kept, with the workout that goes on.
struct StoredFading: Codable, Sendable, Equatable {
    /// Breaking changes only.
    var version = 1
    var exercise: String
    /// Number of the workout in the schedule.
    var workout = 1
    /// Dependence of the last workouts, at most two.
    var dependences: [Double] = []
    /// When the newest set ended, wall clock, s; 0: none yet.
    var newestSet = 0
    /// Sets of this workout by side, and movements in all.
    var sets: [String: Int] = [:]
    var movements = 0
    var cuedExcess = 0.0
    var cuedTime = 0.0
    var probeExcess = 0.0
    var probeTime = 0.0
    /// By what it steps; the settings', not the file's.
    var schedule = FadingSchedule()

    private enum CodingKeys: String, CodingKey {
        case version, exercise, workout, dependences, sets, movements
        case newestSet = "newest_set_s"
        case cuedExcess = "cued_excess_deg_s"
        case cuedTime = "cued_s"
        case probeExcess = "uncued_excess_deg_s"
        case probeTime = "uncued_s"
    }

    init(exercise: String, schedule: FadingSchedule = FadingSchedule()) {
        self.exercise = exercise
        self.schedule = schedule
    }

    /// A pause longer than this ends a workout, s: sets of one exercise follow each other within minutes,
    /// two workouts of a day lie hours apart [engineering default].
    static let pause = 2 * 3600

    var fading: Fading { Fading(place: workout, recent: dependences, schedule: schedule) }

    var dependence: CueDependence {
        var dependence = CueDependence()
        dependence.cuedExcess = cuedExcess
        dependence.cuedTime = cuedTime
        dependence.probeExcess = probeExcess
        dependence.probeTime = probeTime
        return dependence
    }

    var setCount: Int { sets.values.reduce(0) { $0 &+ $1 } }

    /// Numbers that a file may hold.
    var isSound: Bool {
        version == 1 && (1...10_000).contains(workout) && dependences.allSatisfy(\.isFinite)
            && (0...1_000_000).contains(movements)
            && sets.values.allSatisfy { (0...10_000).contains($0) } && sets.count <= 8
            && newestSet >= 0
            && [cuedExcess, cuedTime, probeExcess, probeTime].allSatisfy { $0.isFinite && $0 >= 0 }
    }

    /// Ends the workout where the newest set is long over.
    mutating func rollOver(now: Int) {
        guard newestSet > 0, now - newestSet > StoredFading.pause || now < newestSet - 60 else {
            return
        }
        var next = fading
        next.finish(dependence: dependence.value)
        self = StoredFading(exercise: exercise, schedule: schedule)
        workout = next.place
        dependences = next.recent
    }

    /// Takes a set that is over; one in which nothing was done does not count.
    mutating func add(_ record: SetRecord, side: String, isProbe: Bool, now: Int) {
        let done = record.movementCount
        guard done > 0 else { return }
        var dependence = dependence
        dependence.add(record.rules, isProbe: isProbe)
        cuedExcess = dependence.cuedExcess
        cuedTime = dependence.cuedTime
        probeExcess = dependence.probeExcess
        probeTime = dependence.probeTime
        sets[side, default: 0] += 1
        movements = min(1_000_000, movements + done)
        newestSet = now
    }

    /// For clients.
    var told: Rehab1.Fading {
        let fading = fading
        let dependence = dependence
        var text =
            fading.percent == 100
            ? "Workout \(workout) of the schedule: every movement may be cued."
            : "Workout \(workout) of the schedule: \(fading.percent) % of the movements may be cued."
        if let sentence = dependence.sentence { text += " " + sentence }
        return Rehab1.Fading(
            exercise: exercise, workout: Int64(workout), block: Int64(fading.block),
            cuedShare: Double(fading.percent) / 100, sets: Int64(setCount),
            cuedErrorDegrees: dependence.cuedError, uncuedErrorDegrees: dependence.probeError,
            dependence: dependence.value, text: text)
    }
}

extension SetRecord {
    /// Movements of the set, as fading counts them.
    var movementCount: Int {
        if plan.task == .steps {
            return (steps.left.count + steps.right.count) / Int(plan.stepsOfMovement)
        }
        return max(holds.count, max(repetitions.count, landings.count))
    }
}

/// Reads and writes the files.
///
/// One that cannot be used is said and begun anew; it is kept under another name.
struct FadingStore {
    let directory: String
    let schedule: FadingSchedule

    private func path(_ exercise: String) -> String { "\(directory)/\(exercise).json" }

    /// The fading of an exercise now; the second part says what was amiss with its file.
    func load(_ exercise: String, now: Int) -> (fading: StoredFading, complaint: String?) {
        let path = path(exercise)
        guard FileStore.attributes(path) != nil else {
            return (StoredFading(exercise: exercise, schedule: schedule), nil)
        }
        var reason = "it is no fading file of this version"
        do throws(PlumbingError) {
            let bytes = try FileStore.read(path, limit: 64 * 1024)
            if var read = try? JSONDecoder().decode(StoredFading.self, from: Data(bytes)),
                read.isSound, read.exercise == exercise
            {
                read.schedule = schedule
                read.rollOver(now: now)
                return (read, nil)
            }
            try FileStore.move(path, to: path + ".unreadable")
        } catch {
            reason = error.description
        }
        return (
            StoredFading(exercise: exercise, schedule: schedule),
            "\(path) cannot be used (\(reason)): the cues of \(exercise) begin anew. Put them where "
                + "they were with: rehabctl fading set \(exercise) --workout N"
        )
    }

    func all(now: Int) -> [StoredFading] {
        guard FileStore.attributes(directory) != nil, let names = try? FileStore.list(directory)
        else {
            return []
        }
        return names.filter { $0.hasSuffix(".json") }.compactMap { name in
            let read = load(String(name.dropLast(5)), now: now)
            return read.complaint == nil ? read.fading : nil
        }
    }

    func save(_ fading: StoredFading) throws(PlumbingError) {
        try FileStore.makeDirectory(directory)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let data = try? encoder.encode(fading) else {
            throw PlumbingError("write \(path(fading.exercise))", code: 22)
        }
        try FileStore.replace(path(fading.exercise), with: Array(data) + [10])
    }
}

/// Wall clock, s.
var wallSeconds: Int { Int(MonotonicClock.wallTime() / 1_000_000_000) }
