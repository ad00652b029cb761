// Repetitions, steps and landings of a set, as told over the control socket.

extension Rehab1 {
    /// One repetition: its tempo, its way, and the pattern seen in it.
    package struct Repetition: Codable, Sendable, Equatable {
        package var number: Int64
        /// The leg that stood, or the side lain on; null where neither is known.
        package var side: String?
        /// False: only the clock of the tempo counted, no sensor shows this movement.
        package var seen: Bool
        package var raiseSeconds: Double
        package var holdSeconds: Double
        package var lowerSeconds: Double
        package var restSeconds: Double
        /// False: these times are rough, by the pelvis' height in a movement of no shape that is known; null: as
        /// good as any.
        package var timed: Bool?
        /// Way from rest to the far end: degrees, or centimetres where the height was followed.
        package var range: Double?
        package var rangeUnit: String?
        package var meanDropDegrees: Double?
        package var maxDropDegrees: Double?
        /// Pattern; a question mark where what is not measured could change it.
        package var label: String
        package var clean: Bool
        /// False: data were missing in the middle of it, and `clean` says nothing; null: judged.
        package var judged: Bool?
        /// Of each angle in it; nil from a daemon that does not tell it.
        package var uncertaintyDegrees: Double?

        package init(
            number: Int64, side: String? = nil, seen: Bool, raiseSeconds: Double,
            holdSeconds: Double, lowerSeconds: Double, restSeconds: Double,
            timed: Bool? = nil, range: Double? = nil,
            rangeUnit: String? = nil, meanDropDegrees: Double? = nil,
            maxDropDegrees: Double? = nil, label: String, clean: Bool,
            judged: Bool? = nil, uncertaintyDegrees: Double? = nil
        ) {
            self.number = number
            self.side = side
            self.seen = seen
            self.raiseSeconds = raiseSeconds
            self.holdSeconds = holdSeconds
            self.lowerSeconds = lowerSeconds
            self.restSeconds = restSeconds
            self.timed = timed
            self.range = range
            self.rangeUnit = rangeUnit
            self.meanDropDegrees = meanDropDegrees
            self.maxDropDegrees = maxDropDegrees
            self.label = label
            self.clean = clean
            self.judged = judged
            self.uncertaintyDegrees = uncertaintyDegrees
        }

        private enum CodingKeys: String, CodingKey {
            case number, side, seen, timed, range, label, clean, judged
            case raiseSeconds = "raise_s"
            case holdSeconds = "hold_s"
            case lowerSeconds = "lower_s"
            case restSeconds = "rest_s"
            case rangeUnit = "range_unit"
            case meanDropDegrees = "mean_drop_degrees"
            case maxDropDegrees = "max_drop_degrees"
            case uncertaintyDegrees = "uncertainty_degrees"
        }
    }

    /// The steps on one leg.
    package struct StepSide: Codable, Sendable, Equatable {
        package var count: Int64
        /// Mean time of a step; null, like every mean here, below 20 steps.
        package var meanSeconds: Double?
        package var meanDropDegrees: Double?
        package var meanLeanDegrees: Double?

        package init(
            count: Int64, meanSeconds: Double? = nil, meanDropDegrees: Double? = nil,
            meanLeanDegrees: Double? = nil
        ) {
            self.count = count
            self.meanSeconds = meanSeconds
            self.meanDropDegrees = meanDropDegrees
            self.meanLeanDegrees = meanLeanDegrees
        }

        private enum CodingKeys: String, CodingKey {
            case count
            case meanSeconds = "mean_s"
            case meanDropDegrees = "mean_drop_degrees"
            case meanLeanDegrees = "mean_lean_degrees"
        }
    }

    /// All steps of a set, by the leg that stood.
    package struct Steps: Codable, Sendable, Equatable {
        package var left: StepSide
        package var right: StepSide
        /// Steps a minute; null below 20.
        package var cadence: Double?
        /// Longer over shorter side of the step time; null below ten a side.
        package var timeRatio: Double?
        /// s by which the trunk's lean follows the pelvis' obliquity; null where not measured.
        package var trunkLagSeconds: Double?
        /// Of each angle in it; nil from a daemon that does not tell it.
        package var uncertaintyDegrees: Double?

        package init(
            left: StepSide, right: StepSide, cadence: Double? = nil, timeRatio: Double? = nil,
            trunkLagSeconds: Double? = nil, uncertaintyDegrees: Double? = nil
        ) {
            self.left = left
            self.right = right
            self.cadence = cadence
            self.timeRatio = timeRatio
            self.trunkLagSeconds = trunkLagSeconds
            self.uncertaintyDegrees = uncertaintyDegrees
        }

        private enum CodingKeys: String, CodingKey {
            case left, right, cadence
            case timeRatio = "time_ratio"
            case trunkLagSeconds = "trunk_lag_s"
            case uncertaintyDegrees = "uncertainty_degrees"
        }
    }

    /// One landing or stop.
    package struct Landing: Codable, Sendable, Equatable {
        package var number: Int64
        /// Largest upward acceleration, m/s².
        package var peak: Double
        /// Largest forward deceleration around it, m/s²; null from a daemon that does not tell it.
        package var deceleration: Double?
        /// Time to steadiness; null where it did not come.
        package var steadySeconds: Double?

        package init(
            number: Int64, peak: Double, deceleration: Double? = nil, steadySeconds: Double? = nil
        ) {
            self.number = number
            self.peak = peak
            self.deceleration = deceleration
            self.steadySeconds = steadySeconds
        }

        private enum CodingKeys: String, CodingKey {
            case number, peak
            case deceleration = "deceleration_m_s2"
            case steadySeconds = "steady_s"
        }
    }
}
