// Answers for families whose packets are samples and nothing else: the live decoder does the work.

import Kinematics

/// What `driver` makes of the frames, one after another, as samples with acceleration, rate and time.
///
/// For a `sequence` what is refused is listed; a single notification is refused as a whole.
func streamAnswer(
    _ question: VectorQuestion, _ driver: some Wearable, from index: CharacteristicIndex
) -> VectorAnswer {
    var driver = driver
    var samples: [ImuSample] = []
    var dropped: [VectorValue] = []
    for (place, frame) in question.frames.enumerated() {
        var failure: DecodeError?
        let found = [ImuSample](capacity: driver.capabilities.samplesPerPacket) { output in
            do throws(DecodeError) {
                try driver.decode(frame.span, from: index, into: &output)
            } catch {
                failure = error
            }
        }
        samples += found
        guard let failure else { continue }
        if question.kind == .notification { return .refused(failure) }
        dropped.append(
            .record([
                VectorField("frame", VectorWords.integer(place)),
                VectorField("error", .text(failure.message)),
            ]))
    }
    let hasRate = !samples.contains { $0.flags.has(.withoutAngularRate) }
    let fields = samples.map { sample in
        var fields = [VectorField("acc", VectorWords.list(sample.specificForce))]
        if hasRate { fields.append(VectorField("gyro", VectorWords.list(sample.angularRate))) }
        if sample.flags.has(.hasDeviceTime) {
            fields.append(VectorField("t_ns", VectorWords.integer(sample.deviceTime)))
        }
        return fields
    }
    var answer = VectorWords.samples(hasRate ? "imu" : "acc", fields)
    answer.append(VectorField("sample_count", VectorWords.integer(samples.count)))
    if !dropped.isEmpty { answer.append(VectorField("dropped", .list(dropped))) }
    return .fields(answer)
}
