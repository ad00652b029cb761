// One added sensor in the central's book: its life, its objects, its doors.

import DBus
import EventLoop
import Plumbing
import Wearables

/// Owned by the central, on the loop's thread.
final class SensorEntry {
    let spec: SensorSpec
    let identity: WearableIdentity
    var life: SensorLife
    var timer: TimerID?
    /// The time that `timer` stands at, ns.
    var timerDeadline: Int64?

    /// BlueZ's object of the device; nil where it has none.
    var devicePath: String?
    /// Objects of the family's characteristics.
    var characteristics: [CharacteristicIndex: CharacteristicFacts] = [:]
    var serialPath: String?
    /// What the plan does with which characteristic, and from which it awaits replies.
    let operations: [CharacteristicIndex: Set<NeededOperation>]
    let awaited: Set<CharacteristicIndex>

    /// Equal bytes within this time are copies of one notification, as they come where other programs
    /// listen too, ns.
    ///
    /// With a counter in the packets no two are equal; without one, a quarter of a period (5 ms at
    /// most) keeps two like readings of a sensor at rest apart.
    let copyWindow: Int64

    var doors: [CharacteristicIndex: Door] = [:]
    /// Answers to calls of an earlier connection are told by their number.
    var epoch: UInt64 = 0
    /// Writes and reads wait for each other: a sensor takes one at a time.
    var calls: [QueuedCall] = []
    var isCalling = false
    var side: SideRun?

    var counts = SensorCounts()
    var rssi: Int?
    var linkRSSI: Int?
    var interval: Double?
    var serialNumber: String?
    var lastReport: SensorReport?
    /// Removed from the book; the entry lives until its link has ended.
    var isForgotten = false

    init(_ spec: SensorSpec, condition: CentralCondition) {
        self.spec = spec
        let driver = spec.kind.driver(spec.request)
        identity = driver.identity
        let period = driver.nominalRateHertz > 0 ? 1e9 / driver.nominalRateHertz : 1e9
        copyWindow =
            driver.capabilities.hasDeviceTime ? 1_000_000_000 : Int64(min(period / 4, 5_000_000))
        let plan = driver.plan()
        operations = PlanStep.operations(of: plan)
        awaited = PlanStep.awaited(in: plan)
        let (kind, request) = (spec.kind, spec.request)
        life = SensorLife(
            condition: condition,
            gapLimit: RetryPolicy.gapLimit(
                rateHertz: driver.nominalRateHertz, batchDelay: driver.capabilities.batchDelay,
                connectionInterval: SensorEntry.kernelInterval),
            expectedSerialNumber: spec.serialNumber, makeDriver: { kind.driver(request) })
    }

    /// The longest connection interval that the kernel asks for by itself, s.
    static let kernelInterval = 0.05

    var address: DeviceAddress { spec.address }

    /// What stands between BlueZ and intake for one characteristic.
    struct Door {
        let path: NotifyPath
        let objectPath: String
        /// Signals: our end of the pair.
        ///
        /// Descriptor: bluetoothd's socket, kept to see its end.
        let descriptor: SharedDescriptor
        /// Intake's end, until it is handed over.
        var sink: SharedDescriptor?
        var watch: Watch?
        var lastBytes: [UInt8] = []
        var lastTime: Int64 = 0
    }

    /// A short plan beside the stream: a blink, a buzz.
    struct SideRun {
        var run: PlanRun
        let completion: @Sendable (BluetoothError?) -> Void
        var timer: TimerID?
    }

    /// The state as a person sees it, with the reason.
    var told: (state: SensorReport.State, reason: String) {
        switch life.state {
        case .idle: (.idle, "disconnected on request")
        case .blocked: (.blocked, life.condition.sentence)
        case .waiting, .queued:
            (
                .searching,
                life.memory.lastTrouble.isEmpty ? "waits for its turn" : life.memory.lastTrouble
            )
        case .seeking:
            (.searching, life.memory.lastTrouble.isEmpty ? "searching" : life.memory.lastTrouble)
        case .connecting:
            (.connecting, life.memory.lastTrouble.isEmpty ? "connecting" : life.memory.lastTrouble)
        case .resolving, .probing: (.configuring, "reading its services")
        case .arming: (.configuring, "writing its settings")
        case .streaming: (.streaming, "")
        case .silent: (.lost, "connected, but no data comes")
        case .stopping: (.idle, "stopping")
        case .closing(_, _, .idle), .removing(_, .idle): (.idle, "disconnecting")
        case .closing, .removing:
            (
                .searching,
                life.memory.lastTrouble.isEmpty ? "disconnecting" : life.memory.lastTrouble
            )
        case .unusable(let why): (.unusable, why.sentence)
        }
    }

    var report: SensorReport {
        let told = told
        return SensorReport(
            address: address, family: spec.kind.identity.name, state: told.state,
            reason: told.reason, battery: life.memory.battery, rssi: linkRSSI ?? rssi,
            connectionIntervalMilliseconds: interval,
            notifyPath: doors.values.contains { $0.path == .descriptor }
                ? .descriptor : doors.isEmpty ? nil : .signals,
            serialNumber: serialNumber, counts: counts, lastData: life.memory.lastData)
    }
}
