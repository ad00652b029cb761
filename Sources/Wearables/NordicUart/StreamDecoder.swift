// Reads the frames of a described stream: numbers by column, key or offset, to readings in SI.

import Kinematics

/// A description's fields without arrays or texts, for the intake thread.
struct StreamDecoder: Sendable, BitwiseCopyable {
    static let fieldLimit = 32
    static let frameLimit = 512
    /// Frames in a row that say nothing before the user is told that the format does not fit.
    private static var patience: Int { @_noLocks get { 20 } }

    private enum Format: UInt8, BitwiseCopyable { case csv, json, binary }

    private var cutter: FrameCutter
    private let format: Format
    private let point: UInt8
    private var fields: InlineArray<32, StreamField>
    private let fieldCount: Int
    private let samplesPerFrame: Int
    private let forceUnit: Double
    private let rateUnit: Double
    private let axes: AxisMap
    private let forceRange: Double
    private let rateRange: Double
    private var clock: DeviceClock
    private let hasTime: Bool
    private let hasCounter: Bool
    private var lastCounter: Double = -1
    private var failures = 0
    private(set) var event: WearableEvent?

    /// `description` must be sound (`fault` is nil).
    init(_ description: StreamDescription) {
        cutter = FrameCutter(description.framing)
        var comma = false
        switch description.format {
        case .csv(let decimalComma):
            format = .csv
            comma = decimalComma
        case .json: format = .json
        case .binary: format = .binary
        }
        point = comma ? 0x2C : 0x2E
        fields = InlineArray(repeating: StreamField())
        let known = description.fields.prefix(Self.fieldLimit)
        fieldCount = known.count
        for (index, field) in known.enumerated() {
            fields[index].quantity = field.quantity
            fields[index].type = field.type
            fields[index].order = field.order
            fields[index].scale = field.scale
            fields[index].offset = field.offset
            for byte in field.key.utf8.prefix(16) {
                fields[index].key[fields[index].keyLength] = byte
                fields[index].keyLength += 1
            }
        }
        samplesPerFrame = description.samplesPerFrame
        forceUnit = description.units.force
        rateUnit = description.units.rate
        axes = description.axes
        forceRange = description.specificForceRange
        rateRange = description.angularRateRange
        hasTime = description.has(.t)
        let counterWidth = description.fields.first { $0.quantity == .counter }?.type.width
        hasCounter = counterWidth != nil
        // A counter of a nominal rate is a clock where there is no better one.
        if hasTime || counterWidth == nil || format != .binary {
            clock = DeviceClock(
                bits: description.timeBits,
                nanosecondsPerTick: max(1, description.units.tickNumerator),
                over: max(1, description.units.tickDenominator))
        } else {
            clock = DeviceClock(
                bits: 8 * min(4, counterWidth ?? 1),
                nanosecondsPerTick: UInt64(1e9 / max(1, description.rateHertz)))
        }
        usesCounterAsClock = !hasTime && hasCounter && format == .binary
    }

    private let usesCounterAsClock: Bool
    var hasDeviceTime: Bool { hasTime || usesCounterAsClock }

    // MARK: Packets

    @_noLocks
    mutating func take(
        _ packet: Span<UInt8>, into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        if packet.count == 0 { throw .tooShort }
        var failure: DecodeError?
        cutter.hasDropped = false
        var index = 0
        while index < packet.count {
            cutter.put(packet[index])
            index += 1
            while cutter.hasFrame(isLast: index == packet.count) {
                do throws(DecodeError) {
                    try read(into: &samples)
                    failures = 0
                } catch {
                    failure = error
                    note(error)
                }
                if cutter.isSpent { break }
            }
        }
        if let failure { throw failure }
        if cutter.hasDropped { throw .malformed }
    }

    @_noLocks
    private mutating func note(_ error: DecodeError) {
        switch error {
        case .duplicate, .stale, .noRoom: return
        default: break
        }
        failures += 1
        if failures == Self.patience { event = .formatDoesNotFit }
    }

    @_noLocks
    mutating func takeEvent() -> WearableEvent? {
        let taken = event
        event = nil
        return taken
    }

    // MARK: A frame

    @_noLocks
    private mutating func read(into samples: inout OutputSpan<ImuSample>) throws(DecodeError) {
        let content = cutter.text()
        let limit = cutter.contentLength
        var place = 0
        var number = 0
        while number < samplesPerFrame {
            var numbers = StreamNumbers()
            switch format {
            case .binary: try readBinary(content, limit, &place, &numbers)
            case .csv: try readColumns(content, limit, &place, &numbers)
            case .json: try readKeys(content, limit, &numbers)
            }
            try append(numbers, into: &samples)
            number += 1
        }
    }

    @_noLocks
    private func readBinary(
        _ content: FrameBytes, _ limit: Int, _ place: inout Int, _ numbers: inout StreamNumbers
    ) throws(DecodeError) {
        var index = 0
        while index < fieldCount {
            let field = fields[index]
            let order = field.order
            guard place + field.type.width <= limit else { throw .tooShort }
            let bits = Self.bits(content, at: place, field.type.width, order)
            let raw: Double =
                switch field.type {
                case .i8: Double(Int8(truncatingIfNeeded: bits))
                case .i16: Double(Int16(truncatingIfNeeded: bits))
                case .i24: Double(Int32(truncatingIfNeeded: bits << 8) >> 8)
                case .i32: Double(Int32(truncatingIfNeeded: bits))
                case .u8, .u16, .u32: Double(bits)
                case .f32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
                case .f64: Double(bitPattern: bits)
                }
            guard raw.isFinite else { throw .notFinite }
            numbers.set(field.quantity, raw * field.scale + field.offset)
            place += field.type.width
            index += 1
        }
    }

    /// `width` bytes that are inside the frame.
    @_noLocks
    private static func bits(
        _ content: FrameBytes, at place: Int, _ width: Int, _ order: ByteOrder
    ) -> UInt64 {
        var value: UInt64 = 0
        var index = 0
        while index < width {
            switch order {
            case .littleEndian: value |= UInt64(content[place + index]) << UInt64(8 * index)
            case .bigEndian: value = value << 8 | UInt64(content[place + index])
            }
            index += 1
        }
        return value
    }

    /// Columns of one line; several samples follow one another.
    @_noLocks
    private func readColumns(
        _ text: FrameBytes, _ limit: Int, _ place: inout Int, _ numbers: inout StreamNumbers
    ) throws(DecodeError) {
        var index = 0
        while index < fieldCount {
            guard place <= limit else { throw .tooShort }
            var end = place
            while end < limit, !isSeparator(text[end]) { end += 1 }
            let field = fields[index]
            if let number = DecimalReading.number(text, from: place, to: end, point: point) {
                numbers.set(field.quantity, number * field.scale + field.offset)
            } else if !isEmpty(text, place, end) {
                // Text is fine where nobody reads it.
                if case .skip = field.quantity {} else { throw .malformed }
            }
            place = end + 1
            index += 1
        }
    }

    @_noLocks
    private func isEmpty(_ text: FrameBytes, _ start: Int, _ end: Int) -> Bool {
        var index = start
        while index < end {
            if text[index] != 0x20, text[index] != 0x0D { return false }
            index += 1
        }
        return true
    }

    /// Comma (unless it is the decimal point), semicolon, tab.
    @_noLocks
    private func isSeparator(_ byte: UInt8) -> Bool {
        if byte == 0x3B || byte == 0x09 { return true }
        return byte == 0x2C && point != 0x2C
    }

    /// `"key" : number` anywhere in the text.
    @_noLocks
    private func readKeys(
        _ text: FrameBytes, _ limit: Int, _ numbers: inout StreamNumbers
    ) throws(DecodeError) {
        var place = 0
        while place < limit {
            guard text[place] == 0x22 else {
                place += 1
                continue
            }
            let start = place + 1
            var end = start
            while end < limit, text[end] != 0x22 { end += 1 }
            guard end < limit else { throw .malformed }
            place = end + 1
            while place < limit, text[place] == 0x20 { place += 1 }
            guard place < limit, text[place] == 0x3A else { continue }
            place += 1
            let first = place
            while place < limit, text[place] != 0x2C, text[place] != 0x7D { place += 1 }
            var index = 0
            while index < fieldCount {
                if isKey(index, text, start, end) {
                    guard let number = DecimalReading.number(text, from: first, to: place) else {
                        throw .malformed
                    }
                    let field = fields[index]
                    numbers.set(field.quantity, number * field.scale + field.offset)
                }
                index += 1
            }
        }
    }

    @_noLocks
    private func isKey(_ index: Int, _ text: FrameBytes, _ start: Int, _ end: Int) -> Bool {
        let length = fields[index].keyLength
        guard end - start == length else { return false }
        var place = 0
        while place < length {
            if text[start + place] != fields[index].key[place] { return false }
            place += 1
        }
        return true
    }

    // MARK: A sample

    @_noLocks
    private mutating func append(
        _ numbers: StreamNumbers, into samples: inout OutputSpan<ImuSample>
    ) throws(DecodeError) {
        if numbers.has(StreamNumbers.battery) {
            let percent = numbers.values[StreamNumbers.battery]
            if percent >= 0, percent <= 100 {
                event = .battery(BatteryLevel(percent: UInt8(percent)))
            }
        }
        guard let force = numbers.vector(StreamNumbers.force) else { throw .noInertialData }
        let rate = numbers.vector(StreamNumbers.rate)
        let forceSI = axes.apply(force * forceUnit)
        let rateSI = axes.apply((rate ?? .zero) * rateUnit)
        guard ReadingCheck.isPossible(forceSI, range: forceRange),
            ReadingCheck.isPossible(rateSI, range: rateRange)
        else { throw .outOfRange }
        guard samples.freeCapacity > 0 else { throw .noRoom }
        var flags = SampleFlags(rawValue: 0)
        if let rate { _ = rate } else { flags = flags.with(.withoutAngularRate) }
        var time: Int64 = 0
        if hasTime || usesCounterAsClock {
            let source = hasTime ? StreamNumbers.time : StreamNumbers.counter
            guard numbers.has(source) else { throw .tooShort }
            let raw = numbers.values[source]
            guard raw >= 0, raw < 9e15 else { throw .outOfRange }
            let reading = try clock.advance(to: UInt64(raw))
            flags = flags.with(.hasDeviceTime)
            if reading.startsEpoch { flags = flags.with(.newEpoch) }
            time = reading.nanoseconds
        } else if hasCounter, numbers.has(StreamNumbers.counter) {
            // Without a time a repeated counter is all that tells a repeated frame.
            if numbers.values[StreamNumbers.counter] == lastCounter { throw .duplicate }
            lastCounter = numbers.values[StreamNumbers.counter]
        }
        try ReadingCheck.append(
            force: forceSI, within: forceRange, rate: rateSI, within: rateRange, flags: flags,
            deviceTime: time, into: &samples)
    }
}
