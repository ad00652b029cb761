// From the first sensor to the last: one pipeline, one recording, one set of outputs.

import Alerts
import Kinematics
import Movement
import Pipeline
import Plumbing
import Recording

/// A session.
///
/// Owned by the Supervisor; the threads inside keep their own rules.
///
/// Every session starts its pipeline from nothing, so its recording holds all that its decisions
/// rest on, and a replay comes to the same bits.
final class Session {
    let pipeline: Pipeline
    /// Name and path of the recording; nil where nothing is written.
    private(set) var recordingName: String?
    private(set) var recordingPath: String?
    /// The open file, for the service manager's store; -1 without one.
    private(set) var recordingDescriptor: Int32 = -1
    private var recorder: Recorder?
    private var dispatcher: AlertDispatcher?
    private var isWarm = false
    /// Worth keeping: a calibration or a set took place.
    private(set) var isWorthKeeping = false
    /// The user asked not to record.
    var isUnwanted = false
    private var exerciseMarks: [String] = []
    /// Nothing is recorded until something begins that is worth it.
    private(set) var isResting = false
    private var standing = StandingCommands()
    private var noted: [RecordedSensor] = []
    private var head: [(key: String, value: String)] = []
    /// The recording stays after the end.
    var isKept: Bool { recordingPath != nil && isWorthKeeping && !isUnwanted }

    init(settings: DaemonSettings) throws(PlumbingError) {
        pipeline = try Pipeline(
            stamps: .kernel, realtime: settings.realtime, broker: settings.realtimeBroker)
    }

    var hasBegun: Bool { recorder != nil }

    /// Starts recorder and outputs.
    ///
    /// Returns a warning where the recording cannot be written: the session goes on without.
    func begin(
        paths: StatePaths, head: [(key: String, value: String)], name: String,
        outputs: [any AlertOutput], settings: DaemonSettings,
        continuing inherited: SessionKeeper.Inherited? = nil
    ) throws(PlumbingError) -> String? {
        guard !hasBegun else { return nil }
        var warning: String?
        var file: Int32 = -1
        let path =
            inherited?.note.path
            ?? "\(paths.recordings)/\(name).\(RecordingFormat.fileExtension)"
        do throws(PlumbingError) {
            if let inherited {
                try FileStore.dropTornLine(inherited.file.rawValue, path: path)
                file = try inherited.file.duplicate().release()
                // It was worth keeping before; what was interrupted is never thrown away.
                isWorthKeeping = true
            } else {
                try FileStore.makeDirectory(paths.recordings)
                file = try FileStore.create(path).release()
            }
            recordingPath = path
            recordingName = inherited?.note.recording ?? name
            recordingDescriptor = file
        } catch {
            warning =
                "nothing is recorded: \(error.description). Free space or correct the permissions "
                + "of \(paths.state), then attach the sensors again."
        }
        let pipeline = pipeline
        let source = RecorderSource(
            popFrame: { pipeline.popFrame() },
            popPacket: { pipeline.popPacket(appendingTo: &$0) },
            wait: { pipeline.waitForRecorderWork(milliseconds: $0) },
            noteConsumed: { pipeline.noteConsumed($0) },
            refused: { (pipeline.packetsRefused, pipeline.framesRefused) })
        let descriptor: Descriptor? = file >= 0 ? Descriptor(owning: file) : nil
        self.head = head
        recorder = try Recorder(file: descriptor, path: path, head: head, source: source)
        pipeline.setRecording(file >= 0)
        try replaceOutputs(outputs, settings)
        return warning
    }

    /// Starts an alert thread with these outputs, in place of the one before.
    func replaceOutputs(
        _ outputs: [any AlertOutput], _ settings: DaemonSettings
    ) throws(PlumbingError) {
        let pipeline = pipeline
        dispatcher?.stop()
        dispatcher = nil
        dispatcher = try AlertDispatcher(
            source: AlertSource(
                next: { pipeline.popAlert() }, wakeDescriptor: pipeline.alertDescriptor,
                clearWake: { pipeline.waitForAlert() }),
            outputs: outputs, realtime: settings.realtime, isWarm: isWarm,
            broker: settings.realtimeBroker)
    }

    // MARK: what goes into the recording

    func note(_ sensor: RecordedSensor) {
        noted.append(sensor)
        recorder?.add(sensor)
    }

    /// Queues a command and tells the recorder its text; false where the estimator takes none.
    func send(_ action: EstimatorAction) -> Bool {
        recorder?.add(command: pipeline.nextCommandNumber, text: action.text)
        guard pipeline.send(action) != nil else { return false }
        standing.take(action)
        return true
    }

    /// Lets the recording rest: from now on the file does not grow.
    func restRecording() {
        guard !isResting, recordingPath != nil else { return }
        isResting = true
        mark("nothing is recorded from here on: \(Session.restReason)")
        recorder?.beginRest()
    }

    /// Records again, in the same file: a part of its own that begins with what holds now.
    func resumeRecording() {
        guard isResting else { return }
        isResting = false
        var head = head.filter { !["date", "continues"].contains($0.key) }
        head.insert(("date", isoDate()), at: 0)
        if let recordingName { head.append(("continues", recordingName)) }
        head.append((RecordingFormat.midStreamKey, Session.restReason))
        recorder?.endRest(
            with: RecordingPart(
                head: head, sensors: noted, commands: standing.actions.map(\.text)))
    }

    /// Why a recording rests, for people.
    private static let restReason = "reminders ran in the background, without a set"

    func mark(_ text: String) { recorder?.add(mark: text, time: MonotonicClock.now()) }

    func markCalibration() {
        resumeRecording()
        isWorthKeeping = true
    }

    func markExercise(_ id: String, side: String) {
        resumeRecording()
        isWorthKeeping = true
        let mark = "\(RecordingOutline.exerciseMark)\(id) \(side)"
        self.mark(mark)
        exerciseMarks.append(mark)
    }

    /// A test is worth keeping, with or without an exercise in it.
    func markTest(_ text: String) {
        resumeRecording()
        isWorthKeeping = true
        mark("test \(text)")
    }

    var recorderState: Recorder.State { recorder?.current ?? Recorder.State() }

    // MARK: outputs

    var outputHealth: [AlertOutputHealth] { dispatcher?.health ?? [] }
    var alertGrant: SchedulingGrant { dispatcher?.grant ?? .plain }
    func nextPresented() -> Presented? { dispatcher?.nextPresented() }
    /// Keeps the sound running while somebody exercises; a stream at rest costs nothing.
    func setWarm(_ on: Bool) {
        isWarm = on
        dispatcher?.setWarm(on)
    }
    func notify(_ notice: Notice) { dispatcher?.notify(notice) }

    // MARK: the end

    /// Ends the threads in the order of the flow, closes the recording, and removes it where nothing
    /// happened that is worth keeping.
    func end() {
        pipeline.stop()
        dispatcher?.stop()
        dispatcher = nil
        // Repeated at the end, where a list of recordings finds them quickly.
        for text in Set(exerciseMarks).sorted() { mark(text) }
        recorder?.finish { pipeline.wakeRecorder() }
        recorder = nil
        if let recordingPath, !isKept {
            try? FileStore.remove(recordingPath)
        }
    }
}
