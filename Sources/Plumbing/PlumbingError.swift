// What the kernel refused, said so that a person can act on it.

import Glibc

/// A system call that did not succeed.
package struct PlumbingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was being done, in plain words: "listen on /run/rehabd/control".
    package let action: String
    /// The kernel's error number, positive.
    package let code: Int32

    package init(_ action: String, code: Int32) {
        self.action = action
        self.code = code < 0 ? -code : code
    }

    /// The kernel said that this user may not.
    package var isPermission: Bool { code == EACCES || code == EPERM }

    /// The kernel's own words for the error.
    package var reason: String { describeErrorNumber(code) }

    package var description: String { "cannot \(action): \(reason)" }
}

/// The C library's text of an error number.
package func describeErrorNumber(_ code: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 128)
    let text = unsafe buffer.withUnsafeMutableBufferPointer { space -> String? in
        guard let base = space.baseAddress else { return nil }
        // glibc's strerror_r variant seen by Swift fills the buffer or returns a status.
        return unsafe strerror_r(code, base, space.count) == 0 ? String(cString: base) : nil
    }
    return text ?? "error \(code)"
}

/// Turns a count or `-errno` of CLinux into the count, or throws.
@discardableResult
func checked(_ result: Int32, _ action: @autoclosure () -> String) throws(PlumbingError) -> Int32 {
    if result < 0 { throw PlumbingError(action(), code: result) }
    return result
}
