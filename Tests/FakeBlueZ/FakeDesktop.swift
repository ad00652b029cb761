// A stand-in for the desktop's notifications: owns the name on a private bus and notes what it is asked.

import DBus
import EventLoop
import Synchronization

/// Owns `org.freedesktop.Notifications` and answers from a thread of its own.
package final class FakeDesktop: Sendable {
    private let thread: LoopThread
    private let bus: Bus
    private let texts = Mutex<[String]>([])
    private let buttons = Mutex<[String]>([])

    private static let name = "org.freedesktop.Notifications"

    package init(at address: String) throws {
        thread = try LoopThread()
        bus = Bus(loop: thread.loop, address: .at(address))
    }

    package func start() async {
        await bus.onInvocation { [weak self] call in
            if call.interface == FakeDesktop.name, call.member == "GetServerInformation" {
                return call.reply(["desktop", "rehabd's tests", "1", "1.2"].map { .string($0) })
            }
            guard let self, call.interface == FakeDesktop.name, call.member == "Notify",
                call.arguments.count == 8, let summary = call.arguments[3].asString
            else { return false }
            let number = texts.withLock { texts in
                texts.append(summary)
                return UInt32(texts.count)
            }
            if let words = call.arguments[5].asStrings { buttons.withLock { $0 = words } }
            return call.reply([.uint32(number)])
        }
        await bus.open()
        await bus.requestName(FakeDesktop.name)
    }

    /// The first lines that were shown, in order.
    package var shown: [String] { texts.withLock { $0 } }

    /// Keys and words of the newest one's buttons, in turn.
    package var actions: [String] { buttons.withLock { $0 } }

    /// The person presses a button of the text with that number, counted from 1.
    package func press(_ key: String, of number: UInt32) async {
        await bus.emit(
            path: "/org/freedesktop/Notifications", interface: FakeDesktop.name,
            member: "ActionInvoked", [.uint32(number), .string(key)])
    }

    package func end() async {
        await bus.close()
        thread.end()
    }
}
