// Attaching, detaching and assigning sensors.

import Alerts
import Control
import ControlServer
import EventLoop
import FoundationEssentials
import Kinematics
import Pipeline
import Plumbing
import Recording
import Wearables

extension Supervisor {
    func attach(
        _ call: Rehab1.AttachSensor, descriptors: [SharedDescriptor]
    ) throws(ControlRefusal) -> Rehab1.Sensor {
        guard isGoodName(call.name) else { throw .invalidParameter("name") }
        guard !sensors.contains(where: { $0.name == call.name }) else {
            throw .sensorExists(name: call.name)
        }
        guard let family = wearable(named: call.kind) else {
            throw .unknownKind(kind: call.kind, known: wearableRegistry.map { $0.identity.name })
        }
        let segment = try self.segment(named: call.segment)
        guard call.rateHertz >= 1, call.rateHertz <= 4000 else {
            throw .invalidParameter("rate_hz")
        }
        let sources = try sources(call.characteristics, of: family, descriptors: descriptors)
        guard session.pipeline.channelCount < maximumChannels else {
            throw .busy(
                activity: "this session has had \(maximumChannels) sensors",
                cure: "detach all sensors, which ends the session, and attach them again")
        }
        try beginSessionIfNeeded()
        // The estimator and the recording know the sensor before its first packet.
        let channel = UInt8(session.pipeline.channelCount)
        session.note(
            RecordedSensor(
                channel: channel, name: call.name, kind: call.kind, segment: segment?.name,
                rateHertz: call.rateHertz))
        guard
            session.send(
                .attach(channel: channel, samplePeriod: 1 / call.rateHertz, segment: segment)),
            let attached = session.pipeline.attach(
                family, rateHertz: call.rateHertz, sources: sources)
        else { throw .busy(activity: "the estimator is not keeping up", cure: "try again") }
        var entry = SensorEntry(
            name: call.name, kind: call.kind, channel: attached.channel,
            rateHertz: call.rateHertz, counters: attached.counters, segment: segment,
            attachedAt: loop.now)
        restoreCalibration(&entry)
        sensors.append(entry)
        beginTicking()
        let told = entry.told(at: loop.now)
        control.broadcast(.sensor(told))
        return told
    }

    func detach(named name: String) throws(ControlRefusal) {
        guard let entry = sensors.first(where: { $0.name == name }) else {
            throw .noSuchSensor(name: name)
        }
        remove(entry)
    }

    func assign(_ call: Rehab1.AssignSegment) throws(ControlRefusal) {
        guard let index = sensors.firstIndex(where: { $0.name == call.name }) else {
            throw .noSuchSensor(name: call.name)
        }
        let segment = try self.segment(named: call.segment, except: call.name)
        guard exercise == nil, calibration == nil else {
            throw .busy(activity: "an exercise or a calibration is running", cure: "stop it first")
        }
        sensors[index].segment = segment
        sensors[index].calibration = nil
        sensors[index].isRestored = false
        guard session.send(.assign(channel: sensors[index].channel, segment: segment)) else {
            throw .busy(activity: "the estimator is not keeping up", cure: "try again")
        }
        restoreCalibration(&sensors[index])
        control.broadcast(.sensor(sensors[index].told(at: loop.now)))
    }

    /// Segments that carry a sensor now.
    var wornSegments: Set<Segment> { Set(sensors.compactMap(\.segment)) }

    private func isGoodName(_ name: String) -> Bool {
        (1...40).contains(name.utf8.count) && !name.hasPrefix(".")
            && name.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || byte == 45 || byte == 46 || byte == 95
            }
    }

    private func segment(
        named name: String?, except own: String? = nil
    ) throws(ControlRefusal) -> Segment? {
        guard let name else { return nil }
        guard let segment = Segment(name: name) else { throw .noSuchSegment(segment: name) }
        if let wearer = sensors.first(where: { $0.segment == segment && $0.name != own }) {
            throw .busy(
                activity: "the \(name) carries the sensor \(wearer.name)",
                cure: "assign that one elsewhere first, or detach it")
        }
        return segment
    }

    private func sources(
        _ characteristics: [String], of family: any Wearable.Type, descriptors: [SharedDescriptor]
    ) throws(ControlRefusal) -> [PacketSource] {
        guard !characteristics.isEmpty, characteristics.count <= 16 else {
            throw .invalidParameter("characteristics")
        }
        guard descriptors.count == characteristics.count else {
            throw .badDescriptors(
                expected: characteristics.count, received: descriptors.count,
                reason: "each characteristic needs one")
        }
        var sources: [PacketSource] = []
        for (descriptor, uuid) in zip(descriptors, characteristics) {
            guard descriptor.isPacketSocket else {
                throw .badDescriptors(
                    expected: characteristics.count, received: descriptors.count,
                    reason: "not a SEQPACKET socket")
            }
            guard let index = family.identity.index(of: uuid) else {
                throw .invalidParameter("characteristics")
            }
            do throws(PlumbingError) {
                try PacketSocket.requestStamps(descriptor.rawValue)
            } catch {
                throw .badDescriptors(
                    expected: characteristics.count, received: descriptors.count,
                    reason: error.description)
            }
            sources.append(PacketSource(descriptor: descriptor, characteristic: index))
        }
        return sources
    }

    private func beginSessionIfNeeded() throws(ControlRefusal) {
        guard !session.hasBegun else { return }
        sessionCount += 1
        let date = isoDate()
        let name = date.replacing(":", with: "-") + (sessionCount > 1 ? "-\(sessionCount)" : "")
        do throws(PlumbingError) {
            let warning = try session.begin(
                paths: settings.paths,
                head: [("date", date), ("program", "rehabd \(settings.version)")], name: name,
                outputs: makeOutputs(), settings: settings)
            if let warning { warn(warning) }
        } catch {
            throw .storageFailed(path: settings.paths.state, reason: error.description)
        }
    }

    private func restoreCalibration(_ entry: inout SensorEntry) {
        guard let segment = entry.segment else { return }
        switch calibrations.find(sensor: entry.name) {
        case .none: return
        case .unusable(let sentence): warn(sentence)
        case .calibration(let stored):
            guard stored.segment == segment.name, let alignment = stored.sensorAlignment else {
                return
            }
            guard session.send(.align(channel: entry.channel, alignment: alignment)) else { return }
            entry.calibration = stored
            entry.isRestored = true
        }
    }
}

/// Now, UTC, to the second: a label for people.
func isoDate() -> String {
    Date(timeIntervalSince1970: Double(MonotonicClock.wallTime() / 1_000_000_000))
        .formatted(.iso8601)
}
