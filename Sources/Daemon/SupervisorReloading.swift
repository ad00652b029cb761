// Reads the settings again while everything goes on: what changed, and when it holds.

package import Control
import EventLoop
import ServiceManager

extension Supervisor {
    /// Reads the file of settings and the descriptions of sensors again.
    ///
    /// Sensors, recording, exercise and calibration go on. A file with a fault changes nothing.
    package func reload() throws(ControlRefusal) -> Rehab1.Reload.Reply {
        ServiceManager.reloading()
        // Ready whatever comes of it: the old settings hold on.
        defer { ServiceManager.ready(statusLine) }
        guard let path = settings.configurationPath else {
            throw .notReady(reason: "this rehabd has no file of settings", cure: "")
        }
        let new: Configuration
        do throws(DaemonError) {
            new = try Configuration.read(path) ?? Configuration()
        } catch {
            DaemonLog.event(.configurationRefused, error.description, priority: 4)
            throw .notReady(
                reason: error.description,
                cure: "correct the file; rehabd goes on with the settings it had")
        }
        let changed = zip(settings.configuration.values, new.values).filter {
            $0.0.value != $0.1.value
        }
        func keys(_ moment: Configuration.Moment) -> [String] {
            changed.filter { $0.1.moment == moment }.map(\.1.key)
        }
        let overrides = new.overrides(of: settings.configuration)
        settings.adopt(new)
        DaemonLog.namesAreShown = settings.logsNames
        let own = OwnWearables(directory: settings.paths.wearables)
        own.complaints.forEach { warn($0) }
        let reply = Rehab1.Reload.Reply(
            changed: keys(.now), atNextSession: keys(.nextSession), atNextStart: keys(.nextStart))
        DaemonLog.event(.configurationRead, "the settings were read again from \(path)")
        note(overrides: overrides)
        return reply
    }

    /// Says at the start which engineering defaults are set otherwise for this person.
    package func noteOverrides() { note(overrides: settings.configuration.overrides) }

    private func note(overrides: [String]) {
        let file = settings.configurationPath ?? Configuration.fileName
        for text in overrides {
            DaemonLog.override(
                "of the person's own: \(text) by \(file)", of: String(text.prefix { $0 != " " }))
        }
    }
}
