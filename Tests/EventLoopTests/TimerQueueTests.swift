// The order and rhythm of deadlines.

import Testing

@testable import EventLoop

@Suite struct TimerQueueTests {
    private func due(_ queue: inout TimerQueue, at now: Int64) -> [TimerID] {
        var ids: [TimerID] = []
        while let entry = queue.popDue(at: now) { ids.append(entry.id) }
        return ids
    }

    @Test func deadlinesComeInOrderOfTimeAndThenOfSetting() {
        var queue = TimerQueue()
        let late = queue.add(deadline: 30, interval: nil) {}
        let first = queue.add(deadline: 10, interval: nil) {}
        let second = queue.add(deadline: 10, interval: nil) {}
        #expect(queue.earliest == 10)
        #expect(due(&queue, at: 9) == [])
        #expect(due(&queue, at: 10) == [first, second])
        #expect(due(&queue, at: 100) == [late])
        #expect(queue.count == 0)
    }

    @Test func aRepeatingTimerKeepsItsRhythmAndSkipsWhatWasMissed() {
        var queue = TimerQueue()
        let timer = queue.add(deadline: 10, interval: 10) {}
        #expect(due(&queue, at: 47) == [timer])
        #expect(queue.earliest == 50)
        #expect(due(&queue, at: 50) == [timer])
        #expect(queue.earliest == 60)
    }

    @Test func aRemovedTimerIsGone() {
        var queue = TimerQueue()
        let timer = queue.add(deadline: 10, interval: 5) {}
        queue.remove(timer)
        #expect(queue.earliest == nil)
    }

    @Test func deadlinesAtTheEndsOfTheRangeDoNotTrap() {
        var queue = TimerQueue()
        let early = queue.add(deadline: .min, interval: 1) {}
        let late = queue.add(deadline: .max, interval: .max) {}
        #expect(queue.popDue(at: .max)?.id == early)
        queue.remove(early)
        #expect(queue.popDue(at: .max)?.id == late)
    }
}
