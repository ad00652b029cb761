// Listens on the control socket, admits clients, and keeps the limits.

import Control
package import EventLoop
package import Plumbing
package import Varlink

/// The serving end of the control interface: an actor on the daemon's event loop.
///
/// `nonisolated` functions may be called by anything that runs on the loop's thread, without `await`.
///
/// ```swift
/// let control = ControlServer(loop: loop, owner: geteuid(), service: service)
/// try control.start(at: "/run/user/1000/rehabd/control", handler: supervisor)
/// control.broadcast(.frame(frame))
/// ```
package actor ControlServer: LoopActor {
    /// What clients may use up.
    package struct Limits: Sendable {
        /// Bytes of one call.
        package var callBytes = 64 << 10
        package var connections = 32
        package var connectionsPerUser = 8
        /// Bytes that wait for a client that reads too slowly before events are dropped.
        package var unsentBytes = 256 << 10
        /// Nanoseconds after which a client that takes no byte of what it is owed is closed.
        package var stuckTime: Int64 = 5_000_000_000

        package init() {}
    }

    /// What happened so far, for the status and the tests.
    package struct Counters: Sendable, Equatable {
        package var accepted = 0
        /// Turned away because too many were connected.
        package var turnedAway = 0
        package var calls = 0
        /// Closed because of a message that is no call.
        package var malformed = 0
        /// Closed because they did not read.
        package var stuck = 0
    }

    package nonisolated let loop: EventLoop
    let limits: Limits
    let authorisation: Authorisation
    let service: VarlinkService
    var handler: (any ControlHandler)?

    private var listener: UnixListener?
    /// A listening socket that somebody else made, and removes.
    private var inherited: SharedDescriptor?
    private var listenWatch: Watch?
    var connections: [UInt64: Connection] = [:]
    private var lastNumber: UInt64 = 0
    var lastCall: UInt64 = 0
    private(set) var counted = Counters()
    private var buffer = [UInt8](repeating: 0, count: 16 << 10)

    /// `owner` is the user the daemon runs as.
    ///
    /// `service` gets our interface's text added.
    package init(
        loop: EventLoop, owner: UInt32, service: VarlinkService, limits: Limits = Limits()
    ) {
        self.loop = loop
        self.limits = limits
        authorisation = Authorisation(owner: owner)
        var service = service
        service.interfaces[Rehab1.interface] = Rehab1.text
        self.service = service
    }

    /// What happened so far.
    package nonisolated var counters: Counters { assumeIsolated { $0.counted } }

    // MARK: Listening

    /// Makes the socket at `path` and takes calls.
    ///
    /// The directory must exist.
    package nonisolated func start(
        at path: String, handler: any ControlHandler
    ) throws(ControlServerError) {
        let outcome = assumeIsolated { server -> Result<Void, ControlServerError> in
            do throws(ListenError) {
                let listener = try UnixListener.open(path: path)
                let descriptor = listener.rawValue
                server.listener = consume listener
                try server.watchListener(descriptor)
                server.handler = handler
                return .success(())
            } catch {
                return .failure(.listening(error))
            }
        }
        try outcome.get()
    }

    /// Takes calls on a socket that listens already, as the service manager hands one over.
    package nonisolated func start(
        on listening: SharedDescriptor, handler: any ControlHandler
    ) throws(ControlServerError) {
        let outcome = assumeIsolated { server -> Result<Void, ControlServerError> in
            do throws(ListenError) {
                server.inherited = listening
                // The manager's sockets block, and accepting until none waits would hold the loop.
                do throws(PlumbingError) {
                    try listening.setNonblocking(true)
                } catch {
                    throw ListenError.refused(error)
                }
                try server.watchListener(listening.rawValue)
                server.handler = handler
                return .success(())
            } catch {
                return .failure(.listening(error))
            }
        }
        try outcome.get()
    }

    private func watchListener(_ descriptor: Int32) throws(ListenError) {
        do throws(PlumbingError) {
            listenWatch = try watch(descriptor, for: .readable) { server, _ in
                server.acceptWaiting()
            }
        } catch {
            throw .refused(error)
        }
    }

    /// Closes every connection and stops listening.
    package nonisolated func stop() { assumeIsolated { $0.close() } }

    private func close() {
        if let listenWatch { loop.remove(listenWatch) }
        listenWatch = nil
        for connection in Array(connections.values) { drop(connection) }
        if let listener = listener.take() { listener.close() }
        inherited = nil
        handler = nil
    }

    private func acceptWaiting() {
        guard let listenWatch else { return }
        var admitted = 0
        while let descriptor = UnixSocket.accept(from: listenWatch.descriptor) {
            admit(descriptor)
            admitted += 1
        }
        if admitted == 0 {
            // Someone waits and cannot be let in: no descriptor is free. Asking again at once would
            // keep the loop from everything else.
            try? loop.change(listenWatch, to: [])
            after(100_000_000) { server in
                guard let watch = server.listenWatch else { return }
                try? server.loop.change(watch, to: .readable)
            }
        }
    }

    private func admit(_ descriptor: consuming Descriptor) {
        guard let peer = try? UnixSocket.peer(of: descriptor.rawValue) else { return }
        let sameUser = connections.values.count { $0.peer.userID == peer.userID }
        guard connections.count < limits.connections, sameUser < limits.connectionsPerUser else {
            counted.turnedAway += 1
            return
        }
        lastNumber &+= 1
        let number = lastNumber
        let raw = descriptor.rawValue
        let connection = Connection(
            number: number, peer: peer, descriptor: descriptor, callLimit: limits.callBytes)
        connection.watch = try? watch(raw, for: .readable) { server, events in
            server.happened(events, on: number)
        }
        guard connection.watch != nil else { return }
        connections[number] = connection
        counted.accepted += 1
    }

    // MARK: One connection

    private func happened(_ events: Poller.Events, on number: UInt64) {
        guard let connection = connections[number] else { return }
        if events.contains(.writable), !connection.flush(at: loop.now) { leave(connection) }
        if connection.watched.contains(.readable), !events.isDisjoint(with: [.readable, .hangup]) {
            read(connection)
        }
        if !events.isDisjoint(with: [.hangup, .error]) { leave(connection) }
        advance(connection)
    }

    private func read(_ connection: Connection) {
        if !connection.read(into: &buffer) { refuseToListen(to: connection) }
    }

    /// The client sent something that is no call, so nothing after it can be trusted to be one.
    private func refuseToListen(to connection: Connection) {
        counted.malformed += 1
        connection.state = .closing
    }

    /// The other end is gone: nobody will read a reply.
    ///
    /// Calls that were sent before are still carried out, because some without reply may be among
    /// them; a stream ends with its reader.
    private func leave(_ connection: Connection) {
        guard !connection.isGone else { return }
        connection.isGone = true
        if let watch = connection.watch { loop.remove(watch) }
        connection.watch = nil
        guard let answering = connection.answering, answering.isStream else { return }
        connection.subscriber = nil
        connection.state = .ready
        if let tell = answering.whenClientLeaves { loop.perform(tell) }
    }

    /// How many calls of one client are carried out before others get their turn.
    private static let callsInARow = 16

    /// Takes the client's next calls as far as they are there, writes, and closes what is finished.
    func advance(_ connection: Connection) {
        guard connections[connection.number] === connection, !connection.isAdvancing else { return }
        connection.isAdvancing = true
        var calls = 0
        take: while case .ready = connection.state {
            if connection.output.count > limits.callBytes && !connection.isGone {
                // A client that does not read its replies gets no further calls answered.
                if !connection.flush(at: loop.now) { leave(connection) }
                if connection.output.count > limits.callBytes { break take }
            }
            if calls == ControlServer.callsInARow {
                perform(later: connection.number)
                break take
            }
            do throws(VarlinkError) {
                if let (message, number) = try connection.framing.next() {
                    calls += 1
                    let call = try VarlinkCall(message: message)
                    counted.calls += 1
                    begin(call, connection.takeDescriptors(of: number), on: connection)
                } else if connection.inputEnded {
                    connection.state = .closing
                } else if connection.isGone {
                    read(connection)
                } else {
                    break take
                }
            } catch {
                refuseToListen(to: connection)
            }
        }
        connection.isAdvancing = false
        settle(connection)
    }

    private func perform(later number: UInt64) {
        loop.perform { [weak self] in
            self?.assumeIsolated { server in
                if let connection = server.connections[number] { server.advance(connection) }
            }
        }
    }

    /// Writes what can be written and arranges for the rest.
    func settle(_ connection: Connection) {
        guard connections[connection.number] === connection else { return }
        if !connection.isGone, !connection.flush(at: loop.now) {
            leave(connection)
            perform(later: connection.number)
        }
        if connection.isClosing && (connection.output.isEmpty || connection.isGone) {
            drop(connection)
            return
        }
        connection.updateInterest(on: loop)
        watchForStuck(connection)
    }

    /// Keeps a timer for as long as the client is owed bytes.
    private func watchForStuck(_ connection: Connection) {
        if connection.output.isEmpty || connection.isGone {
            if let timer = connection.stuckTimer { loop.cancel(timer) }
            connection.stuckTimer = nil
        } else if connection.stuckTimer == nil {
            connection.progressed = loop.now
            armStuckTimer(connection)
        }
    }

    private func armStuckTimer(_ connection: Connection) {
        let number = connection.number
        connection.stuckTimer = at(connection.progressed &+ limits.stuckTime) { server in
            guard let connection = server.connections[number] else { return }
            if server.loop.now &- connection.progressed >= server.limits.stuckTime {
                server.counted.stuck += 1
                server.drop(connection)
            } else {
                server.armStuckTimer(connection)
            }
        }
    }

    /// Closes a connection at once.
    func drop(_ connection: Connection) {
        guard connections.removeValue(forKey: connection.number) != nil else { return }
        leave(connection)
        if let timer = connection.stuckTimer { loop.cancel(timer) }
        if let timer = connection.frameTimer { loop.cancel(timer) }
    }
}
