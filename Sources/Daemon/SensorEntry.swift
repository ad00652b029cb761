// One attached sensor as the Supervisor knows it.

import Bluetooth
import Control
import Estimation
import Kinematics
import Movement
import Pipeline
import Plumbing
import Synchronization
import Wearables

/// A sensor of the present session.
struct SensorEntry {
    let name: String
    let kind: String
    let channel: UInt8
    let rateHertz: Double
    let counters: ChannelCounters
    var segment: Segment?
    var calibration: StoredCalibration?
    var isRestored = false
    /// Date of a calibration that no longer holds: it was of an earlier wear.
    var outdated: String?
    /// What its accelerometer reads too much, where that was measured.
    var turnRound: StoredTurnRound?
    var state = Rehab1.Sensor.State.waiting
    var latest: MotionFrame?
    /// Frames and the device time they span, for the measured rate.
    var attachedAt: Int64
    /// Of a sensor that rehabd connects to; nil for a source that a program handed over.
    var address: DeviceAddress?
    /// What the central said last of it.
    var report: SensorReport?
    /// Arrival of the newest packet that the central has been told of, ns.
    var toldArrival: Int64 = 0
    /// What the sensor told that the central has been told of.
    var toldEvents = ToldEvents()
    /// The period that was told of in place of the nominal one, ns.
    var toldPeriod = 0

    /// Silence after which a streaming sensor counts as lost, ns: the fault matrix's general target,
    /// max(5 periods, 200 ms), which finds a loss within 300 ms.
    var lossAfter: Int64 { max(200_000_000, Int64(5e9 / rateHertz)) }

    /// Samples a second that the sensor turned out to send, once each time they change.
    mutating func newRate() -> Int? {
        let period = counters.seenPeriod.value
        guard period > 0, period != toldPeriod else { return nil }
        toldPeriod = period
        return Int((1e9 / Double(period)).rounded())
    }

    /// ns since the newest packet; nil before the first.
    func age(at now: Int64) -> Int64? {
        let last = counters.lastArrival.load(ordering: .relaxed)
        return last == 0 ? nil : max(0, now - last)
    }

    /// The state that the counters show at `now`.
    func stateNow(_ now: Int64) -> Rehab1.Sensor.State {
        if let report {
            guard report.state == .streaming || report.state == .lost else {
                return Rehab1.Sensor.State(report.state)
            }
            guard let age = age(at: now) else { return .waiting }
            return age > lossAfter ? .lost : .streaming
        }
        guard let age = age(at: now) else {
            return counters.openDoors.value == 0 ? .ended : .waiting
        }
        if counters.openDoors.value == 0 { return .ended }
        return age > lossAfter ? .lost : .streaming
    }

    /// The sensor as it is told over the control socket.
    func told(at now: Int64) -> Rehab1.Sensor {
        let ppm = Double(counters.clockPPM.value) * 1e-6
        let samples = counters.samples.value
        return Rehab1.Sensor(
            name: name, kind: kind, segment: segment?.name, state: state,
            nominalRateHertz: rateHertz,
            // A clock that needs more host time for a second samples more slowly.
            rateHertz: samples > 1 ? sampledRate / (1 + ppm) : nil,
            ageMilliseconds: age(at: now).map { Double($0) * 1e-6 },
            packets: Int64(counters.packets.value), samples: Int64(samples),
            decodeErrors: Int64(counters.decodeErrors.value), gaps: Int64(counters.gaps.value),
            lostSamples: Int64(counters.lost.value),
            duplicates: Int64(counters.duplicates.value), refused: Int64(counters.refused.value),
            sigmaDegrees: latest.map { $0.sigma * degreesPerRadian },
            flags: latest.map { TiltFlags(rawValue: $0.tiltFlags).names } ?? [],
            calibration: calibration.map { told($0) }, calibratedBefore: outdated,
            turnRound: turnRound?.told,
            link: report.map { Rehab1.Link($0) })
    }

    /// Samples a second by the sensor's own clock, or as it was seen to send.
    private var sampledRate: Double {
        let period = counters.seenPeriod.value
        return period > 0 ? 1e9 / Double(period) : rateHertz
    }

    private func told(_ calibration: StoredCalibration) -> Rehab1.Calibration {
        Rehab1.Calibration(
            date: calibration.date, axisVarianceExplained: calibration.varianceExplained,
            neutralObliquityRawDegrees: calibration.neutralObliquity * degreesPerRadian,
            neutralTiltRawDegrees: calibration.neutralAnteriorTilt * degreesPerRadian,
            signProof: calibration.signProof, restored: isRestored, notes: calibration.notes)
    }
}

/// What was passed on of the events that intake counts.
struct ToldEvents: Equatable {
    var battery = -1
    var poweredOff = 0
    var powerSaving = 0

    init() {}

    init(_ counters: ChannelCounters) {
        battery = counters.battery.value
        poweredOff = counters.poweredOff.value
        powerSaving = counters.powerSaving.value
    }

    /// What is new since `other`.
    func news(since other: ToldEvents) -> [WearableEvent] {
        var news: [WearableEvent] = []
        if battery != other.battery, (0...100).contains(battery) {
            news.append(.battery(BatteryLevel(percent: UInt8(battery))))
        }
        if poweredOff != other.poweredOff { news.append(.poweredOff) }
        if powerSaving != other.powerSaving { news.append(.powerSaving) }
        return news
    }
}
