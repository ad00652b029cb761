// Loss, bursts, jitter, duplicates and late packets are as asked for, and the order is kept
// otherwise.

import Synthetic
import Testing

@Suite struct LinkTests {
    /// Sends `count` packets 10 ms apart and returns what came out, in order of arrival.
    private func send(_ model: LinkModel, count: Int) -> [Delivery] {
        var link = Link(model)
        var out: [Delivery] = []
        for index in 0..<count {
            let time = Int64(index) * 10_000_000
            while let arrival = link.nextArrival, arrival < time, let delivery = link.next() {
                out.append(delivery)
            }
            link.send([UInt8(truncatingIfNeeded: index)], at: time)
        }
        link.finish()
        while let delivery = link.next() { out.append(delivery) }
        return out
    }

    private func lostShare(_ deliveries: [Delivery]) -> Double {
        Double(deliveries.count { $0.lost }) / Double(deliveries.count)
    }

    @Test func aPerfectLinkDeliversAtTheTimeOfTheSample() {
        let out = send(LinkModel(), count: 1_000)
        #expect(out.map(\.sequence) == (0..<1_000).map { UInt64($0) })
        #expect(out.map(\.arrival) == (0..<1_000).map { Int64($0) * 10_000_000 })
        #expect(out.allSatisfy { !$0.lost && !$0.duplicate })
    }

    @Test(arguments: [0.01, 0.05, 0.2])
    func independentLossHasTheShareAskedFor(share: Double) {
        var model = LinkModel()
        model.independentLoss = share
        let out = send(model, count: 100_000)
        // Four standard deviations of the binomial law.
        #expect(abs(lostShare(out) - share) < 4 * (share * (1 - share) / 100_000).squareRoot())
    }

    @Test func burstLossHasTheShareAndTheMeanLengthAskedFor() {
        var model = LinkModel()
        model.burstLoss = 0.1
        model.burstLength = 3
        let out = send(model, count: 200_000)
        #expect(abs(lostShare(out) - 0.1) < 0.005)
        var bursts = 0
        var before = false
        for delivery in out {
            if delivery.lost, !before { bursts += 1 }
            before = delivery.lost
        }
        let mean = Double(out.count { $0.lost }) / Double(bursts)
        #expect(abs(mean - 3) < 0.1)
    }

    @Test func packetsOfOneConnectionIntervalComeTogether() {
        var model = LinkModel()
        model.interval = 30_000_000
        model.latency = 2_000_000
        let out = send(model, count: 3_000)
        #expect(out.map(\.sequence) == (0..<3_000).map { UInt64($0) })
        // Ready at 2, 12, 22 ms: all three at 30 ms, the second and third 0.5 ms after the one
        // before.
        #expect(
            out.prefix(6).map(\.arrival) == [
                30_000_000, 30_500_000, 31_000_000, 60_000_000, 60_500_000, 61_000_000,
            ])
    }

    @Test func jitterStaysInItsRangeAndNeverChangesTheOrder() {
        var model = LinkModel()
        model.latency = 7_500_000
        model.jitter = 42_500_000
        let out = send(model, count: 20_000)
        #expect(out.map(\.sequence) == (0..<20_000).map { UInt64($0) })
        var smallest = Int64.max
        var largest = Int64.min
        for delivery in out {
            let delay = delivery.arrival - Int64(delivery.sequence) * 10_000_000
            smallest = min(smallest, delay)
            largest = max(largest, delay)
        }
        #expect(smallest >= 7_500_000)
        #expect(smallest < 10_000_000)
        #expect(largest < 50_000_000)
        #expect(largest > 48_000_000)
    }

    @Test func latePacketsAreAtMostThreePlacesLate() {
        var model = LinkModel()
        model.late = 0.1
        model.latePlaces = 3
        let out = send(model, count: 50_000)
        #expect(Set(out.map(\.sequence)).count == 50_000)
        var passed: [Int: Int] = [:]
        for place in out.indices {
            // Packets with a later number among the few before it.
            let earlier = out[max(0, place - 8)..<place]
            let late = earlier.count { $0.sequence > out[place].sequence }
            passed[late, default: 0] += 1
        }
        #expect((passed.keys.max() ?? 0) == 3)
        let share = Double(passed.filter { $0.key > 0 }.values.reduce(0, +)) / 50_000
        #expect(abs(share - 0.1) < 0.01)
        let arrivals = out.map(\.arrival)
        #expect(zip(arrivals, arrivals.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test func duplicatesFollowTheirOriginals() {
        var model = LinkModel()
        model.duplicates = 0.05
        let out = send(model, count: 50_000)
        let copies = out.indices.filter { out[$0].duplicate }
        #expect(abs(Double(copies.count) / 50_000 - 0.05) < 0.004)
        for place in copies {
            #expect(out[place - 1].sequence == out[place].sequence)
            #expect(out[place - 1].packet == out[place].packet)
        }
    }

    @Test func everythingAtOnceLosesNothingSilently() {
        var model = LinkModel()
        model.interval = 15_000_000
        model.jitter = 30_000_000
        model.independentLoss = 0.03
        model.burstLoss = 0.05
        model.duplicates = 0.02
        model.late = 0.05
        let out = send(model, count: 20_000)
        let originals = out.filter { !$0.duplicate }
        #expect(Set(originals.map(\.sequence)).count == 20_000)
        #expect(originals.count == 20_000)
        let arrivals = out.map(\.arrival)
        #expect(zip(arrivals, arrivals.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test func sameSeedSameLink() {
        var model = LinkModel()
        model.jitter = 5_000_000
        model.independentLoss = 0.1
        let first = send(model, count: 1_000)
        #expect(first == send(model, count: 1_000))
        model.seed = 2
        #expect(first != send(model, count: 1_000))
    }
}
