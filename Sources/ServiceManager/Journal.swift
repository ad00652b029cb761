// Structured entries for the journal, where this process's errors lead there.

import CSystemd
import Glibc

/// The system's journal.
///
/// May be called from any thread, never from a real-time one.
package enum Journal {
    /// Whether standard error is a stream of the journal: systemd names its device and inode.
    package static let isConnected: Bool = {
        guard let text = unsafe getenv("JOURNAL_STREAM").map({ unsafe String(cString: $0) }) else {
            return false
        }
        let parts = text.split(separator: ":")
        var info = stat()
        guard parts.count == 2, unsafe fstat(2, &info) == 0 else { return false }
        return UInt64(parts[0]) == UInt64(info.st_dev) && UInt64(parts[1]) == UInt64(info.st_ino)
    }()

    /// Sends one entry; false where nobody takes it.
    ///
    /// Names of fields are capital letters, digits and underscores; a value may hold anything.
    @discardableResult
    package static func send(_ fields: [(name: String, value: String)]) -> Bool {
        var lines = fields.map { Array("\($0.name)=\($0.value)".utf8) }
        // One buffer for all, so that its address holds for the length of the call.
        let lengths = lines.map(\.count)
        var bytes = Array(lines.joined())
        lines = []
        return unsafe bytes.withUnsafeMutableBytes { space in
            guard let base = space.baseAddress else { return false }
            var offset = 0
            var vectors: [iovec] = unsafe []
            for length in lengths {
                unsafe vectors.append(iovec(iov_base: base + offset, iov_len: length))
                offset += length
            }
            return unsafe sd_journal_sendv(vectors, Int32(vectors.count)) == 0
        }
    }
}
