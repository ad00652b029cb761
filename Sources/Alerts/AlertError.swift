// Why a cue was not presented, in words that say what to do about it.

import Glibc
import Plumbing

/// A cue that was not presented, or an output that cannot present.
///
/// A plain value: throwing it on the alert thread takes no memory.
package struct AlertError: Error, Equatable, Sendable, BitwiseCopyable, CustomStringConvertible {
    package enum Kind: UInt8, Sendable, BitwiseCopyable {
        /// The sample under the cue is older than `staleAfter`.
        case stale
        /// The output is still opening.
        case starting
        /// Another program holds the device.
        case busy
        /// No such device.
        case absent
        /// The sound server does not answer.
        case unreachable
        /// The device was unplugged, or the server behind it ended.
        case unplugged
        /// The device takes no frames.
        case stalled
        /// The sound ran dry: restart and go on.
        case underrun
        /// The machine slept: resume and go on.
        case suspended
        /// The device offers no format we can make.
        case unsuitable
        /// The reader of the terminal output does not keep up.
        case full
        /// No voice speaks the cues, or none has this text.
        case voiceless
        /// This output has nothing to say to such a cue.
        case notMine
        /// Anything else the system said; see `code`.
        case other
    }

    package let kind: Kind
    /// The system's error number, positive; 0 where there is none.
    package let code: Int32

    package init(_ kind: Kind, code: Int32 = 0) {
        self.kind = kind
        self.code = code
    }

    /// From a system error number, either sign.
    package init(code number: Int32) {
        let code = number < 0 ? 0 &- number : number
        let kind: Kind =
            switch code {
            case EBUSY: .busy
            case ENOENT, ENXIO: .absent
            case EHOSTDOWN, ECONNREFUSED, ECONNRESET: .unreachable
            case ENODEV: .unplugged
            // "Not in the right state": preparing puts that right, or says that the device has gone.
            case EPIPE, EBADFD: .underrun
            case ESTRPIPE: .suspended
            case EINVAL: .unsuitable
            case EAGAIN: .full
            default: .other
            }
        self.init(kind, code: code)
    }

    /// True where the same device goes on after a restart.
    var isRepairable: Bool { kind == .underrun || kind == .suspended }

    /// What is the matter, one lower-case line.
    package var reason: String {
        switch kind {
        case .stale: "the sample under the cue was older than 150 ms"
        case .starting: "the sound is still being opened"
        case .busy: "another program holds the sound device"
        case .absent: "there is no such sound device"
        case .unreachable: "the sound server (PipeWire or PulseAudio) does not answer"
        case .unplugged: "the sound device went away"
        case .stalled: "the sound device takes no sound"
        case .underrun: "the sound ran dry"
        case .suspended: "the sound device is suspended"
        case .unsuitable: "the sound device offers no format this program can make"
        case .full: "the reader of the cues does not keep up"
        case .voiceless: "no voice speaks the cues"
        case .notMine: "this output does not give such cues"
        case .other: describeErrorNumber(code)
        }
    }

    /// What a person can do, one line; empty where the program helps itself.
    package var cure: String {
        switch kind {
        case .stale: "check the sensor's connection with 'rehabctl sensors'"
        case .busy: "close the program that plays; rehabd tries again every second"
        case .absent: "connect a sound card, or name another device in the configuration"
        case .unreachable:
            "start PipeWire (systemctl --user start pipewire), or name a hardware device such as hw:0"
        case .unplugged:
            "plug it in or start its sound server again, or name another device in the configuration"
        case .stalled: "see that the sound server has an output and is not paused"
        case .unsuitable: "name 'default' or a 'plughw:' device in the configuration"
        case .full: "read the output, or send it to a file"
        case .other: "see 'rehabctl doctor'; rehabd tries again every second"
        case .voiceless: "install espeak-ng, or switch speech off: rehabctl sound speech off"
        case .starting, .underrun, .suspended, .notMine: ""
        }
    }

    package var description: String { cure.isEmpty ? reason : "\(reason): \(cure)" }
}
