// A fake device whose packets somebody else makes: a synthetic person behind a real protocol.

import EventLoop
import Plumbing

extension FakeBlueZ {
    /// Notifies what comes out of `source` in place of the device's own packets, while the device
    /// measures; what comes while it does not, or while there is no link, is lost, as on the air.
    package func play(
        _ address: String, _ uuid: String, from source: SharedDescriptor
    ) throws(PlumbingError) {
        guard let device = devices[address], let place = device.place(of: uuid) else { return }
        try source.setNonblocking(true)
        if let stream = device.stream { loop.cancel(stream) }
        device.stream = nil
        device.player = try watch(source.rawValue, for: .readable) { fake, _ in
            fake.pass(address, place, from: source)
        }
    }

    private func pass(_ address: String, _ place: Int, from source: SharedDescriptor) {
        guard let device = devices[address] else { return }
        var buffer = [UInt8](repeating: 0, count: PacketSocket.maximumBytes)
        while true {
            var span = buffer.mutableSpan
            switch PacketSocket.receive(from: source.rawValue, into: &span) {
            case .packet(let count, _):
                guard device.isMeasuring else { continue }
                _ = notify(device, place, Array(buffer.prefix(count)))
            case .empty: return
            case .oversized: continue
            case .ended:
                if let player = device.player { loop.remove(player) }
                device.player = nil
                return
            }
        }
    }
}
