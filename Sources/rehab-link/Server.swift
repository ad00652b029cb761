// Serves the socket: few clients, checked by the kernel's word for who they are, one question at a time.

import LinkProtocol
import Plumbing

/// One thread, one poll set.
///
/// A client that says anything but a well-formed question is dropped; so is one that asks too often.
struct Server: ~Copyable {
    private let listener: Descriptor
    private let arguments: Arguments
    private var poller: Poller
    private var clients: [UInt64: Client] = [:]
    private var lastToken: UInt64 = 0

    private struct Client {
        let descriptor: SharedDescriptor
        var framing = LinkFraming(length: LinkRequest.length)
        /// Questions in the present second, and its beginning in ns.
        var asked = 0
        var second: Int64 = 0
    }

    private static let clientLimit = 8
    /// Six sensors' parameters and strengths, with room.
    private static let questionsPerSecond = 50

    /// `listener` does not block and stands in `poller` as number 0.
    init(listener: consuming Descriptor, poller: consuming Poller, arguments: Arguments) {
        self.listener = listener
        self.poller = poller
        self.arguments = arguments
    }

    /// Waits until there is something to do, and does it.
    mutating func turn() {
        let count = poller.wait()
        for index in 0..<count {
            let token = poller.token(at: index)
            if token == 0 { accept() } else { serve(token) }
        }
    }

    private mutating func accept() {
        guard let descriptor = UnixSocket.accept(from: listener.rawValue) else { return }
        do throws(PlumbingError) {
            let peer = try UnixSocket.peer(of: descriptor.rawValue)
            guard clients.count < Server.clientLimit,
                arguments.serves(user: peer.userID, group: peer.groupID)
            else { return }
            try descriptor.setNonblocking(true)
            lastToken &+= 1
            try poller.add(descriptor.rawValue, .readable, token: lastToken)
            clients[lastToken] = Client(descriptor: SharedDescriptor(descriptor))
        } catch {
            // Gone again, or the kernel is short of something: the client sees the end and tries later.
        }
    }

    private mutating func serve(_ token: UInt64) {
        guard var client = clients[token] else { return }
        var buffer = [UInt8](repeating: 0, count: 256)
        switch UnixSocket.receive(from: client.descriptor.rawValue, into: &buffer) {
        case .empty: return
        case .ended, .failed: return drop(token)
        case .bytes(let count, _):
            for message in client.framing.add(buffer.prefix(count)) {
                guard answer(message, &client) else { return drop(token) }
            }
            clients[token] = client
        }
    }

    /// False where the client is to be dropped.
    private func answer(_ message: [UInt8], _ client: inout Client) -> Bool {
        let now = MonotonicClock.now()
        if now &- client.second >= 1_000_000_000 {
            client.second = now
            client.asked = 0
        }
        client.asked += 1
        guard client.asked <= Server.questionsPerSecond else { return false }
        do throws(LinkProtocolError) {
            let reply = Radio.carryOut(try LinkRequest(message))
            let sent = UnixSocket.send(reply.bytes, to: client.descriptor.rawValue)
            return sent == .wrote(LinkReply.length)
        } catch {
            return false
        }
    }

    private mutating func drop(_ token: UInt64) {
        guard let client = clients.removeValue(forKey: token) else { return }
        poller.remove(client.descriptor.rawValue)
    }
}
