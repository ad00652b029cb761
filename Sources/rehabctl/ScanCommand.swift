// `rehabctl scan`: the devices around, as they are heard.

import ArgumentParser
import Control
import Plumbing

struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Show the Bluetooth devices around.",
        discussion: """
            Known drivers come first, then the strongest signal. On a terminal the table is redrawn \
            while devices come; elsewhere it is printed once, at the end.
            """)

    @OptionGroup var daemon: DaemonOptions

    @Option(name: .long, help: ArgumentHelp("How long to look.", valueName: "s"))
    var seconds = 10.0

    @Flag(name: .long, help: "Show devices that no driver recognises, too.")
    var all = false

    func validate() throws {
        guard seconds > 0, seconds <= 600 else {
            throw ValidationError("--seconds must be above 0 and at most 600.")
        }
    }

    func run() throws {
        let style = Style.standardOutput()
        let isLive = Terminal.outputIsTerminal && !daemon.json
        var drawn = 0
        var last: [Rehab1.Sighting] = []
        try ScanCommand.follow(daemon, seconds: seconds) { sightings in
            last = sightings
            if isLive {
                let lines = table(sightings, style)
                let up = drawn > 0 ? "\u{1B}[\(drawn)A\u{1B}[J" : ""
                Terminal.write(up + lines.map { $0 + "\n" }.joined())
                drawn = lines.count
            }
            return true
        }
        if daemon.json {
            try printJSON(last)
        } else if !isLive {
            table(last, style).forEach { print($0) }
        }
    }

    /// Follows a scan until its end, or until `show` says that it has seen enough.
    static func follow(
        _ daemon: DaemonOptions, seconds: Double, show: ([Rehab1.Sighting]) throws -> Bool
    ) throws {
        var replies = try {
            let client = try daemon.connect()
            do throws(ControlError) {
                return try client.stream(Rehab1.Scan(seconds: seconds))
            } catch {
                throw complaint(error)
            }
        }()
        while true {
            let reply = try withDaemon { () throws(ControlError) in try replies.next() }
            guard let reply else { return }
            if try !show(reply.sightings) { return }
        }
    }

    private func table(_ sightings: [Rehab1.Sighting], _ style: Style) -> [String] {
        let shown = sightings.filter { all || $0.kind != nil }
        let hidden = sightings.count - shown.count
        var columns = Columns()
        columns.add("address", "name", "kind", "signal", "known as", "remarks")
        for sighting in shown {
            columns.add(
                sighting.address, sighting.name.map(visible) ?? "-", kind(sighting),
                sighting.rssiDecibelMilliwatts.map { "\($0) dBm" } ?? "-",
                sighting.knownAs.map(visible) ?? "new", remarks(sighting))
        }
        var lines =
            shown.isEmpty ? ["no device that rehabd has a driver for, so far"] : columns.lines()
        if !shown.isEmpty { lines[0] = style.dim(lines[0]) }
        if hidden > 0 { lines.append(style.dim("and \(hidden) others (show them with --all)")) }
        return lines
    }

    private func kind(_ sighting: Rehab1.Sighting) -> String {
        guard let kind = sighting.kind else { return "-" }
        let model = sighting.model.map { " (\(visible($0)))" } ?? ""
        return sighting.recognition == "certain" ? kind + model : "\(kind)\(model)?"
    }

    private func remarks(_ sighting: Rehab1.Sighting) -> String {
        var remarks: [String] = []
        if sighting.connected { remarks.append("connected") }
        if !sighting.lastingAddress { remarks.append("changes its address") }
        if sighting.ageMilliseconds > 3000 {
            remarks.append("heard \(decimal(sighting.ageMilliseconds / 1000, 0)) s ago")
        }
        return remarks.joined(separator: ", ")
    }
}
