// A central, a stand-in BlueZ and a bus between them, with a log of all that is told and a reader of doors.

import Bluetooth
import DBus
import EventLoop
import FakeBlueZ
import Foundation
import Plumbing
import Synchronization
import Testing
import Wearables

/// What was told, with host times, and a way to wait for it without polling.
final class TellTale: Sendable {
    enum Entry: Sendable {
        case sighting(Sighting)
        case stream(DeviceAddress, doors: Int, paths: Set<NotifyPath>)
        case report(SensorReport)
        case event(CentralEvent)
        /// A packet that came out of a door: its counter and kernel stamp.
        case packet(DeviceAddress, counter: UInt32)
        case doorEnded(DeviceAddress)
    }

    struct Timed: Sendable {
        let time: Int64
        let entry: Entry
    }

    private struct Waiter {
        let matches: @Sendable (Timed) -> Bool
        let resume: @Sendable (Int64?) -> Void
        let number: Int
    }

    private struct State {
        var entries: [Timed] = []
        var waiters: [Waiter] = []
        var lastNumber = 0
    }

    private let state = Mutex(State())

    func note(_ entry: Entry, at time: Int64 = MonotonicClock.now()) {
        let timed = Timed(time: time, entry: entry)
        let ready = state.withLock { state in
            state.entries.append(timed)
            let ready = state.waiters.filter { $0.matches(timed) }
            state.waiters.removeAll { $0.matches(timed) }
            return ready
        }
        for waiter in ready { waiter.resume(time) }
    }

    var entries: [Timed] { state.withLock { $0.entries } }

    /// The time of the first entry from `start` on that matches; waits for it on `loop`.
    func first(
        _ what: String, from start: Int64 = 0, within seconds: Double = 10, on loop: EventLoop,
        _ matches: @escaping @Sendable (Entry) -> Bool
    ) async throws -> Int64 {
        let found: Int64? = await withCheckedContinuation { continuation in
            let number: Int? = state.withLock { state in
                let old = state.entries.first { $0.time >= start && matches($0.entry) }
                if let old {
                    continuation.resume(returning: old.time)
                    return nil
                }
                state.lastNumber += 1
                state.waiters.append(
                    Waiter(
                        matches: { $0.time >= start && matches($0.entry) },
                        resume: { continuation.resume(returning: $0) },
                        number: state.lastNumber))
                return state.lastNumber
            }
            guard let number else { return }
            loop.perform { [self] in
                loop.after(Int64(seconds * 1e9)) { [self] in giveUp(number) }
            }
        }
        let recent = entries.suffix(12).map { "\($0.entry)" }.joined(separator: "\n  ")
        return try #require(found, "\(what) did not happen within \(seconds) s; last:\n  \(recent)")
    }

    private func giveUp(_ number: Int) {
        let waiter = state.withLock { state in
            let waiter = state.waiters.first { $0.number == number }
            state.waiters.removeAll { $0.number == number }
            return waiter
        }
        waiter?.resume(nil)
    }
}

/// Somebody whose recording ends as soon as it is told to.
///
/// Set once, before the central starts.
private final class SleepyOwner: @unchecked Sendable {
    weak var central: Central?

    func isReady() { central?.assumeIsolated { $0.readyForSleep() } }
}

/// Everything a test of the central needs.
final class Rig: Sendable {
    static let hasBus = TestBus.program != nil

    let bus: TestBus
    let fake: FakeBlueZ
    let thread: LoopThread
    let central: Central
    let tale = TellTale()
    var loop: EventLoop { thread.loop }

    /// `isReadyAtOnce`: the owner lets the machine sleep while it is told, as the daemon does.
    init(
        isReadyAtOnce: Bool = false, _ change: (inout CentralSettings) -> Void = { _ in }
    ) async throws {
        bus = try TestBus()
        fake = try FakeBlueZ(at: bus.address)
        thread = try LoopThread()
        var settings = CentralSettings()
        settings.bus = .at(bus.address)
        settings.linkHelper = nil
        settings.inhibitsSleep = false
        change(&settings)
        let (tale, loop) = (tale, thread.loop)
        let readers = DoorReaders(loop: loop, tale: tale)
        var handlers = CentralHandlers()
        handlers.onSighting = { tale.note(.sighting($0)) }
        handlers.onReport = { tale.note(.report($0)) }
        let owner = SleepyOwner()
        handlers.onEvent = { event in
            tale.note(.event(event))
            if isReadyAtOnce, case .sleeping = event { owner.isReady() }
        }
        handlers.onStream = { address, _, doors in
            tale.note(.stream(address, doors: doors.count, paths: Set(doors.map(\.path))))
            for door in doors { readers.read(door, of: address) }
        }
        let central = Central(loop: loop, settings: settings, handlers: handlers)
        self.central = central
        owner.central = central
        readers.noteData = { [weak central] address in
            central?.assumeIsolated { $0.noteData(address, at: MonotonicClock.now()) }
        }
    }

    /// Starts both sides with the given devices.
    func start(_ devices: [FakeDevice] = []) async throws {
        for device in devices { await fake.add(device) }
        await fake.start()
        await central.start()
        _ = try await event("ready") { event in
            if case .condition(.ready) = event { true } else { false }
        }
    }

    /// The last call of a test: nothing answers after it.
    func end() async {
        await central.stop()
        await fake.end()
        thread.end()
        bus.kill()
    }

    // MARK: Shorthand

    static func address(_ number: Int) -> String {
        let tail = String(number, radix: 16).uppercased()
        return "D4:22:CD:00:00:" + (tail.count == 1 ? "0" + tail : tail)
    }

    static func device(_ number: Int) throws -> DeviceAddress {
        try #require(DeviceAddress(address(number)))
    }

    /// Adds a DOT with that number and waits for its stream.
    @discardableResult
    func addDot(_ number: Int, _ path: NotifyPath? = nil) async throws -> Int64 {
        let start = MonotonicClock.now()
        try await add(number, path)
        return try await streaming(number, from: start)
    }

    func add(_ number: Int, _ path: NotifyPath? = nil, serial: String? = nil) async throws {
        try await central.add(
            SensorSpec(
                address: Rig.device(number), addressKind: .random,
                kind: WearableKind(MovellaDot.self), serialNumber: serial, notifyPath: path))
    }

    func streaming(
        _ number: Int, from start: Int64, within seconds: Double = 15
    ) async throws -> Int64 {
        let device = try Rig.device(number)
        return try await tale.first("stream of \(number)", from: start, within: seconds, on: loop) {
            if case .stream(device, _, _) = $0 { true } else { false }
        }
    }

    func packet(
        _ number: Int, from start: Int64, within seconds: Double = 15
    ) async throws -> Int64 {
        let device = try Rig.device(number)
        return try await tale.first("packet of \(number)", from: start, within: seconds, on: loop) {
            if case .packet(device, _) = $0 { true } else { false }
        }
    }

    func event(
        _ what: String, from start: Int64 = 0, within seconds: Double = 15,
        _ matches: @escaping @Sendable (CentralEvent) -> Bool
    ) async throws -> Int64 {
        try await tale.first(what, from: start, within: seconds, on: loop) {
            if case .event(let event) = $0 { matches(event) } else { false }
        }
    }

    func lost(_ number: Int, from start: Int64, within seconds: Double = 15) async throws -> Int64 {
        let device = try Rig.device(number)
        return try await event("loss of \(number)", from: start, within: seconds) {
            if case .lost(device, _) = $0 { true } else { false }
        }
    }

    func report(
        _ number: Int, _ what: String, from start: Int64 = 0, within seconds: Double = 15,
        _ matches: @escaping @Sendable (SensorReport) -> Bool
    ) async throws -> Int64 {
        let device = try Rig.device(number)
        return try await tale.first(what, from: start, within: seconds, on: loop) {
            if case .report(let report) = $0 {
                report.address == device && matches(report)
            } else {
                false
            }
        }
    }

    /// Counters of the packets that came out of the doors.
    func counters(_ number: Int, from start: Int64 = 0) throws -> [UInt32] {
        let device = try Rig.device(number)
        return tale.entries.compactMap { timed in
            guard timed.time >= start, case .packet(device, let counter) = timed.entry else {
                return nil
            }
            return counter
        }
    }

    /// Packets missing between two that came out, without a loss told in between.
    func silentlyLost(_ number: Int, step: UInt32 = 16_666) throws -> Int {
        let device = try Rig.device(number)
        var last: UInt32?
        var missing = 0
        for timed in tale.entries {
            switch timed.entry {
            case .event(.lost(device, _)): last = nil
            case .packet(device, let counter):
                if let last, counter > last { missing += Int((counter - last) / step) - 1 }
                last = counter
            default: break
            }
        }
        return missing
    }

    /// Losses told for a sensor.
    func losses(_ number: Int, from start: Int64 = 0) throws -> [LossCause] {
        let device = try Rig.device(number)
        return tale.entries.compactMap { timed in
            guard timed.time >= start, case .event(.lost(device, let cause)) = timed.entry else {
                return nil
            }
            return cause
        }
    }

    func pause(_ seconds: Double) async { await central.pause(Int64(seconds * 1e9)) }

    func condition(
        _ wanted: CentralCondition, from start: Int64, within seconds: Double = 15
    ) async throws -> Int64 {
        try await event("condition \(wanted)", from: start, within: seconds) {
            if case .condition(wanted) = $0 { true } else { false }
        }
    }
}

/// Reads doors as intake does, on the loop.
///
/// A door is read until it hangs up.
final class DoorReaders: @unchecked Sendable {
    private let loop: EventLoop
    private let tale: TellTale
    /// Tells the central of a packet, as the daemon does from intake's counters.
    var noteData: ((DeviceAddress) -> Void)?
    // Owned by the loop's thread.
    private var watches: [Int32: Watch] = [:]

    init(loop: EventLoop, tale: TellTale) {
        self.loop = loop
        self.tale = tale
    }

    func read(_ door: DoorOpening, of address: DeviceAddress) {
        // The central watches the same socket for its end, and an epoll set takes a number once.
        guard let copy = try? door.descriptor.duplicate() else { return }
        let descriptor = SharedDescriptor(copy)
        watches[descriptor.rawValue] = try? loop.watch(descriptor.rawValue, for: .readable) { _ in
            self.drain(descriptor, address)
        }
    }

    private func drain(_ descriptor: SharedDescriptor, _ address: DeviceAddress) {
        var buffer = [UInt8](repeating: 0, count: PacketSocket.maximumBytes)
        while true {
            var space = buffer.mutableSpan
            switch PacketSocket.receive(from: descriptor.rawValue, into: &space) {
            case .packet(let count, let stamp):
                guard stamp != nil, count == 44,
                    let counter = FakeDotPacket.microseconds(Array(buffer.prefix(count)))
                else { continue }
                tale.note(.packet(address, counter: counter))
                noteData?(address)
            case .oversized: continue
            case .empty: return
            case .ended:
                guard PacketSocket.hasHungUp(descriptor.rawValue) else { continue }
                if let watch = watches.removeValue(forKey: descriptor.rawValue) {
                    loop.remove(watch)
                }
                tale.note(.doorEnded(address))
                return
            }
        }
    }
}

/// A row of the fault table, printed as it was measured.
struct Figures {
    let row: String
    var values: [(String, String)] = []

    mutating func note(_ name: String, seconds: Double) {
        values.append((name, String(format: "%.0f ms", seconds * 1000)))
    }

    mutating func note(_ name: String, _ count: Int) { values.append((name, "\(count)")) }

    func tell() {
        let text = values.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        print("FAULT \(row): \(text)")
    }
}

func seconds(_ from: Int64, _ to: Int64) -> Double { Double(to - from) * 1e-9 }
