// Where the programs under test, the repository and the shared recordings are.

import Foundation

/// Paths of things outside the test.
package enum Products {
    /// The folder with everything that was built: the running test program is in it.
    package static let folder: String = {
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: own ?? CommandLine.arguments[0]).deletingLastPathComponent().path
    }()

    package static let rehabd = folder + "/rehabd"
    package static let rehabctl = folder + "/rehabctl"

    /// The repository: the nearest folder above with a manifest.
    package static let repository: String = {
        var place = URL(filePath: folder)
        while place.path != "/" {
            if FileManager.default.fileExists(atPath: place.appending(path: "Package.swift").path) {
                return place.path
            }
            place.deleteLastPathComponent()
        }
        return FileManager.default.currentDirectoryPath
    }()

    /// A file of the recordings that are shared between projects and not part of this one; nil where
    /// they are not at hand.
    package static func sharedFile(_ name: String) -> String? {
        let data =
            ProcessInfo.processInfo.environment["REHABD_DATA"] ?? repository + "/../shared/data"
        let path = data + "/" + name
        return FileManager.default.isReadableFile(atPath: path) ? path : nil
    }

    /// The start of a command that runs a program as another account (nobody's number), without
    /// privileges; nil where this one may not, or where the programs are out of that one's reach.
    package static let asAnotherAccount: [String]? = {
        let start = [
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs",
        ]
        let attempt = try? Program.run("/usr/bin/env", start + [rehabctl, "--version"], within: 20)
        return attempt?.code == 0 ? start : nil
    }()

    /// A Python with the package `varlink`; nil where there is none.
    package static let pythonWithVarlink: String? =
        [repository + "/.build/python/bin/python3", "/usr/bin/env"].first { path in
            guard FileManager.default.isExecutableFile(atPath: path) else { return false }
            let words = path.hasSuffix("env") ? ["python3", "-c"] : ["-c"]
            let attempt = try? Program.run(path, words + ["import varlink"], within: 60)
            return attempt?.code == 0
        }
}

/// A folder of one's own, removed with its owner.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() throws {
        // Short: a Unix socket's path takes 107 bytes.
        path = "/tmp/rehabd-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and returns its path.
    @discardableResult
    package func write(_ name: String, _ text: String) throws -> String {
        let file = path + "/" + name
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        return file
    }
}
