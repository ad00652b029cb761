// A recording run again through the daemon: its packets enter by the door that sensors use.

import ArgumentParser
import Control
import Glibc
import Plumbing
import Recording

struct OnlineReplay {
    let daemon: DaemonOptions
    /// Times real time; nil: as fast as it goes.
    let factor: Double?

    /// One (sensor, characteristic) of the recording and its socket.
    private struct Door {
        let channel: UInt8
        let characteristic: UInt8
        let source: SharedDescriptor
        let sink: SharedDescriptor
    }

    /// The new recording's bytes.
    func run(_ recorded: Recording, name: String) throws -> [UInt8] {
        var doors = try open(recorded)
        let path = ProcessFacts.temporaryDirectory + "/rehab-replay-\(getpid()).recording"
        let output = try FileStore.create(path, mode: 0o600)
        defer { try? FileStore.remove(path) }
        let call = Rehab1.Replay(
            title: name, channels: doors.map { told($0, recorded) },
            commands: recorded.commands.map { "\($0.after) \($0.text)" })
        let client = try daemon.connect()
        do throws(ControlError) {
            var replies = try client.stream(
                call, descriptors: doors.map(\.sink.rawValue) + [output.rawValue])
            // The daemon has its own copies; with ours closed it sees the end when the sources go.
            var sources = doors.map { ($0.channel, $0.characteristic, $0.source) }
            doors.removeAll()
            try feed(recorded, &sources, &replies)
        } catch {
            throw complaint(error)
        }
        return try FileStore.read(path, limit: RecordingFormat.readLimit)
    }

    private func open(_ recorded: Recording) throws -> [Door] {
        var doors: [Door] = []
        for sensor in recorded.sensors.sorted(by: { $0.channel < $1.channel }) {
            let used = Set(
                recorded.packets.filter { $0.channel == sensor.channel }.map(\.characteristic))
            // A sensor that never sent anything still takes its place.
            for characteristic in used.isEmpty ? [0] : used.sorted() {
                let ends = try PacketSocket.pair().split()
                doors.append(
                    Door(
                        channel: sensor.channel, characteristic: characteristic,
                        source: SharedDescriptor(Descriptor(owning: ends.source)),
                        sink: SharedDescriptor(Descriptor(owning: ends.sink))))
            }
        }
        guard !doors.isEmpty else {
            complain("the recording names no sensor", cure: "choose another recording")
            throw ExitCode(65)
        }
        return doors
    }

    private func told(_ door: Door, _ recorded: Recording) -> Rehab1.ReplayChannel {
        let sensor = recorded.sensors.first { $0.channel == door.channel }
        return Rehab1.ReplayChannel(
            channel: Int64(door.channel), sensor: sensor?.name ?? "", kind: sensor?.kind ?? "",
            segment: sensor?.segment, rateHertz: sensor?.rateHertz ?? 0,
            characteristic: Int64(door.characteristic))
    }

    private func feed(
        _ recorded: Recording, _ sources: inout [(UInt8, UInt8, SharedDescriptor)],
        _ replies: inout ControlReplies<Rehab1.Replay>
    ) throws(ControlError) {
        let progress = ReplayProgress(total: recorded.packets.count)
        let start = MonotonicClock.now()
        let first = recorded.packets.first?.stamp ?? 0
        for (order, packet) in recorded.packets.enumerated() {
            if let factor {
                let due = Double(packet.stamp &- first) / factor
                MonotonicClock.sleep(until: start + Int64(min(max(due, 0), 9e15)))
            }
            guard
                let source = sources.first(where: {
                    $0.0 == packet.channel && $0.1 == packet.characteristic
                })
            else { continue }
            let head = littleEndian(UInt64(bitPattern: packet.stamp)) + littleEndian(UInt64(order))
            guard PacketSocket.send(head + packet.bytes, to: source.2) else { break }
            if order % 500 == 0 {
                progress.show(order)
                if case .end = try replies.next(within: 0) { break }
            }
        }
        // The last references: now the daemon sees the end of every door.
        sources.removeAll()
        while let reply = try replies.next() { if reply.done { break } }
        progress.end()
    }

    private func littleEndian(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }
}

/// A share on standard error while it is a terminal.
final class ReplayProgress {
    private let total: Int
    private let isTerminal = Terminal.errorIsTerminal

    init(total: Int) { self.total = max(total, 1) }

    func show(_ done: Int) {
        guard isTerminal else { return }
        Terminal.write("\rreplaying \(done * 100 / total) %", toError: true)
    }

    func end() {
        guard isTerminal else { return }
        Terminal.write("\r\u{1B}[K", toError: true)
    }
}
