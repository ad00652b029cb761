// What every way of presenting a cue has in common: a new output is one file that conforms to this.

package import Movement

/// One way to present cues: a tone, a line on a terminal, later speech or a haptic motor.
///
/// Domains: `prepare`, `present`, `upkeep` and `finish` are called by the alert thread alone, always
/// with the host time they are to believe in; `health` by any thread. `present` neither waits nor
/// allocates, and its error concerns this output only: the dispatcher goes on with the next one.
package protocol AlertOutput: AnyObject, Sendable {
    /// The name in the status and of the vector file, `NAME.golden`.
    static var name: String { get }

    /// Nil where the setup does not ask for this output.
    init?(_ setup: AlertSetup)

    /// Everything that takes memory or long, before the first alert; again after `finish`.
    func prepare(now: Int64)

    /// Presents a cue now, or throws and never presents it later.
    func present(_ alert: Alert, now: Int64) throws(AlertError)

    /// Presents a signal of the program itself, where this output has one.
    func present(_ notice: Notice, now: Int64)

    /// Keeps the output alive (feeds silence, opens again); returns when it wants to be called again,
    /// host ns, or nil where it has nothing to do.
    func upkeep(now: Int64) -> Int64?

    /// Lets go of everything, at the end or to rest.
    func finish()

    /// Gives cues also while the outputs rest: costs nothing then.
    static var worksAtRest: Bool { get }

    var health: AlertOutputHealth { get }
}

extension AlertOutput {
    package func prepare(now: Int64) {}
    package func present(_ notice: Notice, now: Int64) {}
    package func upkeep(now: Int64) -> Int64? { nil }
    package func finish() {}
    package static var worksAtRest: Bool { false }
}

/// Signals of the program that are no cue: they guide through a calibration and tell of the sensors.
package enum Notice: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// One beat of a countdown.
    case tick
    /// Something that was asked for is done: stand measured, calibration accepted.
    case ready
    /// Something has to be repeated.
    case refused
    /// Look at the screen: a sensor is lost, cues pause.
    case attention
    /// The way out of a repetition begins, by the clock of the tempo.
    case raise
    /// The way back begins, by the same clock.
    case lower

    /// A beat of the pace: softer than all others, and left out where a cue sounds.
    package var isBeat: Bool { self == .raise || self == .lower }
}

/// What the daemon gives the outputs.
///
/// Words come from outside, so that this room knows no exercises.
package struct AlertSetup: Sendable {
    /// The ALSA device to play on; nil for no sound.
    package var soundDevice: String? = "default"
    /// Volume in dB relative to the cap of −12 dBFS; above 0 counts as 0.
    package var volumeDecibels: Double {
        get { share.volumeDecibels }
        set { share.volumeDecibels = newValue }
    }
    /// What the outputs that sound have in common; the volume in it may change later.
    package let share = SoundShare()
    /// The voice; nil for tones alone.
    package var speech: SpeechStore?
    /// The newest state of the body for the continuous sound; nil for none.
    package var levels: (@Sendable () -> BodyLevel?)?
    /// The pace of a breathing sound; nil for none.
    package var breath: BreathPace?
    /// Where cues go that a worn sensor is to vibrate for; nil for none.
    package var haptic: CueDoor?
    /// Where reminders go that the desktop is to show; nil for none.
    package var notification: CueDoor?
    package var convention = DirectionConvention.awayFrom
    /// Where the terminal output writes; nil for none.
    package var terminal: TerminalSink?
    /// The words of a rule that watches a signal, spoken and shown; nil for a rule that has none.
    package var words: @Sendable (RuleID, Signal) -> (spoken: String, shown: String)?

    package init(
        words: @escaping @Sendable (RuleID, Signal) -> (spoken: String, shown: String)? = {
            _, _ in nil
        }
    ) {
        self.words = words
    }
}

/// How an output fares, for the status.
package struct AlertOutputHealth: Sendable, Equatable {
    package enum State: UInt8, Sendable {
        /// Not begun: opening, or ended.
        case off
        /// Cues are heard or seen.
        case ok
        /// Cues are counted as not heard; `reason` and `cure` say why.
        case failing
    }

    package var name: String
    package var state = State.off
    /// Why cues are not heard, and what a person can do; nil where they are.
    package var reason: String?
    package var cure: String?
    /// What was obtained: "48000 Hz, 2 channels, buffer 8192, …"; nil where unknown.
    package var details: String?
    package var presented = 0
    /// Cues that came while the output could not present them.
    ///
    /// They are never presented later.
    package var notHeard = 0
    /// Cues kept back because their sample was older than `staleAfter`.
    package var stale = 0
    /// Times the sound ran dry and was restarted.
    package var underruns = 0
    /// Times the device was opened.
    package var openings = 0
    /// From a sound put in to the loudspeaker, s, as the device tells; nil where unknown.
    package var delaySeconds: Double?

    package init(name: String) { self.name = name }
}

/// The oldest sample a cue may rest on, ns: 150 ms (compensations 7, gates "gap" and "late").
package var staleAfter: Int64 { 150_000_000 }

extension Alert {
    /// True where the deciding sample is too old at host time `now` to be cued.
    package func isStale(at now: Int64) -> Bool { now - time > staleAfter }
}
