// The hearing check: each cue on each side, and what the person heard of it.

import ArgumentParser
import Control
import FoundationEssentials
import Plumbing

/// Plays cues and asks about them; nothing of the answers leaves the terminal.
struct HearingCheck {
    let daemon: DaemonOptions

    private struct Trial {
        let rule: String
        let side: String?
        let name: String
    }

    /// Each kind of tone once; the pelvis' on both sides.
    private static let trials = [
        Trial(rule: "C01", side: "left", name: "pelvis sinks"),
        Trial(rule: "C01", side: "right", name: "pelvis sinks"),
        Trial(rule: "C04", side: "left", name: "pelvis rises"),
        Trial(rule: "C02", side: "right", name: "trunk leans"),
        Trial(rule: "C05", side: "left", name: "hips shift"),
        Trial(rule: "C11", side: nil, name: "tempo"),
        Trial(rule: "C19", side: nil, name: "repetition ended"),
    ]

    private struct Played: Encodable {
        let rule: String
        let side: String?
        let played: Bool
        let spoken: Bool
        let reason: String?
    }

    private func play(_ trial: Trial) throws -> Rehab1.PlaySound.Reply {
        var client = try daemon.connect()
        return try withDaemon { () throws(ControlError) in
            try client.call(Rehab1.PlaySound(rule: trial.rule, side: trial.side))
        }
    }

    /// Plays all without asking, one JSON line each; true where the device took every one.
    func play() throws -> Bool {
        var isAll = true
        for trial in HearingCheck.trials {
            let reply = try play(trial)
            isAll = isAll && reply.played
            try printJSON(
                Played(
                    rule: trial.rule, side: trial.side, played: reply.played, spoken: reply.spoken,
                    reason: reply.reason))
            MonotonicClock.sleep(until: MonotonicClock.now() + 1_500_000_000)
        }
        return isAll
    }

    /// Plays and asks; true where everything was heard on its side.
    func ask() throws -> Bool {
        print("Each cue is played once. Say where you heard it: l left, r right, b both, n not.")
        var missed: [String] = []
        var otherSide: [String] = []
        for (index, trial) in HearingCheck.trials.enumerated() {
            let reply = try play(trial)
            guard reply.played else {
                complain("no sound can be played", cure: reply.reason)
                return false
            }
            let words = reply.spoken ? reply.words.map { ", \"\($0)\"" } ?? "" : ""
            print(
                "\(index + 1) of \(HearingCheck.trials.count), \(trial.name)\(words)  [l/r/b/n] ",
                terminator: "")
            Terminal.flush()
            guard let answer = readLine(strippingNewline: true)?.lowercased().first else {
                print("")
                print("Not answered: nothing was changed.")
                return false
            }
            switch answer {
            case "n": missed.append(trial.name)
            case "l" where trial.side == "right", "r" where trial.side == "left":
                otherSide.append(trial.name)
            default: break
            }
        }
        return conclude(missed, otherSide)
    }

    private func conclude(_ missed: [String], _ otherSide: [String]) -> Bool {
        if !missed.isEmpty {
            print("Not heard: \(missed.joined(separator: ", ")).")
            print("Turn it up (rehabctl sound volume 100, and the machine's own volume), or try")
            print("headphones; or let cues be spoken: rehabctl sound speech on")
        }
        if !otherSide.isEmpty {
            print("Heard on the other side: \(otherSide.joined(separator: ", ")).")
            print(
                "Change the loudspeakers or headphones over: a cue sounds on the side to move away")
            print("from, and must not send you the other way.")
        }
        guard missed.isEmpty, otherSide.isEmpty else { return false }
        print("All heard, on their sides.")
        return true
    }
}
