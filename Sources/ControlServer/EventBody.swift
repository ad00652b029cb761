// An event as text, made once and shared by every client that watches.

import Control
import Varlink

/// An event as every client gets it, but for the number that each client counts for itself.
struct EventBody: Sendable {
    /// What goes first when a client is too slow.
    enum Importance: Int, Sendable, Comparable {
        /// Superseded within milliseconds.
        case passing
        /// Superseded by the next one of its kind.
        case state
        /// Said once.
        case lasting

        static func < (left: Importance, right: Importance) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    let importance: Importance
    /// The members of the JSON event after its counters, without the closing brace.
    let members: [UInt8]

    /// Turns an event into text, once for all clients.
    init(_ payload: Rehab1.Event.Payload, time: Int64) {
        let content: (member: String, value: [UInt8])
        switch payload {
        case .status(let status): content = ("status", ControlCoding.encode(status))
        case .frame(let frame): content = ("frame", ControlCoding.encode(frame))
        case .cue(let cue): content = ("cue", ControlCoding.encode(cue))
        case .sensor(let sensor): content = ("sensor", ControlCoding.encode(sensor))
        case .set(let summary): content = ("summary", ControlCoding.encode(summary))
        case .warning(let text): content = ("warning", JSONValue.string(text).bytes)
        }
        let head = #""time":\#(time),"kind":"\#(payload.kind.rawValue)","\#(content.member)":"#
        members = Array(head.utf8) + content.value
        importance =
            switch payload {
            case .frame: .passing
            case .status, .sensor: .state
            case .cue, .set, .warning: .lasting
            }
    }

    /// The event as a message of a stream.
    func message(sequence: Int64, dropped: Int64) -> [UInt8] {
        let head = #"{"continues":true,"parameters":{"event":{"#
        var output = Array("\(head)\"seq\":\(sequence),\"dropped\":\(dropped),".utf8)
        output.append(contentsOf: members)
        output.append(contentsOf: "}}}\0".utf8)
        return output
    }
}
