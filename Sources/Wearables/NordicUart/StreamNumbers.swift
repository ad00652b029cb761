// A description's fields, and one sample's numbers, without arrays or texts.

import Kinematics

/// One field as the description has it, its key as bytes.
struct StreamField: BitwiseCopyable {
    var quantity = StreamDescription.Quantity.skip
    var type = StreamDescription.NumberType.u8
    var order = ByteOrder.littleEndian
    var scale = 1.0
    var offset = 0.0
    var key: InlineArray<16, UInt8> = InlineArray(repeating: 0)
    var keyLength = 0
}

/// One sample's numbers by quantity, in the description's units.
struct StreamNumbers: BitwiseCopyable {
    var values: InlineArray<17, Double> = InlineArray(repeating: 0)
    var present: UInt32 = 0

    // Places of quantities and of the first of three.
    static var force: Int { @_noLocks get { 0 } }
    static var rate: Int { @_noLocks get { 3 } }
    static var time: Int { @_noLocks get { 13 } }
    static var counter: Int { @_noLocks get { 14 } }
    static var battery: Int { @_noLocks get { 15 } }

    @_noLocks
    init() {}

    @_noLocks
    mutating func set(_ quantity: StreamDescription.Quantity, _ value: Double) {
        let place = Self.place(of: quantity)
        values[place] = value
        present |= 1 << UInt32(place)
    }

    @_noLocks
    func has(_ place: Int) -> Bool { present >> UInt32(place) & 1 == 1 }

    /// Three quantities, where all are there.
    @_noLocks
    func vector(_ first: Int) -> Vector3? {
        guard has(first), has(first + 1), has(first + 2) else { return nil }
        return Vector3(values[first], values[first + 1], values[first + 2])
    }

    /// The enum's raw value, which may not be asked for here.
    @_noLocks
    static func place(of quantity: StreamDescription.Quantity) -> Int {
        switch quantity {
        case .ax: 0
        case .ay: 1
        case .az: 2
        case .gx: 3
        case .gy: 4
        case .gz: 5
        case .mx: 6
        case .my: 7
        case .mz: 8
        case .qw: 9
        case .qx: 10
        case .qy: 11
        case .qz: 12
        case .t: 13
        case .counter: 14
        case .battery: 15
        case .skip: 16
        }
    }
}
