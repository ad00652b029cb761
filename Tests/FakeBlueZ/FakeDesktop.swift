// A stand-in for the desktop's notifications: owns the name on a private bus and notes what it is asked.

import DBus
import EventLoop
import Synchronization

/// Owns `org.freedesktop.Notifications` and answers from a thread of its own.
package final class FakeDesktop: Sendable {
    private let thread: LoopThread
    private let bus: Bus
    private let texts = Mutex<[String]>([])

    private static let name = "org.freedesktop.Notifications"

    package init(at address: String) throws {
        thread = try LoopThread()
        bus = Bus(loop: thread.loop, address: .at(address))
    }

    package func start() async {
        await bus.onInvocation { [weak self] call in
            guard let self, call.interface == FakeDesktop.name, call.member == "Notify",
                call.arguments.count == 8, let summary = call.arguments[3].asString
            else { return false }
            texts.withLock { $0.append(summary) }
            return call.reply([.uint32(1)])
        }
        await bus.open()
        await bus.requestName(FakeDesktop.name)
    }

    /// The first lines that were shown, in order.
    package var shown: [String] { texts.withLock { $0 } }

    package func end() async {
        await bus.close()
        thread.end()
    }
}
