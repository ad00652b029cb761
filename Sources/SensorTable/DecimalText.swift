// Decimal numbers as bytes of text, both ways, without a String on the usual path.

/// Why a field is no usable number.
enum DecimalProblem: Error, Equatable {
    /// Nothing but blanks.
    case empty
    /// Not a sign, digits, a point and an exponent; hexadecimal and grouped digits are not taken.
    case notANumber
    /// "nan", "inf", or beyond the largest Double.
    case notFinite
}

/// The number that the bytes from `start` up to `end` spell, blanks around it ignored, correctly
/// rounded.
///
/// The range must lie within the bytes.
func parseDecimal(
    _ bytes: Span<UInt8>, from start: Int, to end: Int
) throws(DecimalProblem) -> Double {
    var first = start
    var last = end
    while first < last, isBlank(bytes[first]) { first += 1 }
    while last > first, isBlank(bytes[last - 1]) { last -= 1 }
    guard first < last else { throw .empty }

    var position = first
    let isNegative = bytes[position] == UInt8(ascii: "-")
    if isNegative || bytes[position] == UInt8(ascii: "+") { position += 1 }

    var digits = DecimalDigits()
    while position < last, let digit = decimalDigit(bytes[position]) {
        digits.append(digit)
        position += 1
    }
    if position < last, bytes[position] == UInt8(ascii: ".") {
        position += 1
        while position < last, let digit = decimalDigit(bytes[position]) {
            digits.append(digit)
            digits.exponent -= 1
            position += 1
        }
    }
    guard digits.count > 0 else { throw spellsNotFinite(bytes, first, last) }
    if position < last, bytes[position] | 0x20 == UInt8(ascii: "e") {
        position += 1
        guard let exponent = parseExponent(bytes, &position, last) else { throw .notANumber }
        digits.exponent += exponent
    }
    guard position == last else { throw .notANumber }
    if let value = digits.exactValue { return isNegative ? -value : value }
    // Long or extreme numbers: the standard library's reader, which takes every text checked above.
    var text = ""
    for index in first..<last { text.unicodeScalars.append(Unicode.Scalar(bytes[index])) }
    guard let value = Double(text) else { throw .notANumber }
    guard value.isFinite else { throw .notFinite }
    return value
}

/// The digits read so far, as mantissa · 10^exponent.
private struct DecimalDigits {
    var mantissa: UInt64 = 0
    var exponent = 0
    var count = 0
    /// True where digits were left out.
    private var isLong = false

    /// Digits beyond what 64 bits hold are left out; `exactValue` is nil then.
    mutating func append(_ digit: UInt64) {
        count += 1
        guard mantissa < 1_000_000_000_000_000_000 else {
            isLong = true
            return
        }
        mantissa = mantissa * 10 + digit
    }

    /// The value where one rounding gives it: an exact integer times or over an exact power of ten.
    ///
    /// Source: W. Clinger, "How to read floating point numbers accurately", PLDI 1990.
    var exactValue: Double? {
        guard !isLong, mantissa <= 1 << 53, exponent >= -22, exponent <= 22 else { return nil }
        let whole = Double(mantissa)
        return exponent < 0
            ? whole / exactPowerOfTen(-exponent) : whole * exactPowerOfTen(exponent)
    }
}

/// 10^exponent for 0...22, each of which a Double holds exactly.
private func exactPowerOfTen(_ exponent: Int) -> Double {
    var power = 1.0
    for _ in 0..<exponent { power *= 10 }
    return power
}

/// The signed integer at `position`, at most 4 digits long in effect; nil where there is none.
private func parseExponent(_ bytes: Span<UInt8>, _ position: inout Int, _ last: Int) -> Int? {
    guard position < last else { return nil }
    let isNegative = bytes[position] == UInt8(ascii: "-")
    if isNegative || bytes[position] == UInt8(ascii: "+") { position += 1 }
    let start = position
    var value = 0
    while position < last, let digit = decimalDigit(bytes[position]) {
        value = min(value * 10 + Int(digit), 9_999)
        position += 1
    }
    guard position > start else { return nil }
    return isNegative ? -value : value
}

/// Tells "nan" and "inf" from other texts without a digit.
private func spellsNotFinite(_ bytes: Span<UInt8>, _ first: Int, _ last: Int) -> DecimalProblem {
    var text = ""
    for index in first..<min(last, first + 10) {
        text.unicodeScalars.append(Unicode.Scalar(bytes[index] | 0x20))
    }
    // Signs lose nothing by the lower-casing bit: "-" has it set, "+" as well.
    if text.hasPrefix("-") || text.hasPrefix("+") { text.removeFirst() }
    return ["nan", "inf", "infinity"].contains(text) ? .notFinite : .notANumber
}

/// The digit's value, or nil for any other byte.
private func decimalDigit(_ byte: UInt8) -> UInt64? {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? UInt64(byte - UInt8(ascii: "0")) : nil
}

/// True for what may stand around a field.
func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

/// Appends `value` with `decimals` (0 to 9) digits after the point; values that are not finite or
/// do not fit are written as 0, since a table holds numbers only.
func appendDecimal(_ value: Double, decimals: Int, to bytes: inout [UInt8]) {
    var scale: UInt64 = 1
    for _ in 0..<min(max(decimals, 0), 9) { scale *= 10 }
    // Below 9·10^18 the scaled value is an exact integer of 64 bits; NaN fails the comparison.
    let scaled = (value * Double(scale)).rounded()
    let units: UInt64 = scaled.magnitude < 9e18 ? UInt64(scaled.magnitude) : 0
    if scaled < 0, units > 0 { bytes.append(UInt8(ascii: "-")) }
    appendInteger(units / scale, to: &bytes)
    guard scale > 1 else { return }
    bytes.append(UInt8(ascii: "."))
    var divisor = scale / 10
    while divisor > 0 {
        bytes.append(UInt8(ascii: "0") + UInt8(units / divisor % 10))
        divisor /= 10
    }
}

/// Appends an integer without a sign, at least one digit.
private func appendInteger(_ value: UInt64, to bytes: inout [UInt8]) {
    var divisor: UInt64 = 1
    while value / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
        bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
        divisor /= 10
    }
}
