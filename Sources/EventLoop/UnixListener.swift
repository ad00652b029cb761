// A listening socket in the file system that one process owns at a time.

import Glibc
package import Plumbing

/// Why a socket could not be made.
package enum ListenError: Error, Equatable, Sendable {
    /// Someone listens there, or is about to.
    case inUse(path: String)
    /// A file that is no socket is in the way; it was left alone.
    case occupied(path: String)
    case pathTooLong(path: String, limit: Int)
    case refused(PlumbingError)
}

/// A listening stream socket at a path.
///
/// Its file goes when `close` is called, and is otherwise replaced by the next owner.
///
/// A lock on the file `PATH.lock` is held as long as the listener lives: it decides between two
/// processes that start at the same moment. A socket without a listener is removed only by the
/// holder of the lock, only after a connection to it was refused, and only if it is a socket.
package struct UnixListener: ~Copyable, Sendable {
    package let path: String
    private let descriptor: Descriptor
    private let lock: Descriptor

    private init(path: String, descriptor: consuming Descriptor, lock: consuming Descriptor) {
        self.path = path
        self.descriptor = descriptor
        self.lock = lock
    }

    /// Listens at `path`.
    ///
    /// `mode` are the permission bits of the socket's file; who may write may connect.
    package static func open(
        path: String, mode: UInt32 = 0o660
    ) throws(ListenError) -> UnixListener {
        guard path.utf8.count <= UnixSocket.pathLimit else {
            throw .pathTooLong(path: path, limit: UnixSocket.pathLimit)
        }
        do throws(PlumbingError) {
            guard let lock = try FileStore.lock("\(path).lock") else { throw inUse }
            let descriptor = try listen(path: path, mode: mode)
            return UnixListener(path: path, descriptor: descriptor, lock: lock)
        } catch {
            switch error.code {
            case EADDRINUSE: throw .inUse(path: path)
            case ENOTSOCK: throw .occupied(path: path)
            default: throw .refused(error)
            }
        }
    }

    package var rawValue: Int32 { descriptor.rawValue }

    /// Stops listening and removes the socket's file.
    package consuming func close() { try? FileStore.remove(path) }

    private static func listen(
        path: String, mode: UInt32
    ) throws(PlumbingError) -> Descriptor {
        do throws(PlumbingError) {
            return try UnixSocket.listen(path: path, mode: mode)
        } catch {
            guard error.code == EADDRINUSE else { throw error }
        }
        do throws(PlumbingError) {
            _ = try UnixSocket.connect(path: path)
            throw inUse
        } catch {
            guard error.code == ECONNREFUSED else { throw error }
        }
        guard isSocket(path) else { throw PlumbingError("listen on \(path)", code: ENOTSOCK) }
        try FileStore.remove(path)
        return try UnixSocket.listen(path: path, mode: mode)
    }

    private static func isSocket(_ path: String) -> Bool {
        var info = stat()
        return unsafe lstat(path, &info) == 0 && (info.st_mode & S_IFMT) == S_IFSOCK
    }
}

private let inUse = PlumbingError("listen", code: EADDRINUSE)
