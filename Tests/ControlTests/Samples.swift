// One value of every type of the interface, with every field set.

@testable import Control

enum Samples {
    static let sound = Rehab1.Sound(
        volumePercent: 80, volumeDecibels: -8, speech: true, language: "de",
        languages: ["en", "de"], sonification: true, vibration: false, breaks: true,
        breaksSnoozedSeconds: 3_600, direction: "towards", delayMilliseconds: 180,
        measuredDelayMilliseconds: 21.5,
        speechTrouble: "espeak-ng is not installed", device: "default", habits: habits,
        sittingMarkedSeconds: 120)

    static let habits = Rehab1.Habits(
        watchedSittingSeconds: 3_600, longestSittingSeconds: 1_200, breaks: 3, standingSeconds: 600,
        hangingSeconds: 60, hangingLeftSeconds: 40, hangingRightSeconds: 20)

    static let fading = Rehab1.Fading(
        exercise: "one-leg-stand", workout: 5, block: 2, cuedShare: 0.5, sets: 3,
        cuedErrorDegrees: 1.25, uncuedErrorDegrees: 1.5, dependence: 0.2,
        text: "You kept 80 % of the improvement without sound.")

    static let calibration = Rehab1.Calibration(
        date: "2026-01-02T03:04:05Z", axisVarianceExplained: 0.97, neutralObliquityRawDegrees: 1.5,
        neutralTiltRawDegrees: -12.25, signProof: "lifted the left foot", restored: true,
        notes: ["quiet"])

    static let sensor = Rehab1.Sensor(
        name: "pelvis", kind: "movella-dot", segment: "pelvis", state: .streaming,
        nominalRateHertz: 60, rateHertz: 59.94, ageMilliseconds: 12.5, packets: 10, samples: 10,
        decodeErrors: 1, gaps: 2, lostSamples: 3, duplicates: 4, refused: 5, sigmaDegrees: 0.4,
        flags: ["at-rest"], calibration: calibration,
        calibratedBefore: "2026-01-01T03:04:05Z", turnRound: turnRound, link: link)

    static let turnRound = Rehab1.TurnRound(
        date: "2026-01-02T03:04:05Z", accelerometerBias: [0.25, -0.125, 0], sigma: 0.0625,
        turnDegrees: 178.5, tiltDegrees: 1.625)

    static let calibratedSensor = Rehab1.CalibratedSensor(
        sensor: "pelvis", segment: "pelvis", calibration: calibration, turnRound: turnRound)

    static let link = Rehab1.Link(
        address: "D4:22:CD:00:00:01", reason: "out of range", batteryPercent: 80,
        rssiDecibelMilliwatts: -61, connectionIntervalMilliseconds: 15, notifyPath: "signals",
        serialNumber: "1234", batchDelayMilliseconds: 180, connects: 3, losses: 2,
        duplicateNotifications: 1, canIdentify: true, canBuzz: true)

    static let sighting = Rehab1.Sighting(
        address: "D4:22:CD:00:00:01", addressKind: "random", name: "Movella DOT",
        rssiDecibelMilliwatts: -50, kind: "movella-dot", model: "DOT", recognition: "certain",
        knownAs: "pelvis", connected: true, lastingAddress: true, ageMilliseconds: 12.5)

    static let adapter = Rehab1.Adapter(
        address: "00:1A:7D:DA:71:13", powered: true, blocked: false, inUse: true)

    static let bluetooth = Rehab1.Bluetooth(
        condition: .noAdapter, cure: "plug it in", adapters: [adapter], blueZVersion: "5.66",
        linkHelper: true, linkHelperNote: "sets the interval", linkHelperCure: "start it",
        forgedSignals: 2, sleepInhibited: true)

    static let realtime = Rehab1.Realtime(
        estimator: "fifo", intake: "nice", alert: "plain", memoryLocked: true)

    static let output = Rehab1.Output(
        name: "tone", state: .failing, reason: "no sound card", presented: 3, notHeard: 1)

    static let rule = Rehab1.Rule(
        id: "C01", signal: "drop", onDegrees: 5, offDegrees: 3, minOnSeconds: 0.25, measured: true)

    static let ruleResult = Rehab1.RuleResult(
        id: "C01", signal: "drop", measured: true, cues: 2, episodes: 3, activeShare: 0.125,
        typicalDegrees: 2.5)

    static let hold = Rehab1.Hold(
        side: "left", startSeconds: 1, durationSeconds: 29.5, shareInBand: 0.875,
        meanDropDegrees: 2, maxDropDegrees: 7, maxHikeDegrees: 1, endedBy: "lowered", seen: false,
        label: "drop?", uncertaintyDegrees: 3
    )

    static let repetition = Rehab1.Repetition(
        number: 1, side: "left", seen: true, raiseSeconds: 2, holdSeconds: 1, lowerSeconds: 3,
        restSeconds: 1, timed: false, range: 35, rangeUnit: "degrees", meanDropDegrees: 2,
        maxDropDegrees: 4,
        label: "level", clean: true, judged: false, uncertaintyDegrees: 4.5)

    static let stepSide = Rehab1.StepSide(
        count: 12, meanSeconds: 0.5, meanDropDegrees: 2, meanLeanDegrees: 1)

    static let steps = Rehab1.Steps(
        left: stepSide, right: stepSide, cadence: 120, timeRatio: 1.0625, trunkLagSeconds: 0.125,
        uncertaintyDegrees: 3)

    static let landing = Rehab1.Landing(number: 1, peak: 14, deceleration: 3.5, steadySeconds: 1.5)

    static let dose = Rehab1.Dose(
        sets: 3, repetitions: 8, targetSeconds: 10, tempoSeconds: [2, 1, 3, 1], effort: "light",
        text: "3 sets of 8", asksForSide: true)

    static let threshold = Rehab1.Threshold(
        rule: "C01", signal: "drop", onDegrees: 5, by: "the person", standardDegrees: 4)

    static let runningSet = Rehab1.RunningSet(
        side: "left", paused: "asked", probe: true, thresholds: [threshold])

    static let course = Rehab1.Course(
        endedBy: "asked", pauses: 1, pausedSeconds: 2.5, sideChanges: 1, thresholds: [threshold])

    static let frameView = Rehab1.FrameView(
        stanceThighDegrees: 2.5, hipAdductionDegrees: 4.5, legLeanDegrees: 0.5, strip: "cou",
        silent: true, otherSide: 1, focus: "Belt level.")

    static let summary = Rehab1.Summary(
        exercise: "one-leg-stand", title: "One-leg stand", side: "left", durationSeconds: 60,
        holds: [hold], shareInBand: 0.875, rules: [ruleResult], cues: 2, notHeard: 0, packets: 3600,
        gaps: 1, lostSamples: 2, unknownShare: 0.0, notMeasured: ["trunkLean"], recording: "a",
        probe: true, cueing: "none", repetitions: [repetition], steps: steps, landings: [landing],
        cleanShare: 0.5, tempoKept: 0.75, course: course, otherSide: 2, fading: fading,
        silentPart: "the last 3 of 10 repetitions")

    static let exercise = Rehab1.Exercise(
        id: "one-leg-stand", title: "One-leg stand", version: 1, posture: "standing",
        sensorsNeeded: ["pelvis"], sensorsBetter: ["trunk"], cue: "Level your hips",
        rules: [rule], number: 9, stages: [2, 5], task: "single-leg-hold", side: "stance",
        instruction: "Stand on one leg", caution: "Stay near a wall", file: "one-leg-stand.toml",
        text: "One-leg stand", cueing: "at-once", dose: dose, sideMeasured: false,
        silentPart: "what comes after 40 s", cues: ["Level your hips"])

    static let recording = Rehab1.Recording(
        name: "a", path: "/var/lib/rehabd/a.recording", date: "2026-01-02T03:04:05Z", bytes: 1024,
        sensors: ["pelvis"], exercise: "one-leg-stand", durationSeconds: 60, complete: true)

    static let frame = Rehab1.Frame(
        time: 123_456_789, posture: "standing", obliquityDegrees: -6.25, anteriorTiltDegrees: 10.5,
        trunkLeanDegrees: 0.5, dropDegrees: 6.25, sigmaDegrees: 0.4, stanceSide: "left",
        stanceSource: "given", phase: .holding, holdSeconds: 12.5, shareInBand: 0.5,
        dropOnDegrees: 5, hikeOnDegrees: 5, activeRules: ["C01"], gates: ["uncertain"],
        quaternion: [1, 0, 0, 0], count: 3, repetitionPhase: "raise", wayShare: 0.5,
        phaseSeen: true, view: frameView)

    static let cue = Rehab1.Cue(
        time: 123, rule: "C01", signal: "drop", valueDegrees: 6.5, side: "right",
        text: "Right hip up", spoken: "right hip up", crossed: 100, presented: 124,
        latencyMilliseconds: 0.5, heard: true)

    static let calibrationStep = Rehab1.CalibrationStep(
        step: .repeatLift, instruction: "Lift your left foot", elapsedSeconds: 1.5,
        lengthSeconds: 5, progress: 0.25, bowsSeen: 2, liftsSeen: 1, reason: "not quiet",
        result: calibration, sensors: [calibratedSensor])

    static let replayChannel = Rehab1.ReplayChannel(
        channel: 0, sensor: "pelvis", kind: "movella-dot", segment: "pelvis", rateHertz: 60,
        characteristic: 0)

    static let status = Rehab1.Status(
        version: "0.1.0", processID: 4242, uptimeSeconds: 10.5, activity: .exercising,
        replaying: true,
        exercise: "one-leg-stand", test: "T1", realtime: realtime, sensors: [sensor],
        outputs: [output],
        recording: "a", recordedPackets: 100, unrecordedPackets: 1, recordingRests: true,
        framesDropped: 2,
        residentBytes: 1 << 24, cpuSeconds: 0.25, warnings: ["no sound card"],
        set: runningSet)

    static let event = Rehab1.Event(
        sequence: 7, time: 123, kind: .set, dropped: 2, status: status, frame: frame, cue: cue,
        sensor: sensor, summary: summary, warning: "the disk is nearly full")

    static let refusals: [ControlRefusal] = [
        .noSuchSensor(name: "x"), .sensorExists(name: "x"),
        .unknownKind(kind: "x", known: ["movella-dot"]), .noSuchSegment(segment: "x"),
        .noSuchExercise(exercise: "x", known: ["one-leg-stand"]), .noSuchRecording(name: "x"),
        .busy(activity: "calibrating", cure: "wait for it to end"),
        .notReady(reason: "the pelvis sensor is not calibrated", cure: "rehabctl calibrate"),
        .badDescriptors(expected: 1, received: 0, reason: "none came"),
        .storageFailed(path: "/var/lib/rehabd", reason: "No space left on device"),
        .bluetoothFailed(reason: "the sensor did not answer", cure: "switch it off and on"),
        .notExercising, .denied(reason: "the recording is in use"), .interfaceNotFound("org.x"),
        .methodNotFound("org.rehabd.rehab1.X"), .methodNotImplemented("org.rehabd.rehab1.X"),
        .invalidParameter("side"), .permissionDenied, .expectedMore,
    ]
}
