// A sensor's life: one state, one transition function, no clock and no bus inside.

package import Wearables

/// A sensor's state with what must be remembered across states.
///
/// `next` is the one transition function: life, event and time in, life and effects out. The central
/// performs the effects and tells what came of them; it sends `tick` when `deadline` has come.
package struct SensorLife: Sendable {
    package internal(set) var state = SensorState.idle
    package internal(set) var condition: CentralCondition
    package internal(set) var link = LinkFacts()
    package internal(set) var isWanted = false
    package internal(set) var memory = Memory()
    /// The driver as it came out of the plan that ran last.
    package internal(set) var armedDriver: (any Wearable)?
    /// What it learned from while the sensor was configured.
    package internal(set) var armedReplies: [DriverReply] = []
    /// Silence that counts as a loss, ns.
    package var gapLimit: Int64
    /// How to make a driver, and what serial number it must have.
    let makeDriver: @Sendable () -> any Wearable
    let expectedSerialNumber: String?

    /// What one state tells the next.
    package struct Memory: Sendable, Equatable {
        /// Errors of `Connect` in a row.
        package var errors = 0
        /// Since when it has been searched for without success, ns.
        package var absentSince: Int64?
        /// Until when a success of `Connect` may still be followed by the property, ns.
        var beliefEnds: Int64 = 0
        /// Links that ended while they were set up, since it last streamed.
        var endedInSetup = 0
        /// Answers "in progress" to `Connect` in a row.
        var inProgress = 0
        package var subscriptionsUnanswered = 0
        var plansEnded = 0
        var refusedSubscriptions = 0
        /// Writes and reads of the plan without an answer, since it last streamed.
        var callsUnanswered = 0
        /// BlueZ's cache was dropped once since the sensor last streamed.
        var cacheDropped = false
        /// A pending AcquireNotify went astray: this sensor gets signals from now on.
        package var avoidsDescriptor = false
        /// It may have been ours: what BlueZ then holds against us goes with its object only.
        var acquireWentAstray = false
        /// A device was removed because its link would not end.
        var hasBeenRemoved = false
        /// Time of the newest packet, ns.
        package var lastData: Int64 = 0
        package var battery: UInt8?
        var toldBattery: UInt8 = 100
        /// The loss has been told; it is not told again.
        var lossTold = false
        /// When the link last ended in the midst of good data, ns.
        var lastInterruption: Int64?
        /// What went amiss last, in a few words.
        package var lastTrouble = ""
        var saidFarewell = false
    }

    package init(
        condition: CentralCondition, gapLimit: Int64, expectedSerialNumber: String? = nil,
        makeDriver: @escaping @Sendable () -> any Wearable
    ) {
        self.condition = condition
        self.gapLimit = gapLimit
        self.expectedSerialNumber = expectedSerialNumber
        self.makeDriver = makeDriver
    }

    /// The transition function.
    package static func next(
        _ life: SensorLife, _ event: SensorEvent, at now: Int64
    ) -> (SensorLife, [SensorEffect]) {
        var life = life
        var effects: [SensorEffect] = []
        life.take(event, now, &effects)
        return (life, effects)
    }

    /// When to send `tick`, ns; nil where only events count.
    package var deadline: Int64? {
        switch state {
        case .idle, .blocked, .queued, .unusable: nil
        case .waiting(let until), .seeking(let until), .connecting(let until, _),
            .resolving(let until, _), .probing(let until), .closing(let until, _, _),
            .removing(let until, _):
            until
        case .arming(let run, let until), .stopping(let run, let until):
            min(run.deadline ?? until, until)
        case .streaming(let since):
            memory.lastData > since
                ? memory.lastData &+ gapLimit : since &+ max(gapLimit, RetryPolicy.firstDataLimit)
        case .silent(let since): since &+ RetryPolicy.phantomLimit
        }
    }

    /// Notes data without a transition; false where the event `data` is due instead.
    package mutating func noteData(at time: Int64) -> Bool {
        guard case .streaming = state else { return false }
        memory.lastData = max(memory.lastData, time)
        return true
    }

    /// Sends an event to its part of the function.
    private mutating func take(
        _ event: SensorEvent, _ now: Int64, _ effects: inout [SensorEffect]
    ) {
        switch event {
        case .want: want(now, &effects)
        case .rest: rest(now, &effects)
        case .stepAside: stepAside(now, &effects)
        case .condition(let new): take(new, now, &effects)
        case .link(let new): take(new, now, &effects)
        case .battery(let percent): take(battery: percent, &effects)
        case .farewell: memory.saidFarewell = true
        case .data(let time): takeData(at: time, &effects)
        case .doorEnded: takeDoorEnd(now, &effects)
        case .seen: seen(now, &effects)
        case .granted: granted(now, &effects)
        case .connectAnswered(let outcome): connectAnswered(outcome, now, &effects)
        case .disconnectAnswered(let outcome): disconnectAnswered(outcome, now, &effects)
        case .removeAnswered(let outcome): removeAnswered(outcome, now, &effects)
        case .serialNumber(let number): probed(number, now, &effects)
        case .plan(let happening): takePlan(happening, now, &effects)
        case .tick: tick(now, &effects)
        }
    }

    // MARK: What a person wants

    /// A person asks: pauses end, what was given up is tried again, memories are dropped.
    private mutating func want(_ now: Int64, _ effects: inout [SensorEffect]) {
        isWanted = true
        switch state {
        case .idle, .waiting, .unusable:
            memory = Memory(lastData: memory.lastData, battery: memory.battery)
            memory.absentSince = now
            line(now, &effects)
        case .stopping, .closing(_, _, .idle):
            // It ends first, and then connects: `closed` looks at `isWanted`.
            break
        default: memory.absentSince = memory.absentSince.map { _ in now }
        }
    }

    /// The stop plan where there is a link to run it over, then the end of the link.
    private mutating func rest(_ now: Int64, _ effects: inout [SensorEffect]) {
        isWanted = false
        switch state {
        case .streaming, .silent, .arming:
            // Answers to the plan that ran are not the stop plan's.
            if case .arming = state { effects.append(.closeDoors) }
            let driver = makeDriver()
            var run = PlanRun(driver.stop(), driver: driver, present: link.present)
            let progress = run.start(at: now)
            state = .stopping(run, until: now &+ RetryPolicy.stopLimit)
            follow(progress, now, &effects)
        case .connecting, .resolving, .probing: close(.idle, now, &effects)
        case .closing(let until, let isAnswered, _):
            state = .closing(until: until, isAnswered: isAnswered, then: .idle)
        case .removing(let until, _): state = .removing(until: until, then: .idle)
        case .stopping, .idle: break
        case .seeking, .queued, .waiting, .blocked, .unusable:
            effects += [.stopSeeking, .leaveTurn]
            state = .idle
        }
    }

    /// As `rest`, but without a stop plan: a sensor that is being set up may not answer it.
    private mutating func stepAside(_ now: Int64, _ effects: inout [SensorEffect]) {
        switch state {
        case .streaming, .silent: return
        case .arming:
            isWanted = false
            effects.append(.closeDoors)
            close(.idle, now, &effects)
        default: rest(now, &effects)
        }
    }

    // MARK: Surroundings

    private mutating func take(
        _ new: CentralCondition, _ now: Int64, _ effects: inout [SensorEffect]
    ) {
        condition = new
        guard new == .ready else {
            switch state {
            case .idle, .unusable, .blocked: return
            case .stopping, .closing(_, _, .idle), .removing(_, .idle): state = .idle
            case .closing(_, _, .unusable(let why)): state = .unusable(why)
            default:
                tellLoss(cause(of: new), &effects)
                state = .blocked
            }
            link = LinkFacts()
            effects += [.closeDoors, .stopSeeking, .leaveTurn]
            return
        }
        if case .blocked = state {
            memory.errors = 0
            memory.inProgress = 0
            memory.absentSince = now
            line(now, &effects)
        }
    }

    /// What a loss is put down to when the surroundings go.
    private func cause(of condition: CentralCondition) -> LossCause {
        switch condition {
        case .ready, .noBus, .noBluetoothd, .bluetoothdHangs: .bluetoothd
        case .noAdapter, .adapterOff: .adapter
        case .asleep: .suspend
        }
    }

    /// Tells a loss once, until data or a new stream comes.
    mutating func tellLoss(_ cause: LossCause, _ effects: inout [SensorEffect]) {
        switch state {
        case .streaming, .silent: break
        default: return
        }
        guard !memory.lossTold else { return }
        memory.lossTold = true
        effects += [.count(.loss), .tellLost(cause)]
    }

    /// Sensors warn of an empty battery before they vanish, and then it was not the distance.
    func absenceCause() -> LossCause {
        if memory.saidFarewell { return .sensorOff }
        return memory.battery.map { $0 <= 5 } == true ? .battery : .range
    }

    /// Keeps the level and warns at 15 and 5 percent, each once.
    private mutating func take(battery percent: UInt8, _ effects: inout [SensorEffect]) {
        memory.battery = percent
        for limit: UInt8 in [5, 15] where percent <= limit && memory.toldBattery > limit {
            memory.toldBattery = limit
            effects.append(.tellBattery(percent))
            return
        }
        // Charged since: warn again next time.
        if percent > 20 { memory.toldBattery = 100 }
    }
}
