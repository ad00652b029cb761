// `rehabctl simulate`: a sensor that is not there, attached to a running daemon.

import ArgumentParser
import Control
import FakeWearable
import FoundationEssentials
import Kinematics
import Plumbing
import Synthetic

struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Attach a simulated person to the daemon, playing a script in real time.",
        discussion: """
            The packets have a real wearable's format and enter by the same door. Without --script \
            the built-in demo is played: calibration moves, then a one-leg stand on each side.
            """)

    @OptionGroup var daemon: DaemonOptions

    @Option(name: .long, help: ArgumentHelp("A motion script (TOML).", valueName: "file"))
    var script: String?

    func run() throws {
        Terminal.bufferByLine()
        let script = try SimulateCommand.load(script)
        let wearable: FakeWearable
        do throws(FakeWearableError) {
            wearable = try FakeWearable(playing: script, pace: .realTime)
        } catch {
            complain(error.description)
            throw ExitCode(65)
        }
        let names = try SimulateCommand.attach(wearable, to: daemon)
        if !daemon.json { print("simulating \(names.joined(separator: ", ")): \(script.title)") }
        do throws(FakeWearableError) {
            try wearable.start()
        } catch {
            complain(error.description)
            throw ExitCode(70)
        }
        let report = wearable.wait()
        if daemon.json {
            try printJSON(report.channels.map { ["sent": $0.sent, "lost": $0.lost] })
        } else {
            for (name, channel) in zip(names, report.channels) {
                print("\(name): \(channel.sent) packets sent, \(channel.lost) lost in the air")
            }
        }
    }

    /// The script of a file, or the built-in demo.
    static func load(_ path: String?) throws -> Script {
        let text: String
        if let path {
            do throws(PlumbingError) {
                text = String(
                    decoding: try FileStore.read(path, limit: ScriptLimits.textBytes),
                    as: UTF8.self)
            } catch {
                complain(error.description)
                throw ExitCode(66)
            }
        } else {
            text = DefaultScripts.demo
        }
        do throws(SyntheticError) {
            return try Script(toml: text)
        } catch {
            complain("\(path ?? "the built-in script"): \(error)")
            throw ExitCode(65)
        }
    }

    /// Hands all channels to the daemon; returns their names there.
    static func attach(_ wearable: FakeWearable, to daemon: DaemonOptions) throws -> [String] {
        var names: [String] = []
        for index in wearable.channels.indices {
            let channel = wearable.channels[index]
            guard let sink = wearable.takeSink(index) else { continue }
            var client = try daemon.connect()
            do throws(ControlError) {
                _ = try client.call(
                    Rehab1.AttachSensor(
                        name: "sim-\(channel.name)", kind: "movella-dot",
                        segment: channel.segment?.name, rateHertz: channel.nominalRate,
                        characteristics: [channel.characteristic]),
                    descriptors: [sink.rawValue])
            } catch {
                throw complaint(error)
            }
            names.append("sim-\(channel.name)")
        }
        return names
    }
}
