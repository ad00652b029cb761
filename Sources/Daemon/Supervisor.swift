// Holds all the keys: the one actor that attaches sensors, commands the estimator and answers clients.

import Alerts
import Bluetooth
import Control
import ControlServer
package import EventLoop
import Exercises
import Kinematics
import Movement
import Pipeline
import Plumbing
import Recording
import Wearables

/// The daemon's person in charge. Lives on the loop's thread; waits for nobody.
package actor Supervisor: LoopActor {
    package nonisolated let loop: EventLoop
    /// Changed by a reload.
    var settings: DaemonSettings
    let control: ControlServer
    let catalogue: [Exercise]
    let calibrations: CalibrationStore
    let startedAt: Int64
    var memoryLocked = false

    var session: Session
    var sensors: [SensorEntry] = []
    var calibration: RunningCalibration?
    var exercise: RunningExercise?
    var test: RunningTest?
    var replay: RunningReplay?
    var warnings: [String] = []
    /// The warning of the set that its sensor ended.
    var closing: String?
    /// What the sensors show of themselves: accelerometers off gravity, slipped and swapped sensors.
    var sensorWatch = SensorWatch()
    /// The Bluetooth side; nil where rehabd stays away from it.
    var central: Central?
    var book: SensorBook
    var kinds = WearableKinds()
    /// What stands between rehabd and its sensors; nil when nothing does.
    var bluetoothTrouble: String?
    var scans: [RunningScan] = []
    var scanCount = 0
    /// Sound, voice, vibration, reminders.
    var feedback = FeedbackState()
    var sightings: [DeviceAddress: Sighting] = [:]
    /// The session timer: runs while sensors are attached.
    private var ticking: TimerID?
    /// What the service manager was told last.
    var toldStatusLine = ""
    /// Turns of the inner threads when the watchdog was last asked.
    var lastTurns: (intake: UInt64, estimator: UInt64) = (.max, .max)
    /// Number of sessions begun, for names within one second.
    var sessionCount = 0
    /// The session as the service manager keeps it for a successor.
    var keeper = SessionKeeper()
    /// What the last daemon left, until the first sensor comes.
    var inherited: SessionKeeper.Inherited?
    /// What the status says while the disk refuses the recording.
    var recordingTrouble: String?
    /// The set that is to go on once its sensors stream.
    var resuming: SessionNote?
    /// What the warnings say of the person's own exercise files.
    var exerciseComplaints: [String] = []

    /// How often the loop looks at the live ring while somebody watches or calibrates, ns.
    ///
    /// Cues do not wait for it: they leave by the alert thread; 25 ms only bounds how late a
    /// picture of the body is.
    private static let watchedTick: Int64 = 25_000_000
    /// The same while nobody does: soon enough to notice a silent sensor, ns.
    private static let quietTick: Int64 = 80_000_000
    /// Silence of a worn sensor that ends a calibration, ns.
    private static let calibrationSilence: Int64 = 1_500_000_000

    init(
        loop: EventLoop, settings: DaemonSettings, control: ControlServer, catalogue: [Exercise]
    ) throws(PlumbingError) {
        self.loop = loop
        self.settings = settings
        self.control = control
        self.catalogue = catalogue
        calibrations = CalibrationStore(directory: settings.paths.calibrations)
        book = SensorBook(path: settings.paths.sensorBook)
        startedAt = loop.now
        session = try Session(settings: settings)
    }

    /// Starts the session timer, once.
    func beginTicking() {
        guard ticking == nil else { return }
        // A pace that nobody watches has to be even all the same.
        let isFollowed = control.isWatched || calibration != nil || feedback.pace.isRunning
        ticking = after(isFollowed ? Supervisor.watchedTick : Supervisor.quietTick) {
            $0.ticking = nil
            $0.lookAround()
            // The session may have ended in there.
            if !$0.sensors.isEmpty { $0.beginTicking() }
        }
    }

    /// Ends everything in order; the loop may then stop.
    ///
    /// Set and recording are left with the service manager: where this end is a restart (an upgrade of
    /// the package is one) the successor goes on with them, otherwise the manager lets go of them.
    package func shutDown() {
        var running = keeper.note
        // The part before counts as a set: what goes on must not turn into the last one, without cues.
        if let exercise, exercise.silentPart == nil { running?.probe = exercise.isProbe }
        if exercise != nil { _ = try? finishExercise() }
        calibration?.stream.refuse(
            .notReady(reason: "rehabd is stopping", cure: "start rehabd again"))
        calibration = nil
        endReplay()
        for scan in scans {
            scan.stream.refuse(.notReady(reason: "rehabd is stopping", cure: "start rehabd again"))
        }
        scans = []
        closeSoundRoom()
        stopTicking()
        session.end()
        if session.isKept { keeper.leave(running, at: loop.now) } else { keeper.end() }
        sensors = []
    }

    private func stopTicking() {
        if let ticking { loop.cancel(ticking) }
        ticking = nil
    }

    // MARK: the tick

    /// Takes what the estimator and the outputs said since the last tick.
    private func lookAround() {
        var newestPelvis: MotionFrame?
        while let frame = session.pipeline.popLive() {
            take(frame)
            if frame.segment == .pelvis { newestPelvis = frame }
        }
        while let presented = session.nextPresented() {
            exercise?.notHeard += presented.heard ? 0 : 1
            // Clients show cues too, and must not give one that the outputs kept back as too old.
            guard !presented.alert.isStale(at: presented.taken) else { continue }
            control.broadcast(
                .cue(
                    presented.alert.told(
                        presented: presented.time, latency: presented.latency,
                        heard: presented.heard)), time: presented.alert.time)
        }
        if control.isWatched, let newestPelvis {
            control.broadcast(
                .frame(newestPelvis.told(set: exercise?.record, focus: presentFocus())),
                time: newestPelvis.time)
        }
        watchSensors()
        watchSet(at: loop.now)
        watchConnections(at: loop.now)
        watchRecorder()
        resumeExercise()
        watchFeedback()
    }

    private func take(_ frame: MotionFrame) {
        if let index = sensors.firstIndex(where: { $0.channel == frame.channel }) {
            sensors[index].latest = frame
        }
        exercise?.record.add(frame)
        continueSet(after: frame)
        test?.take(frame)
        noteHabits(frame)
        soundPace(frame)
        advanceCalibration(frame)
        watchSensor(frame)
    }

    /// Notices sensors that came, went silent, came back or ended.
    private func watchSensors() {
        let now = loop.now
        for index in sensors.indices {
            let state = sensors[index].stateNow(now)
            if let rate = sensors[index].newRate() {
                session.mark("rate \(sensors[index].name) \(rate)")
                warn(
                    "the \(sensors[index].name) sensor sends \(rate) samples a second, not "
                        + "\(Int(sensors[index].rateHertz.rounded())): angles follow what it sends. Its own "
                        + "app may have changed it; to set it back, turn the sensor off and on")
            }
            guard state != sensors[index].state else { continue }
            sensors[index].state = state
            control.broadcast(.sensor(sensors[index].told(at: now)))
            logState(of: sensors[index])
        }
        // Shorter silences are the calibration's own to judge, from the samples after them.
        if calibration != nil,
            let silent = sensors.first(where: {
                $0.segment != nil && ($0.age(at: now) ?? 0) > Supervisor.calibrationSilence
            })
        {
            refuseCalibration(.dataLost(sensor: silent.name))
        }
        let ended = sensors.filter { $0.state == .ended }
        if !ended.isEmpty { ended.forEach { remove($0) } }
    }

    /// Says a thing once and keeps it in the status.
    func warn(_ text: String, isLogged: Bool = true) {
        guard !warnings.contains(text) else { return }
        if warnings.count >= 20 { warnings.removeFirst() }
        warnings.append(text)
        if isLogged { DaemonLog.warning(text) }
        control.broadcast(.warning(text))
    }

    // MARK: sensors leaving

    /// Takes a sensor out; the session ends with the last one.
    func remove(_ entry: SensorEntry) {
        // Before it is gone: what it sent and measured in the set belongs to the set.
        if entry.segment == .pelvis, exercise != nil {
            let text = "the pelvis sensor \(entry.name) ended: the exercise was closed"
            warn(text)
            closing = text
            if let summary = try? finishExercise(by: .sensorGone) {
                control.broadcast(.set(summary))
            }
        }
        session.pipeline.detach(entry.channel)
        _ = session.send(.detach(channel: entry.channel))
        sensors.removeAll { $0.channel == entry.channel }
        if calibration?.channels.contains(entry.channel) == true {
            refuseCalibration(.dataLost(sensor: entry.name))
        }
        if sensors.isEmpty { endSession() }
    }

    private func endSession() {
        stopTicking()
        session.end()
        // Its warning stays: that file is cut short, and whoever looks now has to see it.
        recordingTrouble = nil
        keeper.end()
        resuming = nil
        do throws(PlumbingError) {
            session = try Session(settings: settings)
        } catch {
            warn("no new session can begin: \(error.description). Restart rehabd.")
        }
    }
}
