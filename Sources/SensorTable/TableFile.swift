// Files in and out: whole, and the result either complete or not there.

package import FoundationEssentials
import Glibc

/// Reads recordings and writes results.
package enum TableFile {
    /// The bytes of the file at `path`.
    package static func read(_ path: String) throws(SensorTableError) -> Data {
        do {
            return try Data(contentsOf: URL(filePath: path))
        } catch {
            throw SensorTableError(
                .unreadable, file: path, message: reason(error, path: path),
                cure: "name a CSV file that you may read")
        }
    }

    /// Puts `bytes` at `path`: written beside it first and then renamed, so that a failure leaves
    /// what was there.
    ///
    /// Something other than a plain file (a device, a pipe) is written to directly, since renaming
    /// would put a file in its place.
    package static func write(_ bytes: [UInt8], to path: String) throws(SensorTableError) {
        let target = URL(filePath: path).resolvingSymlinksInPath()
        let type =
            try? FileManager.default.attributesOfItem(atPath: target.path)[.type]
            as? FileAttributeType
        let isPlain = type == nil || type == .typeRegular
        do {
            try Data(bytes).write(to: target, options: isPlain ? .atomic : [])
        } catch {
            throw SensorTableError(
                .unwritable, file: path, message: reason(error, path: path),
                cure: "name an output file in a directory that you may write to, with room left")
        }
    }

    /// Whether two paths lead to the same place.
    package static func isSame(_ first: String, _ second: String) -> Bool {
        URL(filePath: first).resolvingSymlinksInPath().standardized.path
            == URL(filePath: second).resolvingSymlinksInPath().standardized.path
    }

    /// The operating system's reason in plain words; files are read whole, so no other is likely.
    private static func reason(_ error: any Error, path: String) -> String {
        guard let code = ((error as? CocoaError)?.underlying as? POSIXError)?.code else {
            return "it cannot be used"
        }
        switch code {
        case .ENOENT: return "there is no such file or directory"
        case .EACCES, .EPERM: return "permission denied, or not a plain file"
        case .EISDIR: return "it is a directory"
        case .ENOSPC, .EDQUOT: return "no space is left"
        case .EROFS: return "the file system is read-only"
        default: return "error \(code.rawValue) of the operating system"
        }
    }
}
