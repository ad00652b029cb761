// One client's connection: bytes in, calls in order, bytes out.

import EventLoop
import Plumbing
import Varlink

/// The state of one connection.
///
/// Belongs to the `ControlServer` actor; knows no method.
final class Connection {
    /// What the connection is doing besides writing.
    enum State {
        /// Takes the next call.
        case ready
        /// A call is being answered; the next one waits its turn.
        case answering(Answering)
        /// Nothing more is read; what was said before is still written.
        case closing
    }

    /// The call in progress.
    struct Answering {
        let number: UInt64
        let oneway: Bool
        /// The call lasts until someone ends it, and so has to end with its reader.
        var isStream = false
        /// Called on the loop, later than the moment in which the leaving is noticed.
        var whenClientLeaves: (@Sendable () -> Void)?
    }

    let number: UInt64
    let peer: PeerCredentials
    let descriptor: Descriptor
    /// Nil once the other end is gone altogether: such a descriptor would report itself for ever.
    var watch: Watch?
    private(set) var watched: Poller.Events = .readable

    var framing: VarlinkFraming
    /// Descriptors that came with a message that was not taken yet, by the message's number.
    private var descriptors: [Int: [SharedDescriptor]] = [:]
    /// The other end will send no more.
    private(set) var inputEnded = false
    /// The other end reads no more either.
    var isGone = false
    /// Its calls are being taken at this moment, further up the stack.
    var isAdvancing = false

    var state = State.ready
    var output = OutputQueue()
    var subscriber: Subscriber?
    /// Set while a frame is held back.
    var frameTimer: TimerID?

    /// While bytes wait: when the client last took some, or when they began to wait; host time.
    var progressed: Int64 = 0
    /// Set while bytes wait.
    var stuckTimer: TimerID?

    init(
        number: UInt64, peer: PeerCredentials, descriptor: consuming Descriptor,
        callLimit: Int
    ) {
        self.number = number
        self.peer = peer
        self.descriptor = descriptor
        framing = VarlinkFraming(limit: callLimit)
    }

    /// The call in progress, or nil.
    var answering: Answering? {
        if case .answering(let answering) = state { answering } else { nil }
    }

    /// The call in progress is one that lasts.
    func markStream() {
        guard var answering else { return }
        answering.isStream = true
        state = .answering(answering)
    }

    var isClosing: Bool {
        if case .closing = state { true } else { false }
    }

    /// What to wait for now.
    ///
    /// A client is listened to when all its calls are answered, which bounds what one can leave
    /// here; else it is only watched for hanging up, which is always reported.
    var interest: Poller.Events {
        var events: Poller.Events = []
        if !output.isEmpty { events.insert(.writable) }
        if case .ready = state, !inputEnded, !framing.hasMessage { events.insert(.readable) }
        return events
    }

    /// Tells the loop what to wait for, where that changed.
    func updateInterest(on loop: EventLoop) {
        guard let watch, interest != watched else { return }
        watched = interest
        // Cannot be refused for a descriptor that is being watched.
        try? loop.change(watch, to: interest)
    }

    // MARK: Input

    /// More descriptors than this with one message close the connection.
    static let maximumDescriptors = 32

    /// Reads once.
    ///
    /// False where the client broke a limit.
    func read(into buffer: inout [UInt8]) -> Bool {
        switch UnixSocket.receive(from: descriptor.rawValue, into: &buffer) {
        case .bytes(let count, let received):
            let message = framing.append(buffer[..<count])
            if received.isEmpty { return true }
            descriptors[message, default: []] += received
            return descriptors.values.allSatisfy { $0.count <= Connection.maximumDescriptors }
        case .empty:
            inputEnded = isGone
            return true
        case .ended, .failed:
            inputEnded = true
            return true
        }
    }

    /// The descriptors that came with message `number`; they close when the caller lets go of them.
    func takeDescriptors(of number: Int) -> [SharedDescriptor] {
        descriptors.removeValue(forKey: number) ?? []
    }

    // MARK: Output

    /// Writes what the socket takes.
    ///
    /// False once the other end is gone.
    func flush(at now: Int64) -> Bool {
        var ended = false
        let progress = output.flush { bytes, offset in
            switch UnixSocket.send(bytes, from: offset, to: descriptor.rawValue) {
            case .wrote(let count): return count
            case .full: return 0
            case .ended:
                ended = true
                return 0
            }
        }
        if progress { progressed = now }
        return !ended
    }
}
