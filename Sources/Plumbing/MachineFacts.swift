// What the machine and the kernel tell of themselves: limits, room on a disk, groups, release.

import Glibc

/// Facts for checks; read anew at each call.
package enum MachineFacts {
    /// Highest real-time priority this user may ask for; nil: without limit.
    package static func realtimePriorityLimit() -> Int? { limit(Int32(14)) }

    /// Bytes this user may lock in memory; nil: without limit.
    package static func lockedMemoryLimit() -> Int? { limit(Int32(8)) }

    /// A soft limit by the kernel's number (RLIMIT_RTPRIO 14, RLIMIT_MEMLOCK 8).
    private static func limit(_ resource: Int32) -> Int? {
        var value = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(UInt32(resource)), &value) == 0 else { return 0 }
        return value.rlim_cur == rlim_t.max ? nil : Int(clamping: value.rlim_cur)
    }

    /// Free and whole bytes of the file system that holds `path`, and whether it is read-only.
    package static func disk(_ path: String) -> (free: Int, whole: Int, isReadOnly: Bool)? {
        var info = statvfs()
        guard unsafe statvfs(path, &info) == 0 else { return nil }
        let block = Int(clamping: info.f_frsize)
        return (
            Int(clamping: info.f_bavail).multipliedReportingOverflow(by: block).partialValue,
            Int(clamping: info.f_blocks).multipliedReportingOverflow(by: block).partialValue,
            info.f_flag & 1 != 0
        )
    }

    package static func mayWrite(_ path: String) -> Bool { unsafe access(path, W_OK) == 0 }

    /// Numbers of the groups this process belongs to.
    package static func groups() -> Set<UInt32> {
        var numbers = [gid_t](repeating: 0, count: 256)
        let count = unsafe getgroups(Int32(numbers.count), &numbers)
        return Set(numbers.prefix(max(0, Int(count)))).union([getgid(), getegid()])
    }

    /// The number of a group; nil where there is none of that name.
    package static func group(named name: String) -> UInt32? {
        guard let entry = unsafe getgrnam(name) else { return nil }
        return unsafe entry.pointee.gr_gid
    }

    package static var userID: UInt32 { getuid() }
}
