// How the client finds the daemon, and what it says when it does not.

import Foundation
import Plumbing
import Testing
import Varlink

@testable import Control

@Suite struct ControlClientTests {
    @Test func theSocketIsLookedForInTheDocumentedOrder() {
        let environment = ["REHABD_SOCKET": "/a", "XDG_RUNTIME_DIR": "/run/user/1000"]
        func paths(_ socket: String?, _ environment: [String: String]) -> [String] {
            ControlClient.paths(socket: socket, environment: environment)
        }
        #expect(paths("/s", environment) == ["/s"])
        #expect(paths(nil, environment) == ["/a"])
        #expect(
            paths(nil, ["XDG_RUNTIME_DIR": "/run/user/1000", "REHABD_SOCKET": ""])
                == ["/run/user/1000/rehabd/control", "/run/rehabd/control"])
        #expect(paths(nil, [:]) == ["/run/rehabd/control"])
    }

    private func failure(_ socket: String?, _ environment: [String: String] = [:]) -> ControlError?
    {
        do throws(ControlError) {
            _ = try ControlClient(socket: socket, environment: environment)
            return nil
        } catch {
            return error
        }
    }

    private func folder() throws -> String {
        let path = NSTemporaryDirectory() + "rehabd-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    @Test func aDaemonThatIsNotThereIsSaidWithEveryPathTried() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let error = try #require(failure(nil, ["REHABD_SOCKET": "\(folder)/control"]))
        #expect(error == .notRunning(tried: ["\(folder)/control"]))
        #expect(error.description.contains("\(folder)/control"))
        #expect(error.cure?.contains("systemctl --user start rehabd") == true)
        // A socket that nobody listens on any more is the same case.
        do { _ = try UnixSocket.listen(path: "\(folder)/stale", mode: 0o660) }
        #expect(failure("\(folder)/stale") == .notRunning(tried: ["\(folder)/stale"]))
        #expect(failure("\(folder)/stale/x") == .notRunning(tried: ["\(folder)/stale/x"]))
    }

    @Test func aPathThatIsTooLongIsNotCut() {
        let path = "/tmp/" + String(repeating: "x", count: 200)
        #expect(failure(path) == .pathTooLong(path: path, limit: 107))
        // Said also where the next place to look has no daemon either.
        #expect(
            failure(nil, ["XDG_RUNTIME_DIR": path])
                == .pathTooLong(path: "\(path)/rehabd/control", limit: 107))
    }

    @Test func aSocketOfOthersIsSaidToNeedTheGroup() {
        #expect(
            ControlError.notPermitted(path: "/run/rehabd/control").description
                .contains("usermod -aG rehab"))
    }

    @Test func aDaemonThatDoesNotAnswerIsNotWaitedForForEver() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let listener = try UnixSocket.listen(path: "\(folder)/mute", mode: 0o660)
        var client = try ControlClient(socket: "\(folder)/mute", environment: [:], limit: 20)
        do throws(ControlError) {
            _ = try client.call(Rehab1.GetStatus())
            Issue.record("an answer from nobody")
        } catch {
            #expect(error == .timedOut(method: "GetStatus", milliseconds: 20))
        }
        _ = listener.rawValue
    }

    /// A client whose other end has already said `replies`, and closed if so asked.
    private func client(saying replies: [UInt8], close: Bool) throws -> ControlClient {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let listener = try UnixSocket.listen(path: "\(folder)/s", mode: 0o660)
        let client = try ControlClient(socket: "\(folder)/s", environment: [:], limit: 2_000)
        if let accepted = UnixSocket.accept(from: listener.rawValue) {
            _ = UnixSocket.send(replies, to: accepted.rawValue)
            if !close { kept.append(SharedDescriptor(accepted)) }
        }
        return client
    }

    private final class Kept {
        private var descriptors: [SharedDescriptor] = []
        func append(_ descriptor: SharedDescriptor) { descriptors.append(descriptor) }
    }
    private let kept = Kept()

    private func outcome(saying text: String, close: Bool = false) throws -> ControlError? {
        var client = try client(saying: Array((text + "\0").utf8), close: close)
        do throws(ControlError) {
            _ = try client.call(Rehab1.ListExercises())
            return nil
        } catch {
            return error
        }
    }

    @Test func answersAreCheckedAgainstTheInterface() throws {
        #expect(try outcome(saying: #"{"parameters":{"exercises":[]}}"#) == nil)
        // Members of a newer daemon are passed over.
        #expect(try outcome(saying: #"{"parameters":{"exercises":[],"new":1}}"#) == nil)
        #expect(
            try outcome(saying: #"{"parameters":{}}"#)
                == .notUnderstood(
                    method: "ListExercises", reason: "the field \"exercises\" does not fit"))
        guard case .notUnderstood? = try outcome(saying: "{]") else {
            Issue.record("nonsense was understood")
            return
        }
        let busy =
            #"{"error":"org.rehabd.rehab1.Busy","parameters":{"activity":"a","cure":"c"}}"#
        #expect(try outcome(saying: busy) == .refused(.busy(activity: "a", cure: "c")))
    }

    @Test func aStreamEndsWithTheReplyThatDoesNotContinue() throws {
        let text =
            #"{"continues":true,"parameters":{"packets":1,"frames":1,"cues":0,"done":false}}"#
            + "\0" + #"{"parameters":{"packets":2,"frames":2,"cues":1,"done":true}}"# + "\0"
        let client = try client(saying: Array(text.utf8), close: false)
        var replies = try client.stream(
            Rehab1.Replay(title: "", channels: [], commands: []))
        let first = try replies.next()
        let second = try replies.next()
        let third = try replies.next()
        #expect(first?.done == false)
        #expect(second == .init(packets: 2, frames: 2, cues: 1, done: true))
        #expect(third == nil)
    }

    @Test func aStreamCanBeAskedWithoutWaiting() throws {
        let client = try client(saying: [], close: false)
        var replies = try client.stream(Rehab1.Monitor())
        guard case .nothing = try replies.next(within: 0) else {
            Issue.record("something from nothing")
            return
        }
    }

    @Test func aConnectionThatClosesEarlyIsSaid() throws {
        let client = try client(saying: [], close: true)
        do throws(ControlError) {
            var client = client
            _ = try client.call(Rehab1.GetStatus())
            Issue.record("an answer from nobody")
        } catch {
            #expect(error == .disconnected(method: "GetStatus"))
            #expect(error.cure?.contains("8 connections") == true)
        }
    }
}
