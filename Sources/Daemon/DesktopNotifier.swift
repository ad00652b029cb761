// The desktop's notifications: one call on the session bus each.

import DBus
import EventLoop

/// Speaks with `org.freedesktop.Notifications` (specification 1.2).
///
/// Owned by the loop's thread.
final class DesktopNotifier: Sendable {
    private let bus: Bus?

    private static let name = "org.freedesktop.Notifications"
    private static let path = "/org/freedesktop/Notifications"
    /// ns for the desktop's answer; ms for which it shows the text.
    private static let limit: Int64 = 5_000_000_000
    private static let shownFor: Int32 = 20_000

    /// `address`: of the session bus; nil where there is none.
    init(loop: EventLoop, address: String?) {
        bus = address.map { Bus(loop: loop, address: .at($0)) }
        bus?.assumeIsolated { $0.open() }
    }

    /// Shows one line; the completion says what went amiss, or nil.
    func show(_ text: String, _ completion: @escaping @Sendable (String?) -> Void) {
        guard let bus else { return completion("there is no session bus") }
        let call = BusCall(
            to: Self.name, path: Self.path, interface: Self.name, member: "Notify",
            [
                .string("rehabd"), .uint32(0), .string(""), .string(text), .string(""),
                .array([], of: "s"),
                .dictionary(
                    [BusEntry(.string("urgency"), .variant(.byte(0)))], key: "s", value: "v"),
                .int32(Self.shownFor),
            ])
        bus.request(call, limit: Self.limit) { result in
            switch result {
            case .success: completion(nil)
            case .failure(let error): completion("\(error)")
            }
        }
    }
}
