// A stand-in for rtkit on a private bus: grants or refuses as told and notes what it was asked.

import CSystemd
import Foundation
import Synchronization

/// A bus of its own, from the machine's dbus-daemon with a configuration that allows everything.
final class PrivateBus {
    static let program = ["/usr/bin/dbus-daemon", "/bin/dbus-daemon"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    let address: String
    private let process = Process()
    private let folder: URL

    init?() {
        guard let program = PrivateBus.program else { return nil }
        folder = FileManager.default.temporaryDirectory
            .appending(path: "rehabd-bus-\(ProcessInfo.processInfo.processIdentifier)")
        address = "unix:path=\(folder.path)/bus"
        let configuration = folder.appending(path: "bus.conf")
        let text = """
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
             "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <type>session</type>
              <listen>\(address)</listen>
              <auth>EXTERNAL</auth>
              <policy context="default">
                <allow send_destination="*" eavesdrop="true"/>
                <allow eavesdrop="true"/>
                <allow own="*"/>
              </policy>
            </busconfig>
            """
        let output = Pipe()
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: configuration)
            process.executableURL = URL(filePath: program)
            process.arguments = [
                "--config-file=\(configuration.path)", "--nofork", "--print-address",
            ]
            process.standardOutput = output
            try process.run()
        } catch { return nil }
        // The address is printed when the bus listens.
        guard !output.fileHandleForReading.availableData.isEmpty else { return nil }
    }

    /// The bus daemon stops answering, as one that hangs.
    func freeze() { kill(process.processIdentifier, SIGSTOP) }

    func stop() {
        // The daemon inherits the test runner's blocked signals, so no softer one reaches it.
        let id = process.processIdentifier
        if process.isRunning, id > 0 { kill(id, SIGKILL) }
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }
}

/// Owns `org.freedesktop.RealtimeKit1` on a bus and answers from a thread of its own.
final class FakeRealtimeKit: @unchecked Sendable {
    /// One call: method, process, thread and the last argument.
    struct Call: Equatable {
        var method: String
        var process: UInt64
        var thread: UInt64
        var value: Int64
    }

    /// Methods that are refused.
    private let refused: Set<String>
    private let isSilent: Bool
    private let state = Mutex<[Call]>([])
    private let isEnding = Atomic<Bool>(false)
    private let ended = DispatchSemaphore(value: 0)
    /// Owned by the thread once it runs.
    private var bus: OpaquePointer?

    var calls: [Call] { state.withLock { $0 } }

    /// `isSilent`: takes calls and never answers.
    init?(on address: String, refusing refused: Set<String> = [], isSilent: Bool = false) {
        self.refused = refused
        self.isSilent = isSilent
        guard sd_bus_new(&bus) >= 0, sd_bus_set_address(bus, address) >= 0,
            sd_bus_set_bus_client(bus, 1) >= 0, sd_bus_start(bus) >= 0,
            sd_bus_request_name(bus, "org.freedesktop.RealtimeKit1", 0) >= 0
        else { return nil }
        let context = Unmanaged.passUnretained(self).toOpaque()
        let status = sd_bus_add_filter(
            bus, nil,
            { message, context, _ in
                guard let message, let context else { return 0 }
                return Unmanaged<FakeRealtimeKit>.fromOpaque(context).takeUnretainedValue()
                    .answer(message)
            }, context)
        guard status >= 0 else { return nil }
        Thread.detachNewThread { [self] in
            while !isEnding.load(ordering: .acquiring) {
                if sd_bus_process(bus, nil) == 0 { sd_bus_wait(bus, 10_000) }
            }
            sd_bus_close_unref(bus)
            ended.signal()
        }
    }

    func stop() {
        isEnding.store(true, ordering: .releasing)
        ended.wait()
    }

    private func answer(_ message: OpaquePointer) -> Int32 {
        guard sd_bus_message_is_method_call(message, "org.freedesktop.RealtimeKit1", nil) > 0,
            let member = sd_bus_message_get_member(message)
        else { return 0 }
        var call = Call(method: String(cString: member), process: 0, thread: 0, value: 0)
        var (unsigned, signed) = (UInt32(0), Int32(0))
        // The signature says which of the two methods' arguments these are: "ttu" or "tti".
        let signature = sd_bus_message_get_signature(message, 1).map { String(cString: $0) } ?? ""
        sd_bus_message_read_basic(message, 0x74, &call.process)
        sd_bus_message_read_basic(message, 0x74, &call.thread)
        switch signature {
        case "ttu":
            sd_bus_message_read_basic(message, 0x75, &unsigned)
            call.value = Int64(unsigned)
        case "tti":
            sd_bus_message_read_basic(message, 0x69, &signed)
            call.value = Int64(signed)
        default: call.method = "malformed \(signature)"
        }
        state.withLock { $0.append(call) }
        if isSilent { return 1 }
        if refused.contains(call.method) {
            var error = sd_bus_error()
            sd_bus_error_set(&error, "org.freedesktop.DBus.Error.AccessDenied", "not for you")
            sd_bus_reply_method_error(message, &error)
            sd_bus_error_free(&error)
        } else {
            var reply: OpaquePointer?
            sd_bus_message_new_method_return(message, &reply)
            sd_bus_send(nil, reply, nil)
            sd_bus_message_unref(reply)
        }
        return 1
    }
}
