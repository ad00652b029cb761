// Takes values out of a received message.

import CSystemd
import Glibc
import Plumbing

/// A received message while its callback runs.
///
/// Owned by the loop's thread; the pointer is not kept beyond the callback.
@safe
struct IncomingMessage {
    private let message: OpaquePointer

    init(_ message: OpaquePointer) { unsafe self.message = message }

    /// The sender's unique name; empty where the bus gave none.
    var sender: String { unsafe text(sd_bus_message_get_sender(message)) }
    var path: String { unsafe text(sd_bus_message_get_path(message)) }
    var interface: String { unsafe text(sd_bus_message_get_interface(message)) }
    var member: String { unsafe text(sd_bus_message_get_member(message)) }
    var isSignal: Bool { unsafe sd_bus_message_is_signal(message, nil, nil) > 0 }
    var isCall: Bool { unsafe sd_bus_message_is_method_call(message, nil, nil) > 0 }

    /// The error that the message carries, or nil.
    var error: (name: String, message: String)? {
        guard unsafe sd_bus_message_is_method_error(message, nil) > 0,
            let error = unsafe sd_bus_message_get_error(message)
        else { return nil }
        return unsafe (text(error.pointee.name), text(error.pointee.message))
    }

    /// Everything in the message; nil where it cannot be read.
    func body() -> [BusValue]? {
        guard unsafe sd_bus_message_rewind(message, 1) >= 0 else { return nil }
        return values()
    }

    /// The bytes in `PropertiesChanged(interface, {property: bytes}, …)`, where the message is of just
    /// that shape: read in place, since these are a sensor's packets.
    func changedBytes(of property: String, in interface: String) -> [UInt8]? {
        let (array, entry, variant) = (UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "v"))
        guard unsafe sd_bus_message_rewind(message, 1) >= 0,
            string(CChar(UInt8(ascii: "s"))) == interface,
            unsafe sd_bus_message_enter_container(message, CChar(array), "{sv}") > 0,
            unsafe sd_bus_message_enter_container(message, CChar(entry), "sv") > 0,
            string(CChar(UInt8(ascii: "s"))) == property,
            unsafe sd_bus_message_enter_container(message, CChar(variant), "ay") > 0,
            case .bytes(let packet)? = bytes(),
            unsafe sd_bus_message_exit_container(message) >= 0,
            unsafe sd_bus_message_exit_container(message) >= 0,
            unsafe sd_bus_message_at_end(message, 0) > 0
        else { return nil }
        return packet
    }

    private func text(_ pointer: UnsafePointer<CChar>?) -> String {
        guard let pointer = unsafe pointer else { return "" }
        return unsafe String(cString: pointer)
    }

    /// The values up to the end of the container that is entered.
    private func values() -> [BusValue]? {
        var result: [BusValue] = []
        while true {
            var type: CChar = 0
            var contents: UnsafePointer<CChar>?
            let status = unsafe sd_bus_message_peek_type(message, &type, &contents)
            if status < 0 { return nil }
            if status == 0 { return result }
            guard let value = unsafe value(type, text(contents)) else { return nil }
            result.append(value)
        }
    }

    private func value(_ type: CChar, _ contents: String) -> BusValue? {
        switch UInt8(bitPattern: type) {
        case UInt8(ascii: "y"): return basic(type, UInt8(0)).map { .byte($0) }
        case UInt8(ascii: "b"): return basic(type, Int32(0)).map { .boolean($0 != 0) }
        case UInt8(ascii: "n"): return basic(type, Int16(0)).map { .int16($0) }
        case UInt8(ascii: "q"): return basic(type, UInt16(0)).map { .uint16($0) }
        case UInt8(ascii: "i"): return basic(type, Int32(0)).map { .int32($0) }
        case UInt8(ascii: "u"): return basic(type, UInt32(0)).map { .uint32($0) }
        case UInt8(ascii: "x"): return basic(type, Int64(0)).map { .int64($0) }
        case UInt8(ascii: "t"): return basic(type, UInt64(0)).map { .uint64($0) }
        case UInt8(ascii: "d"): return basic(type, Double(0)).map { .double($0) }
        case UInt8(ascii: "s"): return string(type).map { .string($0) }
        case UInt8(ascii: "o"): return string(type).map { .objectPath($0) }
        case UInt8(ascii: "g"): return string(type).map { .signature($0) }
        case UInt8(ascii: "h"): return descriptor(type)
        case UInt8(ascii: "a"): return array(type, contents)
        case UInt8(ascii: "r"): return inside(type, contents).map { .structure($0) }
        case UInt8(ascii: "v"): return inside(type, contents)?.first.map { .variant($0) }
        default: return nil
        }
    }

    private func basic<Value: BitwiseCopyable>(_ type: CChar, _ zero: Value) -> Value? {
        var value = zero
        return unsafe sd_bus_message_read_basic(message, type, &value) > 0 ? value : nil
    }

    private func string(_ type: CChar) -> String? {
        var pointer: UnsafePointer<CChar>?
        guard unsafe sd_bus_message_read_basic(message, type, &pointer) > 0 else { return nil }
        return unsafe text(pointer)
    }

    /// The message owns its descriptors and closes them: ours is a copy.
    private func descriptor(_ type: CChar) -> BusValue? {
        guard let borrowed = basic(type, Int32(-1)) else { return nil }
        let copy = fcntl(borrowed, F_DUPFD_CLOEXEC, 3)
        return copy < 0 ? nil : .descriptor(SharedDescriptor(Descriptor(owning: copy)))
    }

    private func array(_ type: CChar, _ contents: String) -> BusValue? {
        if contents == "y" { return bytes() }
        guard contents.hasPrefix("{") else {
            return inside(type, contents).map { .array($0, of: contents) }
        }
        let pair = String(contents.dropFirst().dropLast())
        guard unsafe sd_bus_message_enter_container(message, type, contents) > 0 else { return nil }
        var entries: [BusEntry] = []
        while true {
            let status = unsafe sd_bus_message_enter_container(
                message, CChar(UInt8(ascii: "e")), pair)
            if status < 0 { return nil }
            if status == 0 { break }
            guard let both = values(), both.count == 2,
                unsafe sd_bus_message_exit_container(message) >= 0
            else { return nil }
            entries.append(BusEntry(both[0], both[1]))
        }
        guard unsafe sd_bus_message_exit_container(message) >= 0 else { return nil }
        // A dictionary's key is of a basic type: one letter.
        return .dictionary(entries, key: String(pair.prefix(1)), value: String(pair.dropFirst()))
    }

    private func bytes() -> BusValue? {
        var pointer: UnsafeRawPointer?
        var count = 0
        guard
            unsafe sd_bus_message_read_array(
                message, CChar(UInt8(ascii: "y")), &pointer, &count) > 0
        else { return nil }
        guard let start = unsafe pointer, count > 0 else { return .bytes([]) }
        return unsafe .bytes(Array(UnsafeRawBufferPointer(start: start, count: count)))
    }

    private func inside(_ type: CChar, _ contents: String) -> [BusValue]? {
        guard unsafe sd_bus_message_enter_container(message, type, contents) > 0,
            let values = values(), unsafe sd_bus_message_exit_container(message) >= 0
        else { return nil }
        return values
    }
}
