// The rings between threads: order kept, nothing lost, what is refused is counted.

import Foundation
import Glibc
import Plumbing
import Synchronization
import Testing

/// A value wide enough that a torn read would show.
private struct Wide: BitwiseCopyable, Sendable, Equatable {
    var a: UInt64
    var b: UInt64
    var c: UInt64
    var d: UInt64

    init(_ number: UInt64) {
        a = number
        b = number &* 0x9e37_79b9_7f4a_7c15
        c = ~number
        d = number ^ 0x5555_5555_5555_5555
    }

    var isWhole: Bool { self == Wide(a) }
}

private final class Shared: Sendable {
    let ring = SampleRing<Wide, 64>(filledWith: Wide(0))
    let packets = PacketRing(capacity: 4096)
    let refused = Atomic<Int>(0)
    let done = Atomic<Bool>(false)
}

@Suite struct SampleRingTests {
    @Test func valuesComeOutInOrderAndAFullRingRefuses() {
        let ring = SampleRing<Int, 4>(filledWith: 0)
        let first = ring.pop()
        #expect(first == nil)
        for round in 0..<10 {
            for value in 0..<4 {
                let pushed = ring.push(round * 10 + value)
                #expect(pushed)
            }
            let extra = ring.push(99)
            #expect(!extra)
            let refused = ring.refused()
            #expect(refused == round + 1)
            let waiting = ring.count()
            #expect(waiting == 4)
            for value in 0..<4 {
                let seen = ring.peek()
                let popped = ring.pop()
                #expect(seen == round * 10 + value)
                #expect(popped == round * 10 + value)
            }
            let empty = ring.peek()
            #expect(empty == nil)
        }
    }

    @Test func aRingOfOneWorks() {
        let ring = SampleRing<Int, 1>(filledWith: 0)
        for value in 0..<5 {
            let pushed = ring.push(value)
            let second = ring.push(-1)
            let popped = ring.pop()
            #expect(pushed && !second && popped == value)
        }
    }

    /// Refused values are tried again: all arrive, in order, whole; every refusal is counted.
    @Test func twoThreadsLoseNothing() throws {
        let total: UInt64 = 400_000
        let shared = Shared()
        let producer = try RealtimeThread(name: "ring-producer") {
            for number in 1...total {
                while !shared.ring.push(Wide(number)) {
                    shared.refused.wrappingAdd(1, ordering: .relaxed)
                    sched_yield()
                }
            }
        }
        var expected: UInt64 = 1
        var torn = 0
        var misplaced = 0
        while expected <= total {
            guard let value = shared.ring.pop() else {
                sched_yield()
                continue
            }
            if !value.isWhole { torn += 1 }
            if value.a != expected { misplaced += 1 }
            expected += 1
        }
        producer.join()
        #expect(torn == 0)
        #expect(misplaced == 0)
        let left = shared.ring.pop()
        #expect(left == nil)
        let refused = shared.ring.refused()
        #expect(refused == shared.refused.load(ordering: .relaxed))
    }

    /// A producer that does not wait: what arrives rises, and arrivals plus refusals are all there was.
    @Test func aHurriedProducerIsRefusedAndCounted() throws {
        let total: UInt64 = 200_000
        let shared = Shared()
        let producer = try RealtimeThread(name: "ring-producer") {
            for number in 1...total { _ = shared.ring.push(Wide(number)) }
            shared.done.store(true, ordering: .releasing)
        }
        var last: UInt64 = 0
        var arrived = 0
        var disorder = 0
        while true {
            let isDone = shared.done.load(ordering: .acquiring)
            while let value = shared.ring.pop() {
                if !value.isWhole || value.a <= last { disorder += 1 }
                last = value.a
                arrived += 1
            }
            if isDone { break }
        }
        producer.join()
        #expect(disorder == 0)
        let refused = shared.ring.refused()
        #expect(arrived + refused == Int(total))
        #expect(arrived >= 64)
    }
}

@Suite struct PacketRingTests {
    private func packet(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0) }
    }

    private func head(_ number: Int) -> PacketHead {
        PacketHead(
            stamp: Int64(number) - 5, channel: UInt8(number % 32),
            characteristic: UInt8(number % 256))
    }

    /// Sizes that do not divide the capacity, so that every field is cut by the wrap some time.
    @Test func packetsSurviveTheWrapAtEveryPlace() {
        let ring = PacketRing(capacity: 4096)
        var bytes: [UInt8] = []
        var number = 0
        for _ in 0..<20_000 {
            let size = number % 61
            let pushed = push(packet(number, size), head(number), to: ring)
            bytes.removeAll()
            let popped = ring.pop(appendingTo: &bytes)
            #expect(pushed && popped == head(number) && bytes == packet(number, size))
            if !pushed || popped != head(number) || bytes != packet(number, size) { return }
            number += 1
        }
        #expect(ring.refused == 0)
    }

    @Test func stampsKeepEveryBit() {
        let ring = PacketRing(capacity: 4096)
        for stamp in [Int64.min, -1, 0, 1, .max] {
            let info = PacketHead(stamp: stamp, channel: 255, characteristic: 255)
            var bytes: [UInt8] = []
            #expect(push([], info, to: ring))
            #expect(ring.pop(appendingTo: &bytes) == info)
            #expect(bytes.isEmpty)
        }
    }

    /// 12 bytes of head and 100 of packet: 36 of them fit 4096 bytes.
    @Test func aFullRingRefusesAndGoesOn() {
        let ring = PacketRing(capacity: 4096)
        var taken = 0
        while push(packet(taken, 100), head(taken), to: ring) { taken += 1 }
        #expect(taken == 36)
        #expect(ring.refused == 1)
        #expect(!push([UInt8](repeating: 0, count: 70_000), head(0), to: ring))
        #expect(ring.refused == 2)
        var bytes: [UInt8] = [7]
        #expect(ring.pop(appendingTo: &bytes) == head(0))
        #expect(bytes == [7] + packet(0, 100))
        #expect(push(packet(99, 100), head(99), to: ring))
        for number in Array(1..<36) + [99] {
            bytes.removeAll()
            #expect(ring.pop(appendingTo: &bytes) == head(number))
            #expect(bytes == packet(number, 100))
        }
        #expect(ring.pop(appendingTo: &bytes) == nil)
    }

    /// Pages that are first touched as packets come look like a leak for minutes, and cost intake a fault each.
    @Test func itsMemoryIsThereFromTheStart() throws {
        let before = try residentBytes()
        let ring = PacketRing(capacity: 64 << 20)
        let grown = try residentBytes() - before
        // Other tests of this process may let go of some meanwhile.
        #expect(grown > 48 << 20)
        #expect(push([1, 2, 3], head(1), to: ring))
    }

    /// Of this process, by the kernel: the second number of statm, in pages.
    private func residentBytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let pages = try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    @Test func twoThreadsLoseNothing() throws {
        let total = 60_000
        let shared = Shared()
        let producer = try RealtimeThread(name: "ring-producer") {
            var bytes: [UInt8] = []
            for number in 0..<total {
                bytes.removeAll(keepingCapacity: true)
                for place in 0..<(number % 53) {
                    bytes.append(UInt8(truncatingIfNeeded: number &* 31 &+ place))
                }
                let info = PacketHead(
                    stamp: Int64(number), channel: UInt8(number % 32), characteristic: 3)
                while !shared.packets.push(bytes.span, info) { sched_yield() }
            }
        }
        var faults = 0
        var bytes: [UInt8] = []
        var number = 0
        while number < total {
            bytes.removeAll(keepingCapacity: true)
            guard let info = shared.packets.pop(appendingTo: &bytes) else {
                sched_yield()
                continue
            }
            if info.stamp != Int64(number) || bytes != packet(number, number % 53) { faults += 1 }
            number += 1
        }
        producer.join()
        #expect(faults == 0)
    }
}

@Suite struct FixedBufferTests {
    private struct Stop: Error {}

    @Test func eachFillingStartsAnew() {
        var buffer = FixedBuffer<Int>(capacity: 4)
        let none = buffer.count
        #expect(none == 0)
        buffer.refill { output in for value in 0..<4 { output.append(value * value) } }
        let squares = (0..<buffer.count).map { buffer[$0] }
        #expect(squares == [0, 1, 4, 9])
        buffer.refill { output in output.append(7) }
        let one = (0..<buffer.count).map { buffer[$0] }
        #expect(one == [7])
        buffer.refill { _ in }
        let empty = buffer.count
        #expect(empty == 0)
    }

    @Test func whatWasAppendedBeforeAnErrorStands() {
        var buffer = FixedBuffer<Int>(capacity: 4)
        var hasThrown = false
        do {
            try buffer.refill { (output: inout OutputSpan<Int>) throws(Stop) in
                output.append(5)
                output.append(6)
                throw Stop()
            }
        } catch {
            hasThrown = true
        }
        let values = (0..<buffer.count).map { buffer[$0] }
        #expect(hasThrown)
        #expect(values == [5, 6])
    }

    @Test func aCapacityBelowOneIsOne() {
        var buffer = FixedBuffer<Int>(capacity: -3)
        var room = 0
        buffer.refill { output in room = output.freeCapacity }
        #expect(room == 1)
    }
}
