// `rehabctl sensors`: the sensors that rehabd knows, and what can be done with each.

import ArgumentParser
import Control

struct SensorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sensors", abstract: "Show, add and look after sensors.",
        discussion: "NAME is a sensor's name or its Bluetooth address.",
        subcommands: [
            ListSensors.self, AddSensor.self, AssignSensor.self, IdentifySensor.self,
            BuzzSensor.self, SensorInfo.self, ConnectSensor.self, DisconnectSensor.self,
            PairSensor.self, ForgetSensor.self, DetachSensor.self,
        ], defaultSubcommand: ListSensors.self)
}

/// The segment a person named; nil for "none".
private func segmentName(_ text: String) -> String? { text == "none" ? nil : text }

private let segmentHelp: ArgumentHelp =
    "pelvis, trunk, left-thigh, right-thigh, left-shank, right-shank, or none."

/// Calls one method whose success is said in one sentence.
private func tell(
    _ call: some ControlMethod, _ daemon: DaemonOptions, _ sentence: String
) throws {
    var client = try daemon.connect()
    do throws(ControlError) {
        _ = try client.call(call)
    } catch {
        throw complaint(error)
    }
    print(daemon.json ? "{}" : sentence)
}

extension SensorsCommand {
    struct ListSensors: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Show the sensors (the default).")

        @OptionGroup var daemon: DaemonOptions

        func run() throws {
            var client = try daemon.connect()
            let sensors = try withDaemon { () throws(ControlError) in
                try client.call(Rehab1.GetStatus()).status.sensors
            }
            if daemon.json {
                try printJSON(sensors)
            } else if sensors.isEmpty {
                print("no sensor yet; find yours with: rehabctl setup")
            } else {
                StatusText(style: .standardOutput()).sensorLines(sensors).forEach { print($0) }
            }
        }
    }

    struct AddSensor: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Add a device, so that rehabd connects to it.",
            discussion: "See the devices around with: rehabctl scan")

        @OptionGroup var daemon: DaemonOptions

        @Argument(help: "The device's address, as rehabctl scan shows it.")
        var address: String

        @Option(name: .long, help: ArgumentHelp("What to call it.", valueName: "name"))
        var name: String?

        @Option(name: .long, help: ArgumentHelp("Where it is worn.", valueName: "segment"))
        var segment: String?

        @Option(
            name: .long,
            help: ArgumentHelp("The driver, where none recognises it.", valueName: "kind"))
        var kind: String?

        @Option(
            name: .long,
            help: ArgumentHelp("public or random, for a device not seen.", valueName: "kind"))
        var addressKind: String?

        @Option(
            name: .long, help: ArgumentHelp("Samples a second (default 60).", valueName: "Hz"))
        var rate: Double?

        func run() throws {
            var client = try daemon.connect()
            let sensor = try withDaemon { () throws(ControlError) in
                try client.call(
                    Rehab1.AddSensor(
                        address: address, addressKind: addressKind, kind: kind, name: name,
                        segment: segment.flatMap { segmentName($0) }, rateHertz: rate)
                ).sensor
            }
            if daemon.json {
                try printJSON(sensor)
            } else {
                print("\(visible(sensor.name)) is added; rehabd connects to it from now on")
                if sensor.segment == nil {
                    print("say where it is worn: rehabctl sensors assign \(sensor.name) pelvis")
                }
            }
        }
    }

    struct AssignSensor: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "assign", abstract: "Say where a sensor is worn.")

        @OptionGroup var daemon: DaemonOptions
        @Argument(help: "The sensor.") var name: String
        @Argument(help: segmentHelp) var segment: String

        func run() throws {
            try tell(
                Rehab1.AssignSegment(name: name, segment: segmentName(segment)), daemon,
                "\(name) is worn: \(segment)")
        }
    }

    struct IdentifySensor: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "identify", abstract: "Make a sensor show itself with its light.")

        @OptionGroup var daemon: DaemonOptions
        @Argument(help: "The sensor.") var name: String

        func run() throws {
            try tell(Rehab1.IdentifySensor(name: name), daemon, "\(name) blinks now")
        }
    }

    struct BuzzSensor: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "buzz", abstract: "Make a sensor vibrate.")

        @OptionGroup var daemon: DaemonOptions
        @Argument(help: "The sensor.") var name: String

        @Option(name: .long, help: ArgumentHelp("How long.", valueName: "ms"))
        var milliseconds: Int64 = 300

        func run() throws {
            try tell(
                Rehab1.BuzzSensor(name: name, milliseconds: milliseconds), daemon,
                "\(name) vibrates")
        }
    }

    struct ConnectSensor: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "connect", abstract: "Search for a sensor at once.")

        @OptionGroup var daemon: DaemonOptions
        @Argument(help: "The sensor.") var name: String

        func run() throws {
            try tell(Rehab1.ConnectSensor(name: name), daemon, "searching for \(name)")
        }
    }

    struct DisconnectSensor: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disconnect", abstract: "Let a sensor rest until it is connected again.")

        @OptionGroup var daemon: DaemonOptions
        @Argument(help: "The sensor.") var name: String

        func run() throws {
            try tell(Rehab1.DisconnectSensor(name: name), daemon, "\(name) rests")
        }
    }

    struct PairSensor: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pair", abstract: "Pair with a sensor that asks for it.")

        @OptionGroup var daemon: DaemonOptions
        @Argument(help: "The sensor.") var name: String

        func run() throws {
            try tell(Rehab1.PairSensor(name: name), daemon, "\(name) is paired")
        }
    }

    struct ForgetSensor: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "forget",
            abstract: "Take a sensor out; its calibration and recordings stay.")

        @OptionGroup var daemon: DaemonOptions
        @Argument(help: "The sensor.") var name: String

        func run() throws {
            try tell(Rehab1.ForgetSensor(name: name), daemon, "\(name) is forgotten")
        }
    }

    struct DetachSensor: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "detach", abstract: "Stop using a source that a program handed over.")

        @OptionGroup var daemon: DaemonOptions
        @Argument(help: "The sensor.") var name: String

        func run() throws {
            try tell(Rehab1.DetachSensor(name: name), daemon, "\(name) is detached")
        }
    }

    struct SensorInfo: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "info", abstract: "Show everything known of one sensor.")

        @OptionGroup var daemon: DaemonOptions
        @Argument(help: "The sensor.") var name: String

        func run() throws {
            var client = try daemon.connect()
            let sensors = try withDaemon { () throws(ControlError) in
                try client.call(Rehab1.GetStatus()).status.sensors
            }
            let wanted = name.uppercased()
            guard
                let sensor = sensors.first(where: {
                    $0.name == name || $0.link?.address == wanted
                })
            else { throw complaint(.refused(.noSuchSensor(name: name))) }
            if daemon.json {
                try printJSON(sensor)
            } else {
                SensorText(style: .standardOutput()).lines(sensor).forEach { print($0) }
            }
        }
    }
}

/// One sensor in words.
struct SensorText {
    let style: Style

    func lines(_ sensor: Rehab1.Sensor) -> [String] {
        var columns = Columns()
        columns.add("sensor", visible(sensor.name))
        columns.add("kind", sensor.kind)
        columns.add("worn", sensor.segment ?? "nowhere")
        columns.add("state", sensor.state.rawValue)
        if let link = sensor.link {
            add(link, sensorStreams: sensor.state == .streaming, to: &columns)
        }
        columns.add(
            "rate",
            (sensor.rateHertz.map { decimal($0, 3, unit: " Hz measured, ") } ?? "")
                + "\(decimal(sensor.nominalRateHertz, 2, unit: " Hz")) nominal")
        columns.add(
            "newest packet",
            sensor.ageMilliseconds.map { decimal($0, 0, unit: " ms ago") } ?? "none")
        columns.add(
            "stream",
            "\(sensor.packets) packets, \(sensor.samples) samples, \(sensor.gaps) gaps, "
                + "\(sensor.lostSamples) lost, \(sensor.duplicates) duplicates, "
                + "\(sensor.decodeErrors) refused")
        columns.add("tilt estimate", "sigma \(decimal(sensor.sigmaDegrees, 2, unit: " deg"))")
        if !sensor.flags.isEmpty {
            columns.add("flags", sensor.flags.map(plain).joined(separator: ", "))
        }
        columns.add("calibration", sensor.calibration?.date ?? "none")
        if let turn = sensor.turnRound {
            columns.add(
                "turn-round",
                "\(turn.date): \(decimal(turn.tiltDegrees, 1)) deg of accelerometer tilt taken off")
        }
        return columns.lines() + (sensor.calibration?.notes ?? []).map { "  " + $0 }
    }

    private func add(_ link: Rehab1.Link, sensorStreams: Bool, to columns: inout Columns) {
        if let reason = link.reason { columns.add("because", visible(reason)) }
        columns.add("address", link.address)
        columns.add("battery", link.batteryPercent.map { "\($0) %" } ?? "not told")
        columns.add("signal", link.rssiDecibelMilliwatts.map { "\($0) dBm" } ?? "not measured")
        columns.add(
            "interval",
            link.connectionIntervalMilliseconds.map { decimal($0, 2, unit: " ms") }
                ?? (sensorStreams
                    ? "the kernel's, 30 to 50 ms (rehab-link does not run)" : "not connected"))
        if link.batchDelayMilliseconds > 0 {
            columns.add(
                "batches", "samples come up to \(decimal(link.batchDelayMilliseconds, 0)) ms late")
        }
        if let path = link.notifyPath { columns.add("packets by", path) }
        if let serial = link.serialNumber { columns.add("serial number", visible(serial)) }
        columns.add("links", "\(link.connects) made, \(link.losses) lost")
        let can = [link.canIdentify ? "blink" : nil, link.canBuzz ? "vibrate" : nil]
            .compactMap { $0 }
        columns.add("can", can.isEmpty ? "neither blink nor vibrate" : can.joined(separator: ", "))
    }
}
