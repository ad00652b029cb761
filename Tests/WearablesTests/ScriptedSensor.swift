// A make-believe sensor that a plan is run against: no radio, no clock, every act in a log.

import Wearables

/// Performs plan steps as the holder of a connection would.
struct ScriptedSensor {
    /// Values of characteristics by the first distinguishing digits of their UUID.
    var values: [String: [UInt8]] = [:]
    /// Replies waiting on a characteristic.
    var replies: [String: [[UInt8]]] = [:]
    var yieldsSamples = false
    /// Characteristics that the sensor does not have.
    var lacking: Set<String> = []
    /// Why the driver refused the sensor.
    private(set) var refusal: String?
    /// What a write does to the sensor.
    var reaction: @Sendable (inout ScriptedSensor, String, [UInt8]) -> Void = { _, _, _ in }
    private(set) var log: [String] = []
    /// Milliseconds spent waiting in vain.
    private(set) var waited = 0

    init(
        values: [String: [UInt8]] = [:],
        reaction: @escaping @Sendable (inout ScriptedSensor, String, [UInt8]) -> Void
    ) {
        self.values = values
        self.reaction = reaction
    }

    mutating func run(_ driver: some Wearable) -> Bool {
        var held: any Wearable = driver
        return run(driver.plan(), &held)
    }

    /// The log without pauses.
    var acts: [String] { log.filter { !$0.hasPrefix("pause") } }

    /// Bytes of the writes, in order.
    var written: [String] {
        log.filter { $0.hasPrefix("write") }.compactMap { $0.split(separator: " ").last }
            .map(String.init)
    }

    /// True when the steps ran to their end, false when they had no answer.
    mutating func run(_ steps: [PlanStep], _ driver: inout any Wearable) -> Bool {
        var rest = steps[...]
        func name(_ index: CharacteristicIndex) -> String {
            let uuid = driver.identity.uuid(of: index) ?? "????????"
            return String(uuid.dropFirst(4).prefix(4))
        }
        while let step = rest.popFirst() {
            switch step {
            case .write(let index, let bytes, _):
                write(name(index), bytes)
            case .read(let index):
                log.append("read \(name(index))")
                rest = driver.take(reply: values[name(index)] ?? [], from: index)[...] + rest
            case .compare(let index, let expected, let otherwise):
                log.append("read \(name(index))")
                if !(values[name(index)] ?? []).starts(with: expected) {
                    if otherwise.isEmpty { return false }
                    rest = otherwise[...]
                }
            case .amend(let index, let length, let wanted, let marks):
                log.append("read \(name(index))")
                guard
                    let change = try? PlanStep.amendment(
                        of: values[name(index)] ?? [], length: length, wanted: wanted,
                        marks: marks)
                else { continue }
                write(name(index), change)
            case .subscribe(let index):
                log.append("on \(name(index))")
            case .unsubscribe(let index):
                log.append("off \(name(index))")
            case .awaitReply(let index, let prefix, let milliseconds, let ifSilent):
                let waiting = replies[name(index)] ?? []
                if let place = waiting.firstIndex(where: { $0.starts(with: prefix) }) {
                    replies[name(index)]?.removeSubrange(...place)
                    rest = driver.take(reply: waiting[place], from: index)[...] + rest
                } else {
                    waited += milliseconds
                    if ifSilent.isEmpty { return false }
                    rest = ifSilent[...]
                }
            case .awaitSample(let milliseconds, let ifSilent):
                if yieldsSamples { continue }
                waited += milliseconds
                if ifSilent.isEmpty { return false }
                rest = ifSilent[...]
            case .pause(let milliseconds):
                log.append("pause \(milliseconds)")
            case .ifPresent(let index, let then, let otherwise):
                rest = (lacking.contains(name(index)) ? otherwise : then)[...] + rest
            case .refuse(let reason):
                refusal = reason
                return false
            }
        }
        return true
    }

    private mutating func write(_ name: String, _ bytes: [UInt8]) {
        log.append("write \(name) \(hexadecimal(bytes))")
        reaction(&self, name, bytes)
    }
}
