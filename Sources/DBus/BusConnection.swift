// One connection of sd-bus on an event loop: pumps it, times it, and ends it once.

import CSystemd
import EventLoop
import Glibc
import Plumbing

/// A connection from its start to its end; the `Bus` makes a new one after that.
///
/// Owned by the loop's thread, callbacks of the library included: they run inside `pump()`.
@safe
final class BusConnection {
    /// A call that waits for its answer.
    @safe
    private final class Pending {
        let token: UInt64
        let member: String
        /// Host time, ns.
        let deadline: Int64
        let completion: (Result<[BusValue], BusError>) -> Void
        weak var connection: BusConnection?
        var slot: OpaquePointer?

        init(
            _ token: UInt64, _ member: String, deadline: Int64, _ connection: BusConnection,
            _ completion: @escaping (Result<[BusValue], BusError>) -> Void
        ) {
            self.token = token
            self.member = member
            self.deadline = deadline
            self.connection = connection
            self.completion = completion
        }
    }

    /// What the connection tells its owner.
    struct Callbacks {
        var ready: () -> Void
        var signal: (IncomingMessage) -> Void
        var invocation: (BusInvocation) -> Bool
        var ended: () -> Void
    }

    private let loop: EventLoop
    private let bus: OpaquePointer
    private var callbacks: Callbacks?
    private var filter: OpaquePointer?
    private var watch: Watch?
    private var watched: Poller.Events = []
    private var timer: TimerID?
    private var pending: [UInt64: Pending] = [:]
    private var lastToken: UInt64 = 0
    private var isPumping = false
    private var isPumpDue = false
    private var isEnded = false
    private(set) var isReady = false
    /// What schedules a pump: given by the owner, who alone can name itself in a sendable closure.
    private let schedule: (_ at: Int64?) -> TimerID?

    /// Messages handled before other work of the loop gets its turn.
    private static let messagesPerTurn = 64

    /// Starts to connect.
    ///
    /// `schedule` runs `pump()` soon (nil) or at a host time.
    init(
        _ address: BusAddress, loop: EventLoop, callbacks: Callbacks,
        schedule: @escaping (_ at: Int64?) -> TimerID?
    ) throws(BusError) {
        var created: OpaquePointer?
        let status: Int32
        switch address {
        case .system: status = unsafe sd_bus_open_system(&created)
        case .at(let text): status = unsafe BusConnection.open(text, &created)
        }
        guard status >= 0, let bus = unsafe created else {
            throw .system(action: "connect to the bus", code: -status)
        }
        unsafe self.bus = bus
        self.loop = loop
        self.callbacks = callbacks
        self.schedule = schedule
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe sd_bus_add_filter(
            bus, &filter,
            { message, context, _ in
                guard let message = unsafe message, let context = unsafe context else { return 0 }
                let connection = unsafe Unmanaged<BusConnection>.fromOpaque(context)
                    .takeUnretainedValue()
                return unsafe connection.take(message)
            }, context)
    }

    private static func open(_ address: String, _ bus: inout OpaquePointer?) -> Int32 {
        var created: OpaquePointer?
        let status = unsafe sd_bus_new(&created)
        guard status >= 0, let new = unsafe created else { return status }
        var result = unsafe sd_bus_set_address(new, address)
        if result >= 0 { result = unsafe sd_bus_set_bus_client(new, 1) }
        if result >= 0 { result = unsafe sd_bus_start(new) }
        guard result >= 0 else {
            unsafe sd_bus_unref(new)
            return result
        }
        unsafe bus = new
        return 0
    }

    deinit {
        unsafe sd_bus_slot_unref(filter)
        // Closes at once: a bus that hangs must not hold us up while a queue is flushed.
        unsafe sd_bus_close_unref(bus)
    }

    /// Begins to watch the socket.
    func begin(_ watch: (Int32, Poller.Events) throws(PlumbingError) -> Watch) {
        let descriptor = unsafe sd_bus_get_fd(bus)
        do throws(PlumbingError) {
            self.watch = try watch(descriptor, [.readable, .writable])
            watched = [.readable, .writable]
            pump()
        } catch {
            end()
        }
    }

    var uniqueName: String? {
        var name: UnsafePointer<CChar>?
        guard isReady, unsafe sd_bus_get_unique_name(bus, &name) >= 0, let text = unsafe name
        else { return nil }
        return unsafe String(cString: text)
    }

    /// Ends the connection; calls that wait are answered with `notConnected`.
    func end() {
        guard !isEnded else { return }
        isEnded = true
        isReady = false
        if let watch { loop.remove(watch) }
        if let timer { loop.cancel(timer) }
        watch = nil
        let waiting = pending.values.sorted { $0.token < $1.token }
        pending = [:]
        for call in waiting {
            unsafe sd_bus_slot_unref(call.slot)
            call.completion(.failure(.notConnected))
        }
        let ended = callbacks?.ended
        callbacks = nil
        ended?()
    }

    // MARK: Sending

    /// Makes a call; the completion runs on the loop, never before this returns.
    func send(
        _ call: BusCall, limit: Int64,
        _ completion: @escaping (Result<[BusValue], BusError>) -> Void
    ) -> BusError? {
        guard !isEnded else { return .notConnected }
        var created: OpaquePointer?
        let status = unsafe sd_bus_message_new_method_call(
            bus, &created, call.destination, call.path, call.interface, call.member)
        guard status >= 0, let created = unsafe created else {
            return .unsendable(member: call.member)
        }
        let message = unsafe OutgoingMessage(owning: created)
        guard message.append(call.arguments) else { return .unsendable(member: call.member) }
        lastToken &+= 1
        let deadline = MonotonicClock.now() &+ limit
        let waiting = Pending(lastToken, call.member, deadline: deadline, self, completion)
        let context = unsafe Unmanaged.passUnretained(waiting).toOpaque()
        let sent = unsafe sd_bus_call_async(
            bus, &waiting.slot, message.message,
            { message, context, _ in
                guard let message = unsafe message, let context = unsafe context else { return 0 }
                let waiting = unsafe Unmanaged<Pending>.fromOpaque(context).takeUnretainedValue()
                unsafe waiting.connection?.answered(waiting, IncomingMessage(message))
                return 0
            }, context, UInt64(max(1, limit / 1000)))
        guard sent >= 0 else { return .system(action: "send \(call.member)", code: -sent) }
        pending[waiting.token] = waiting
        rearm()
        return nil
    }

    /// Sends a signal.
    func emit(
        path: String, interface: String, member: String, _ values: [BusValue],
        to destination: String?
    ) -> Bool {
        guard !isEnded else { return false }
        var created: OpaquePointer?
        guard unsafe sd_bus_message_new_signal(bus, &created, path, interface, member) >= 0,
            let created = unsafe created
        else { return false }
        let message = unsafe OutgoingMessage(owning: created)
        if let destination {
            guard unsafe sd_bus_message_set_destination(message.message, destination) >= 0 else {
                return false
            }
        }
        guard message.append(values) else { return false }
        let sent = unsafe sd_bus_send(bus, message.message, nil)
        rearm()
        return sent >= 0
    }

    // MARK: Receiving

    private func answered(_ waiting: Pending, _ message: IncomingMessage) {
        guard pending.removeValue(forKey: waiting.token) != nil else { return }
        unsafe sd_bus_slot_unref(waiting.slot)
        unsafe waiting.slot = nil
        waiting.completion(result(of: message, waiting))
    }

    private func result(
        of message: IncomingMessage, _ call: Pending
    ) -> Result<[BusValue], BusError> {
        if let error = message.error {
            if unsafe sd_bus_is_open(bus) <= 0 { return .failure(.notConnected) }
            // The library tells the end of the time as the bus daemon tells a callee that left.
            let isSilence = BusConnection.silence.contains(error.name)
            if isSilence, MonotonicClock.now() >= call.deadline {
                return .failure(.timedOut(member: call.member))
            }
            return .failure(.remote(name: error.name, message: error.message))
        }
        guard let body = message.body() else { return .failure(.malformed(member: call.member)) }
        return .success(body)
    }

    private static let silence: Set<String> = [
        "org.freedesktop.DBus.Error.NoReply", "org.freedesktop.DBus.Error.Timeout",
    ]

    /// Every message that is no answer of ours.
    private func take(_ message: OpaquePointer) -> Int32 {
        let incoming = unsafe IncomingMessage(message)
        if incoming.isSignal {
            callbacks?.signal(incoming)
        } else if incoming.isCall, let invocation = unsafe BusInvocation(incoming, message) {
            return callbacks?.invocation(invocation) == true ? 1 : 0
        }
        return 0
    }

    /// Lets the library read, write and call back, as far as it can without waiting.
    func pump() {
        isPumpDue = false
        guard !isPumping, !isEnded else { return }
        isPumping = true
        var handled = 0
        var status: Int32 = 0
        repeat {
            status = unsafe sd_bus_process(bus, nil)
            handled += 1
        } while status > 0 && handled < BusConnection.messagesPerTurn && !isEnded
        isPumping = false
        guard !isEnded else { return }
        guard status >= 0, unsafe sd_bus_is_open(bus) > 0 else { return end() }
        if !isReady, unsafe sd_bus_is_ready(bus) > 0 {
            isReady = true
            callbacks?.ready()
        }
        if status > 0 { pumpSoon() }
        rearm()
    }

    private func pumpSoon() {
        guard !isPumpDue else { return }
        isPumpDue = true
        _ = schedule(nil)
    }

    /// Watches for what the library waits for now.
    private func rearm() {
        guard !isPumping, !isEnded, let watch else { return }
        let wanted = Poller.Events(rawValue: UInt32(max(0, unsafe sd_bus_get_events(bus))))
        if wanted != watched {
            watched = wanted
            try? loop.change(watch, to: wanted)
        }
        var microseconds = UInt64.max
        let status = unsafe sd_bus_get_timeout(bus, &microseconds)
        if let timer { loop.cancel(timer) }
        timer = nil
        guard status >= 0, microseconds != UInt64.max else { return }
        if microseconds == 0 { return pumpSoon() }
        timer = schedule(Int64(clamping: microseconds.multipliedReportingOverflow(by: 1000).0))
    }
}
