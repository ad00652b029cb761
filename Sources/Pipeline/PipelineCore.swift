// The rings between the threads, and the real-time thread's loop.

import Kinematics
import Movement
import Plumbing
import Synchronization

/// Waiting frames at which the recorder is woken before its time. (A member of the class would reach
/// its metadata, which the real-time law refuses.)
private var recorderBacklog: Int { @_noLocks get { 256 } }

/// Everything the threads of one pipeline share: rings, wake-ups, a few atomic numbers.
///
/// Domains: `samples` intake → estimator; `commands` Supervisor → estimator; `alerts` estimator → alert
/// thread; `frames` estimator → recorder; `live` estimator → loop; `levels` estimator → alert thread; `packets` intake → recorder. Every
/// ring has one producer and one consumer and counts what it refuses.
package final class PipelineCore: Sendable {
    let samples: InlineArray<32, SampleRing<TaggedSample, 256>>
    let commands: SampleRing<EstimatorCommand, 64>
    let alerts: SampleRing<Alert, 1024>
    let frames: SampleRing<MotionFrame, 2048>
    let live: SampleRing<MotionFrame, 1024>
    let levels: SampleRing<BodyLevel, 64>
    let packets: PacketRing

    /// The continuous sound is on: only then is anything put into `levels`.
    let wantsLevels = Atomic<Bool>(false)

    let estimatorWake: Wakeup
    let alertWake: Wakeup
    let recorderWake: Wakeup
    let isStopping = Atomic<Bool>(false)
    /// Nothing more will come into the samples' rings.
    let intakeHasEnded = Atomic<Bool>(false)
    /// Sequence of the newest sample that intake queued.
    let accepted = Atomic<UInt64>(0)
    /// Sequence of the newest processed sample.
    let processed = Atomic<UInt64>(0)
    /// Channels ever attached: the estimator looks no further.
    let channelsInUse = Atomic<Int>(0)
    /// Samples beyond this one are held back (a replay's next command is not queued yet).
    let gate = Atomic<UInt64>(UInt64.max)
    /// Turns of the estimator's loop, for the watchdog.
    let estimatorTurns = Atomic<UInt64>(0)
    /// Frames taken by the recorder; a replay keeps this close behind.
    let consumed = Atomic<UInt64>(0)

    init(packetBytes: Int) throws(PlumbingError) {
        samples = InlineArray { _ in SampleRing(filledWith: TaggedSample.none) }
        commands = SampleRing(filledWith: EstimatorCommand(number: 0, after: nil, action: .end))
        alerts = SampleRing(filledWith: Alert())
        frames = SampleRing(filledWith: MotionFrame())
        live = SampleRing(filledWith: MotionFrame())
        levels = SampleRing(filledWith: BodyLevel())
        packets = PacketRing(capacity: packetBytes)
        estimatorWake = try Wakeup()
        alertWake = try Wakeup()
        recorderWake = try Wakeup()
    }

    /// The estimator thread, after its preparations.
    ///
    /// Returns when stopped.
    @_noLocks
    func runEstimator(_ estimator: inout Estimator) {
        var next: UInt64 = 1
        while !intakeHasEnded.load(ordering: .acquiring) {
            estimatorWake.wait()
            estimatorTurns.wrappingAdd(1, ordering: .relaxed)
            drain(&estimator, &next)
        }
        drain(&estimator, &next)
    }

    /// Processes everything that waits, in intake's order.
    @_noLocks
    private func drain(_ estimator: inout Estimator, _ next: inout UInt64) {
        var frame = MotionFrame()
        var place = 0
        while true {
            applyCommands(&estimator, processed: next - 1)
            // A packet of several samples may reach past the gate; its later samples wait here.
            if next > gate.load(ordering: .acquiring) { return }
            guard let tagged = take(next, startingAt: &place) else { return }
            let alert = estimator.step(tagged, frame: &frame)
            if let alert {
                _ = alerts.push(alert)
                alertWake.signal()
            }
            _ = frames.push(frame)
            _ = live.push(frame)
            if wantsLevels.load(ordering: .relaxed), case .pelvis? = frame.segment {
                _ = levels.push(BodyLevel(frame))
            }
            if frames.count() >= recorderBacklog { recorderWake.signal() }
            processed.store(next, ordering: .releasing)
            next += 1
        }
    }

    /// Applies queued commands that are due, each followed by a notice for the recording.
    @_noLocks
    private func applyCommands(_ estimator: inout Estimator, processed: UInt64) {
        while let command = commands.peek() {
            if let after = command.after, after > processed { return }
            _ = commands.pop()
            estimator.apply(command.action)
            var notice = MotionFrame()
            notice.sequence = processed
            notice.command = command.number
            _ = frames.push(notice)
        }
    }

    /// The sample with sequence `wanted`, from whichever ring it waits in.
    ///
    /// Intake pushes in order, so a ring's head with a later number only means that the wanted one is
    /// a moment away; waiting for it keeps the order of sensors the same on every run.
    @_noLocks
    private func take(_ wanted: UInt64, startingAt place: inout Int) -> TaggedSample? {
        let count = channelsInUse.load(ordering: .acquiring)
        var tried = 0
        while tried < count {
            if place >= count { place = 0 }
            if let head = samples[place].peek(), head.sequence == wanted {
                return samples[place].pop()
            }
            place += 1
            tried += 1
        }
        return nil
    }
}
