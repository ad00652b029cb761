// What several of these tests need: a directory of their own, and a polled condition.

import Glibc
import Plumbing

/// A directory that is removed with what is in it.
final class TemporaryDirectory {
    let path: String

    init() throws(PlumbingError) {
        var template = Array("/tmp/plumbing-tests-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else {
            throw PlumbingError("create a temporary directory", code: errno)
        }
        path = String(cString: made)
    }

    deinit {
        for name in (try? FileStore.list(path)) ?? [] {
            if (try? FileStore.remove("\(path)/\(name)")) == nil { rmdir("\(path)/\(name)") }
        }
        rmdir(path)
    }
}

/// Looks again and again, for 10 s at the most, until `condition` holds.
func eventually(_ condition: () -> Bool) -> Bool {
    let deadline = MonotonicClock.now() + 10_000_000_000
    while !condition() {
        if MonotonicClock.now() > deadline { return false }
        sched_yield()
    }
    return true
}

/// The error number that `body` throws, or nil.
func code<Result>(_ body: () throws(PlumbingError) -> Result) -> Int32? {
    do throws(PlumbingError) {
        _ = try body()
        return nil
    } catch {
        return error.code
    }
}

/// A packet socket pair by its numbers, closed at the end. (The test macros take no value that cannot
/// be copied.)
final class Ends {
    let source: Int32
    let sink: Int32
    private var sourceIsOpen = true

    init() throws(PlumbingError) { (source, sink) = try PacketSocket.pair().split() }

    deinit {
        closeSource()
        close(sink)
    }

    func closeSource() {
        if sourceIsOpen { close(source) }
        sourceIsOpen = false
    }

    /// Sends a packet as the product does.
    func send(_ packet: [UInt8]) -> Bool {
        let borrowed = Descriptor(owning: source)
        let sent = PacketSocket.send(packet, to: borrowed)
        _ = borrowed.release()
        return sent
    }

    /// Sends a packet of length zero.
    func sendEmpty() -> Bool { Glibc.send(source, [UInt8](), 0, 0) == 0 }
}

/// Offers a packet to a ring.
func push(_ packet: [UInt8], _ head: PacketHead, to ring: PacketRing) -> Bool {
    ring.push(packet.span, head)
}
