// Descriptors that outlive the process: the service manager keeps them and gives them back.

import CLinux
import CSystemd
import Glibc
package import Plumbing

/// The store of systemd (FileDescriptorStoreMax= in the unit).
///
/// Without a manager nothing is stored and nothing comes back.
package enum DescriptorStore {
    /// Whether somebody keeps what is stored.
    package static var isThere: Bool { unsafe getenv("NOTIFY_SOCKET") != nil }

    /// Gives a copy of `descriptor` to the manager under `name`; the caller keeps its own.
    @discardableResult
    package static func keep(_ descriptor: Int32, as name: String) -> Bool {
        var list = [descriptor]
        return unsafe sd_pid_notify_with_fds(0, 0, "FDSTORE=1\nFDNAME=\(name)", &list, 1) > 0
    }

    /// Lets the manager close everything kept under `name`.
    package static func forget(_ name: String) {
        _ = unsafe sd_notify(0, "FDSTOREREMOVE=1\nFDNAME=\(name)")
    }

    /// What was kept under `name`; call once a name, the caller owns what it gets.
    package static func take(_ name: String) -> SharedDescriptor? {
        ServiceManager.inherited(named: name).map { SharedDescriptor(Descriptor(owning: $0)) }
    }
}

/// A small text in memory that outlives the process in the manager's store.
package struct StoredText: Sendable {
    package let descriptor: SharedDescriptor

    /// Longest text, bytes.
    private static let limit = 64 * 1024

    /// An empty one; nil where the kernel gives none.
    package init?(name: String) {
        let status = unsafe rehab_memory_file(name)
        guard status >= 0 else { return nil }
        descriptor = SharedDescriptor(Descriptor(owning: status))
    }

    package init(_ descriptor: SharedDescriptor) { self.descriptor = descriptor }

    package func read() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: StoredText.limit)
        let count = unsafe pread(descriptor.rawValue, &bytes, bytes.count, 0)
        return Array(bytes.prefix(max(0, count)))
    }

    /// Replaces the text.
    ///
    /// Not whole or nothing: a process that is killed in here leaves a text that cannot be read, and
    /// its successor begins anew.
    package func write(_ bytes: [UInt8]) {
        guard bytes.count <= StoredText.limit else { return }
        _ = ftruncate(descriptor.rawValue, 0)
        _ = unsafe pwrite(descriptor.rawValue, bytes, bytes.count, 0)
    }
}
