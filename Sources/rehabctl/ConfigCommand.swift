// `rehabctl config`: shows, checks and edits the settings of rehabd.

import ArgumentParser
import Control
import Daemon
import FoundationEssentials
import Plumbing
import TomlReading

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show, check and edit the settings of rehabd.",
        discussion: """
            The settings are in rehabd.toml: your own file in ~/.config/rehabd, or the machine's in \
            /etc/rehabd, which holds for the system's daemon and for everybody without one of their \
            own. Environment variables go before the file: see rehabd(8).
            """,
        subcommands: [
            ShowConfig.self, CheckConfig.self, EditConfig.self, ReloadConfig.self,
            DefaultConfig.self,
        ], defaultSubcommand: ShowConfig.self)
}

/// Which file is meant.
struct ConfigPlace: ParsableArguments {
    @Flag(name: .long, help: "The machine's file, /etc/rehabd/rehabd.toml.")
    var system = false

    private var environment: [String: String] { ProcessInfo.processInfo.environment }

    /// The file that holds now; it need not be there.
    var present: String {
        system ? Configuration.systemPath : Configuration.path(environment: environment)
    }

    /// The file to be edited.
    var own: String {
        system ? Configuration.systemPath : Configuration.ownPath(environment: environment)
    }

    /// Variables that go before the file, by the setting they replace.
    var overrides: [String: String] {
        let names = [
            "sound.device": "REHABD_AUDIO", "bluetooth.enabled": "REHABD_BLUETOOTH",
            "bluetooth.adapter": "REHABD_ADAPTER", "bluetooth.notify-path": "REHABD_NOTIFY_PATH",
            "bluetooth.link-helper": "REHAB_LINK_SOCKET", "realtime.enabled": "REHABD_REALTIME",
        ]
        return system ? [:] : names.filter { environment[$0.value] != nil }
    }

    /// What a variable makes of the setting, as a person would write it in the file; nil: the file holds.
    func inForce(_ key: String) -> String? {
        guard let variable = overrides[key], let text = environment[variable] else { return nil }
        return key.hasSuffix(".enabled") ? "\(text != "no")" : "\"\(text)\""
    }

    func read(_ path: String) throws -> Configuration? {
        do throws(DaemonError) {
            return try Configuration.read(path)
        } catch {
            complain(error.description)
            throw ExitCode(65)
        }
    }
}

struct ShowConfig: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print every setting, its value and where it comes from.")

    @OptionGroup var place: ConfigPlace
    @Flag(name: .long, help: "Print JSON.") var json = false

    private struct Row: Encodable {
        var setting: String
        var value: String
        var source: String
        var holds: String
    }

    func run() throws {
        let file = try place.read(place.present)
        let standard = Configuration().values
        let overrides = place.overrides
        let rows = zip((file ?? Configuration()).values, standard).map { value, standard in
            let source =
                overrides[value.key].map { "environment, \($0)" }
                ?? (value.value == standard.value ? "default" : place.present)
            return Row(
                setting: value.key, value: place.inForce(value.key) ?? value.value, source: source,
                holds: words(value.moment))
        }
        if json { return try printJSON(rows) }
        print("\(place.present)\(file == nil ? " (not there: defaults)" : "")")
        var columns = Columns()
        for row in rows { columns.add(row.setting, row.value, row.source, row.holds) }
        columns.lines(indent: "  ").forEach { print(visible($0)) }
    }

    private func words(_ moment: Configuration.Moment) -> String {
        switch moment {
        case .now: "a change holds at once"
        case .nextSession: "a change holds from the next session on"
        case .nextStart: "a change holds from the next start on"
        }
    }
}

struct CheckConfig: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check the settings, or a file of them.")

    @OptionGroup var place: ConfigPlace
    @Argument(help: "The file; without it the one that holds.") var file: String?
    @Flag(name: .long, help: "Print JSON.") var json = false

    private struct Reply: Encodable {
        let file: String
        /// False: it is not there, and the defaults hold.
        let present: Bool
    }

    func run() throws {
        let path = file ?? place.present
        let isThere = try place.read(path) != nil
        if json, isThere || file == nil {
            return try printJSON(Reply(file: path, present: isThere))
        }
        guard isThere else {
            guard file == nil else {
                complain("there is no file \(path)")
                throw ExitCode(66)
            }
            return print("\(path) is not there; the defaults hold")
        }
        print("\(path): ok")
    }
}

struct EditConfig: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Edit the settings, check them, and let a running rehabd read them.",
        discussion: """
            Opens a copy in $VISUAL or $EDITOR. It takes the file's place, as a whole, once it has no \
            fault.
            """)

    @OptionGroup var place: ConfigPlace
    @OptionGroup var daemon: DaemonOptions

    func run() throws {
        let path = place.own
        let directory = "/" + path.split(separator: "/").dropLast().joined(separator: "/")
        let draft = path + ".edit-\(ProcessInfo.processInfo.processIdentifier).toml"
        do throws(PlumbingError) {
            try FileStore.makeDirectory(directory)
            let before =
                FileStore.attributes(path) == nil
                ? Array(Configuration.commentedDefault.utf8)
                : try FileStore.read(path, limit: Configuration.sizeLimit)
            try FileStore.replace(draft, with: before, mode: 0o600)
        } catch {
            complain(error.description, cure: "repeat it with sudo for the machine's file")
            throw ExitCode(73)
        }
        defer { try? FileStore.remove(draft) }
        while true {
            try edit(draft)
            if (try? place.read(draft)) != nil { break }
            guard Terminal.inputIsTerminal else { throw ExitCode(65) }
            print("Edit it again? [Y/n]", terminator: " ")
            Terminal.flush()
            guard let answer = readLine(), !answer.hasPrefix("n") else { throw ExitCode(65) }
        }
        do throws(PlumbingError) {
            try FileStore.replace(
                path, with: try FileStore.read(draft, limit: Configuration.sizeLimit))
        } catch {
            complain(error.description)
            throw ExitCode(73)
        }
        print("\(path) is in place")
        guard let client = try? ControlClient(socket: daemon.socket) else {
            return print("rehabd is not running; it reads the file when it starts")
        }
        try ReloadConfig.tell(client, json: daemon.json)
    }

    private func edit(_ draft: String) throws {
        let chosen = ["VISUAL", "EDITOR"].lazy.compactMap { ProcessFacts.environment($0) }
            .first { !$0.isEmpty }
        let known = ["/usr/bin/sensible-editor", "/usr/bin/editor", "/usr/bin/nano", "/usr/bin/vi"]
        guard let editor = chosen ?? known.first(where: { ProcessFacts.mayExecute($0) }) else {
            complain("no editor is known", cure: "name one: EDITOR=nano rehabctl config edit")
            throw ExitCode(69)
        }
        guard StartedProgram.runInTerminal(editor, file: draft) == 0 else {
            complain("the editor \(editor) did not end well", cure: "nothing was changed")
            throw ExitCode(70)
        }
    }
}

struct ReloadConfig: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload", abstract: "Let the running rehabd read its settings again.")

    @OptionGroup var daemon: DaemonOptions

    func run() throws { try ReloadConfig.tell(try daemon.connect(), json: daemon.json) }

    static func tell(_ client: consuming ControlClient, json: Bool) throws {
        var client = client
        let reply: Rehab1.Reload.Reply
        do throws(ControlError) {
            reply = try client.call(Rehab1.Reload())
        } catch {
            throw complaint(error)
        }
        if json { return try printJSON(reply) }
        let groups = [
            (reply.changed, "holds now"), (reply.atNextSession, "holds from the next session on"),
            (reply.atNextStart, "holds once rehabd is started again"),
        ]
        for (keys, when) in groups { keys.forEach { print("\($0): \(when)") } }
        if groups.allSatisfy(\.0.isEmpty) { print("rehabd read its settings; none changed") }
    }
}

struct DefaultConfig: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "default", abstract: "Print the default settings as a commented file.")

    @Flag(name: .long, help: "Print JSON.") var json = false

    func run() throws {
        guard json else { return print(Configuration.commentedDefault, terminator: "") }
        let values = Configuration().values
        try printJSON(Dictionary(values.map { ($0.key, $0.value) }) { first, _ in first })
    }
}
