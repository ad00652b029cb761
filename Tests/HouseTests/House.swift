// Reads the house as text: the manifest's targets, the source files, their imports.

import Foundation

/// One target of the manifest.
struct Room {
    let name: String
    let dependencies: Set<String>
    let isStrict: Bool
}

/// The package as it lies on disk.
enum House {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The targets that `Package.swift` declares, read from its text: one call a target.
    static func rooms() throws -> [Room] {
        let text = try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)
        let parts = text.components(separatedBy: "arget(").dropFirst()
        return parts.compactMap { part in
            guard let name = firstQuoted(in: part) else { return nil }
            var dependencies: Set<String> = []
            if let start = part.range(of: "dependencies: ["),
                let end = closing(part, start.upperBound)
            {
                let list = part[start.upperBound..<end]
                // `.product(name: "X", package: "P")` makes X importable.
                for piece in list.components(separatedBy: ",") {
                    if piece.contains("package:") { continue }
                    if let word = firstQuoted(in: piece) { dependencies.insert(word) }
                }
            }
            return Room(
                name: name, dependencies: dependencies,
                isStrict: part.contains("swiftSettings: strict"))
        }
    }

    /// The Swift files below a folder of the package, as paths from its root.
    static func swiftFiles(in folder: String) -> [String] {
        let base = root.appending(path: folder)
        let all = FileManager.default.enumerator(atPath: base.path)?.allObjects as? [String] ?? []
        return all.filter { $0.hasSuffix(".swift") }.map { "\(folder)/\($0)" }.sorted()
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }

    /// The modules a file imports.
    static func imports(of path: String) throws -> Set<String> {
        var found: Set<String> = []
        for line in try text(path).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "import"), place <= 2, words.count > place + 1,
                !line.hasPrefix("//"), !line.hasPrefix(" ")
            else { continue }
            found.insert(String(words[place + 1].prefix { $0 != "." }))
        }
        return found
    }

    private static func firstQuoted(in text: some StringProtocol) -> String? {
        let parts = text.split(separator: "\"", maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 ? String(parts[1]) : nil
    }

    private static func closing(_ text: String, _ start: String.Index) -> String.Index? {
        var depth = 1
        var index = start
        while index < text.endIndex {
            if text[index] == "[" { depth += 1 }
            if text[index] == "]" {
                depth -= 1
                if depth == 0 { return index }
            }
            index = text.index(after: index)
        }
        return nil
    }
}
