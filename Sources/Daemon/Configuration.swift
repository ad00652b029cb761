// The settings file rehabd.toml: what can be set, its defaults, and where each value comes from.

import Bluetooth
import Plumbing
package import TomlReading
import Wearables

/// Settings as a file gives them; an absent file gives the defaults.
package struct Configuration: Sendable, Equatable {
    package static let format = 1
    package static let fileName = "rehabd.toml"
    /// Larger files are refused.
    package static let sizeLimit = 64 * 1024

    /// ALSA device for tones; "none": silence.
    package var soundDevice = "default"
    package var bluetooth = true
    /// Address of the adapter; empty: the first one that is on.
    package var adapter = ""
    /// `auto`, `descriptor` or `signals`.
    package var notifyPath = "auto"
    /// Socket of the link helper; empty: none.
    package var linkHelper = "/run/rehab-link/socket"
    package var realtime = true
    /// Hours for which a calibration holds: one wear, since a sensor that is put on again sits otherwise
    /// (compensations 7; the twelve are an engineering default).
    package var calibrationHours = 12
    /// The other engineering defaults.
    package var practice = PracticeSettings()
    /// Whether the journal may hold names and addresses of sensors.
    package var logsNames = false

    package init() {}

    /// When a changed setting begins to hold.
    package enum Moment: Sendable { case now, nextSession, nextStart }

    /// Every setting as a person writes it, with its value and when a change of it holds.
    package var values: [(key: String, value: String, moment: Moment)] {
        [
            ("sound.device", quoted(soundDevice), .nextSession),
            ("bluetooth.enabled", "\(bluetooth)", .nextStart),
            ("bluetooth.adapter", quoted(adapter), .nextStart),
            ("bluetooth.notify-path", quoted(notifyPath), .nextStart),
            ("bluetooth.link-helper", quoted(linkHelper), .nextStart),
            ("realtime.enabled", "\(realtime)", .nextSession),
            ("calibration.hours", "\(calibrationHours)", .now),
        ] + practice.values.map { ($0.key, $0.value, .now) } + [
            ("log.names", "\(logsNames)", .now)
        ]
    }

    /// The engineering defaults that this file changes, each as "KEY BEFORE is AFTER" for the log.
    package var overrides: [String] { overrides(of: Configuration()) }

    /// The same against other settings, such as those before a reload.
    func overrides(of before: Configuration) -> [String] {
        zip(before.defaultsOfPractice, defaultsOfPractice).filter { $0.value != $1.value }
            .map { "\($0.key) \($0.value) is \($1.value)" }
    }

    private var defaultsOfPractice: [(key: String, value: String)] {
        [("calibration.hours", "\(calibrationHours)")] + practice.values
    }

    private func quoted(_ text: String) -> String { "\"\(text)\"" }

    // MARK: reading

    /// The settings in `text`; `file` is what errors call it.
    package init(text: String, file: String) throws(TomlError) {
        let root = try TomlDocument(text: text, file: file).root
        if root.has("format") { _ = try root.int("format", in: 1...Configuration.format) }
        // Asked for in any case, so that it is among the known names.
        _ = try root.optionalInt("format", in: 1...Configuration.format)
        if let section = try root.section("sound") {
            soundDevice = try section.optionalString("device", length: 200) ?? soundDevice
            if soundDevice.isEmpty {
                throw section.fault("device", "is empty; write \"none\" for silence")
            }
            try section.finish()
        }
        if let section = try root.section("bluetooth") { try readBluetooth(section) }
        if let section = try root.section("realtime") {
            realtime = try section.bool("enabled", default: realtime)
            try section.finish()
        }
        if let section = try root.section("calibration") {
            calibrationHours = try section.optionalInt("hours", in: 1...168) ?? calibrationHours
            try section.finish()
        }
        try practice.read(root)
        if let section = try root.section("log") {
            logsNames = try section.bool("names", default: logsNames)
            try section.finish()
        }
        try root.finish()
    }

    private mutating func readBluetooth(_ section: TomlSection) throws(TomlError) {
        bluetooth = try section.bool("enabled", default: bluetooth)
        adapter = try section.optionalString("adapter", length: 17) ?? adapter
        if !adapter.isEmpty, DeviceAddress(adapter) == nil {
            throw section.fault("adapter", "must be an address such as \"00:1A:7D:DA:71:13\"")
        }
        notifyPath = try section.optionalString("notify-path", length: 20) ?? notifyPath
        if notifyPath != "auto", NotifyPath(rawValue: notifyPath) == nil {
            throw section.fault("notify-path", "must be auto, descriptor or signals")
        }
        linkHelper = try section.optionalString("link-helper", length: 107) ?? linkHelper
        if !linkHelper.isEmpty, !linkHelper.hasPrefix("/") {
            throw section.fault("link-helper", "must be a path from / on, or empty")
        }
        try section.finish()
    }

    /// The file at `path`; nil where there is none.
    package static func read(_ path: String) throws(DaemonError) -> Configuration? {
        guard FileStore.attributes(path) != nil else { return nil }
        let bytes: [UInt8]
        do throws(PlumbingError) {
            bytes = try FileStore.read(path, limit: sizeLimit)
        } catch {
            throw DaemonError(exitCode: 78, description: error.description)
        }
        do throws(TomlError) {
            return try Configuration(text: String(decoding: bytes, as: UTF8.self), file: path)
        } catch {
            throw DaemonError(
                exitCode: 78, description: "\(error); check it with: rehabctl config check")
        }
    }

    // MARK: the file's place

    /// The file of an environment's daemon: `REHABD_CONFIG`, else in its configuration directory.
    package static func ownPath(environment: [String: String]) -> String {
        if let path = environment["REHABD_CONFIG"], path.hasPrefix("/") { return path }
        return StatePaths(environment: environment).configuration + "/" + fileName
    }

    /// The machine's file, for everybody without one of their own.
    package static let systemPath = "/etc/rehabd/" + fileName

    /// The file that holds for an environment's daemon; it need not exist.
    package static func path(environment: [String: String]) -> String {
        let own = ownPath(environment: environment)
        if environment["REHABD_CONFIG"] != nil || FileStore.attributes(own) != nil { return own }
        return FileStore.attributes(systemPath) != nil ? systemPath : own
    }

    /// The default as a file with every setting explained.
    package static let commentedDefault = """
        # Settings of rehabd. Every line that is commented out shows the default. See rehabd.toml(5).
        # Check with: rehabctl config check      Edit with: rehabctl config edit
        format = 1

        [sound]
        # ALSA device for tones, as aplay -L lists them; "none" for silence.
        #device = "default"

        [bluetooth]
        # False stays away from Bluetooth.
        #enabled = true
        # Address of the adapter to use; empty: the first one that is on.
        #adapter = ""
        # How packets come from BlueZ: "descriptor" (least delay), "signals", or "auto": by its version.
        #notify-path = "auto"
        # Socket of rehab-link, which shortens connection intervals; "" does without.
        #link-helper = "/run/rehab-link/socket"

        [realtime]
        # False keeps all threads at normal priority.
        #enabled = true

        [calibration]
        # Hours for which a calibration holds: a sensor that is put on again sits otherwise. 1 to 168.
        #hours = 12

        \(PracticeSettings.commentedDefault)
        [log]
        # True lets the journal hold names and addresses of sensors.
        #names = false

        """
}

extension DaemonSettings {
    /// The settings of an environment: its variables before its file before the defaults.
    package static func read(
        environment: [String: String]
    ) throws(DaemonError) -> DaemonSettings {
        let path = Configuration.path(environment: environment)
        let file = try Configuration.read(path)
        if file == nil, environment["REHABD_CONFIG"] != nil {
            throw DaemonError(
                exitCode: 78, description: "there is no file \(path), which REHABD_CONFIG names")
        }
        var settings = DaemonSettings(
            environment: environment, configuration: file ?? Configuration())
        settings.configurationPath = path
        return settings
    }
}
