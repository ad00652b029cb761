// The interface that every Varlink service has: it says what the service is and can do.

/// `org.varlink.service`: its text, its errors, and the answers of one service.
package struct VarlinkService: Sendable {
    package static let interface = "org.varlink.service"

    /// The text that `GetInterfaceDescription` gives for the interface itself.
    ///
    /// The first four errors are the specification's, the last two systemd's additions, which its
    /// tools understand.
    package static let description = """
        # What a service is, and which interfaces it has.
        interface org.varlink.service

        method GetInfo() -> (
          vendor: string,
          product: string,
          version: string,
          url: string,
          interfaces: []string
        )

        # The text of one interface.
        method GetInterfaceDescription(interface: string) -> (description: string)

        error InterfaceNotFound (interface: string)
        error MethodNotFound (method: string)
        error MethodNotImplemented (method: string)
        error InvalidParameter (parameter: string)
        # The caller may not do this.
        error PermissionDenied ()
        # The method answers only calls that take several replies.
        error ExpectedMore ()

        """

    package var vendor: String
    package var product: String
    package var version: String
    package var url: String
    /// Text of each further interface by its name.
    package var interfaces: [String: String]

    package init(
        vendor: String, product: String, version: String, url: String,
        interfaces: [String: String]
    ) {
        self.vendor = vendor
        self.product = product
        self.version = version
        self.url = url
        self.interfaces = interfaces
    }

    /// The reply to a call of `org.varlink.service`, whatever the call.
    package func reply(to call: VarlinkCall) -> VarlinkReply {
        switch call.member {
        case "GetInfo":
            if let extra = call.parameters.objectValue?.keys.min() {
                return VarlinkService.invalidParameter(extra)
            }
            let names = ([VarlinkService.interface] + interfaces.keys).sorted()
            return VarlinkReply(parameters: [
                "vendor": .string(vendor), "product": .string(product),
                "version": .string(version), "url": .string(url),
                "interfaces": .array(names.map { .string($0) }),
            ])
        case "GetInterfaceDescription":
            let others = call.parameters.objectValue?.keys.filter { $0 != "interface" } ?? []
            if let extra = others.min() { return VarlinkService.invalidParameter(extra) }
            guard let name = call.parameters["interface"]?.stringValue else {
                return VarlinkService.invalidParameter("interface")
            }
            let known =
                name == VarlinkService.interface ? VarlinkService.description : interfaces[name]
            guard let text = known else { return VarlinkService.interfaceNotFound(name) }
            return VarlinkReply(parameters: ["description": .string(text)])
        default:
            return VarlinkService.methodNotFound(call.method)
        }
    }

    package static func interfaceNotFound(_ name: String) -> VarlinkReply {
        VarlinkReply(
            error: "\(interface).InterfaceNotFound", parameters: ["interface": .string(name)])
    }

    package static func methodNotFound(_ name: String) -> VarlinkReply {
        VarlinkReply(error: "\(interface).MethodNotFound", parameters: ["method": .string(name)])
    }

    package static func invalidParameter(_ name: String) -> VarlinkReply {
        VarlinkReply(
            error: "\(interface).InvalidParameter", parameters: ["parameter": .string(name)])
    }

    package static var permissionDenied: VarlinkReply {
        VarlinkReply(error: "\(interface).PermissionDenied")
    }

    package static var expectedMore: VarlinkReply {
        VarlinkReply(error: "\(interface).ExpectedMore")
    }
}
