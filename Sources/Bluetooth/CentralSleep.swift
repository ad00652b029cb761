// Sleep of the machine: a delay for the recording's sake, then everything anew.

import DBus
import EventLoop

extension Central {
    private static let logind = "org.freedesktop.login1"
    /// For the owner to end its recording, ns; logind itself waits five seconds.
    private static let sleepLimit: Int64 = 1_000_000_000

    /// Listens to logind and holds a delay inhibitor while it is there.
    func watchSleep() {
        guard settings.inhibitsSleep else { return }
        let rule = SignalRule(
            sender: Central.logind, interface: "org.freedesktop.login1.Manager",
            member: "PrepareForSleep")
        bus.assumeIsolated { bus in
            bus.subscribe(rule) { [weak self] signal in
                guard let isGoing = signal.body.first?.asBool else { return }
                self?.assumeIsolated { $0.prepareForSleep(isGoing) }
            }
            bus.watchName(Central.logind) { [weak self] owner in
                self?.assumeIsolated { central in
                    central.inhibitor = nil
                    if owner != nil { central.inhibit() }
                }
            }
        }
    }

    /// Takes the inhibitor: a descriptor that delays sleep while it is open.
    private func inhibit() {
        let call = BusCall(
            to: Central.logind, path: "/org/freedesktop/login1",
            interface: "org.freedesktop.login1.Manager", member: "Inhibit",
            [
                .string("sleep"), .string("rehabd"), .string("ends the recording of an exercise"),
                .string("delay"),
            ])
        bus.request(call, limit: BlueZ.Limit.setting) { [weak self] result in
            self?.assumeIsolated { central in
                // Without the right to delay sleep the recording may end torn; it stays readable.
                if case .success(let body) = result { central.inhibitor = body.first?.asDescriptor }
            }
        }
    }

    /// Going to sleep ends every stream; waking is like an adapter that comes back.
    private func prepareForSleep(_ isGoing: Bool) {
        guard isGoing != isAsleep else { return }
        isAsleep = isGoing
        judge()
        if isGoing {
            // Before the owner is told: it may be ready at once, and a timer that is set after that would let
            // go of the delay for the next sleep, when it fires after the wake.
            sleepTimer = after(Central.sleepLimit) { $0.readyForSleep() }
            handlers.onEvent(.sleeping)
        } else {
            if let sleepTimer { loop.cancel(sleepTimer) }
            sleepTimer = nil
            handlers.onEvent(.woke)
            inhibit()
            // Links ended with the sleep; what BlueZ says of them is read anew.
            mirror.assumeIsolated { $0.reread() }
        }
    }

    /// The owner is ready: the machine may sleep.
    package func readyForSleep() {
        if let sleepTimer { loop.cancel(sleepTimer) }
        sleepTimer = nil
        inhibitor = nil
    }
}
