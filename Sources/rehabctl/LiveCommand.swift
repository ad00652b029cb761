// `rehabctl live`: the body as it moves, on a terminal or line by line.

import ArgumentParser
import Control
import FoundationEssentials
import Plumbing

struct LiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "live", abstract: "Watch the pelvis, the cues and the sensors live.",
        discussion: """
            On a terminal the pelvis is drawn as a moving level, seen from behind. Elsewhere, and \
            with --plain, one line a second is printed, and one for each cue as it comes. With \
            --json every event is one line. End with q or Ctrl-C.
            """)

    @OptionGroup var daemon: DaemonOptions

    @Flag(name: .long, help: "Print lines in place of the drawing (for screen readers).")
    var plain = false

    @Option(
        name: .long, help: ArgumentHelp("End after this many seconds.", valueName: "seconds"))
    var seconds: Double?

    func validate() throws {
        if let seconds, !(seconds > 0 && seconds <= 86_400) {
            throw ValidationError("--seconds must be above 0, up to 86400.")
        }
    }

    func run() throws {
        Terminal.bufferByLine()
        let client = try daemon.connect()
        let deadline = seconds.map { MonotonicClock.now() + Int64($0 * 1e9) }
        do throws(ControlError) {
            if daemon.json {
                try watchJSON(client, until: deadline)
            } else if plain || !Terminal.outputIsTerminal {
                try watchPlain(client, until: deadline)
            } else {
                try watchDrawn(client, until: deadline)
            }
        } catch {
            throw complaint(error)
        }
    }

    private func isOver(_ deadline: Int64?) -> Bool {
        deadline.map { MonotonicClock.now() >= $0 } ?? false
    }

    private func watchJSON(
        _ client: consuming ControlClient, until deadline: Int64?
    ) throws(ControlError) {
        var replies = try client.stream(Rehab1.Monitor())
        while !isOver(deadline) {
            switch try replies.next(within: 200) {
            case .reply(let reply):
                try? printJSON(reply.event)
                Terminal.flush()
            case .nothing: continue
            case .end: return
            }
        }
    }

    private func watchPlain(
        _ client: consuming ControlClient, until deadline: Int64?
    ) throws(ControlError) {
        var replies = try client.stream(Rehab1.Monitor(intervalMilliseconds: 200))
        var state = LiveState()
        var due = MonotonicClock.now()
        while !isOver(deadline) {
            switch try replies.next(within: 100) {
            case .reply(let reply):
                if let line = state.take(reply.event, at: MonotonicClock.now()) { print(line) }
            case .nothing: break
            case .end: return
            }
            if MonotonicClock.now() >= due {
                print(state.plainLine)
                Terminal.flush()
                due += 1_000_000_000
            }
        }
    }

    private func watchDrawn(
        _ client: consuming ControlClient, until deadline: Int64?
    ) throws(ControlError) {
        var replies = try client.stream(Rehab1.Monitor(intervalMilliseconds: 50))
        var state = LiveState()
        let screen = LiveScreen()
        defer { screen.close() }
        while !isOver(deadline), !screen.quitAsked {
            var news = false
            while case .reply(let reply) = try replies.next(within: news ? 0 : 50) {
                _ = state.take(reply.event, at: MonotonicClock.now())
                news = true
            }
            screen.draw(state)
        }
    }
}
