// A wearable that is not there: plays a synthetic person or a recording as packets into
// descriptors.

package import Kinematics
package import Plumbing
import Synchronization
package import Synthetic

/// A set of sensors whose packets come out of packet sockets, one socket a sensor, from one thread.
///
/// ```swift
/// let wearable = try FakeWearable(performing: Script(toml: DefaultScripts.demo))
/// let sink = wearable.takeSink(0)              // goes to the daemon with AttachSensor
/// try wearable.start()                          // stands quietly from now on
/// let lift = try wearable.perform("lift-left")  // start and end in host time
/// let report = wearable.finish()                // events and truth
/// ```
package final class FakeWearable: Sendable {
    /// A sensor as the daemon must be told of it.
    package struct Channel: Sendable, Equatable {
        /// Unique among the channels.
        package var name: String
        /// Where it is worn; nil for a recording that says nothing of it.
        package var segment: Segment?
        /// UUID of the characteristic whose notifications come out.
        package var characteristic: String
        /// Samples a second by the sensor's own clock.
        package var nominalRate: Double
    }

    package let channels: [Channel]
    /// Tasks that can be performed by name.
    private let tasks: [NamedTask]
    private let engine: PlayEngine
    /// The writing ends until the thread takes them over.
    private let sources: Mutex<[SharedDescriptor]>
    /// The reading ends until they are given away.
    private let sinks: Mutex<[SharedDescriptor?]>
    /// Set by `start`, taken out by whoever joins it.
    private let thread = Mutex<RealtimeThread?>(nil)
    /// Tasks can be added while it plays.
    private let isOpen: Bool

    /// Rows of truth kept for each channel: four and a half hours at 60 Hz.
    private static let keptRows = 1_000_000

    /// A person who stands quietly and does the script's tasks when told to, in real time.
    package convenience init(
        performing script: Script, stamps: StampMode = .kernel
    ) throws(FakeWearableError) {
        try self.init(
            Ensemble(
                motion: script.waitingMotion(), sources: script.sensors.map { .worn($0) }),
            channels: script.sensors.map(Self.channel), tasks: script.tasks, isOpen: true,
            pace: .realTime, stamps: stamps)
    }

    /// A whole script from its first task to its last.
    package convenience init(
        playing script: Script, pace: Pace, stamps: StampMode = .kernel
    ) throws(FakeWearableError) {
        let motion: BodyMotion
        do throws(SyntheticError) {
            motion = try script.motion()
        } catch {
            throw .motion(error)
        }
        let ensemble = Ensemble(
            motion: motion, sources: script.sensors.map { .worn($0) },
            end: Int64(motion.end * 1e9))
        try self.init(
            ensemble, channels: script.sensors.map(Self.channel), tasks: [], isOpen: false,
            pace: pace, stamps: stamps)
    }

    /// Recordings, all starting together.
    package convenience init(
        playing recordings: [RecordedSensor], pace: Pace, stamps: StampMode = .kernel
    ) throws(FakeWearableError) {
        let channels = recordings.map { recorded in
            Channel(
                name: recorded.name, segment: recorded.segment,
                characteristic: recorded.mode.characteristic, nominalRate: recorded.stream.rate)
        }
        try self.init(
            Ensemble(
                motion: BodyMotion(person: Person(), seed: 0),
                sources: recordings.map { .recorded($0) }),
            channels: channels, tasks: [], isOpen: false, pace: pace, stamps: stamps)
    }

    private init(
        _ ensemble: Ensemble, channels: [Channel], tasks: [NamedTask], isOpen: Bool, pace: Pace,
        stamps: StampMode
    ) throws(FakeWearableError) {
        var sources: [SharedDescriptor] = []
        var sinks: [SharedDescriptor?] = []
        do throws(PlumbingError) {
            for _ in channels {
                let ends = try PacketSocket.pair().split()
                sources.append(SharedDescriptor(Descriptor(owning: ends.source)))
                sinks.append(SharedDescriptor(Descriptor(owning: ends.sink)))
            }
        } catch {
            throw .system(error)
        }
        self.channels = channels
        self.tasks = tasks
        self.isOpen = isOpen
        self.sources = Mutex(sources)
        self.sinks = Mutex(sinks)
        engine = PlayEngine(
            ensemble: ensemble, channels: channels.count, pace: pace, stamps: stamps,
            keptRows: Self.keptRows)
    }

    deinit { end() }

    private static func channel(_ worn: WornSensor) -> Channel {
        Channel(
            name: worn.name, segment: worn.segment, characteristic: worn.mode.characteristic,
            nominalRate: worn.sensor.rate)
    }

    /// The end of a channel from which its packets are read.
    ///
    /// It is given away once; nil afterwards.
    package func takeSink(_ channel: Int) -> SharedDescriptor? {
        sinks.withLock { sinks in
            guard sinks.indices.contains(channel) else { return nil }
            return sinks[channel].take()
        }
    }

    /// Begins.
    ///
    /// `origin` is the host time (CLOCK_MONOTONIC ns) of the motion's start, now by default; a
    /// fixed one makes stamps in band the same in every run.
    package func start(origin: Int64? = nil) throws(FakeWearableError) {
        let descriptors = sources.withLock { sources in
            let taken = sources
            sources.removeAll()
            return taken
        }
        guard descriptors.count == channels.count, !channels.isEmpty else {
            throw .order(problem: "it has been started before", cure: "make a new one")
        }
        engine.state.withLock { $0.origin = origin ?? MonotonicClock.now() }
        let engine = engine
        do throws(PlumbingError) {
            try thread.withLock { running throws(PlumbingError) in
                running = try RealtimeThread(name: "fake-wearable", stackBytes: 512 * 1024) {
                    engine.run(descriptors)
                }
            }
        } catch {
            throw .system(error)
        }
    }

    /// Asks the person for a task of the script, and says when it will be done: after their
    /// reaction time, and after the last one.
    @discardableResult
    package func perform(_ name: String) throws(FakeWearableError) -> PerformedTask {
        guard let task = tasks.first(where: { $0.name == name }) else {
            throw .noSuchTask(name: name, known: tasks.map(\.name))
        }
        return try perform(task)
    }

    /// Asks the person for any task; as for one by name.
    @discardableResult
    package func perform(_ task: NamedTask) throws(FakeWearableError) -> PerformedTask {
        let isRunning = thread.withLock { $0 != nil }
        guard isOpen, isRunning else {
            throw .order(
                problem: "tasks can be added only to a running performance",
                cure: "use init(performing:) and start() first")
        }
        let place = engine.state.withLock { state -> Result<PerformedTask, SyntheticError> in
            let now = MonotonicClock.now() &- state.origin
            do throws(SyntheticError) {
                let reaction = Int64(state.ensemble.motion.person.reaction * 1e9)
                let place = try state.ensemble.schedule(task, at: now &+ reaction)
                return .success(
                    PerformedTask(
                        name: place.name, start: state.origin &+ Int64(place.start * 1e9),
                        end: state.origin &+ Int64(place.end * 1e9)))
            } catch {
                return .failure(error)
            }
        }
        switch place {
        case .success(let performed): return performed
        case .failure(let error): throw .motion(error)
        }
    }

    /// Stops at once, closes the descriptors and tells what happened.
    package func finish(
        thresholds: CompensationThresholds = CompensationThresholds()
    ) -> PlayReport {
        end()
        return report(thresholds)
    }

    /// Waits until everything has been played (not for a performance that waits for tasks: it would
    /// last 24 hours), then as `finish`.
    package func wait(
        thresholds: CompensationThresholds = CompensationThresholds()
    ) -> PlayReport {
        join()
        return finish(thresholds: thresholds)
    }

    /// What has been planned and has happened up to now; the performance goes on.
    package func reportSoFar(
        thresholds: CompensationThresholds = CompensationThresholds()
    ) -> PlayReport {
        report(thresholds)
    }

    private func end() {
        engine.stopping.store(true, ordering: .releasing)
        join()
        sources.withLock { $0.removeAll() }
    }

    /// Waits for the thread's end; at once where there is none.
    private func join() {
        // Taken out first: the lock is not held while waiting.
        let running = thread.withLock { $0.take() }
        running?.join()
    }

    private func report(_ thresholds: CompensationThresholds) -> PlayReport {
        // Copied out first: finding the crossings takes milliseconds, which the player must not
        // wait.
        let state = engine.state.withLock { $0 }
        // Once all has been played, everything planned has happened; the last sample is a little
        // earlier.
        let until = state.ensemble.nextTime == nil ? Int64.max : state.ensemble.generatedUntil
        return PlayReport(
            origin: state.origin, channels: state.reports, truth: state.truth,
            events: state.ensemble.motion.events(thresholds: thresholds)
                .filter { $0.time <= until })
    }
}
