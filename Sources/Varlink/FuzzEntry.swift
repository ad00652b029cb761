// What the fuzzer calls: every parser of this room on the same bytes, and what must hold afterwards.

/// The promises of this room's parsers, in a form that random bytes can be tried on.
package enum FuzzEntry {
    /// Gives `bytes` to every parser.
    ///
    /// Stops the process where a promise is broken: what is read must be written back as the same
    /// value, and a stream must give the same messages however it is cut.
    package static func run(_ bytes: [UInt8]) {
        framing(bytes)
        if let value = try? JSONReader.read(bytes) {
            precondition((try? JSONReader.read(value.bytes)) == value, "JSON changed")
        }
        if let call = try? VarlinkCall(message: bytes) {
            precondition(
                (try? VarlinkCall(message: Array(call.message.dropLast()))) == call,
                "a call changed")
            if let service = try? InterfaceText(parsing: VarlinkService.description) {
                for method in service.methods.values {
                    _ = service.mismatch(in: call.parameters, method.parameters)
                }
            }
        }
        if let reply = try? VarlinkReply(message: bytes) {
            // An error's reply never continues, whatever was said.
            let again = try? VarlinkReply(message: Array(reply.message.dropLast()))
            precondition(again == reply, "a reply changed")
        }
        _ = try? InterfaceText(parsing: String(decoding: bytes, as: UTF8.self))
    }

    private static func framing(_ bytes: [UInt8]) {
        // A limit near the length of the input, so that both outcomes occur.
        let limit = 64
        let whole = messages(in: [bytes[...]], limit: limit)
        let middle = bytes.count / 2
        let halves = messages(in: [bytes[..<middle], bytes[middle...]], limit: limit)
        precondition(whole.found == halves.found, "the cut of the stream matters")
        precondition(whole.refused == halves.refused, "the cut of the stream matters to the limit")
    }

    private static func messages(
        in pieces: [ArraySlice<UInt8>], limit: Int
    ) -> (found: [[UInt8]], refused: Bool) {
        var framing = VarlinkFraming(limit: limit)
        var found: [[UInt8]] = []
        for piece in pieces {
            framing.append(piece)
            do throws(VarlinkError) {
                while let (message, _) = try framing.next() { found.append(message) }
            } catch {
                return (found, true)
            }
        }
        return (found, false)
    }
}
