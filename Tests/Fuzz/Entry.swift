// What libFuzzer calls: gives the input to the target that the environment names.

import Glibc

/// One parser of outside bytes and what must hold after it.
struct FuzzTarget: Sendable {
    let name: String
    let run: @Sendable ([UInt8]) -> Void
}

/// Every target; `Scripts/fuzz` reads the names from here, one a line.
let fuzzTargets = [
    FuzzTarget(name: "movella-dot", run: MovellaDotFuzz.run),
    FuzzTarget(name: "wearables", run: WearableFuzz.run),
    FuzzTarget(name: "stream-description", run: StreamDescriptionFuzz.run),
    FuzzTarget(name: "recording-reader", run: RecordingFuzz.run),
    FuzzTarget(name: "exercise-reader", run: ExerciseFuzz.run),
    FuzzTarget(name: "script-reader", run: ScriptFuzz.run),
    FuzzTarget(name: "varlink", run: VarlinkFuzz.run),
    FuzzTarget(name: "command-text", run: CommandFuzz.run),
    FuzzTarget(name: "sensor-table", run: SensorTableFuzz.run),
    FuzzTarget(name: "configuration", run: ConfigurationFuzz.run),
    FuzzTarget(name: "state-file", run: StateFileFuzz.run),
    FuzzTarget(name: "link-protocol", run: LinkProtocolFuzz.run),
    FuzzTarget(name: "anonymity", run: AnonymityFuzz.run),
]

/// The target of this process: `REHAB_FUZZ_TARGET`.
private let chosen: FuzzTarget = {
    let name = unsafe getenv("REHAB_FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
    guard let target = fuzzTargets.first(where: { $0.name == name }) else {
        let known = fuzzTargets.map(\.name).joined(separator: ", ")
        fatalError("set REHAB_FUZZ_TARGET to one of: \(known)")
    }
    return target
}()

/// The symbol libFuzzer looks for; its own main is the program's.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    chosen.run(bytes)
    return 0
}

/// Ends the process with a sentence where a promise is broken. (`precondition` says nothing in release.)
func promise(
    _ holds: Bool, _ sentence: @autoclosure () -> String, file: StaticString = #fileID,
    line: UInt = #line
) {
    if !holds { fatalError(sentence(), file: file, line: line) }
}
