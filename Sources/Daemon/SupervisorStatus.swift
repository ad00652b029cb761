// The present state, and the recordings on disk.

import Assessment
package import Control
import ControlServer
import EventLoop
import Exercises
import Glibc
import Pipeline
import Plumbing
import Recording
import Wearables

extension Supervisor {
    package func status() -> Rehab1.Status {
        lookAtFaultyExercises()
        let now = loop.now
        let grants = session.pipeline.schedulingGrants
        let recorder = session.recorderState
        let activity: Rehab1.Status.Activity =
            exercise != nil ? .exercising : calibration != nil ? .calibrating : .idle
        return Rehab1.Status(
            version: settings.version, processID: Int64(getpid()),
            uptimeSeconds: Double(now - startedAt) * 1e-9, activity: activity,
            replaying: replay != nil, exercise: exercise?.exercise.id, test: test?.test.id,
            realtime: Rehab1.Realtime(
                estimator: grants.estimator.name, intake: grants.intake.name,
                alert: session.hasBegun ? session.alertGrant.name : "not started",
                memoryLocked: memoryLocked),
            sensors: toldSensors(at: now), outputs: outputs(),
            recording: session.recordingName, recordedPackets: Int64(recorder.packets),
            unrecordedPackets: Int64(session.pipeline.packetsRefused + recorder.unwrittenPackets),
            recordingRests: session.isResting ? true : nil,
            framesDropped: Int64(session.pipeline.framesRefused),
            residentBytes: Int64(RealtimeProcess.residentBytes()),
            cpuSeconds: Double(RealtimeProcess.cpuTime()) * 1e-9,
            warnings: warnings
                + (book.entries.isEmpty ? [] : [bluetoothTrouble].compactMap { $0 }),
            set: exercise?.told)
    }

    private func toldSensors(at now: Int64) -> [Rehab1.Sensor] {
        let attached = sensors.map { entry in
            var told = entry.told(at: now)
            told.link?.complete(from: kinds.kind(named: entry.kind))
            return told
        }
        return attached + waitingSensors
    }

    func recordings() throws(ControlRefusal) -> [Rehab1.Recording] {
        let directory = settings.paths.recordings
        guard FileStore.attributes(directory) != nil else { return [] }
        let names: [String]
        do throws(PlumbingError) {
            names = try FileStore.list(directory)
        } catch {
            throw .storageFailed(path: directory, reason: error.reason)
        }
        return names.compactMap { name in
            guard name.hasSuffix(".\(RecordingFormat.fileExtension)") else { return nil }
            let path = "\(directory)/\(name)"
            guard let attributes = FileStore.attributes(path),
                let outline = RecordingOutline(path: path)
            else { return nil }
            let stem = String(name.dropLast(RecordingFormat.fileExtension.count + 1))
            return Rehab1.Recording(
                name: stem, path: path, date: outline.date ?? "",
                bytes: Int64(attributes.bytes), sensors: outline.sensors,
                exercise: outline.exercises.isEmpty
                    ? nil : outline.exercises.joined(separator: ", "),
                durationSeconds: outline.duration, complete: outline.isComplete)
        }
    }

    func removeRecording(named name: String) throws(ControlRefusal) {
        guard !name.contains("/"), !name.hasPrefix(".") else { throw .invalidParameter("name") }
        let path = "\(settings.paths.recordings)/\(name).\(RecordingFormat.fileExtension)"
        guard FileStore.attributes(path) != nil else { throw .noSuchRecording(name: name) }
        guard name != session.recordingName else {
            throw .busy(
                activity: "this recording is being written", cure: "detach the sensors first")
        }
        do throws(PlumbingError) {
            try FileStore.remove(path)
        } catch {
            throw .storageFailed(path: path, reason: error.reason)
        }
    }
}
