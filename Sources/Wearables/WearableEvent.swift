// What a sensor tells besides samples: battery, buttons, going to sleep.

/// Something a sensor reported that is not a sample; a plain value, so intake may carry it.
package enum WearableEvent: Sendable, BitwiseCopyable, Equatable {
    case battery(BatteryLevel)
    /// The button was pressed this many times in a row.
    case buttonPressed(clicks: UInt8)
    /// The sensor switched itself off.
    case poweredOff
    /// The sensor went to sleep to spare its battery.
    case powerSaving
    /// Twenty frames in a row could not be read: the description of the stream does not fit the board.
    case formatDoesNotFit
}

/// How full a sensor's battery is.
package struct BatteryLevel: Sendable, BitwiseCopyable, Equatable {
    /// 0 to 100.
    package var percent: UInt8
    /// Nil where the sensor does not tell.
    package var isCharging: Bool?
    /// Nil where the sensor does not tell.
    package var millivolts: UInt16?

    @_noLocks
    package init(percent: UInt8, isCharging: Bool? = nil, millivolts: UInt16? = nil) {
        self.percent = percent
        self.isCharging = isCharging
        self.millivolts = millivolts
    }
}
