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
        guard !sensors.contains(where: { $0.name == call.name }), book.find(call.name) == nil else {
            throw .sensorExists(name: call.name)
        }
        guard let kind = kinds.kind(named: call.kind) else {
            throw .unknownKind(kind: call.kind, known: kinds.all.map(\.identity.name))
        }
        let segment = try self.segment(named: call.segment)
        guard call.rateHertz >= 1, call.rateHertz <= 4000 else {
            throw .invalidParameter("rate_hz")
        }
        let sources = try sources(call.characteristics, of: kind, descriptors: descriptors)
        guard session.pipeline.channelCount < maximumChannels else {
            throw .busy(
                activity: "this session has had \(maximumChannels) sensors",
                cure: "detach all sensors, which ends the session, and attach them again")
        }
        try beginSessionIfNeeded()
        let entry = try begin(
            SensorEntry.Beginning(
                name: call.name, kind: kind, segment: segment,
                rateHertz: call.rateHertz, sources: sources))
        return entry.told(at: loop.now)
    }

    /// Gives a sensor its place in the session and begins to read it.
    @discardableResult
    func begin(_ beginning: SensorEntry.Beginning) throws(ControlRefusal) -> SensorEntry {
        try beginSessionIfNeeded()
        // The estimator and the recording know the sensor before its first packet.
        let channel = UInt8(session.pipeline.channelCount)
        session.note(
            RecordedSensor(
                channel: channel, name: beginning.name, kind: beginning.kind.identity.name,
                segment: beginning.segment?.name, rateHertz: beginning.rateHertz))
        guard
            session.send(
                .attach(
                    channel: channel, samplePeriod: 1 / beginning.rateHertz,
                    segment: beginning.segment)),
            let attached = session.pipeline.attach(
                beginning.kind, rateHertz: beginning.rateHertz, sources: beginning.sources,
                replies: beginning.replies)
        else { throw .busy(activity: "the estimator is not keeping up", cure: "try again") }
        var entry = SensorEntry(
            name: beginning.name, kind: beginning.kind.identity.name, channel: attached.channel,
            rateHertz: beginning.rateHertz, counters: attached.counters,
            segment: beginning.segment, attachedAt: loop.now, address: beginning.address)
        restoreTurnRound(&entry)
        restoreCalibration(&entry)
        sensors.append(entry)
        DaemonLog.hide(entry.name, as: entry.logWord)
        beginTicking()
        control.broadcast(.sensor(entry.told(at: loop.now)))
        return entry
    }

    func detach(named name: String) throws(ControlRefusal) {
        guard let entry = sensors.first(where: { $0.name == name }) else {
            throw .noSuchSensor(name: name)
        }
        if let address = entry.address {
            throw .busy(
                activity: "rehabd connects to \(entry.name) by itself",
                cure: "let it rest with: rehabctl sensors disconnect \(entry.name), or take it out "
                    + "with: rehabctl sensors forget \(address.text)")
        }
        remove(entry)
    }

    func assign(_ call: Rehab1.AssignSegment) throws(ControlRefusal) {
        let known = book.find(call.name)
        let name = known?.name ?? call.name
        guard let index = sensors.firstIndex(where: { $0.name == name }) else {
            guard let known else { throw .noSuchSensor(name: call.name) }
            let segment = try self.segment(named: call.segment, except: name)
            return try write(known, segment: segment)
        }
        let segment = try self.segment(named: call.segment, except: name)
        guard exercise == nil, calibration == nil else {
            throw .busy(activity: "an exercise or a calibration is running", cure: "stop it first")
        }
        if let known { try write(known, segment: segment) }
        sensors[index].segment = segment
        sensors[index].calibration = nil
        sensors[index].isRestored = false
        sensors[index].outdated = nil
        guard session.send(.assign(channel: sensors[index].channel, segment: segment)) else {
            throw .busy(activity: "the estimator is not keeping up", cure: "try again")
        }
        restoreCalibration(&sensors[index])
        control.broadcast(.sensor(sensors[index].told(at: loop.now)))
    }

    /// Segments that carry a sensor now.
    var wornSegments: Set<Segment> { Set(sensors.compactMap(\.segment)) }

    func isGoodName(_ name: String) -> Bool {
        (1...40).contains(name.utf8.count) && !name.hasPrefix(".")
            && name.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || byte == 45 || byte == 46 || byte == 95
            }
    }

    func segment(
        named name: String?, except own: String? = nil
    ) throws(ControlRefusal) -> Segment? {
        guard let name else { return nil }
        guard let segment = Segment(name: name) else { throw .noSuchSegment(segment: name) }
        let wearer =
            sensors.first { $0.segment == segment && $0.name != own }?.name
            ?? book.entries.first { $0.segment == name && $0.name != own }?.name
        if let wearer {
            throw .busy(
                activity: "the \(name) carries the sensor \(wearer)",
                cure: "assign that one elsewhere first, or detach it")
        }
        return segment
    }

    private func sources(
        _ characteristics: [String], of kind: WearableKind, descriptors: [SharedDescriptor]
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
            guard let index = kind.identity.index(of: uuid) else {
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
        var head = [(key: "date", value: date), ("program", "rehabd \(settings.version)")]
        let continued = inherited
        inherited = nil
        if let continued { head.append(("continues", continued.note.recording)) }
        do throws(PlumbingError) {
            let warning = try session.begin(
                paths: settings.paths, head: head, name: name, outputs: makeOutputs(),
                settings: settings, continuing: continued)
            if let warning { warn(warning) }
            if let continued {
                let gap = Double(loop.now - continued.note.time) * 1e-9
                session.mark(
                    "interrupted: rehabd was restarted, \(oneDecimal(gap)) s after the last note")
                resuming = continued.note.exercise == nil ? nil : continued.note
                session.isUnwanted = continued.note.record == false
            }
            keepSession()
        } catch {
            throw .storageFailed(path: settings.paths.state, reason: error.description)
        }
    }
}

extension SensorEntry {
    /// What a sensor begins with.
    struct Beginning {
        var name: String
        var kind: WearableKind
        var segment: Segment?
        var rateHertz: Double
        var sources: [PacketSource]
        /// Nil where the source is no connection.
        var replies: [DriverReply]?
        var address: DeviceAddress?
    }
}

/// Now, UTC, to the second: a label for people.
func isoDate() -> String {
    Date(timeIntervalSince1970: Double(MonotonicClock.wallTime() / 1_000_000_000))
        .formatted(.iso8601)
}
