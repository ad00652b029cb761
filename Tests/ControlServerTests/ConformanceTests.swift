// Another project's client against our server: the Python package "varlink" (PyPI, 31.0.0).

import Foundation
import Testing
import Varlink

@testable import Control
@testable import ControlServer

/// Runs `interpreter` with a limit of time; nil where it cannot be run at all.
private func run(
    _ interpreter: String, _ arguments: [String]
) -> (output: String, errors: String, status: Int32)? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["timeout", "60", interpreter] + arguments
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    guard (try? process.run()) != nil else { return nil }
    // Complaints fit the second pipe's buffer while the first is read to its end.
    let written = output.fileHandleForReading.readDataToEndOfFile()
    let complaints = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (
        String(decoding: written, as: UTF8.self), String(decoding: complaints, as: UTF8.self),
        process.terminationStatus
    )
}

/// A Python that has the package: the one that `make test` sets up beside the build, or the system's.
private let interpreter = [".build/python/bin/python3", "python3"].first {
    run($0, ["-c", "import varlink"])?.status == 0
}

private func python(_ arguments: [String]) -> (output: String, errors: String, status: Int32)? {
    interpreter.flatMap { run($0, arguments) }
}

@Suite(
    .enabled(
        if: interpreter != nil,
        "needs the Python package varlink: python3 -m pip install varlink==31.0.0"))
struct ConformanceTests {
    private func client(_ arguments: String...) throws -> (output: String, errors: String) {
        let result = try #require(python(["-m", "varlink.cli"] + arguments))
        return (result.output, result.errors)
    }

    @Test func infoListsWhatTheServiceIs() throws {
        let daemon = try TestDaemon()
        let info = try client("info", "unix:\(daemon.path)")
        for word in [
            "rehabd", "0.0.1", "https://example.org/rehabd", "org.rehabd.rehab1",
            "org.varlink.service",
        ] {
            #expect(info.output.contains(word), "\(info)")
        }
    }

    @Test func helpPrintsTheWholeInterface() throws {
        let daemon = try TestDaemon()
        let help = try client("help", "unix:\(daemon.path)/org.rehabd.rehab1")
        #expect(
            help.output.trimmingCharacters(in: .whitespacesAndNewlines)
                == Rehab1.text.trimmingCharacters(in: .whitespacesAndNewlines))
        let service = try client("help", "unix:\(daemon.path)/org.varlink.service")
        #expect(service.output.contains("method GetInfo"))
    }

    @Test func theOtherParserFindsTheSameMembers() throws {
        let program = """
            import sys
            from varlink.scanner import Interface
            interface = Interface(sys.stdin.read())
            print(interface.name, *interface.members)
            """
        let folder = NSTemporaryDirectory() + "rehabd-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for text in [Rehab1.text, VarlinkService.description] {
            let path = folder + "/interface"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let script = program.replacingOccurrences(
                of: "sys.stdin.read()", with: "open('\(path)').read()")
            let found = try #require(python(["-c", script]))
            let ours = try InterfaceText(parsing: text)
            #expect(
                found.output.split(separator: /\s/).map(String.init) == [ours.name] + ours.members,
                "\(found.errors)")
        }
    }

    @Test func callsAreAnswered() throws {
        let daemon = try TestDaemon()
        let base = "unix:\(daemon.path)/org.rehabd.rehab1"
        let status = try client("call", "\(base).GetStatus")
        let value = try JSONReader.read(Array(status.output.utf8))
        #expect(value["status"]?["version"] == "0.0.1", "\(status)")
        let text = try InterfaceText(parsing: Rehab1.text)
        let declared = try #require(text.methods["GetStatus"])
        #expect(text.mismatch(in: value, declared.result) == nil)
        _ = try client(
            "call", "\(base).AssignSegment", #"{"name":"pelvis","segment":"trunk"}"#)
        #expect(try daemon.log() == ["assign pelvis trunk"])
    }

    @Test func errorsAreUnderstood() throws {
        let daemon = try TestDaemon()
        let base = "unix:\(daemon.path)/org.rehabd.rehab1"
        let refused = try client("call", "\(base).StartExercise", #"{"exercise":"swim"}"#)
        #expect(
            (refused.output + refused.errors).contains("org.rehabd.rehab1.NoSuchExercise"),
            "\(refused)")
        let stream = try client("call", "\(base).Monitor", "{}")
        #expect(
            (stream.output + stream.errors).contains("org.varlink.service.ExpectedMore"),
            "\(stream)")
    }

    @Test func aStreamIsFollowedToItsEnd() throws {
        let daemon = try TestDaemon()
        // The handler's side of the stream, driven while the client waits.
        Thread { [daemon] in
            try? daemon.until { daemon.handler.assumeIsolated { $0.calibration != nil } }
            _ = try? daemon.onLoop {
                daemon.handler.assumeIsolated { handler in
                    handler.step(.stand, progress: 0.5)
                    handler.step(.bow, progress: 0.75)
                    handler.step(.done, progress: 1)
                }
            }
        }.start()
        let stream = try client("call", "-m", "unix:\(daemon.path)/org.rehabd.rehab1.Calibrate")
        let steps = stream.output.matches(of: /"step": "([a-z]+)"/).map { String($0.1) }
        #expect(steps == ["stand", "bow", "done"], "\(stream)")
    }

    /// A client of another user: the socket is opened to all first, which only its owner can do.
    @Test(.enabled(if: getuid() == 0, "needs root, to become another user"))
    func anotherUserMayNotRemoveRecordings() throws {
        let daemon = try TestDaemon()
        for (path, mode) in [(daemon.path, 0o666), (daemon.folder, 0o755)] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }
        let program = """
            import os, socket, sys
            os.setgroups([]); os.setgid(65534); os.setuid(65534)
            s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.settimeout(20)
            for method in ("GetStatus", "RemoveRecording"):
                name = ',"parameters":{"name":"x"}' if method == "RemoveRecording" else ""
                s.send(('{"method":"org.rehabd.rehab1.%s"%s}' % (method, name)).encode() + b"\\0")
                reply = b""
                while not reply.endswith(b"\\0"): reply += s.recv(65536)
                print(reply[:-1].decode())
            """
        let result = try #require(python(["-c", program, daemon.path]))
        let replies = try result.output.split(separator: "\n").map {
            try VarlinkReply(message: Array($0.utf8))
        }
        #expect(replies.count == 2, "\(result)")
        #expect(replies.first?.error == nil)
        #expect(replies.last?.error == "org.varlink.service.PermissionDenied")
        #expect(try daemon.log() == [])
    }
}
