// From a call to its reply: which method, whether it is allowed, who does it.

import Control
import EventLoop
import Plumbing
import Varlink

extension ControlServer {
    /// Starts answering `call`; with a reply that is ready at once, finishes too.
    func begin(_ call: VarlinkCall, _ descriptors: [SharedDescriptor], on connection: Connection) {
        lastCall &+= 1
        let number = lastCall
        connection.state = .answering(
            Connection.Answering(number: number, oneway: call.oneway))
        let id = CallID(connection: connection.number, number: number)
        if call.upgrade {
            refuse(.invalidParameter("upgrade"), to: id)
        } else if call.interface == VarlinkService.interface {
            deliver(service.reply(to: call).message, to: id, continues: false)
        } else if call.interface != Rehab1.interface {
            refuse(
                call.interface.isEmpty
                    ? .methodNotFound(call.method) : .interfaceNotFound(call.interface), to: id)
        } else {
            do throws(ControlRefusal) {
                let method = try check(call, from: connection.peer)
                try start(method, call, descriptors, id, connection)
            } catch {
                refuse(error, to: id)
            }
        }
    }

    /// The method that is called, if it may be called so by this client.
    private func check(
        _ call: VarlinkCall, from peer: PeerCredentials
    ) throws(ControlRefusal) -> Rehab1.Method {
        guard let method = Rehab1.Method(rawValue: call.member),
            let interface = Rehab1.description, let declared = interface.methods[call.member]
        else { throw .methodNotFound(call.method) }
        guard authorisation.allows(method, to: peer) else { throw .permissionDenied }
        if let path = interface.mismatch(in: call.parameters, declared.parameters) {
            throw .invalidParameter(path)
        }
        if method.streamsOnly && !call.more { throw .expectedMore }
        return method
    }

    private func start(
        _ method: Rehab1.Method, _ call: VarlinkCall, _ descriptors: [SharedDescriptor],
        _ id: CallID, _ connection: Connection
    ) throws(ControlRefusal) {
        guard let handler else { throw .methodNotImplemented(call.method) }
        if method.streams { connection.markStream() }
        if method == .monitor {
            try subscribe(connection, decode(call), handler)
            return
        }
        // The task runs on the loop like everything here; it starts after what is in progress.
        Task(executorPreference: loop) {
            await self.carryOut(method, call, descriptors, id, handler)
        }
    }

    private func carryOut(
        _ method: Rehab1.Method, _ call: VarlinkCall, _ descriptors: [SharedDescriptor],
        _ id: CallID, _ handler: any ControlHandler
    ) async {
        do throws(ControlRefusal) {
            try await answer(method, call, descriptors, id, handler)
        } catch {
            refuse(error, to: id)
        }
    }

    private func answer(
        _ method: Rehab1.Method, _ call: VarlinkCall, _ descriptors: [SharedDescriptor],
        _ id: CallID, _ handler: any ControlHandler
    ) async throws(ControlRefusal) {
        switch method {
        case .monitor: break
        case .getStatus:
            finish(Rehab1.GetStatus.Reply(status: await handler.status()), id)
        case .attachSensor:
            let sensor = try await handler.attachSensor(decode(call), descriptors: descriptors)
            finish(Rehab1.AttachSensor.Reply(sensor: sensor), id)
        case .detachSensor:
            try await handler.detachSensor(decode(call))
            finish(Rehab1.Empty(), id)
        case .assignSegment:
            try await handler.assignSegment(decode(call))
            finish(Rehab1.Empty(), id)
        case .scan: try await handler.scan(decode(call), to: stream(call, id))
        case .addSensor:
            finish(
                Rehab1.AddSensor.Reply(sensor: try await handler.addSensor(decode(call))), id)
        case .forgetSensor:
            try await handler.forgetSensor(decode(call))
            finish(Rehab1.Empty(), id)
        case .connectSensor:
            try await handler.connectSensor(decode(call))
            finish(Rehab1.Empty(), id)
        case .disconnectSensor:
            try await handler.disconnectSensor(decode(call))
            finish(Rehab1.Empty(), id)
        case .identifySensor:
            try await handler.identifySensor(decode(call))
            finish(Rehab1.Empty(), id)
        case .buzzSensor:
            try await handler.buzzSensor(decode(call))
            finish(Rehab1.Empty(), id)
        case .pairSensor:
            try await handler.pairSensor(decode(call))
            finish(Rehab1.Empty(), id)
        case .getBluetooth:
            finish(Rehab1.GetBluetooth.Reply(bluetooth: await handler.bluetooth()), id)
        case .reload: finish(try await handler.reload(), id)
        case .calibrate:
            try await handler.calibrate(decode(call), to: stream(call, id))
        case .listExercises:
            finish(Rehab1.ListExercises.Reply(exercises: await handler.listExercises()), id)
        case .startExercise:
            let exercise = try await handler.startExercise(decode(call))
            finish(Rehab1.StartExercise.Reply(exercise: exercise), id)
        case .stopExercise:
            finish(Rehab1.StopExercise.Reply(summary: try await handler.stopExercise()), id)
        case .pause:
            try await handler.pause(decode(call))
            finish(Rehab1.Empty(), id)
        case .changeSide:
            try await handler.changeSide(decode(call))
            finish(Rehab1.Empty(), id)
        case .mark:
            try await handler.mark(decode(call))
            finish(Rehab1.Empty(), id)
        case .listTests:
            finish(Rehab1.ListTests.Reply(tests: await handler.listTests()), id)
        case .startTest:
            finish(Rehab1.StartTest.Reply(test: try await handler.startTest(decode(call))), id)
        case .stopTest:
            finish(Rehab1.StopTest.Reply(result: try await handler.stopTest()), id)
        case .giveUpTest:
            finish(Rehab1.GiveUpTest.Reply(test: try await handler.giveUpTest()), id)
        case .answerTest:
            finish(Rehab1.AnswerTest.Reply(result: try await handler.answerTest(decode(call))), id)
        case .listTestResults:
            let results = try await handler.listTestResults(decode(call))
            finish(Rehab1.ListTestResults.Reply(results: results), id)
        case .listRecordings:
            let recordings = try await handler.listRecordings()
            finish(Rehab1.ListRecordings.Reply(recordings: recordings), id)
        case .removeRecording:
            try await handler.removeRecording(decode(call))
            finish(Rehab1.Empty(), id)
        case .replay:
            try await handler.replay(
                decode(call), descriptors: descriptors, to: stream(call, id))
        case .getSound: finish(Rehab1.GetSound.Reply(sound: try await handler.sound()), id)
        case .setSound:
            finish(Rehab1.SetSound.Reply(sound: try await handler.setSound(decode(call))), id)
        case .playSound: finish(try await handler.playSound(decode(call)), id)
        case .breathe: try await handler.breathe(decode(call), to: stream(call, id))
        case .listFading:
            finish(Rehab1.ListFading.Reply(fading: try await handler.listFading()), id)
        case .setFading:
            finish(Rehab1.SetFading.Reply(fading: try await handler.setFading(decode(call))), id)
        }
    }

    private func decode<Method: ControlMethod>(
        _ call: VarlinkCall
    ) throws(ControlRefusal) -> Method {
        do throws(CodingMismatch) {
            return try ControlCoding.decode(Method.self, from: call.parameters)
        } catch {
            throw .invalidParameter(error.field)
        }
    }

    private func stream<Method: ControlMethod>(
        _ call: VarlinkCall, _ id: CallID
    ) -> ControlStream<Method> {
        ControlStream(server: self, call: id, wantsProgress: call.more)
    }

    // MARK: Replies

    private func finish(_ reply: some Encodable, _ id: CallID) {
        self.reply(ControlCoding.encode(reply), to: id, continues: false)
    }

    /// True until the call's last reply, or until its client left.
    func isOpen(_ id: CallID) -> Bool {
        guard let connection = connections[id.connection] else { return false }
        return connection.answering?.number == id.number && !connection.isGone
    }

    func reply(_ parameters: [UInt8], to id: CallID, continues: Bool) {
        let content = parameters == Array("{}".utf8) ? [] : parameters
        deliver(
            VarlinkReply.message(parameters: content, continues: continues), to: id,
            continues: continues)
    }

    func refuse(_ refusal: ControlRefusal, to id: CallID) {
        deliver(refusal.reply.message, to: id, continues: false)
    }

    /// Queues a reply to the call in progress; any other call's reply comes too late and is let go.
    private func deliver(_ message: [UInt8], to id: CallID, continues: Bool) {
        guard let connection = connections[id.connection],
            let answering = connection.answering, answering.number == id.number
        else { return }
        if !answering.oneway && !connection.isGone { connection.output.append(message) }
        if continues {
            // Progress is not dropped: a client that lets this much of it pile up is not reading.
            if connection.output.count > limits.unsentBytes {
                drop(connection)
            } else {
                settle(connection)
            }
            return
        }
        connection.state = .ready
        advance(connection)
    }

    func whenClientLeaves(_ id: CallID, _ body: @escaping @Sendable () -> Void) {
        guard let connection = connections[id.connection],
            var answering = connection.answering, answering.number == id.number
        else {
            // The client left before this could be arranged.
            loop.perform(body)
            return
        }
        answering.whenClientLeaves = body
        connection.state = .answering(answering)
    }
}
