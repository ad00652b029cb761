// BlueZ's program as distributions install it: nothing on the bus tells its version.

import Plumbing

package enum BlueZProgram {
    /// Where Debian, Fedora and Arch keep bluetoothd.
    private static let paths = [
        "/usr/libexec/bluetooth/bluetoothd", "/usr/lib/bluetooth/bluetoothd",
        "/usr/sbin/bluetoothd",
    ]

    /// Where it is; nil where it is not installed.
    package static var path: String? {
        paths.first { FileStore.attributes($0) != nil }
    }

    /// Asks the program, once; nil where it is missing or does not tell.
    package static func version() -> BlueZVersion? {
        guard let path, let line = ProgramOutput.firstLine(of: path, "-v") else { return nil }
        return BlueZVersion(line)
    }
}
