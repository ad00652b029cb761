// The bus as an actor: calls with limits, signals from who may send them, a new connection after a loss.

package import EventLoop
import Plumbing

/// A D-Bus connection on an event loop, made anew whenever it is lost.
///
/// Domains: an actor on the loop's executor; every callback runs on the loop's thread. What was
/// subscribed, watched and requested stays so across connections.
///
/// **Sender check.** A match rule of D-Bus does not say who may send: the stock policy lets any user
/// send any signal, to one receiver even without a rule. So this actor knows the unique name that
/// owns each well-known sender (told by the bus daemon, whom nobody can imitate), hands on what comes
/// from there, and counts the rest in `forgedSignals` without reading it.
package actor Bus: LoopActor {
    package nonisolated let loop: EventLoop
    private let address: BusAddress
    private var connection: BusConnection?
    private var isOpen = false
    /// Connections made so far: callbacks of an earlier one are told apart.
    private var generation: UInt64 = 0
    private var readyLimit: TimerID?
    /// Attempts to connect since the last success.
    private var attempts = 0

    var subscriptions: [Subscription] = []
    var names: [String: NameWatch] = [:]
    private var wantedNames: [String] = []
    private var invocationHandler: (@Sendable (BusInvocation) -> Bool)?
    private var stateHandlers: [@Sendable (Bool) -> Void] = []
    private var lastID: UInt64 = 0
    private var tap: Tap?
    /// Signals with the shape of wanted ones from someone who may not send them.
    package private(set) var forgedSignals = 0
    private var forgedHandler: (@Sendable (_ sender: String) -> Void)?

    struct Subscription {
        let id: UInt64
        let rule: SignalRule
        let handler: @Sendable (BusSignal) -> Void
    }

    struct Tap {
        let sender: String
        let interface: String
        let property: String
        let handler: @Sendable (_ path: String, _ bytes: [UInt8]) -> Void
    }

    struct NameWatch {
        var owner: String?
        var isKnown = false
        var handlers: [@Sendable (String?) -> Void] = []
    }

    /// Between two attempts to connect, ns; after the first twenty a second.
    private static let retry: Int64 = 250_000_000
    /// For a bus that accepts and says nothing, ns.
    private static let helloLimit: Int64 = 5_000_000_000
    static let daemon = "org.freedesktop.DBus"
    /// For the bus daemon's own answers, ns.
    static let daemonLimit: Int64 = 5_000_000_000

    package init(loop: EventLoop, address: BusAddress = .system) {
        self.loop = loop
        self.address = address
    }

    // MARK: Life

    /// Connects, and again after every loss, until `close()`.
    package func open() {
        guard !isOpen else { return }
        isOpen = true
        connect()
    }

    /// Leaves the bus.
    package func close() {
        isOpen = false
        connection?.end()
        connection = nil
    }

    package var isReady: Bool { connection?.isReady ?? false }
    package var uniqueName: String? { connection?.uniqueName }

    /// Tells when the bus becomes usable (true) or is lost (false).
    package func onState(_ handler: @escaping @Sendable (Bool) -> Void) {
        stateHandlers.append(handler)
    }

    /// Starts a connection; it is usable when it says so.
    private func connect() {
        guard isOpen, connection == nil else { return }
        generation &+= 1
        let generation = generation
        do throws(BusError) {
            let new = try BusConnection(
                address, loop: loop, callbacks: callbacks(generation)
            ) { [weak self] time in self?.schedulePump(at: time, generation) }
            connection = new
            readyLimit = after(Bus.helloLimit) { bus in
                guard bus.generation == generation, !bus.isReady else { return }
                bus.connection?.end()
            }
            new.begin { (descriptor, events) throws(PlumbingError) in
                try watch(descriptor, for: events) { bus, _ in bus.pump(generation) }
            }
        } catch {
            retryLater()
        }
    }

    /// How a connection reports, with its number: reports of an earlier one are not heard.
    private func callbacks(_ generation: UInt64) -> BusConnection.Callbacks {
        BusConnection.Callbacks(
            ready: { [weak self] in self?.assumeIsolated { $0.becameReady(generation) } },
            signal: { [weak self] message in
                // A reference to the message stays within this call.
                nonisolated(unsafe) let message = message
                self?.assumeIsolated { unsafe $0.take(message) }
            },
            invocation: { [weak self] invocation in
                self?.assumeIsolated { $0.invocationHandler?(invocation) ?? false } ?? false
            },
            ended: { [weak self] in self?.assumeIsolated { $0.ended(generation) } })
    }

    /// Lets the library work soon (nil) or at a host time.
    private nonisolated func schedulePump(at time: Int64?, _ generation: UInt64) -> TimerID? {
        guard let time else {
            loop.perform { [weak self] in self?.assumeIsolated { $0.pump(generation) } }
            return nil
        }
        return at(time) { $0.pump(generation) }
    }

    private func pump(_ generation: UInt64) {
        guard generation == self.generation, let connection else { return }
        connection.pump()
    }

    /// Rules, names and questions are made anew on every connection.
    private func becameReady(_ generation: UInt64) {
        guard generation == self.generation else { return }
        attempts = 0
        if let readyLimit { loop.cancel(readyLimit) }
        for rule in Set(subscriptions.map(\.rule)) { addMatch(rule.text) }
        for name in names.keys { askOwner(name) }
        for name in wantedNames { requestNow(name) }
        for handler in stateHandlers { handler(true) }
    }

    /// Everyone is told that nobody owns anything now, then it is tried again.
    private func ended(_ generation: UInt64) {
        guard generation == self.generation, connection != nil else { return }
        connection = nil
        if let readyLimit { loop.cancel(readyLimit) }
        for name in names.keys { ownerChanged(name, to: nil) }
        for name in names.keys { names[name]?.isKnown = false }
        for handler in stateHandlers { handler(false) }
        retryLater()
    }

    private func retryLater() {
        guard isOpen else { return }
        attempts += 1
        after(attempts <= 20 ? Bus.retry : 4 * Bus.retry) { $0.connect() }
    }

    // MARK: Calls

    /// Makes a call and waits at most `limit` nanoseconds for the answer.
    package func call(_ call: BusCall, limit: Int64) async throws(BusError) -> [BusValue] {
        let result = await withCheckedContinuation { continuation in
            begin(call, limit: limit) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Makes a call from code on the loop; the completion runs on the loop, later.
    package nonisolated func request(
        _ call: BusCall, limit: Int64,
        _ completion: @escaping @Sendable (Result<[BusValue], BusError>) -> Void
    ) {
        assumeIsolated { $0.begin(call, limit: limit, completion) }
    }

    /// Makes a call; a refusal is told later too, so that no caller is called back from here.
    func begin(
        _ call: BusCall, limit: Int64,
        _ completion: @escaping @Sendable (Result<[BusValue], BusError>) -> Void
    ) {
        let refusal = connection.map { $0.send(call, limit: limit, completion) } ?? .notConnected
        if let refusal { loop.perform { completion(.failure(refusal)) } }
    }

    // MARK: Signals

    /// Names a subscription.
    package struct SubscriptionID: Sendable, Hashable {
        let number: UInt64
    }

    /// Calls `handler` on the loop for every signal that the rule covers and its sender sent.
    @discardableResult
    package func subscribe(
        _ rule: SignalRule, _ handler: @escaping @Sendable (BusSignal) -> Void
    ) -> SubscriptionID {
        let isNew = !subscriptions.contains { $0.rule == rule }
        lastID &+= 1
        subscriptions.append(Subscription(id: lastID, rule: rule, handler: handler))
        if rule.sender != Bus.daemon, names[rule.sender] == nil { watchName(rule.sender) { _ in } }
        if isNew, isReady { addMatch(rule.text) }
        return SubscriptionID(number: lastID)
    }

    /// Ends a subscription; the rule goes with the last one that needs it.
    package func unsubscribe(_ id: SubscriptionID) {
        guard let index = subscriptions.firstIndex(where: { $0.id == id.number }) else { return }
        let rule = subscriptions.remove(at: index).rule
        guard isReady, !subscriptions.contains(where: { $0.rule == rule }) else { return }
        begin(daemonCall("RemoveMatch", [.string(rule.text)]), limit: Bus.daemonLimit) { _ in }
    }

    /// Tells the unique name of whoever sent a signal in another's name.
    package func onForgedSignal(_ handler: @escaping @Sendable (_ sender: String) -> Void) {
        forgedHandler = handler
    }

    func addMatch(_ rule: String) {
        begin(daemonCall("AddMatch", [.string(rule)]), limit: Bus.daemonLimit) { _ in }
    }

    func daemonCall(_ member: String, _ arguments: [BusValue]) -> BusCall {
        BusCall(
            to: Bus.daemon, path: "/org/freedesktop/DBus", interface: Bus.daemon, member: member,
            arguments)
    }

    /// Takes a signal to those who may hear it.
    private func take(_ message: IncomingMessage) {
        let (path, interface, member) = (message.path, message.interface, message.member)
        let sender = message.sender
        if let tap, member == "PropertiesChanged", sender == names[tap.sender]?.owner,
            let bytes = message.changedBytes(of: tap.property, in: tap.interface)
        {
            return tap.handler(path, bytes)
        }
        if sender == Bus.daemon, member == "NameOwnerChanged" { return takeOwner(message) }
        var body: [BusValue]?
        var isForged = false
        // A handler may subscribe and unsubscribe: this signal goes to those of now.
        for subscription in subscriptions {
            let rule = subscription.rule
            guard rule.covers(path: path, interface: interface, member: member) else { continue }
            guard sender == owner(of: rule.sender) else {
                // Before the owner is known nobody can be called a forger.
                isForged = isForged || names[rule.sender]?.isKnown == true
                continue
            }
            if body == nil { body = message.body() }
            guard let body else { return }
            if let first = rule.firstArgument, body.first?.asString != first { continue }
            subscription.handler(
                BusSignal(path: path, interface: interface, member: member, body: body))
        }
        if isForged && body == nil {
            forgedSignals += 1
            forgedHandler?(sender)
        }
    }

    /// Who may speak in the name of `name`.
    private func owner(of name: String) -> String? {
        name == Bus.daemon ? Bus.daemon : names[name]?.owner
    }

    /// Calls `handler` with path and bytes of every `PropertiesChanged` that tells one byte property of
    /// an interface and nothing else; no subscription sees those then.
    ///
    /// One for a bus: notifications of sensors come this way, some hundred a second.
    package func tapBytes(
        sender: String, interface: String, property: String,
        _ handler: @escaping @Sendable (_ path: String, _ bytes: [UInt8]) -> Void
    ) {
        tap = Tap(sender: sender, interface: interface, property: property, handler: handler)
    }

    // MARK: Serving

    /// Answers calls that others make to us; the handler returns whether the call is its own.
    package func onInvocation(_ handler: @escaping @Sendable (BusInvocation) -> Bool) {
        invocationHandler = handler
    }

    /// Sends a signal, to everyone who has a rule for it or to one receiver.
    @discardableResult
    package func emit(
        path: String, interface: String, member: String, _ values: [BusValue] = [],
        to destination: String? = nil
    ) -> Bool {
        connection?.emit(
            path: path, interface: interface, member: member, values, to: destination) ?? false
    }

    /// Asks for a well-known name, now and on every later connection.
    package func requestName(_ name: String) {
        if !wantedNames.contains(name) { wantedNames.append(name) }
        if isReady { requestNow(name) }
    }

    /// Gives a name back.
    package func releaseName(_ name: String) {
        wantedNames.removeAll { $0 == name }
        begin(daemonCall("ReleaseName", [.string(name)]), limit: Bus.daemonLimit) { _ in }
    }

    private func requestNow(_ name: String) {
        // 4: do not wait in a queue behind another owner.
        begin(daemonCall("RequestName", [.string(name), .uint32(4)]), limit: Bus.daemonLimit) { _ in
        }
    }
}
