// Who gets a socket's path: stale files, live owners, files of others.

import Foundation
import Plumbing
import Testing

@testable import EventLoop

@Suite struct UnixListenerTests {
    /// A directory that goes with the test.
    private final class Folder {
        let path: String
        init() throws {
            path = NSTemporaryDirectory() + "rehabd-\(UUID().uuidString.prefix(8))"
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        }
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    @Test func theSocketIsForOwnerAndGroupAndGoesWhenClosed() throws {
        let folder = try Folder()
        let path = folder.path + "/control"
        let listener = try UnixListener.open(path: path)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o660)
        #expect(attributes[.type] as? FileAttributeType == .typeSocket)
        listener.close()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aSecondOwnerIsRefusedAndTheFirstGoesOn() throws {
        let folder = try Folder()
        let path = folder.path + "/control"
        let listener = try UnixListener.open(path: path)
        #expect(throws: ListenError.inUse(path: path)) { _ = try UnixListener.open(path: path) }
        _ = try UnixSocket.connect(path: path)
        var accepted = false
        if let _ = UnixSocket.accept(from: listener.rawValue) { accepted = true }
        #expect(accepted)
        listener.close()
    }

    @Test func aLiveSocketOfAStrangerWithoutTheLockIsLeftAlone() throws {
        let folder = try Folder()
        let path = folder.path + "/control"
        let stranger = try UnixSocket.listen(path: path, mode: 0o600)
        #expect(throws: ListenError.inUse(path: path)) { _ = try UnixListener.open(path: path) }
        _ = try UnixSocket.connect(path: path)
        _ = stranger.rawValue
    }

    @Test func aStaleSocketIsReplaced() throws {
        let folder = try Folder()
        let path = folder.path + "/control"
        do { _ = try UnixSocket.listen(path: path, mode: 0o600) }
        #expect(FileManager.default.fileExists(atPath: path))
        let listener = try UnixListener.open(path: path)
        _ = try UnixSocket.connect(path: path)
        listener.close()
    }

    @Test func aFileThatIsNoSocketIsLeftAlone() throws {
        let folder = try Folder()
        let path = folder.path + "/control"
        try "notes".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: ListenError.occupied(path: path)) { _ = try UnixListener.open(path: path) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "notes")
    }

    @Test func aPathTheKernelWouldCutIsRefused() throws {
        // sun_path has 108 bytes with its NUL (unix(7)).
        let path = "/tmp/" + String(repeating: "x", count: 103)
        #expect(path.utf8.count == 108)
        #expect(throws: ListenError.pathTooLong(path: path, limit: 107)) {
            _ = try UnixListener.open(path: path)
        }
    }

    @Test func aMissingDirectoryIsNamed() throws {
        do {
            let listener = try UnixListener.open(path: "/nonexistent-rehabd/control")
            listener.close()
            Issue.record("a socket in no directory")
        } catch {
            #expect("\(error)".contains("/nonexistent-rehabd/control"))
        }
    }
}
