// What this machine charges for the way itself: two threads that only wait, receive and wake.

import CFloor
import DBus
import Plumbing
import Synchronization

/// A peer without a program: the system calls that any two-threaded receiver of packets must make.
///
/// The first thread waits in epoll, receives one packet with its kernel stamp and raises an eventfd; the
/// second waits for that eventfd and counts (`CFloor`, in C). Nothing is decoded, computed, recorded or
/// handed on. Both ask for the class, priority and processor of rehabd's own inner threads. Measured
/// in the same run, it tells what a slow or shared machine takes from what rehabd adds.
final class SystemCallFloor: Sendable {
    /// The C side's handle.
    private let floor: Int32
    /// Kept open as long as they are read.
    private let sinks: [SharedDescriptor]
    private let nanoseconds = Atomic<Int64>(0)
    private let threads = Mutex<[JoinedThread]>([])

    /// Packets that the second thread knows of.
    var processed: Int { Int(rehab_floor_counted(floor)) }

    init(reading sinks: [SharedDescriptor]) throws {
        self.sinks = sinks
        floor = rehab_floor_make()
        guard floor >= 0 else { throw BenchError("the floor cannot be made") }
        for sink in sinks where rehab_floor_watch(floor, sink.rawValue) < 0 {
            throw BenchError("the floor's poll set refuses a socket")
        }
        let receiver = try JoinedThread("floor-rx") { [self] in
            SystemCallFloor.prepare(priority: 39)
            nanoseconds.add(rehab_floor_receive(floor), ordering: .relaxed)
        }
        let counter = try JoinedThread("floor-count") { [self] in
            SystemCallFloor.prepare(priority: 40)
            nanoseconds.add(rehab_floor_count(floor), ordering: .relaxed)
        }
        threads.withLock { $0 = [receiver, counter] }
    }

    deinit { rehab_floor_free(floor) }

    /// Ends both threads and tells their processor time, ns, and the packets it was for.
    func finish() -> (nanoseconds: Double, packets: Int) {
        let packets = processed
        rehab_floor_stop(floor)
        for thread in threads.withLock({ $0 }) { thread.join() }
        threads.withLock { $0 = [] }
        return (Double(nanoseconds.load(ordering: .relaxed)), packets)
    }

    private static func prepare(priority: Int32) {
        let grant = RealtimeThread.requestScheduling(
            fifoPriority: priority, broker: { RealtimeKit.makeRealtime(thread: $0) })
        if grant.isRealtime { RealtimeThread.shareProcessor() }
    }
}

/// A thread that can be kept in a list and joined once.
private final class JoinedThread: Sendable {
    private let thread: Mutex<RealtimeThread?>

    init(_ name: String, _ body: @escaping @Sendable () -> Void) throws {
        thread = Mutex(try RealtimeThread(name: name, body))
    }

    func join() {
        if let thread = thread.withLock({ $0.take() }) { thread.join() }
    }
}
