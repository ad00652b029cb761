// Words for codes of the interface: what a person reads has none.

import Control

/// A code word as a person would write it: "left side" for "left-side".
func plain(_ code: String) -> String { code.replacing("-", with: " ") }

/// The ends of sets in words.
enum SetEnds {
    private static let all = [
        "asked": "by you", "reached": "all of it was done", "still": "nothing moved any more",
        "closed": "closed before its end", "signal": "from outside",
        "sensor-lost": "a sensor was lost and did not come back",
        "sensor-gone": "a sensor was taken away",
    ]

    /// Why a set ended, by its code in the log.
    static func words(_ code: String) -> String { all[code] ?? plain(code) }
}
