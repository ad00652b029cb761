// The desktop's notifications: one call on the session bus each.

import DBus
import EventLoop
import Synchronization

/// Why the desktop showed nothing, and what to do about it.
struct DesktopTrouble: Sendable, Equatable {
    let reason: String
    let cure: String

    static let noBus = DesktopTrouble(
        reason: "there is no session bus",
        cure: "run rehabd as a user service in a desktop session, or: rehabctl breaks off")

    init(reason: String, cure: String) {
        self.reason = reason
        self.cure = cure
    }

    init(_ error: BusError) {
        switch error.remoteName {
        case nil where error == .notConnected: self = .noBus
        case "org.freedesktop.DBus.Error.ServiceUnknown",
            "org.freedesktop.DBus.Error.NameHasNoOwner":
            self.init(
                reason: "no program shows notifications in this session",
                cure: "start the desktop's, or install one (sudo apt install dunst), or: rehabctl "
                    + "breaks off")
        default:
            self.init(
                reason: error.description.replacing(": ", with: ", "),
                cure: "see whether the desktop shows others, or: rehabctl breaks off")
        }
    }
}

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
    /// The key and the words of the button that puts reminders off.
    private static let snooze = "snooze"
    private static let snoozeWords = "Snooze 1 h"
    /// Under the words: not every desktop tells which program a text is from.
    private static let origin = "rehabd (to put off or stop: rehabctl breaks)"
    /// Numbers of the texts that we showed: the signal of a button goes to everybody.
    private let shown = Mutex<[UInt32]>([])

    /// `address`: of the session bus; nil where there is none.
    ///
    /// `snoozed` is called on the loop when the person presses the button.
    init(loop: EventLoop, address: String?, snoozed: @escaping @Sendable () -> Void) {
        bus = address.map { Bus(loop: loop, address: .at($0)) }
        bus?.assumeIsolated { bus in
            bus.subscribe(
                SignalRule(sender: Self.name, interface: Self.name, member: "ActionInvoked")
            ) { [weak self] signal in
                guard let self, signal.body.count == 2, let number = signal.body[0].asInt,
                    signal.body[1].asString == Self.snooze, owns(number)
                else { return }
                snoozed()
            }
            bus.open()
        }
    }

    private func owns(_ number: Int) -> Bool {
        shown.withLock { shown in UInt32(exactly: number).map { shown.contains($0) } ?? false }
    }

    private func note(_ number: Int?) {
        guard let number = number.flatMap({ UInt32(exactly: $0) }) else { return }
        shown.withLock { shown in
            shown.append(number)
            if shown.count > 20 { shown.removeFirst() }
        }
    }

    /// Shows one line; the completion says what went amiss, or nil.
    func show(_ text: String, _ completion: @escaping @Sendable (DesktopTrouble?) -> Void) {
        guard let bus else { return completion(.noBus) }
        let call = BusCall(
            to: Self.name, path: Self.path, interface: Self.name, member: "Notify",
            [
                .string("rehabd"), .uint32(0), .string(""), .string(text), .string(Self.origin),
                .array([.string(Self.snooze), .string(Self.snoozeWords)], of: "s"),
                .dictionary(
                    [BusEntry(.string("urgency"), .variant(.byte(0)))], key: "s", value: "v"),
                .int32(Self.shownFor),
            ])
        bus.request(call, limit: Self.limit) { [weak self] result in
            switch result {
            case .success(let body):
                self?.note(body.first?.asInt)
                completion(nil)
            case .failure(let error): completion(DesktopTrouble(error))
            }
        }
    }

    /// Asks whether somebody would show a text; the completion says what is in the way, or nil.
    func look(_ completion: @escaping @Sendable (DesktopTrouble?) -> Void) {
        guard let bus else { return completion(.noBus) }
        let call = BusCall(
            to: Self.name, path: Self.path, interface: Self.name, member: "GetServerInformation", []
        )
        bus.request(call, limit: Self.limit) { result in
            if case .failure(let error) = result {
                completion(DesktopTrouble(error))
            } else {
                completion(nil)
            }
        }
    }
}
