// Pairing, when a person asks for it and only then.

import DBus
import EventLoop
package import Wearables

extension Central {
    private static let agentPath = "/org/rehabd/agent"

    /// Pairs with a device in reach that asks for no number ("Just Works").
    ///
    /// The agent is registered for this request and withdrawn after it.
    package func pair(_ address: DeviceAddress) async throws(BluetoothError) {
        guard condition == .ready, let adapter else { throw .notReady(condition) }
        guard pairing == nil else { throw .busy("another pairing") }
        let ending = "/dev_" + address.text.replacing(":", with: "_")
        let path = adapter.path + ending
        guard tree.properties(path, BlueZ.device) != nil else { throw .unknownSensor(address) }
        let problem = await withCheckedContinuation { continuation in
            pairing = (path, { continuation.resume(returning: $0) })
            registerAgent()
        }
        if let problem { throw problem }
    }

    /// An agent that can neither show nor type: "Just Works" is all it answers.
    private func registerAgent() {
        let call = BlueZ.call(
            BlueZ.root, BlueZ.agentManager, "RegisterAgent",
            [.objectPath(Central.agentPath), .string("NoInputNoOutput")])
        bus.request(call, limit: BlueZ.Limit.setting) { [weak self] result in
            self?.assumeIsolated { central in
                if case .failure(let error) = result { return central.paired(.failure(error)) }
                central.callPair()
            }
        }
    }

    /// The pairing itself, while the agent is there.
    private func callPair() {
        guard let pairing else { return }
        let call = BlueZ.call(pairing.path, BlueZ.device, "Pair")
        bus.request(call, limit: BlueZ.Limit.pair) { [weak self] result in
            self?.assumeIsolated { $0.paired(result) }
        }
    }

    /// Withdraws the agent and tells who asked.
    private func paired(_ result: Result<[BusValue], BusError>) {
        guard let ended = pairing else { return }
        pairing = nil
        let withdraw = BlueZ.call(
            BlueZ.root, BlueZ.agentManager, "UnregisterAgent", [.objectPath(Central.agentPath)])
        bus.request(withdraw, limit: BlueZ.Limit.setting) { _ in }
        switch result {
        case .success: ended.completion(nil)
        case .failure(let error): ended.completion(.call(error))
        }
    }

    /// Calls to the agent: answered for the device that is being paired, refused for every other.
    func takeInvocation(_ invocation: BusInvocation) -> Bool {
        guard invocation.path == Central.agentPath, invocation.interface == BlueZ.agent else {
            return false
        }
        guard invocation.sender == owner else {
            invocation.fail("org.freedesktop.DBus.Error.AccessDenied", "only BlueZ may ask")
            return true
        }
        switch invocation.member {
        case "Release", "Cancel": invocation.reply()
        case "RequestConfirmation", "RequestAuthorization", "AuthorizeService":
            if let pairing, invocation.arguments.first?.asString == pairing.path {
                invocation.reply()
            } else {
                invocation.fail("org.bluez.Error.Rejected", "not asked for")
            }
        default: invocation.fail("org.bluez.Error.Rejected", "no numbers can be shown or typed")
        }
        return true
    }
}
