// Decides from the pelvis sensor's samples whether anything may be said at this moment.

package import Kinematics

/// The memory of the gates: what happened too recently to trust the present sample.
package struct GateKeeper: BitwiseCopyable, Sendable {
    package var limits = GateLimits()
    /// Host ns until which a gap keeps the gate closed; 0: none.
    private var gapUntil: Int64 = 0
    /// Host ns of the sample before; 0 before the first.
    private var lastTime: Int64 = 0
    private var shakingSince: Int64 = 0
    /// Share of missing samples, averaged over about 10 s.
    private var loss = 0.0

    @_noLocks
    package init() {}

    /// The gates that concern one sample of the pelvis sensor.
    ///
    /// `upInPelvis` is nil without an alignment.
    @_noLocks
    package mutating func check(
        _ observation: SegmentObservation, upInPelvis: Vector3?, posture: Posture,
        wanted: Posture?, sigmaFromNeutral: Double? = nil
    ) -> Gates {
        var gates = Gates.none
        if case .none = upInPelvis { gates.close(.uncalibrated) }
        if observation.saturated { gates.close(.saturated) }
        var sigma = observation.sigma
        if let sigmaFromNeutral { sigma = sigmaFromNeutral }
        if observation.unknown || !(sigma <= limits.largestSigma) {
            gates.close(.uncertain)
        }
        if observation.batched { gates.close(.late) }
        if observation.age > limits.staleAfter { gates.close(.stale) }
        if let wanted, wanted != posture { gates.close(.posture) }
        noteGap(observation)
        if observation.time < gapUntil { gates.close(.gap) }
        if isShaking(observation) { gates.close(.shaking) }
        if loss > limits.largestLoss { gates.close(.loss) }
        return gates
    }

    @_noLocks
    private mutating func noteGap(_ observation: SegmentObservation) {
        // A sensor that restarts has no interval to its last sample: the host's time tells.
        var silence = observation.interval
        if !(silence > 0), lastTime != 0 {
            silence = seconds(fromNanoseconds: observation.time - lastTime)
        }
        lastTime = observation.time
        if seconds(fromNanoseconds: limits.staleAfter) < silence {
            gapUntil = observation.time + limits.resumeAfter
        }
        guard observation.interval > 0, observation.period > 0 else { return }
        // Every interval stands for one sample received and the rest lost.
        let share = max(0, min(1, 1 - observation.period / observation.interval))
        // Jitter of a recovered clock is not loss.
        let lost = share > 0.3 ? share : 0
        loss += (lost - loss) * min(1, observation.interval / 10)
    }

    @_noLocks
    private mutating func isShaking(_ observation: SegmentObservation) -> Bool {
        let departure = abs(observation.specificForce.norm - standardGravity)
        guard departure > limits.shakingForce else {
            shakingSince = 0
            return false
        }
        if shakingSince == 0 { shakingSince = observation.time }
        return observation.time - shakingSince > limits.shakingAfter
    }
}
