// One sensor's way from bytes to stamped samples: decoder, then clock recovery.

package import Kinematics
import Plumbing
package import Wearables

/// What a packet came to.
package enum PacketOutcome: Sendable, Equatable {
    case samples(Int)
    case refused(DecodeError)
}

/// Decoding state of one sensor.
///
/// Used by intake's thread, and by an offline replay without threads.
package final class ChannelDecoder {
    private var driver: any Wearable
    /// As the driver was before it met anything: what a new connection begins with.
    private let unused: any Wearable
    private var isFirstOfConnection = false
    private var clock: ClockRecovery
    private var buffer: FixedBuffer<ImuSample>
    private let batched: Bool
    package let samplePeriod: Double
    /// Samples lost before the newest packet's samples.
    package private(set) var lost = 0
    /// Holes those samples left.
    package private(set) var gaps = 0
    /// Host seconds per second of the sensor's clock.
    package var clockRate: Double { clock.rate }
    /// s between samples, as far as known: the nominal one, or what a sensor without a clock shows.
    package var period: Double { clock.nominalPeriod }

    package init(driver: any Wearable, rateHertz: Double) {
        self.driver = driver
        unused = driver
        let capabilities = driver.capabilities
        samplePeriod = 1 / rateHertz
        clock = ClockRecovery(nominalPeriod: samplePeriod)
        buffer = FixedBuffer(capacity: max(1, capabilities.samplesPerPacket))
        batched = capabilities.batchDelay > 0.1
    }

    /// What happened to the connection, in the order of its packets (`ConnectionNews`).
    package func take(news: Span<UInt8>) {
        switch ConnectionNews(news) {
        case .began:
            driver = unused
            isFirstOfConnection = true
        case .reply(let index, let bytes):
            _ = driver.take(reply: bytes, from: CharacteristicIndex(rawValue: index))
        }
    }

    /// Decodes one packet; the samples are then read with `sample(_:)`.
    package func decode(
        _ packet: Span<UInt8>, from characteristic: CharacteristicIndex, arrival: Int64
    ) -> PacketOutcome {
        lost = 0
        gaps = 0
        var failure: DecodeError?
        buffer.refill { (output: inout OutputSpan<ImuSample>) in
            do throws(DecodeError) {
                try driver.decode(packet, from: characteristic, into: &output)
            } catch {
                failure = error
            }
        }
        if let failure, buffer.count == 0 { return .refused(failure) }
        return .samples(buffer.count)
    }

    /// What the sensor told besides samples, one at a time.
    package func takeEvent() -> WearableEvent? { driver.takeEvent() }

    /// ns by which sample `index` is older than the newest of its packet: a batch that begins an epoch
    /// did not come the moment its first sample was taken.
    private func age(of index: Int) -> Int64 {
        let newest = buffer.count - 1
        guard index < newest else { return 0 }
        let (sample, last) = (buffer[index], buffer[newest])
        guard sample.flags.has(.hasDeviceTime), last.flags.has(.hasDeviceTime) else {
            return Int64(Double(newest - index) * samplePeriod * 1e9)
        }
        // Ten seconds are more than any packet holds.
        return max(0, min(last.deviceTime &- sample.deviceTime, 10_000_000_000))
    }

    /// Sample `index` of the last packet, stamped.
    ///
    /// Call once for each index, rising.
    package func sample(_ index: Int, arrival: Int64) -> ImuSample {
        var sample = buffer[index]
        if isFirstOfConnection {
            sample.flags = sample.flags.with(.newEpoch)
            isFirstOfConnection = false
        }
        if batched { sample.flags = sample.flags.with(.batched) }
        let begins = !clock.started || sample.flags.has(.newEpoch)
        clock.stamp(&sample, arrival: begins ? arrival &- age(of: index) : arrival)
        if clock.lostBefore > 0 {
            lost += clock.lostBefore
            gaps += 1
        }
        return sample
    }
}
