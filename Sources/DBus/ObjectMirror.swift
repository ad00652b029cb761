// Keeps an object tree equal to a service's: rules first, then the whole, then what came meanwhile.

package import EventLoop

/// The mirrored objects of one service.
///
/// Owned by the loop's thread, like all its callbacks. While the service is away the tree is empty.
package actor ObjectMirror: LoopActor {
    package nonisolated let loop: EventLoop
    private let bus: Bus
    private let service: String
    private let rules: [SignalRule]
    /// Properties that change too often to be kept.
    private let leftOut: Set<String>
    /// The service's present owner.
    package private(set) var owner: String?
    package private(set) var tree = ObjectTree()
    /// True once the whole has been read from the present owner.
    package private(set) var isComplete = false
    /// Signals that came before the whole.
    private var waiting: [BusSignal] = []
    private var handlers = Handlers()
    /// Readings begun: an answer of an earlier owner is not taken.
    private var reading: UInt64 = 0

    /// What the mirror tells.
    package struct Handlers: Sendable {
        /// The service came (its unique name) or went (nil); the tree is empty at this moment.
        package var owner: @Sendable (String?) -> Void = { _ in }
        /// The whole has been read, after its changes were told.
        package var complete: @Sendable () -> Void = {}
        package var changes: @Sendable ([ObjectTree.Change]) -> Void = { _ in }
        /// The service does not answer the question for its objects.
        package var silent: @Sendable (BusError) -> Void = { _ in }

        package init() {}
    }

    /// For the whole tree, ns; and between two attempts to read it.
    private static let limit: Int64 = 5_000_000_000
    private static let retry: Int64 = 1_000_000_000
    /// Signals kept while the whole is awaited; beyond that the whole is read again.
    private static let waitingLimit = 10_000

    /// Mirrors `service`, listening to property changes at and below `namespace`.
    ///
    /// Changes of properties in `leftOut` alone are passed over.
    package init(bus: Bus, service: String, namespace: String, leftOut: Set<String> = []) {
        self.leftOut = leftOut
        self.bus = bus
        loop = bus.loop
        self.service = service
        rules = [
            SignalRule(sender: service, interface: "org.freedesktop.DBus.ObjectManager"),
            SignalRule(
                sender: service, interface: "org.freedesktop.DBus.Properties",
                member: "PropertiesChanged", pathNamespace: namespace),
        ]
    }

    /// Begins; call once.
    package func start(_ handlers: Handlers) {
        self.handlers = handlers
        bus.assumeIsolated { bus in
            for rule in rules {
                bus.subscribe(rule) { [weak self] signal in
                    self?.assumeIsolated { $0.take(signal) }
                }
            }
            bus.watchName(service) { [weak self] owner in
                self?.assumeIsolated { $0.ownerChanged(owner) }
            }
        }
    }

    /// Reads everything again: after the service was silent for a time.
    package func reread() {
        guard owner != nil else { return }
        isComplete = false
        read()
    }

    /// Asks for one object's properties: for a change that may never have been told.
    ///
    /// What differs is told as any change; where the service does not answer, nothing happens.
    package func ask(_ path: String, _ interface: String) {
        guard owner != nil, isComplete else { return }
        let reading = reading
        let call = BusCall(
            to: service, path: path, interface: "org.freedesktop.DBus.Properties",
            member: "GetAll", [.string(interface)])
        bus.request(call, limit: ObjectMirror.limit) { [weak self] result in
            self?.assumeIsolated { mirror in
                guard reading == mirror.reading, mirror.isComplete,
                    case .success(let body) = result,
                    let properties = body.first?.asProperties
                else { return }
                let kept = properties.filter { !mirror.leftOut.contains($0.key) }
                let changes = mirror.tree.take(kept, of: path, interface)
                if !changes.isEmpty { mirror.handlers.changes(changes) }
            }
        }
    }

    private func ownerChanged(_ new: String?) {
        reading &+= 1
        isComplete = false
        waiting = []
        owner = new
        // The owner first: its going explains the changes.
        let changes = tree.clear()
        handlers.owner(new)
        if !changes.isEmpty { handlers.changes(changes) }
        if new != nil { read() }
    }

    private func read() {
        reading &+= 1
        let reading = reading
        let call = BusCall(
            to: service, path: "/", interface: "org.freedesktop.DBus.ObjectManager",
            member: "GetManagedObjects")
        bus.request(call, limit: ObjectMirror.limit) { [weak self] result in
            self?.assumeIsolated { $0.answered(result, reading) }
        }
    }

    private func answered(_ result: Result<[BusValue], BusError>, _ reading: UInt64) {
        guard reading == self.reading, owner != nil else { return }
        var changes: [ObjectTree.Change]?
        var reason = BusError.malformed(member: "GetManagedObjects")
        switch result {
        case .success(let body): changes = body.first.flatMap { tree.replace(with: $0) }
        case .failure(let error): reason = error
        }
        guard var changes else {
            handlers.silent(reason)
            after(ObjectMirror.retry) { mirror in
                guard mirror.reading == reading, mirror.owner != nil else { return }
                mirror.read()
            }
            return
        }
        for signal in waiting { changes += tree.take(signal) }
        waiting = []
        isComplete = true
        if !changes.isEmpty { handlers.changes(changes) }
        handlers.complete()
    }

    private func take(_ signal: BusSignal) {
        if !leftOut.isEmpty, signal.member == "PropertiesChanged", signal.body.count == 3,
            let changed = signal.body[1].asEntries, !changed.isEmpty,
            changed.allSatisfy({ $0.key.asString.map(leftOut.contains) == true })
        {
            return
        }
        guard isComplete else {
            if waiting.count < ObjectMirror.waitingLimit { waiting.append(signal) }
            return
        }
        let changes = tree.take(signal)
        if !changes.isEmpty { handlers.changes(changes) }
    }
}
