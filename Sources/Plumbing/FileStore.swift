// Files that survive: whole or not at all, and appended with a known worst loss.

import CLinux
import Glibc

/// Reading and writing of state files.
package enum FileStore {
    /// The whole file.
    ///
    /// Refuses one larger than `limit` bytes with EFBIG.
    package static func read(_ path: String, limit: Int) throws(PlumbingError) -> [UInt8] {
        let file = try open(path, O_RDONLY | O_CLOEXEC, "read \(path)")
        var info = stat()
        guard unsafe fstat(file.rawValue, &info) == 0 else {
            throw PlumbingError("read \(path)", code: errno)
        }
        if (info.st_mode & S_IFMT) == S_IFDIR { throw PlumbingError("read \(path)", code: EISDIR) }
        if info.st_size > limit { throw PlumbingError("read \(path)", code: EFBIG) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = unsafe Glibc.read(file.rawValue, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw PlumbingError("read \(path)", code: errno) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
            if bytes.count > limit { throw PlumbingError("read \(path)", code: EFBIG) }
        }
    }

    /// The first and the last `part` bytes; a file no longer than both together comes whole in `head`.
    package static func readEnds(
        _ path: String, part: Int
    ) throws(PlumbingError) -> (head: [UInt8], tail: [UInt8]) {
        let file = try open(path, O_RDONLY | O_CLOEXEC, "read \(path)")
        var info = stat()
        guard unsafe fstat(file.rawValue, &info) == 0, (info.st_mode & S_IFMT) == S_IFREG else {
            throw PlumbingError("read \(path)", code: EISDIR)
        }
        let size = Int(info.st_size)
        if size <= 2 * part {
            return (try readPart(file.rawValue, from: 0, count: size, path: path), [])
        }
        return (
            try readPart(file.rawValue, from: 0, count: part, path: path),
            try readPart(file.rawValue, from: size - part, count: part, path: path)
        )
    }

    private static func readPart(
        _ file: Int32, from offset: Int, count: Int, path: String
    ) throws(PlumbingError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let read = unsafe pread(file, &bytes, count, offset)
        if read < 0 { throw PlumbingError("read \(path)", code: errno) }
        bytes.removeLast(max(0, count - read))
        return bytes
    }

    /// Replaces the file as a whole: written beside it, synced, renamed, directory synced.
    package static func replace(
        _ path: String, with bytes: [UInt8], mode: UInt32 = 0o640
    ) throws(PlumbingError) {
        let temporary = "\(path).new-\(getpid())"
        do throws(PlumbingError) {
            let file = try open(
                temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, "write \(path)", mode: mode)
            try write(bytes, to: file.rawValue, path: path)
            if fsync(file.rawValue) < 0 { throw PlumbingError("write \(path)", code: errno) }
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
        guard unsafe rename(temporary, path) == 0 else {
            let code = errno
            _ = unsafe unlink(temporary)
            throw PlumbingError("write \(path)", code: code)
        }
        syncDirectory(of: path)
    }

    /// Creates a file that must not exist yet, for appending.
    package static func create(
        _ path: String, mode: UInt32 = 0o640
    ) throws(PlumbingError) -> Descriptor {
        let file = try open(
            path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, "create \(path)", mode: mode)
        syncDirectory(of: path)
        return file
    }

    /// Appends all bytes, in as many writes as the kernel wants.
    package static func write(
        _ bytes: [UInt8], to descriptor: Int32, path: String
    ) throws(PlumbingError) {
        var taken = 0
        try write(bytes, to: descriptor, path: path, taken: &taken)
    }

    /// The same; `taken` is how many of them were written, also where the rest was refused.
    package static func write(
        _ bytes: [UInt8], to descriptor: Int32, path: String, taken: inout Int
    ) throws(PlumbingError) {
        while taken < bytes.count {
            let offset = taken
            let count = unsafe bytes.withUnsafeBytes { space -> Int in
                guard let base = space.baseAddress else { return 0 }
                return unsafe Glibc.write(descriptor, base + offset, space.count - offset)
            }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw PlumbingError("write \(path)", code: errno) }
            taken += count
        }
    }

    /// Forces written data to the disk.
    package static func sync(_ descriptor: Int32) { _ = fdatasync(descriptor) }

    /// Creates a directory and its parents.
    package static func makeDirectory(
        _ path: String, mode: UInt32 = 0o750
    ) throws(PlumbingError) {
        var built = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            built += part + "/"
            if unsafe mkdir(built, mode) < 0 && errno != EEXIST {
                throw PlumbingError("create the directory \(path)", code: errno)
            }
        }
        var info = stat()
        if unsafe stat(path, &info) == 0, (info.st_mode & S_IFMT) != S_IFDIR {
            throw PlumbingError("create the directory \(path)", code: ENOTDIR)
        }
    }

    /// Names of the entries of a directory, sorted, without dot files.
    package static func list(_ path: String) throws(PlumbingError) -> [String] {
        guard let directory = unsafe opendir(path) else {
            throw PlumbingError("list \(path)", code: errno)
        }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    package static func move(_ path: String, to other: String) throws(PlumbingError) {
        guard unsafe rename(path, other) == 0 else {
            throw PlumbingError("rename \(path)", code: errno)
        }
    }

    package static func remove(_ path: String) throws(PlumbingError) {
        if unsafe unlink(path) < 0 { throw PlumbingError("remove \(path)", code: errno) }
    }

    /// Size in bytes and time of last change (wall clock, seconds), or nil where there is no such file.
    package static func attributes(_ path: String) -> (bytes: Int, changed: Int)? {
        var info = stat()
        guard unsafe stat(path, &info) == 0 else { return nil }
        return (Int(info.st_size), Int(info.st_mtim.tv_sec))
    }

    /// Whether an open descriptor is of the file that `path` names now.
    package static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
        var opened = stat()
        var named = stat()
        guard unsafe fstat(descriptor, &opened) == 0, unsafe stat(path, &named) == 0 else {
            return false
        }
        return opened.st_dev == named.st_dev && opened.st_ino == named.st_ino
    }

    /// Cuts a text file behind its last line end, so that whole lines can follow.
    package static func dropTornLine(_ descriptor: Int32, path: String) throws(PlumbingError) {
        var info = stat()
        guard unsafe fstat(descriptor, &info) == 0 else {
            throw PlumbingError("look at \(path)", code: errno)
        }
        let tail = try readEnds(path, part: 64 * 1024)
        let end = tail.tail.isEmpty ? tail.head : tail.tail
        let torn = end.reversed().prefix { $0 != 10 }.count
        guard torn > 0 else { return }
        guard ftruncate(descriptor, info.st_size - off_t(torn)) == 0 else {
            throw PlumbingError("cut \(path)", code: errno)
        }
    }

    /// Takes an exclusive lock on `path`, creating it; nil where someone else holds it.
    package static func lock(_ path: String) throws(PlumbingError) -> Descriptor? {
        let file = try open(path, O_RDWR | O_CREAT | O_CLOEXEC, "lock \(path)", mode: 0o640)
        if rehab_lock_file(file.rawValue) == 0 { return file }
        return nil
    }

    private static func open(
        _ path: String, _ flags: Int32, _ action: String, mode: UInt32 = 0
    ) throws(PlumbingError) -> Descriptor {
        let descriptor = unsafe Glibc.open(path, flags, mode)
        if descriptor < 0 { throw PlumbingError(action, code: errno) }
        return Descriptor(owning: descriptor)
    }

    private static func syncDirectory(of path: String) {
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        let name = (path.hasPrefix("/") ? "/" : "") + (parent.isEmpty ? "." : parent)
        if let directory = try? open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC, "sync \(name)") {
            _ = fsync(directory.rawValue)
        }
    }
}
