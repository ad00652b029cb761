// `rehabctl setup`: from a sensor in the hand to a calibrated sensor on the body, by questions.

import ArgumentParser
import Control
import FoundationEssentials
import Plumbing

struct SetupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup", abstract: "Find, connect, place and calibrate your sensors.",
        discussion: """
            Switch the sensor on and have it at hand. Every question has an answer that Enter takes. \
            Run it again to add another sensor. Sensors that send already are taken as they are, also \
            where there is no Bluetooth.
            """)

    @OptionGroup var daemon: DaemonOptions

    @Option(
        name: .long, help: ArgumentHelp("Take this device, and do not ask.", valueName: "address"))
    var address: String?

    @Option(
        name: .long, help: ArgumentHelp("Where it is worn, without asking.", valueName: "segment"))
    var segment: String?

    @Flag(name: .long, help: "Do not calibrate now.")
    var noCalibration = false

    @Option(
        name: .long, help: ArgumentHelp("How long to look for devices.", valueName: "s"))
    var seconds = 20.0

    func validate() throws {
        guard !daemon.json else { throw ValidationError("setup asks questions: it has no --json.") }
        guard seconds > 0, seconds <= 600 else {
            throw ValidationError("--seconds must be above 0 and at most 600.")
        }
    }

    func run() throws {
        if try hasBluetooth() {
            var isMore = true
            while isMore {
                isMore = try addOne() && address == nil && ask("Add another sensor?", isYes: false)
            }
        }
        let isCalibrated = try calibrate()
        try checkHearing()
        print(
            isCalibrated
                ? "Ready. Begin with: rehabctl start one-leg-stand"
                : "Before the first exercise: rehabctl calibrate")
    }

    /// Whether the cues are heard, on their sides; may be left out.
    private func checkHearing() throws {
        var client = try daemon.connect()
        let sound = try withDaemon { () throws(ControlError) in
            try client.call(Rehab1.GetSound()).sound
        }
        guard sound.device != nil, Terminal.inputIsTerminal,
            try ask("Try whether you hear the cues?", isYes: true)
        else { return }
        _ = try HearingCheck(daemon: daemon).ask()
    }

    /// Whether sensors can be looked for.
    ///
    /// Where they cannot, that is said with its cure, and setup goes on with those that send already, or
    /// ends.
    private func hasBluetooth() throws -> Bool {
        let told = try call(Rehab1.GetBluetooth()).bluetooth
        guard told.condition != .ready else { return true }
        let parts = (told.cure ?? "Bluetooth is not ready").split(separator: ": ", maxSplits: 1)
        complain(
            parts.first.map(String.init) ?? "Bluetooth is not ready",
            cure: (parts.count > 1 ? String(parts[1]) + "; then see" : "See")
                + ": rehabctl doctor bluetooth")
        try goOnWithThoseHere()
        return false
    }

    /// Takes the sensors that send already; ends where there is none, or where one was named.
    private func goOnWithThoseHere() throws {
        let here = try statusNow().sensors.filter { $0.state == .streaming }
        guard address == nil, !here.isEmpty else { throw ExitCode(69) }
        print("Going on with what sends already:")
        for sensor in here {
            let place = sensor.segment.map { "on the \($0)" } ?? "worn nowhere yet"
            print("  \(visible(sensor.name)), \(place)")
        }
        for sensor in here {
            if sensor.segment == nil { try place(sensor) }
            if here.count > 1 { print(visible(sensor.name)) }
            try check(sensor.name)
        }
    }

    // MARK: one sensor

    /// False where none was heard and setup goes on with those that are here.
    private func addOne() throws -> Bool {
        var refused: Set<String> = []
        while true {
            guard let candidate = try choose(except: refused) else { return false }
            let sensor = try connect(candidate)
            if try isTheRightOne(sensor) {
                try place(sensor)
                try check(sensor.name)
                return true
            }
            refused.insert(candidate.address)
            try call(Rehab1.ForgetSensor(name: sensor.name))
        }
    }

    /// The device to take: the only one, or the one that the person names; nil where none is heard and
    /// others send already.
    private func choose(except refused: Set<String>) throws -> Rehab1.Sighting? {
        print("Looking for sensors. Switch yours on and hold it near.")
        let begun = MonotonicClock.now()
        var found: [Rehab1.Sighting] = []
        try ScanCommand.follow(daemon, seconds: seconds) { sightings in
            found = sightings.filter {
                $0.kind != nil && $0.knownAs == nil && !refused.contains($0.address)
                    && (address == nil || $0.address == address?.uppercased())
            }
            // A moment more for the others around, once one is there.
            return found.isEmpty || MonotonicClock.now() - begun < 4_000_000_000
        }
        guard let first = found.first else {
            complain(
                "no new sensor was heard",
                cure: "Switch it on, charge it, and close apps on a phone that may hold it; "
                    + "all devices around: rehabctl scan --all")
            try goOnWithThoseHere()
            return nil
        }
        guard found.count > 1, address == nil else { return first }
        print("Sensors around, strongest first:")
        for (index, sighting) in found.enumerated() {
            print(
                "  \(index + 1)  \(sighting.name.map(visible) ?? sighting.address)  "
                    + "\(sighting.kind ?? "")  "
                    + (sighting.rssiDecibelMilliwatts.map { "\($0) dBm" } ?? ""))
        }
        let answer = try line("Which one? [1]")
        let number = Int(answer) ?? 1
        return found.indices.contains(number - 1) ? found[number - 1] : first
    }

    /// Adds the device and waits until it streams.
    private func connect(_ sighting: Rehab1.Sighting) throws -> Rehab1.Sensor {
        let added = try call(
            Rehab1.AddSensor(
                address: sighting.address, addressKind: sighting.addressKind, kind: sighting.kind)
        ).sensor
        print("Connecting to \(sighting.name.map(visible) ?? sighting.address)", terminator: "")
        Terminal.flush()
        let deadline = MonotonicClock.now() + 45_000_000_000
        var told = ""
        while MonotonicClock.now() < deadline {
            let sensor = try present(added.name)
            if sensor.state == .streaming {
                print(" ... it streams.")
                return sensor
            }
            if sensor.state.rawValue != told {
                told = sensor.state.rawValue
                print(" ... \(told)", terminator: "")
                Terminal.flush()
            }
            if sensor.state == .unusable { break }
            MonotonicClock.sleep(until: MonotonicClock.now() + 250_000_000)
        }
        print("")
        let reason = (try? present(added.name))?.link?.reason
        _ = try? call(Rehab1.ForgetSensor(name: added.name))
        complain(
            "the sensor does not stream" + (reason.map { ": \(visible($0))" } ?? ""),
            cure: "Switch it off and on and try again; see: rehabctl doctor bluetooth")
        throw ExitCode(69)
    }

    private func isTheRightOne(_ sensor: Rehab1.Sensor) throws -> Bool {
        guard address == nil, sensor.link?.canIdentify == true else { return true }
        do {
            try call(Rehab1.IdentifySensor(name: sensor.name))
        } catch {
            print("It does not show its light now; taken as it is.")
            return true
        }
        return try ask("Its light blinks now. Is it the one in your hand?", isYes: true)
    }

    private func place(_ sensor: Rehab1.Sensor) throws {
        let segments = [
            "pelvis", "trunk", "left-thigh", "right-thigh", "left-shank", "right-shank",
        ]
        let taken = try statusNow().sensors.compactMap(\.segment)
        let free = segments.filter { !taken.contains($0) }
        guard let first = free.first else {
            print("Every place carries a sensor; this one is worn nowhere.")
            return
        }
        var wanted = segment
        if wanted == nil {
            print("Where is it worn? " + free.joined(separator: ", "))
            let answer = try line("[\(first)]")
            wanted = answer.isEmpty ? first : answer
        }
        while let place = wanted {
            var client = try daemon.connect()
            do throws(ControlError) {
                _ = try client.call(Rehab1.AssignSegment(name: sensor.name, segment: place))
                print("It is worn on the \(place).")
                return
            } catch {
                complain(error.sentence, cure: error.cure)
                if segment != nil { throw ExitCode(65) }
                let answer = try line("[\(first)]")
                wanted = answer.isEmpty ? first : answer
            }
        }
    }

    /// Battery, rate and losses over three seconds.
    private func check(_ name: String) throws {
        let before = try present(name)
        MonotonicClock.sleep(until: MonotonicClock.now() + 3_000_000_000)
        let after = try present(name)
        let rate = Double(after.samples - before.samples) / 3
        print(
            "  rate     \(decimal(rate, 0)) of \(decimal(after.nominalRateHertz, 0)) samples a second"
                + (rate < 0.9 * after.nominalRateHertz ? ": too few, come nearer" : ""))
        print("  lost     \(after.lostSamples - before.lostSamples) samples")
        if let percent = after.link?.batteryPercent {
            print("  battery  \(percent) %" + (percent <= 15 ? ": charge it first" : ""))
        } else {
            print("  battery  not told by this sensor")
        }
        if let delay = after.link?.batchDelayMilliseconds, delay > 150 {
            print(
                "  delay    \(decimal(delay, 0)) ms: it sends in batches, so cues come at the end of a "
                    + "repetition")
        }
    }

    // MARK: calibration

    /// Whether the pelvis sensor is calibrated, now or from before.
    private func calibrate() throws -> Bool {
        let worn = try statusNow().sensors.filter { $0.segment != nil && $0.state == .streaming }
        guard let pelvis = worn.first(where: { $0.segment == "pelvis" }) else {
            print("No sensor on the pelvis yet: run rehabctl setup again when you have one.")
            return false
        }
        let isCalibrated = pelvis.calibration != nil
        guard !noCalibration, try ask("Put the sensors on now. Calibrate?", isYes: true) else {
            return isCalibrated
        }
        while true {
            let progress = CalibrationProgress(
                style: .standardOutput(), json: false, rings: true)
            let last = try withDaemon { () throws(ControlError) in
                try CalibrateCommand.follow(try ControlClient(socket: daemon.socket), leadIn: 3) {
                    progress.show($0)
                }
            }
            if last?.step == .done { return true }
            guard try ask("Try again?", isYes: true) else { throw ExitCode(65) }
        }
    }

    // MARK: talking

    @discardableResult
    private func call<Method: ControlMethod>(_ method: Method) throws -> Method.Reply {
        var client = try daemon.connect()
        return try withDaemon { () throws(ControlError) in try client.call(method) }
    }

    private func statusNow() throws -> Rehab1.Status { try call(Rehab1.GetStatus()).status }

    private func present(_ name: String) throws -> Rehab1.Sensor {
        guard let sensor = try statusNow().sensors.first(where: { $0.name == name }) else {
            throw complaint(.refused(.noSuchSensor(name: name)))
        }
        return sensor
    }

    private func ask(_ question: String, isYes: Bool) throws -> Bool {
        let answer = try line("\(question) [\(isYes ? "Y/n" : "y/N")]").lowercased()
        if answer.isEmpty { return isYes }
        return answer.hasPrefix("y")
    }

    /// One answer; the end of the input ends the program.
    private func line(_ prompt: String) throws -> String {
        print(prompt, terminator: " ")
        Terminal.flush()
        guard let answer = readLine() else {
            print("")
            complain("the input ended", cure: "Run rehabctl setup again to go on")
            throw ExitCode(65)
        }
        return trimmed(answer)
    }
}
