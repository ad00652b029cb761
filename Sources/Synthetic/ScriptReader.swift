// Reads a script from TOML, refusing everything it does not know.

import Kinematics
import TomlReading

extension Script {
    /// Reads TOML text.
    package init(toml text: String) throws(SyntheticError) {
        self.init()
        do throws(TomlError) {
            try read(TomlDocument(text: text, file: "script").root)
        } catch {
            throw SyntheticError(
                field: error.field ?? "script", line: error.line, error.message)
        }
    }

    private mutating func read(_ root: TomlSection) throws(TomlError) {
        title = try root.name("title") ?? ""
        seed = UInt64(try root.optionalInt("seed", in: 0...9_007_199_254_740_992) ?? 1)
        if let section = try root.section("person") {
            person = try Person(section)
            try section.finish()
        }
        var names: Set<String> = []
        for section in try root.sections("sensor", limit: ScriptLimits.sensors) {
            let sensor = try WornSensor(section, seed: seed &+ UInt64(sensors.count))
            guard names.insert(sensor.name).inserted else {
                throw section.fault("name", "\(sensor.name) is used twice; give each its own")
            }
            sensors.append(sensor)
            try section.finish()
        }
        var duration = 0.0
        names = []
        for section in try root.sections("task", limit: ScriptLimits.tasks) {
            let task = try NamedTask(section, number: tasks.count)
            guard names.insert(task.name).inserted else {
                throw section.fault("name", "\(task.name) is used twice; give each its own")
            }
            duration += task.task.duration
            guard duration <= BodyMotion.maximumDuration else {
                throw section.fault(
                    "seconds", "the script lasts longer than 24 hours; shorten its tasks")
            }
            tasks.append(task)
            try section.finish()
        }
        try root.finish()
        guard !tasks.isEmpty else {
            throw root.fault("task", "there is none; add a [[task]] section with a kind")
        }
        if sensors.isEmpty {
            var pelvis = WornSensor(segment: .pelvis)
            pelvis.sensor.seed = seed
            pelvis.link.seed = seed
            sensors = [pelvis]
        }
    }
}

extension Person {
    init(_ section: TomlSection) throws(TomlError) {
        self.init()
        func metres(
            _ key: String, in range: ClosedRange<Double>, else standard: Double
        ) throws(TomlError) -> Double {
            try section.optionalDouble(key, in: range) ?? standard
        }
        hipHeight = try metres("hip_height_m", in: 0.4...1.3, else: hipHeight)
        kneeHeight = try metres("knee_height_m", in: 0.2...0.8, else: kneeHeight)
        ankleHeight = try metres("ankle_height_m", in: 0.02...0.2, else: ankleHeight)
        hipHalfWidth = try metres("hip_width_m", in: 0.05...0.4, else: hipHalfWidth * 2) / 2
        pelvisSensorHeight = try metres(
            "pelvis_sensor_height_m", in: 0.4...1.6, else: pelvisSensorHeight)
        trunkSensorHeight = try metres(
            "trunk_sensor_height_m", in: 0.5...2, else: trunkSensorHeight)
        thighSensorHeight = try metres(
            "thigh_sensor_height_m", in: 0.2...1.3, else: thighSensorHeight)
        shankSensorHeight = try metres(
            "shank_sensor_height_m", in: 0...0.8, else: shankSensorHeight)
        shift = try metres("shift_m", in: 0...0.2, else: shift)
        neutralTilt = try section.degrees("neutral_tilt_degrees", in: -30...30) ?? neutralTilt
        neutralObliquity =
            try section.degrees("neutral_obliquity_degrees", in: -15...15) ?? neutralObliquity
        heading = try section.degrees("heading_degrees", in: -360...360) ?? heading
        swayAngle = try section.degrees("sway_degrees", in: 0...5) ?? swayAngle
        swayDistance = try metres("sway_m", in: 0...0.05, else: swayDistance)
        impact = try section.optionalDouble("impact_m_s2", in: 0...50) ?? impact
        if let word = try section.optionalString("shape") {
            guard let named = MovementShape(rawValue: word) else {
                let known = MovementShape.allCases.map(\.rawValue).joined(separator: ", ")
                throw section.fault("shape", "is not known; use one of \(known)")
            }
            shape = named
        }
        reaction = try section.optionalDouble("reaction_s", in: 0...60) ?? reaction
        guard hipHeight > kneeHeight, kneeHeight > ankleHeight else {
            throw section.fault(
                "hip_height_m", "the hips must be above the knees, the knees above the ankles")
        }
    }
}

extension TomlSection {
    /// Degrees in the file, rad here.
    func degrees(_ key: String, in range: ClosedRange<Double>) throws(TomlError) -> Double? {
        try optionalDouble(key, in: range).map { $0 * radiansPerDegree }
    }

    /// Three numbers.
    func vector(_ key: String, in range: ClosedRange<Double>) throws(TomlError) -> Vector3? {
        guard has(key) else { return nil }
        let numbers = try doubles(key, in: range, count: 3...3)
        return Vector3(numbers[0], numbers[1], numbers[2])
    }

    func side(_ key: String) throws(TomlError) -> Side {
        guard let side = Side(name: try string(key)) else {
            throw fault(key, "must be \"left\" or \"right\"")
        }
        return side
    }

    /// A name that can stand on one line of a table.
    func name(_ key: String) throws(TomlError) -> String? {
        guard let name = try optionalString(key, length: ScriptLimits.nameCharacters) else {
            return nil
        }
        guard !name.isEmpty,
            name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f })
        else {
            throw fault(key, "must be 1 to \(ScriptLimits.nameCharacters) characters on a line")
        }
        return name
    }

    /// Reads an inner table; an error without a line gets that of the key it stands under.
    func within<Result>(
        _ key: String, _ body: () throws(TomlError) -> Result
    ) throws(TomlError) -> Result {
        do throws(TomlError) {
            return try body()
        } catch {
            guard error.line == nil else { throw error }
            throw TomlError(
                file: error.file, line: fault(key, "").line, field: error.field,
                message: error.message)
        }
    }
}
