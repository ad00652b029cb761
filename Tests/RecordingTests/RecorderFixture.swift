// A recorder on a file of its own, fed by queues in place of a pipeline.

import Movement
import Plumbing
import Synchronization

@testable import Recording

/// The consuming ends of a pipeline, played by queues.
final class FakeSource: Sendable {
    private struct Queues {
        var frames: [MotionFrame] = []
        var packets: [(PacketHead, [UInt8])] = []
        var refused = (packets: 0, frames: 0)
    }

    private let queues = Mutex(Queues())
    private let wake: Wakeup
    let consumed = Atomic<UInt64>(0)

    init() throws(PlumbingError) { wake = try Wakeup() }

    func give(_ frame: MotionFrame) { queues.withLock { $0.frames.append(frame) } }

    func give(packet: [UInt8], stamp: Int64 = 0) {
        let head = PacketHead(stamp: stamp, channel: 1, characteristic: 2)
        queues.withLock { $0.packets.append((head, packet)) }
    }

    /// What a connection tells its decoder, by the pipeline's own number.
    func give(news: [UInt8], stamp: Int64) {
        let head = PacketHead(stamp: stamp, channel: 1, characteristic: 255)
        queues.withLock { $0.packets.append((head, news)) }
    }

    /// A notice that a command took effect.
    func give(command: UInt32, after: UInt64) {
        var notice = MotionFrame()
        notice.sequence = after
        notice.command = command
        give(notice)
    }

    func refuse(packets: Int, frames: Int) {
        queues.withLock {
            $0.refused.packets += packets
            $0.refused.frames += frames
        }
    }

    func nudge() { wake.signal() }

    var isEmpty: Bool { queues.withLock { $0.frames.isEmpty && $0.packets.isEmpty } }

    var source: RecorderSource {
        RecorderSource(
            popFrame: {
                self.queues.withLock { $0.frames.isEmpty ? nil : $0.frames.removeFirst() }
            },
            popPacket: { bytes in
                self.queues.withLock {
                    guard !$0.packets.isEmpty else { return nil }
                    let (head, packet) = $0.packets.removeFirst()
                    bytes += packet
                    return head
                }
            },
            wait: {
                if UnixSocket.waitReadable(self.wake.rawValue, milliseconds: $0) {
                    self.wake.wait()
                }
            },
            noteConsumed: { self.consumed.store($0, ordering: .relaxed) },
            refused: { self.queues.withLock { $0.refused } })
    }
}

/// A recorder on a file of its own.
struct Recordings {
    let directory: TemporaryDirectory
    let path: String
    let fake: FakeSource
    let recorder: Recorder

    init(interval: Int32 = 200, head: [(key: String, value: String)] = []) throws {
        directory = try TemporaryDirectory()
        path = "\(directory.path)/x.recording"
        fake = try FakeSource()
        recorder = try Recorder(
            file: FileStore.create(path), path: path, head: head, source: fake.source,
            interval: interval)
    }

    /// The file as another process would find it at this moment.
    func read() throws -> Recording {
        try RecordingReader.parse(FileStore.read(path, limit: 1 << 26), file: path)
    }

    func finish() { recorder.finish { fake.nudge() } }
}

func frame(_ sequence: UInt64) -> MotionFrame {
    var frame = MotionFrame()
    frame.sequence = sequence
    frame.segment = .pelvis
    return frame
}
