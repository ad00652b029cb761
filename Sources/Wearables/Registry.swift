// Every device family that rehabd knows: the one list to add a line to.

/// The families, in the order in which they are asked whether they recognise a device.
package let wearableRegistry: [any Wearable.Type] = [
    MovellaDot.self,
    MetaMotion.self,
    WitMotion.self,
    PolarVerity.self,
    PolarH10.self,
    NordicUart.self,
    Movesense.self,
    BlueST.self,
    Thingy52.self,
    Myo.self,
    Adafruit.self,
    Espruino.self,
    NiclaSense.self,
    Muse.self,
]

/// The family of that name, or nil.
package func wearable(named name: String) -> (any Wearable.Type)? {
    wearableRegistry.first { $0.identity.name == name }
}

/// The family that recognises the advertisement most surely (the first of equals), or nil.
package func wearable(
    recognising advertisement: Advertisement
) -> (family: any Wearable.Type, recognition: Recognition)? {
    var best: (family: any Wearable.Type, recognition: Recognition)?
    for family in wearableRegistry {
        guard let recognition = family.recognise(advertisement) else { continue }
        if let current = best, current.recognition.strength >= recognition.strength { continue }
        best = (family, recognition)
    }
    return best
}
