// A kind of device that can be looked for and connected to: a built-in family or a user's description.

/// What is known of a kind before there is a connection.
package struct WearableKind: Sendable {
    package enum Source: Sendable {
        case family(any Wearable.Type)
        case described(StreamDescription)
    }

    package let source: Source
    package let identity: WearableIdentity
    package let capabilities: Capabilities

    package init(_ family: any Wearable.Type) {
        source = .family(family)
        identity = family.identity
        capabilities = family.capabilities
    }

    /// Nil where the description is not sound.
    package init?(_ description: StreamDescription) {
        guard let driver = NordicUart(description) else { return nil }
        source = .described(description)
        identity = driver.identity
        capabilities = driver.capabilities
    }

    package func recognise(_ advertisement: Advertisement) -> Recognition? {
        switch source {
        case .family(let family): family.recognise(advertisement)
        case .described(let description): description.match.recognise(advertisement)
        }
    }

    /// A driver for one connection.
    package func driver(_ request: StreamRequest) -> any Wearable {
        if case .described(let description) = source, let driver = NordicUart(description) {
            return driver
        }
        if case .family(let family) = source { return family.init(request) }
        return NordicUart(request)
    }
}

/// All kinds of a running program: the user's own first, for they are the more particular.
package struct WearableKinds: Sendable {
    package let all: [WearableKind]

    package init(descriptions: [StreamDescription] = []) {
        all =
            descriptions.compactMap { WearableKind($0) }
            + wearableRegistry.map { WearableKind($0) }
    }

    package func kind(named name: String) -> WearableKind? {
        all.first { $0.identity.name == name }
    }

    /// The kind that recognises the advertisement most surely, the first of equals.
    package func kind(
        recognising advertisement: Advertisement
    ) -> (kind: WearableKind, recognition: Recognition)? {
        var best: (kind: WearableKind, recognition: Recognition)?
        for kind in all {
            guard let recognition = kind.recognise(advertisement) else { continue }
            if let current = best, current.recognition.strength >= recognition.strength { continue }
            best = (kind, recognition)
        }
        return best
    }
}

extension StreamDescription.Match {
    /// Everything that is given must fit; an address is certain, a name likely, a service alone needs a
    /// connection and the user's word.
    package func recognise(_ advertisement: Advertisement) -> Recognition? {
        if let address, advertisement.address?.uppercased() != address.uppercased() { return nil }
        if let service, !advertisement.services.contains(service.lowercased()) { return nil }
        if let name {
            guard let local = advertisement.localName, Self.fits(local, pattern: name) else {
                return nil
            }
        }
        if address != nil { return Recognition(.certain) }
        if name != nil { return Recognition(.likely) }
        return service != nil ? Recognition(.needsConnection) : nil
    }

    /// `*` stands for any characters.
    static func fits(_ text: String, pattern: String) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard parts.count > 1, let first = parts.first, let last = parts.last else {
            return text == pattern
        }
        guard text.hasPrefix(first) else { return false }
        var rest = text.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.count >= last.count && rest.hasSuffix(last)
    }
}
