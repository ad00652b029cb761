import DaemonTestKit
import Testing
@Suite(.scene()) struct Try {
    @Test func starts() throws {
        let d = try RunningDaemon()
        print(try d.status())
        #expect(try d.terminate() == .exited(0))
        print(d.log)
    }
}
