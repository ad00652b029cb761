// Memory and descriptors of a running program, by /proc.

import Foundation

/// What the kernel says of a process.
package struct ProcessFigures {
    package var residentBytes: Int
    package var descriptors: Int

    package init(_ id: Int32) throws {
        let status = try String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        residentBytes = (line.split(separator: " ").compactMap { Int($0) }.first ?? 0) * 1024
        descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/fd").count
    }
}
