// The small movements of somebody standing still: slow, band-limited, seeded.

import Kinematics

/// Seven independent channels of sway, each of root mean square one.
///
/// Each is a sum of six sines between 0.1 and 1.2 Hz, the band that holds most of the sway of quiet
/// stance. Amplitudes fall with the frequency, so 2 mm of sideways sway accelerate the pelvis by
/// about 0.02 m/s² (RMS), as lumbar sensors report for quiet stance [engineering default]. Real
/// sway is not a sum of sines.
package struct Sway: Sendable {
    /// What sways.
    package enum Channel: Int, CaseIterable, Sendable {
        case obliquity, tilt, rotation, trunkLean, trunkFlexion, forward, right
    }

    private struct Wave: BitwiseCopyable, Sendable {
        var amplitude: Double
        /// Frequency, rad/s.
        var angularFrequency: Double
        /// Angle at time zero, rad.
        var phase: Double
    }

    private static let wavesPerChannel = 6
    private var waves: [Wave] = []

    package init(seed: UInt64) {
        var random = RandomSource(seed: seed, stream: 1)
        for _ in Channel.allCases {
            var channel: [Wave] = []
            var power = 0.0
            for band in 0..<Self.wavesPerChannel {
                // One sine in each sixth of the band, so that no channel is all slow or all fast.
                let place = (Double(band) + random.uniform()) / Double(Self.wavesPerChannel)
                let frequency = 0.1 + 1.1 * place
                let amplitude = 1 / frequency
                power += amplitude * amplitude / 2
                channel.append(
                    Wave(
                        amplitude: amplitude, angularFrequency: 2 * Double.pi * frequency,
                        phase: 2 * Double.pi * random.uniform()))
            }
            let scale = 1 / squareRoot(power)
            waves += channel.map { wave in
                var scaled = wave
                scaled.amplitude *= scale
                return scaled
            }
        }
    }

    /// The channel at a moment (s), root mean square one.
    package func value(_ channel: Channel, at time: Double) -> Jet {
        var sum = Jet.zero
        let first = channel.rawValue * Self.wavesPerChannel
        for wave in waves[first..<(first + Self.wavesPerChannel)] {
            let angle = Jet(
                wave.phase + wave.angularFrequency * time, rate: wave.angularFrequency)
            sum += angle.sineAndCosineJets().sine * wave.amplitude
        }
        return sum
    }
}
