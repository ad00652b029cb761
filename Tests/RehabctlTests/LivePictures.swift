// States of the live view as a daemon would tell them, for pictures that are compared.

import Control

@testable import rehabctl

/// Moments of sets.
enum LivePictures {
    static func sensor(
        _ name: String, _ segment: String?, _ state: Rehab1.Sensor.State = .streaming,
        calibrated: Bool = true
    ) -> Rehab1.Sensor {
        Rehab1.Sensor(
            name: name, kind: "movella-dot", segment: segment, state: state, nominalRateHertz: 60,
            rateHertz: 60.1, ageMilliseconds: 5, packets: 100, samples: 100, decodeErrors: 0,
            gaps: 1, lostSamples: 2, duplicates: 0, refused: 0, sigmaDegrees: 0.4, flags: [],
            calibration: calibrated
                ? Rehab1.Calibration(
                    date: "2026-01-02T03:04:05Z", axisVarianceExplained: 0.99,
                    neutralObliquityRawDegrees: 0.5, neutralTiltRawDegrees: 8, signProof: "agreed",
                    restored: false, notes: []) : nil)
    }

    static func exercise(
        _ id: String, _ title: String, task: String, side: String?, repetitions: Int64,
        target: Double, tempo: [Double]
    ) -> Rehab1.Exercise {
        func rule(_ id: String, _ signal: String, _ on: Double) -> Rehab1.Rule {
            Rehab1.Rule(
                id: id, signal: signal, onDegrees: on, offDegrees: on - 1.5, minOnSeconds: 0.5,
                measured: true)
        }
        return Rehab1.Exercise(
            id: id, title: title, version: 1, posture: "upright", sensorsNeeded: ["pelvis"],
            sensorsBetter: [], cue: "Float the belt level.",
            rules: [
                rule("C01", "drop", 4), rule("C02", "lean-ipsilateral", 5),
                rule("C03", "lean-away", 5), rule("C04", "hike", 5), rule("C05", "leg-lean", 4),
            ], number: 9, stages: [2, 5], task: task, side: side,
            dose: Rehab1.Dose(
                sets: 3, repetitions: repetitions, targetSeconds: target, tempoSeconds: tempo,
                effort: "light", text: "3 sets", asksForSide: false))
    }

    static let stand = exercise(
        "one-leg-stand", "One-leg stand", task: "single-leg-hold", side: "stance", repetitions: 0,
        target: 10, tempo: [0, 0, 0, 0])
    static let squat = exercise(
        "squat", "Squat", task: "repetitions", side: nil, repetitions: 8, target: 0,
        tempo: [3, 0, 3, 0])

    static func status(
        _ exercise: String?, _ sensors: [Rehab1.Sensor], set: Rehab1.RunningSet?,
        warnings: [String] = []
    ) -> Rehab1.Status {
        Rehab1.Status(
            version: "0.1.0", processID: 1, uptimeSeconds: 1,
            activity: exercise == nil ? .idle : .exercising, replaying: false, exercise: exercise,
            realtime: Rehab1.Realtime(
                estimator: "nice", intake: "nice", alert: "nice", memoryLocked: false),
            sensors: sensors, outputs: [], recording: "a", recordedPackets: 0,
            unrecordedPackets: 0, framesDropped: 0, residentBytes: 0, cpuSeconds: 0,
            warnings: warnings, set: set)
    }

    static func event(_ payload: Rehab1.Event.Payload) -> Rehab1.Event {
        var event = Rehab1.Event(sequence: 0, time: 0, kind: payload.kind, dropped: 0)
        switch payload {
        case .status(let status): event.status = status
        case .frame(let frame): event.frame = frame
        case .cue(let cue): event.cue = cue
        case .sensor(let sensor): event.sensor = sensor
        case .set(let summary): event.summary = summary
        case .warning(let text): event.warning = text
        }
        return event
    }

    static func state(_ payloads: Rehab1.Event.Payload...) -> LiveState {
        var state = LiveState()
        state.exercises = [stand, squat]
        for (index, payload) in payloads.enumerated() {
            _ = state.take(event(payload), at: Int64(index + 1) * 1_000_000_000)
        }
        return state
    }

    private static func standing(
        drop: Double, lean: Double?, thigh: Double?, active: [String] = [], count: Int64 = 0
    ) -> Rehab1.Frame {
        Rehab1.Frame(
            time: 5_000_000_000, posture: "upright", obliquityDegrees: -drop,
            anteriorTiltDegrees: 1.5, trunkLeanDegrees: lean, dropDegrees: drop,
            sigmaDegrees: 0.35, stanceSide: "right", stanceSource: "given", phase: .holding,
            holdSeconds: 6.2, shareInBand: 0.92, dropOnDegrees: 4, hikeOnDegrees: 5,
            activeRules: active, gates: [], quaternion: [1, 0, 0, 0], count: count,
            view: Rehab1.FrameView(
                stanceThighDegrees: thigh.map { $0 + 4 }, hipAdductionDegrees: nil,
                legLeanDegrees: thigh,
                strip: String(repeating: "c", count: Int(count))))
    }

    static let cue = Rehab1.Cue(
        time: 0, rule: "C01", signal: "drop", valueDegrees: 6.1, side: "right",
        text: "belt: lift free side", spoken: "Float the belt level", crossed: 0, presented: 1,
        latencyMilliseconds: 1, heard: true)

    private static let running = Rehab1.RunningSet(
        side: "right", paused: nil, probe: false, thresholds: [])

    /// One sensor, in band.
    static var onePelvis: LiveState {
        state(
            .status(status("one-leg-stand", [sensor("belt", "pelvis")], set: running)),
            .frame(standing(drop: 2.1, lean: nil, thigh: nil)))
    }

    /// Five sensors, the pelvis out of its band and the trunk too.
    static var fiveOut: LiveState {
        let sensors = [
            sensor("belt", "pelvis"), sensor("chest", "trunk"), sensor("left", "left-thigh"),
            sensor("right", "right-thigh"), sensor("shin", "right-shank", .lost),
        ]
        var state = state(
            .status(status("one-leg-stand", sensors, set: running)), .cue(cue),
            .frame(standing(drop: 6.1, lean: 7.4, thigh: 2.4, active: ["C01", "C02"], count: 2)))
        state.place = "set 2 of 3"
        return state
    }

    /// Repetitions at a tempo, some not clean.
    static var repetitions: LiveState {
        func frame(_ time: Int64, _ phase: String) -> Rehab1.Frame {
            Rehab1.Frame(
                time: time, posture: "upright", obliquityDegrees: 0.4, anteriorTiltDegrees: 12,
                sigmaDegrees: 0.4, stanceSource: "unknown", phase: .holding, holdSeconds: 0,
                activeRules: [], gates: [], quaternion: [1, 0, 0, 0], count: 4,
                repetitionPhase: phase, wayShare: 0.55, phaseSeen: true,
                view: Rehab1.FrameView(strip: "ccoc"))
        }
        return state(
            .status(status("squat", [sensor("belt", "pelvis")], set: running)),
            .frame(frame(1_000_000_000, "hold")), .frame(frame(2_000_000_000, "lower")),
            .frame(frame(3_200_000_000, "lower")))
    }

    /// The sensor sends nothing: paused, nothing shown of the body.
    static var lost: LiveState {
        let place = "the sensor on the pelvis sends nothing"
        var set = running
        set.paused = place
        var state = state(
            .status(
                status(
                    "one-leg-stand", [sensor("belt", "pelvis", .lost)], set: set,
                    warnings: [
                        "\(place): the set is paused. It goes on by itself when the sensor is "
                            + "back; check that it is on and near."
                    ])),
            .frame(standing(drop: 2.1, lean: nil, thigh: nil)))
        state.noteTime(60_000_000_000)
        return state
    }

    /// Nothing worn, nothing calibrated.
    static var idle: LiveState {
        state(.status(status(nil, [sensor("belt", nil, .waiting, calibrated: false)], set: nil)))
    }
}
