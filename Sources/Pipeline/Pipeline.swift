// The conveyor as its owner sees it: sensors and commands in, frames and alerts out.

package import Movement
package import Plumbing
import Synchronization
package import Wearables

/// What the system granted the two inner threads.
package struct PipelineGrants: Sendable {
    package var intake: SchedulingGrant
    package var estimator: SchedulingGrant
}

/// Two threads and their rings.
///
/// Made by the Supervisor, which alone attaches sensors and commands.
///
/// Domains: `attach`, `detach`, `send` belong to one thread (the Supervisor's); each `pop…` to the
/// thread that consumes that ring.
package final class Pipeline: @unchecked Sendable {
    private let core: PipelineCore
    private let intake: Intake
    private let grants = Mutex(PipelineGrants(intake: .plain, estimator: .plain))
    private var threads: [ThreadHandle] = []
    private var counters: [ChannelCounters] = []
    private var commandCount: UInt32 = 0

    /// `stamps`: who says when a packet arrived.
    ///
    /// `broker`: asks rtkit for a thread id, if there is one.
    package init(
        stamps: StampSource, realtime: Bool = true,
        broker: @escaping @Sendable (Int32) -> Bool = { _ in false }
    ) throws(PlumbingError) {
        core = try PipelineCore(packetBytes: 1 << 20)
        intake = try Intake(core: core, stamps: stamps)
        let core = core
        let intake = intake
        let started = Started()
        // The estimator's 50 kB live on its stack; debug builds copy them a few times on the way there.
        let estimator = try RealtimeThread(name: "estimator", stackBytes: 1 << 20) { [weak self] in
            RealtimeThread.settle()
            let grant =
                realtime
                ? RealtimeThread.requestScheduling(fifoPriority: 40, broker: broker) : .plain
            if grant.isRealtime { RealtimeThread.shareProcessor() }
            self?.grants.withLock { $0.estimator = grant }
            started.signal()
            var estimator = Estimator()
            core.runEstimator(&estimator)
        }
        threads.append(ThreadHandle(estimator))
        let reader = try RealtimeThread(name: "intake", stackBytes: 512 * 1024) { [weak self] in
            RealtimeThread.settle()
            let grant =
                realtime
                ? RealtimeThread.requestScheduling(fifoPriority: 39, broker: broker) : .plain
            if grant.isRealtime { RealtimeThread.shareProcessor() }
            self?.grants.withLock { $0.intake = grant }
            started.signal()
            intake.run()
        }
        threads.append(ThreadHandle(reader))
        started.wait(for: 2)
    }

    /// Ends both threads in the order of the flow: what intake has queued is processed.
    package func stop() {
        guard !threads.isEmpty else { return }
        core.isStopping.store(true, ordering: .releasing)
        intake.nudge()
        // The estimator's thread was started first, intake's last.
        while let thread = threads.popLast() {
            thread.join()
            core.intakeHasEnded.store(true, ordering: .releasing)
            core.estimatorWake.signal()
        }
        core.alertWake.signal()
        core.recorderWake.signal()
    }

    package var schedulingGrants: PipelineGrants { grants.withLock { $0 } }

    // MARK: sensors

    /// Sensors attached so far; a session holds `maximumChannels`.
    package var channelCount: Int { counters.count }

    /// Begins to read a sensor; nil where the session has no place left.
    ///
    /// The estimator learns of it by an `attach` command that the caller sends first, for the
    /// channel `channelCount`.
    ///
    /// `replies`: what the driver learned while the sensor was configured; nil where the source is not
    /// a connection (a file, a simulation), whose recording then holds packets only.
    package func attach(
        _ kind: WearableKind, rateHertz: Double, sources: [PacketSource],
        replies: [DriverReply]? = nil
    ) -> (channel: UInt8, counters: ChannelCounters)? {
        guard counters.count < maximumChannels else { return nil }
        let channel = counters.count
        let channelCounters = ChannelCounters()
        channelCounters.openDoors.store(sources.count, ordering: .releasing)
        counters.append(channelCounters)
        core.channelsInUse.store(counters.count, ordering: .releasing)
        intake.attach(
            Intake.Attachment(
                channel: channel,
                decoder: {
                    ChannelDecoder(
                        driver: kind.driver(StreamRequest(rateHertz: rateHertz)),
                        rateHertz: rateHertz)
                },
                counters: channelCounters, sources: sources,
                news: replies.map(ConnectionNews.packets) ?? []))
        return (UInt8(channel), channelCounters)
    }

    package func attach(
        _ family: any Wearable.Type, rateHertz: Double, sources: [PacketSource]
    ) -> (channel: UInt8, counters: ChannelCounters)? {
        attach(WearableKind(family), rateHertz: rateHertz, sources: sources)
    }

    /// Reads an attached sensor from the doors of a new connection; its place, its counters and the
    /// recording go on.
    package func reattach(
        _ channel: UInt8, sources: [PacketSource], replies: [DriverReply]
    ) {
        guard Int(channel) < counters.count else { return }
        intake.reattach(Int(channel), sources, news: ConnectionNews.packets(replies))
    }

    /// Stops reading a sensor; its place in the session is not used again.
    package func detach(_ channel: UInt8) { intake.detach(Int(channel)) }

    // MARK: commands

    /// The number that the next command will get: the recorder is told its text before it is sent.
    package var nextCommandNumber: UInt32 { commandCount &+ 1 }

    /// Queues a command; nil where 64 wait already (the estimator is stuck, or a replay is ahead).
    package func send(_ action: EstimatorAction, after: UInt64? = nil) -> EstimatorCommand? {
        let command = EstimatorCommand(number: commandCount &+ 1, after: after, action: action)
        guard core.commands.push(command) else { return nil }
        commandCount &+= 1
        core.estimatorWake.signal()
        return command
    }

    /// Samples beyond this sequence wait (replay: until the commands up to there are queued).
    package func setGate(_ sequence: UInt64) {
        core.gate.store(sequence, ordering: .releasing)
        core.estimatorWake.signal()
    }

    /// True while no command waits in the ring.
    package var commandsTaken: Bool { core.commands.count() == 0 }

    // MARK: outlets

    /// Whether raw packets go to the recorder.
    package func setRecording(_ on: Bool) { intake.isRecording.store(on, ordering: .releasing) }

    package func popAlert() -> Alert? { core.alerts.pop() }
    package func popFrame() -> MotionFrame? { core.frames.pop() }
    /// For the continuous sound; nothing comes unless it is wanted.
    package func popLevel() -> BodyLevel? { core.levels.pop() }
    package func setWantsLevels(_ on: Bool) { core.wantsLevels.store(on, ordering: .relaxed) }
    package func popLive() -> MotionFrame? { core.live.pop() }
    package func popPacket(appendingTo bytes: inout [UInt8]) -> PacketHead? {
        core.packets.pop(appendingTo: &bytes)
    }

    /// The recorder has everything up to this sequence.
    package func noteConsumed(_ sequence: UInt64) {
        core.consumed.store(sequence, ordering: .releasing)
    }

    package func waitForAlert() { core.alertWake.wait() }
    package func wakeAlertThread() { core.alertWake.signal() }
    package func waitForRecorderWork(milliseconds: Int32) {
        if UnixSocket.waitReadable(core.recorderWake.rawValue, milliseconds: milliseconds) {
            core.recorderWake.wait()
        }
    }
    package func wakeRecorder() { core.recorderWake.signal() }
    /// For epoll: becomes readable when an alert was decided.
    package var alertDescriptor: Int32 { core.alertWake.rawValue }

    // MARK: health

    package var isStopping: Bool { core.isStopping.load(ordering: .acquiring) }
    /// Sequence of the newest sample that intake queued.
    package var accepted: UInt64 { core.accepted.load(ordering: .acquiring) }
    /// Sequence of the newest processed sample.
    package var processed: UInt64 { core.processed.load(ordering: .acquiring) }
    package var framesRefused: Int { core.frames.refused() }
    package var alertsRefused: Int { core.alerts.refused() }
    package var liveRefused: Int { core.live.refused() }
    package var packetsRefused: Int { core.packets.refused }
    /// Turns of the inner threads' loops.
    package var turns: (intake: UInt64, estimator: UInt64) {
        (
            intake.turns.load(ordering: .relaxed),
            core.estimatorTurns.load(ordering: .relaxed)
        )
    }
    /// Wakes both inner threads, so that idle ones turn once.
    package func nudge() {
        intake.nudge()
        core.estimatorWake.signal()
    }
}

/// Holds a thread until it is joined.
private final class ThreadHandle: @unchecked Sendable {
    private var thread: RealtimeThread?

    init(_ thread: consuming RealtimeThread) { self.thread = consume thread }

    func join() {
        if let thread = thread.take() { thread.join() }
    }
}

/// Lets the maker wait until both threads have their scheduling.
private final class Started: Sendable {
    private let count = Atomic<Int>(0)

    func signal() { count.wrappingAdd(1, ordering: .releasing) }

    func wait(for seconds: Int64) {
        let deadline = MonotonicClock.now() + seconds * 1_000_000_000
        while count.load(ordering: .acquiring) < 2, MonotonicClock.now() < deadline {
            MonotonicClock.sleep(until: MonotonicClock.now() + 200_000)
        }
    }
}
