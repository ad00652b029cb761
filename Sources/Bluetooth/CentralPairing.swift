// Pairing, when a person asks for it and only then.

import DBus
import EventLoop
package import Wearables

extension Central {
    private static let agentPath = "/org/rehabd/agent"

    /// Pairs with a device in reach that asks for no number ("Just Works").
    ///
    /// The agent is registered for this request and withdrawn after it. A sensor whose settings are
    /// under way lets go of its link before: ending it in the midst would cancel the pairing.
    package func pair(_ address: DeviceAddress) async throws(BluetoothError) {
        guard condition == .ready, let adapter else { throw .notReady(condition) }
        guard pairing == nil else { throw .busy("another pairing") }
        let ending = "/dev_" + address.text.replacing(":", with: "_")
        let path = adapter.path + ending
        guard tree.properties(path, BlueZ.device) != nil else { throw .unknownSensor(address) }
        let wasWanted = entries[address]?.life.isWanted == true
        let problem = await withCheckedContinuation { continuation in
            pairing = (path, { continuation.resume(returning: $0) })
            if let entry = entries[address] { send(.stepAside, to: entry) }
            registerAgent(for: address)
        }
        // What was given up for want of a bond is tried again.
        if wasWanted, let entry = entries[address] { send(.want, to: entry) }
        if let problem { throw problem }
    }

    /// True while the sensor's own business with its link goes on.
    private func isBusy(_ address: DeviceAddress) -> Bool {
        switch entries[address]?.life.state {
        case .closing, .removing, .stopping: true
        default: false
        }
    }

    /// An agent that can neither show nor type: "Just Works" is all it answers.
    private func registerAgent(for address: DeviceAddress) {
        let call = BlueZ.call(
            BlueZ.root, BlueZ.agentManager, "RegisterAgent",
            [.objectPath(Central.agentPath), .string("NoInputNoOutput")])
        bus.request(call, limit: BlueZ.Limit.setting) { [weak self] result in
            self?.assumeIsolated { central in
                if case .failure(let error) = result { return central.paired(.failure(error)) }
                central.callPair(address, until: central.loop.now &+ BlueZ.Limit.disconnect)
            }
        }
    }

    /// The pairing itself, while the agent is there.
    private func callPair(_ address: DeviceAddress, until limit: Int64) {
        guard let pairing else { return }
        guard !isBusy(address) || loop.now >= limit else {
            after(50_000_000) { $0.callPair(address, until: limit) }
            return
        }
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
