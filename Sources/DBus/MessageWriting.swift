// Puts values into a message that is to be sent.

import CSystemd
import Glibc
import Plumbing

/// A message under construction; owned by the loop's thread.
@safe
struct OutgoingMessage: ~Copyable {
    let message: OpaquePointer

    /// Takes ownership of a message.
    init(owning message: OpaquePointer) { unsafe self.message = message }

    deinit { unsafe sd_bus_message_unref(message) }

    /// False where a value is not allowed on D-Bus.
    func append(_ values: [BusValue]) -> Bool {
        for value in values where !append(value) { return false }
        return true
    }

    private func append(_ value: BusValue) -> Bool {
        switch value {
        case .byte(let value): return basic("y", value)
        case .boolean(let value): return basic("b", Int32(value ? 1 : 0))
        case .int16(let value): return basic("n", value)
        case .uint16(let value): return basic("q", value)
        case .int32(let value): return basic("i", value)
        case .uint32(let value): return basic("u", value)
        case .int64(let value): return basic("x", value)
        case .uint64(let value): return basic("t", value)
        case .double(let value): return basic("d", value)
        case .descriptor(let descriptor): return basic("h", descriptor.rawValue)
        case .string(let text): return string("s", text)
        case .objectPath(let text): return string("o", text)
        case .signature(let text): return string("g", text)
        case .bytes(let bytes):
            return unsafe bytes.withUnsafeBytes { space in
                unsafe sd_bus_message_append_array(
                    message, code("y"), space.baseAddress, space.count) >= 0
            }
        case .array(let values, let element):
            return container("a", element) { append(values) }
        case .dictionary(let entries, let key, let element):
            return container("a", "{\(key)\(element)}") {
                entries.allSatisfy { entry in
                    container("e", key + element) { append([entry.key, entry.value]) }
                }
            }
        case .structure(let fields):
            return container("r", fields.map(\.signature).joined()) { append(fields) }
        case .variant(let inner):
            return container("v", inner.signature) { append(inner) }
        }
    }

    private func code(_ letter: Unicode.Scalar) -> CChar {
        CChar(truncatingIfNeeded: letter.value)
    }

    private func basic<Value: BitwiseCopyable>(_ type: Unicode.Scalar, _ value: Value) -> Bool {
        var value = value
        return unsafe sd_bus_message_append_basic(message, code(type), &value) >= 0
    }

    private func string(_ type: Unicode.Scalar, _ text: String) -> Bool {
        // A zero byte would end the text early.
        guard !text.utf8.contains(0) else { return false }
        return unsafe text.withCString { pointer in
            unsafe sd_bus_message_append_basic(message, code(type), pointer) >= 0
        }
    }

    private func container(
        _ type: Unicode.Scalar, _ contents: String, _ fill: () -> Bool
    ) -> Bool {
        guard unsafe sd_bus_message_open_container(message, code(type), contents) >= 0, fill()
        else { return false }
        return unsafe sd_bus_message_close_container(message) >= 0
    }
}
