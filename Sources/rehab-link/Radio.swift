// The two things that need a raw HCI socket.

import CBluetooth
import Glibc
import LinkProtocol
import Plumbing

/// Carries out a request on the adapter it names.
enum Radio {
    /// For the controller's answer, ms.
    private static let limit: Int32 = 1_000

    static func carryOut(_ request: LinkRequest) -> LinkReply {
        guard request.operation != .hello else {
            return LinkReply(.hello, number: request.number, status: .done)
        }
        let socket = rehab_hci_open(Int32(request.adapter))
        guard socket >= 0 else { return refused(request, .noLink, socket) }
        let adapter = Descriptor(owning: socket)
        let handle = rehab_hci_handle(adapter.rawValue, request.address)
        guard handle >= 0, let handle = UInt16(exactly: handle) else {
            return refused(request, .noLink, handle)
        }
        switch request.operation {
        case .hello: return LinkReply(.hello, number: request.number, status: .done)
        case .setParameters:
            let status = rehab_hci_update(
                adapter.rawValue, handle, request.interval, request.timeout, limit)
            if status < 0 { return refused(request, .refused, status) }
            return LinkReply(
                .setParameters, number: request.number, status: .done, interval: request.interval)
        case .readRSSI:
            let value = rehab_hci_rssi(adapter.rawValue, handle, limit)
            guard value >= 0, let rssi = Int8(exactly: value - 1000) else {
                return refused(request, .refused, value)
            }
            return LinkReply(.readRSSI, number: request.number, status: .done, rssi: rssi)
        }
    }

    private static func refused(
        _ request: LinkRequest, _ status: LinkReply.Status, _ code: Int32
    ) -> LinkReply {
        LinkReply(
            request.operation, number: request.number, status: status,
            errorNumber: UInt16(clamping: -Int(code)))
    }
}
