// Calls, signals and invocations as values.

import CSystemd

/// A method call to make.
package struct BusCall: Sendable {
    package var destination: String
    package var path: String
    package var interface: String
    package var member: String
    package var arguments: [BusValue]

    package init(
        to destination: String, path: String, interface: String, member: String,
        _ arguments: [BusValue] = []
    ) {
        self.destination = destination
        self.path = path
        self.interface = interface
        self.member = member
        self.arguments = arguments
    }
}

/// A signal whose sender has been checked.
package struct BusSignal: Sendable {
    package let path: String
    package let interface: String
    package let member: String
    package let body: [BusValue]

    package init(path: String, interface: String, member: String, body: [BusValue]) {
        self.path = path
        self.interface = interface
        self.member = member
        self.body = body
    }
}

/// Which signals are wanted.
package struct SignalRule: Sendable, Hashable {
    /// A well-known name, whose present owner alone may send, or `org.freedesktop.DBus`.
    package let sender: String
    package let interface: String
    package let member: String?
    /// Only from this object and those below it.
    package let pathNamespace: String?
    /// Only with this first argument.
    package let firstArgument: String?

    package init(
        sender: String, interface: String, member: String? = nil, pathNamespace: String? = nil,
        firstArgument: String? = nil
    ) {
        self.sender = sender
        self.interface = interface
        self.member = member
        self.pathNamespace = pathNamespace
        self.firstArgument = firstArgument
    }

    /// The rule as the bus daemon reads it.
    var text: String {
        var parts = ["type='signal'", "sender='\(sender)'", "interface='\(interface)'"]
        if let member { parts.append("member='\(member)'") }
        if let pathNamespace { parts.append("path_namespace='\(pathNamespace)'") }
        if let firstArgument { parts.append("arg0='\(firstArgument)'") }
        return parts.joined(separator: ",")
    }

    /// Everything but sender and arguments, which need more than the head.
    func covers(path: String, interface: String, member: String) -> Bool {
        guard interface == self.interface, self.member == nil || self.member == member else {
            return false
        }
        guard let pathNamespace, pathNamespace != "/" else { return true }
        return path == pathNamespace || path.hasPrefix(pathNamespace + "/")
    }
}

/// A call that someone made to us: answered once, now or later, or never.
///
/// Owned by the loop's thread, which is what makes it sendable.
@safe
package final class BusInvocation: @unchecked Sendable {
    package let sender: String
    package let path: String
    package let interface: String
    package let member: String
    package let arguments: [BusValue]
    private var message: OpaquePointer?

    init?(_ incoming: IncomingMessage, _ message: OpaquePointer) {
        guard let arguments = incoming.body() else { return nil }
        sender = incoming.sender
        path = incoming.path
        interface = incoming.interface
        member = incoming.member
        self.arguments = arguments
        unsafe self.message = sd_bus_message_ref(message)
    }

    deinit { if let message = unsafe message { unsafe sd_bus_message_unref(message) } }

    /// Answers; false where it was answered before or the values are not allowed.
    @discardableResult
    package func reply(_ values: [BusValue] = []) -> Bool {
        guard let call = unsafe message else { return false }
        var created: OpaquePointer?
        guard unsafe sd_bus_message_new_method_return(call, &created) >= 0,
            let created = unsafe created
        else { return false }
        let reply = unsafe OutgoingMessage(owning: created)
        guard reply.append(values), unsafe sd_bus_send(nil, reply.message, nil) >= 0 else {
            return false
        }
        drop()
        return true
    }

    /// Answers with an error.
    @discardableResult
    package func fail(_ name: String, _ text: String) -> Bool {
        guard let call = unsafe message else { return false }
        var error = unsafe sd_bus_error()
        defer { unsafe sd_bus_error_free(&error) }
        unsafe sd_bus_error_set(&error, name, text)
        let sent = unsafe sd_bus_reply_method_error(call, &error) >= 0
        drop()
        return sent
    }

    private func drop() {
        if let message = unsafe message { unsafe sd_bus_message_unref(message) }
        unsafe message = nil
    }
}
