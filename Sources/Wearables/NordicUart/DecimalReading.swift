// Decimal numbers out of bytes of text, without allocation and without a locale.

/// A frame's bytes: a span of one's own storage may not be lent on the intake thread.
package typealias FrameBytes = InlineArray<512, UInt8>

/// Reads one number from a range of text; the range must lie inside the frame.
package enum DecimalReading {
    /// The number in `text[start..<end]` (blanks around it allowed): sign, digits, point, exponent; nil
    /// for anything else, such as nan or inf.
    @_noLocks
    package static func number(
        _ text: FrameBytes, from start: Int, to end: Int, point: UInt8 = 0x2E
    ) -> Double? {
        var place = start
        var limit = end
        while place < limit, isBlank(text[place]) { place += 1 }
        while limit > place, isBlank(text[limit - 1]) { limit -= 1 }
        var isNegative = false
        if place < limit {
            let sign = text[place]
            isNegative = sign == 0x2D
            if isNegative || sign == 0x2B { place += 1 }
        }
        var mantissa: UInt64 = 0
        var exponent = 0
        var digits = 0
        var isBehindPoint = false
        while place < limit {
            let byte = text[place]
            if byte == point, !isBehindPoint {
                isBehindPoint = true
            } else if byte >= 0x30, byte <= 0x39 {
                digits += 1
                // Eighteen digits fit; further ones only move the point.
                if mantissa < 100_000_000_000_000_000 {
                    mantissa = mantissa &* 10 &+ UInt64(byte - 0x30)
                    if isBehindPoint { exponent -= 1 }
                } else if !isBehindPoint {
                    exponent += 1
                }
            } else {
                break
            }
            place += 1
        }
        if digits == 0 { return nil }
        if place < limit {
            // "e" or "E".
            guard text[place] | 0x20 == 0x65,
                let written = wholeNumber(text, from: place + 1, to: limit)
            else { return nil }
            exponent += written
        }
        let value = scaled(Double(mantissa), by: exponent)
        return isNegative ? -value : value
    }

    @_noLocks
    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D
    }

    /// An exponent of at most three digits.
    @_noLocks
    private static func wholeNumber(_ text: FrameBytes, from start: Int, to end: Int) -> Int? {
        var place = start
        var isNegative = false
        if place < end {
            let sign = text[place]
            isNegative = sign == 0x2D
            if isNegative || sign == 0x2B { place += 1 }
        }
        guard place < end, end - place <= 3 else { return nil }
        var value = 0
        while place < end {
            guard text[place] >= 0x30, text[place] <= 0x39 else { return nil }
            value = value * 10 + Int(text[place] - 0x30)
            place += 1
        }
        return isNegative ? -value : value
    }

    /// Times a power of ten; division is exact where multiplying by a negative power is not.
    @_noLocks
    private static func scaled(_ value: Double, by exponent: Int) -> Double {
        if value == 0 { return 0 }
        var power = 1.0
        var count = exponent < 0 ? -exponent : exponent
        if count > 330 { count = 330 }
        var result = value
        while count > 0 {
            // Powers up to 10²² are exact.
            let step = count > 22 ? 22 : count
            power = 1
            var index = 0
            while index < step {
                power *= 10
                index += 1
            }
            result = exponent < 0 ? result / power : result * power
            count -= step
        }
        return result
    }
}
