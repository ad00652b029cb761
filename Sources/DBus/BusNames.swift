// Who owns a well-known name: what the sender check and every reconnection rest on.

import EventLoop

extension Bus {
    /// Tells the unique name of the owner of `name`, or nil, now if it is known and at every change.
    ///
    /// The loss of the bus is told as nil.
    package func watchName(_ name: String, _ handler: @escaping @Sendable (String?) -> Void) {
        if var watch = names[name] {
            watch.handlers.append(handler)
            names[name] = watch
            if watch.isKnown { handler(watch.owner) }
            return
        }
        names[name] = NameWatch(handlers: [handler])
        if isReady { askOwner(name) }
    }

    /// The unique name that owns `name`, as far as is known.
    package func ownerOf(_ name: String) -> String? { names[name]?.owner }

    /// Asks the bus daemon to start the service that owns `name`.
    package nonisolated func activate(
        _ name: String, _ completion: @escaping @Sendable (Result<[BusValue], BusError>) -> Void
    ) {
        assumeIsolated { bus in
            // A service may take its time to start; the daemon gives up by itself after 25 s.
            bus.begin(
                bus.daemonCall("StartServiceByName", [.string(name), .uint32(0)]),
                limit: 30_000_000_000, completion)
        }
    }

    /// Rule first, question after: a change in between is seen either way.
    func askOwner(_ name: String) {
        let rule = SignalRule(
            sender: Bus.daemon, interface: Bus.daemon, member: "NameOwnerChanged",
            firstArgument: name)
        addMatch(rule.text)
        begin(daemonCall("GetNameOwner", [.string(name)]), limit: Bus.daemonLimit) {
            [weak self] result in
            self?.assumeIsolated { bus in
                switch result {
                case .success(let body): bus.ownerChanged(name, to: body.first?.asString)
                case .failure(.notConnected): return
                case .failure: bus.ownerChanged(name, to: nil)
                }
            }
        }
    }

    func takeOwner(_ message: IncomingMessage) {
        guard let body = message.body(), body.count == 3, let name = body[0].asString,
            let new = body[2].asString, names[name] != nil
        else { return }
        ownerChanged(name, to: new.isEmpty ? nil : new)
    }

    func ownerChanged(_ name: String, to owner: String?) {
        guard var watch = names[name], !watch.isKnown || watch.owner != owner else { return }
        watch.isKnown = true
        watch.owner = owner
        names[name] = watch
        for handler in watch.handlers { handler(owner) }
    }
}
