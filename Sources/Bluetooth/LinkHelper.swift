// The client of rehab-link: asks for short intervals and signal strength, and does without where it must.

package import EventLoop
package import LinkProtocol
import Plumbing

/// The helper that may change a live link's parameters.
///
/// Owned by the loop's thread. Where the helper is absent every question is answered with nil, and it
/// is looked for again with the next question, once in ten seconds at most.
package actor LinkHelper: LoopActor {
    package nonisolated let loop: EventLoop
    private let path: String
    private var connection: SharedDescriptor?
    private var watch: Watch?
    private var framing = LinkFraming(length: LinkReply.length)
    private var waiting: [UInt16: @Sendable (LinkReply?) -> Void] = [:]
    private var lastNumber: UInt16 = 0
    private var lastTry: Int64?
    /// The socket is there, but not for this user.
    private var isRefused = false

    /// What is lost without it, in a sentence.
    package static let cost = cost(of: "is not running", cure: "start it with", cureCommand)
    /// The command that starts it.
    package static let cureCommand = "systemctl enable --now rehab-link.socket"
    /// The command after which this user is served.
    package static let joinCommand = "sudo adduser \"$USER\" rehab"

    private static func cost(of state: String, cure: String, _ command: String) -> String {
        "rehab-link \(state): links keep the kernel's interval of 30 to 50 ms, which delays cues by as "
            + "much, and end after 0.42 s of interference; \(cure): \(command)"
    }

    private static let retry: Int64 = 10_000_000_000
    /// For an answer, ns: the helper itself gives the controller one second.
    private static let limit: Int64 = 3_000_000_000

    package init(loop: EventLoop, path: String) {
        self.loop = loop
        self.path = path
    }

    /// What is lost while it does not answer, and the cure.
    package var note: String {
        isRefused
            ? LinkHelper.cost(
                of: "does not serve this user", cure: "join its group and log in again",
                LinkHelper.joinCommand) : LinkHelper.cost
    }

    /// True while connected.
    package var isPresent: Bool { connection != nil }

    /// Asks; the answer comes on the loop, nil where there is no helper or it does not answer.
    package func ask(_ request: LinkRequest, _ body: @escaping @Sendable (LinkReply?) -> Void) {
        guard let connection = connected() else { return loop.perform { body(nil) } }
        lastNumber &+= 1
        var request = request
        request.number = lastNumber
        let number = lastNumber
        waiting[number] = body
        let sent = UnixSocket.send(request.bytes, to: connection.rawValue)
        guard sent == .wrote(LinkRequest.length) else { return drop() }
        after(LinkHelper.limit) { helper in
            guard helper.waiting[number] != nil else { return }
            helper.drop()
        }
    }

    /// The connection, made now if it is time to look again.
    private func connected() -> SharedDescriptor? {
        if let connection { return connection }
        if let lastTry, loop.now &- lastTry < LinkHelper.retry { return nil }
        lastTry = loop.now
        do throws(PlumbingError) {
            // A Unix socket connects at once or not at all.
            let descriptor = try UnixSocket.connect(path: path)
            try descriptor.setNonblocking(true)
            let new = SharedDescriptor(descriptor)
            watch = try watch(new.rawValue, for: .readable) { helper, _ in helper.read() }
            connection = new
            framing = LinkFraming(length: LinkReply.length)
            isRefused = false
            return new
        } catch {
            isRefused = error.isPermission
            return nil
        }
    }

    /// Takes the answers that have come.
    private func read() {
        guard let connection else { return }
        var buffer = [UInt8](repeating: 0, count: 256)
        switch UnixSocket.receive(from: connection.rawValue, into: &buffer) {
        case .bytes(let count, _):
            for message in framing.add(buffer.prefix(count)) { take(message) }
        case .empty: break
        case .ended, .failed: drop()
        }
    }

    /// One answer; anything that is none ends the connection.
    private func take(_ message: [UInt8]) {
        do throws(LinkProtocolError) {
            let reply = try LinkReply(message)
            waiting.removeValue(forKey: reply.number)?(reply)
        } catch {
            drop()
        }
    }

    /// Ends the connection; whoever waits learns that there is no answer.
    private func drop() {
        if let watch { loop.remove(watch) }
        watch = nil
        connection = nil
        let left = waiting.values
        waiting = [:]
        for body in left { body(nil) }
    }

    /// Ends the connection for good.
    package func close() { drop() }
}
