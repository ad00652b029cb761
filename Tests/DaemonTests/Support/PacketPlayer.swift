// Plays packets into a door in real time, from a thread that nothing else keeps busy.

import Foundation
import Plumbing
import Synchronization

/// A packet and when it is sent, ns since the start.
package struct TimedPacket: Sendable {
    package var time: Int64
    package var bytes: [UInt8]

    package init(time: Int64, bytes: [UInt8]) {
        self.time = time
        self.bytes = bytes
    }
}

/// A playing thread.
///
/// It waits for nobody: what finds no room is lost, and counted.
package final class PacketPlayer: Sendable {
    /// What has been sent so far.
    package struct Progress: Sendable {
        package var sent = 0
        package var refused = 0
        /// Host time of the newest packet sent, ns.
        package var newest: Int64 = 0
        package var isOver = false
    }

    /// Host time of the packets' time zero, ns.
    package let origin: Int64
    private let progress = Mutex(Progress())
    private let stopping = Atomic<Bool>(false)
    private let ended = DispatchSemaphore(value: 0)

    package init(_ packets: [TimedPacket], into sensor: AttachedSensor) {
        origin = MonotonicClock.now()
        Thread.detachNewThread { [self] in
            play(packets, into: sensor)
            progress.withLock { $0.isOver = true }
            ended.signal()
        }
    }

    package var now: Progress { progress.withLock { $0 } }

    private func play(_ packets: [TimedPacket], into sensor: AttachedSensor) {
        for packet in packets {
            while MonotonicClock.now() < origin + packet.time {
                if stopping.load(ordering: .acquiring) { return }
                let step = MonotonicClock.now() + 20_000_000
                MonotonicClock.sleep(until: min(origin + packet.time, step))
            }
            if stopping.load(ordering: .acquiring) { return }
            let isSent = sensor.offer(packet.bytes)
            let time = MonotonicClock.now()
            progress.withLock {
                $0.sent += isSent ? 1 : 0
                $0.refused += isSent ? 0 : 1
                if isSent { $0.newest = time }
            }
        }
    }

    /// Waits until everything has been played.
    package func finish() -> Progress {
        ended.wait()
        ended.signal()
        return now
    }

    /// Stops at once.
    ///
    /// A player that was let go of stops by itself at its last packet.
    @discardableResult
    package func stop() -> Progress {
        stopping.store(true, ordering: .releasing)
        return finish()
    }
}
