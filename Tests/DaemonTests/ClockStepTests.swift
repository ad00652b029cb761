// The date is set while packets come (row 46 of the fault table): an hour on, then an hour back.

import Control
import DaemonTestKit
import Foundation
import Glibc
import Plumbing
import Recording
import Testing

/// A date of the daemon's own: a library before libc adds to CLOCK_REALTIME what a file says.
///
/// The kernel's stamps of packets keep the machine's date, as those have that were queued just before a step: each
/// is then an hour off, which is more than a real step does.
private final class OtherDate: Sendable {
    let environment: [String: String]
    private let folder: TemporaryFolder

    private static let compiler = ["/usr/bin/cc", "/usr/bin/clang", "/opt/swift/usr/bin/clang"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }
    static var isPossible: Bool { compiler != nil }

    private static let source = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdint.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/syscall.h>
        #include <time.h>
        #include <unistd.h>
        static volatile int64_t *seconds;
        __attribute__((constructor)) static void begin(void) {
            int file = open(getenv("OTHER_DATE"), O_RDONLY);
            void *place = mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
            if (place != MAP_FAILED) seconds = place;
            close(file);
        }
        int clock_gettime(clockid_t clock, struct timespec *now) {
            int status = (int)syscall(SYS_clock_gettime, clock, now);
            if (status == 0 && clock == CLOCK_REALTIME && seconds) now->tv_sec += *seconds;
            return status;
        }
        """

    init() throws {
        folder = try TemporaryFolder()
        let code = try folder.write("date.c", OtherDate.source)
        let library = folder.path + "/date.so"
        let made = try Program.run(
            OtherDate.compiler ?? "cc", ["-shared", "-fPIC", "-O1", "-o", library, code])
        try #require(made.code == 0, "\(made)")
        environment = ["LD_PRELOAD": library, "OTHER_DATE": folder.path + "/seconds"]
        try Data(count: 8).write(to: URL(filePath: folder.path + "/seconds"))
    }

    /// Steps the date, in place: the daemon has the file in its memory.
    func set(_ seconds: Int64) throws {
        let file = try FileHandle(forWritingTo: URL(filePath: folder.path + "/seconds"))
        try file.write(contentsOf: withUnsafeBytes(of: seconds.littleEndian) { Data($0) })
        try file.close()
    }
}

@Suite(.scene()) struct ClockStepTests {
    @Test(.enabled(if: OtherDate.isPossible, "no C compiler"))
    func aSteppedDateChangesNoSample() throws {
        let date = try OtherDate()
        let scenario = try Scenario(Scenario.quiet(seconds: 8))
        let folder = try TemporaryFolder()
        try scenario.storeCalibration(of: "belt", in: folder.path)
        let daemon = try RunningDaemon {
            $0.environment = date.environment
            $0.state = folder.path
        }
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        let player = PacketPlayer(scenario.packets, into: sensor)
        try waitUntil("the sensor to stream") { try daemon.sensor("belt")?.state == .streaming }
        // A recording without an exercise is not kept.
        try daemon.call(Rehab1.StartExercise(exercise: "one-leg-stand"))
        for (packets, step) in [(120, Int64(3600)), (240, -3600), (360, 0)] {
            try waitUntil("\(packets) packets") { player.now.sent >= packets }
            try date.set(step)
        }
        let sent = player.finish()
        try waitUntil("every packet") { try daemon.sensor("belt")?.packets == Int64(sent.sent) }
        let told = try #require(try daemon.sensor("belt"))
        #expect(told.samples == Int64(sent.sent) && told.gaps == 0 && told.lostSamples == 0)
        #expect(told.refused == 0 && told.duplicates == 0 && told.decodeErrors == 0)
        try daemon.call(Rehab1.StopExercise())
        #expect(try daemon.terminate() == .exited(0))
        let file = try #require(daemon.recordingFiles().first)
        let recording = try RecordingReader.parse(FileStore.read(file, limit: 1 << 24), file: file)
        let channel = try #require(recording.sensors.first { $0.name == "belt" }).channel
        let arrivals = recording.packets.filter { $0.channel == channel }.map(\.stamp)
        #expect(arrivals.count == sent.sent)
        let spaces = zip(arrivals.dropFirst(), arrivals).map { $0 - $1 }
        print(
            "clock steps: \(arrivals.count) packets, longest space \(milliseconds(spaces.max() ?? 0)) ms, "
                + "shortest \(milliseconds(spaces.min() ?? 0)) ms")
        // A link of 15 ms, on a machine that does other things too.
        #expect(spaces.allSatisfy { $0 >= 0 && $0 < 1_000_000_000 })
    }

    /// The library does what it is meant to: a recording that begins after the step is named by the new date.
    @Test(.enabled(if: OtherDate.isPossible, "no C compiler"))
    func theStepIsOneForTheDaemon() throws {
        let date = try OtherDate()
        try date.set(-400 * 86_400)
        let daemon = try RunningDaemon { $0.environment = date.environment }
        let sensor = try AttachedSensor("belt", segment: "pelvis", to: daemon)
        sensor.send(DotPacket.still(microseconds: 1))
        let name = try eventually("a recording") { daemon.recordingFiles().first }
        let year = Calendar(identifier: .gregorian).component(
            .year, from: Date(timeIntervalSinceNow: -400 * 86_400))
        #expect(name.contains("\(year)"), "\(name)")
    }
}
