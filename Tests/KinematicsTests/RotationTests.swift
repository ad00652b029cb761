// Rotation algebra against scipy's, and the properties that hold for every rotation.

import Glibc
import Testing

@testable import Kinematics

private func rotation(_ numbers: [Double]) -> Rotation {
    Rotation(w: numbers[0], x: numbers[1], y: numbers[2], z: numbers[3])
}

private func vector(_ numbers: [Double]) -> Vector3 {
    Vector3(numbers[0], numbers[1], numbers[2])
}

/// The largest difference of components, quaternions of either sign being the same rotation.
private func distance(_ a: Rotation, _ b: Rotation) -> Double {
    let same = max(abs(a.w - b.w), abs(a.x - b.x), abs(a.y - b.y), abs(a.z - b.z))
    let turned = max(abs(a.w + b.w), abs(a.x + b.x), abs(a.y + b.y), abs(a.z + b.z))
    return min(same, turned)
}

private func distance(_ a: Vector3, _ b: Vector3) -> Double { (a - b).norm }

@Suite struct RotationTests {
    @Test(arguments: rotationTable.indices)
    func productAndImagesAgreeWithScipy(_ index: Int) {
        let row = rotationTable[index]
        let a = rotation(row.a)
        let b = rotation(row.b)
        // The sign of a product is defined too, so no second sign is allowed here.
        let product = a * b
        #expect(abs(product.w - row.product[0]) < 1e-15)
        #expect(abs(product.x - row.product[1]) < 1e-15)
        #expect(abs(product.y - row.product[2]) < 1e-15)
        #expect(abs(product.z - row.product[3]) < 1e-15)
        #expect(distance(a.apply(vector(row.v)), vector(row.applied)) < 1e-14)
        #expect(distance(a.inverse.apply(vector(row.v)), vector(row.back)) < 1e-14)
        #expect(distance(a.destinationZInSource, vector(row.up)) < 1e-15)
    }

    @Test(arguments: rotationTable.indices)
    func columnsGiveTheRotationBack(_ index: Int) {
        let row = rotationTable[index]
        let m = row.matrix
        let built = Rotation(
            columnX: Vector3(m[0], m[3], m[6]), columnY: Vector3(m[1], m[4], m[7]),
            columnZ: Vector3(m[2], m[5], m[8]))
        #expect(distance(built, rotation(row.a)) < 1e-15)
    }

    /// Half turns about each axis and about oblique ones: each of the four pivots is used.
    @Test(arguments: [
        Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1), Vector3(1, 1, 0), Vector3(0, 1, 1),
        Vector3(1, 0, 1), Vector3(1, 1, 1), Vector3(-1, 2, 0.5),
    ])
    func columnsOfHalfTurnsAreAccurate(_ axis: Vector3) throws {
        for angle in [Double.pi, Double.pi - 1e-9, Double.pi / 2, 1e-9, 0, 2.5] {
            let reference = Rotation(axis: axis, angle: angle)
            let built = Rotation(
                columnX: reference.apply(Vector3(1, 0, 0)),
                columnY: reference.apply(Vector3(0, 1, 0)),
                columnZ: reference.apply(Vector3(0, 0, 1)))
            #expect(distance(built, reference) < 2e-15)
        }
    }

    @Test func aQuarterTurnAboutEachAxisFollowsTheRightHandRule() {
        let x = Vector3(1, 0, 0)
        let y = Vector3(0, 1, 0)
        let z = Vector3(0, 0, 1)
        #expect(distance(Rotation(axis: x, angle: .pi / 2).apply(y), z) < 1e-15)
        #expect(distance(Rotation(axis: y, angle: .pi / 2).apply(z), x) < 1e-15)
        #expect(distance(Rotation(axis: z, angle: .pi / 2).apply(x), y) < 1e-15)
    }

    @Test func axisAndTurnMakeTheSameRotation() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<1000 {
            let axis = Vector3(
                Double.random(in: -3...3, using: &random),
                Double.random(in: -3...3, using: &random),
                Double.random(in: -3...3, using: &random))
            let angle = Double.random(in: -6...6, using: &random)
            let half = angle / 2
            let scale = sin(half) / axis.norm
            let expected = Rotation(
                w: cos(half), x: axis.x * scale, y: axis.y * scale, z: axis.z * scale)
            #expect(distance(Rotation(axis: axis, angle: angle), expected) < 1e-15)
            let turn = axis * (angle / axis.norm)
            #expect(distance(Rotation(turn: turn), expected) < 1e-15)
        }
    }

    @Test func aZeroAxisOrTurnIsTheIdentity() {
        #expect(Rotation(axis: .zero, angle: 1) == .identity)
        #expect(Rotation(turn: .zero) == .identity)
        #expect(Rotation(axis: Vector3(.nan, 0, 0), angle: 1) == .identity)
    }

    @Test func shortestRotationBringsOneVectorOntoTheOther() throws {
        var random = SeededRandom(seed: 12)
        for _ in 0..<2000 {
            let a = try #require(unit(&random))
            let b = try #require(unit(&random))
            let rotation = Rotation(shortestFrom: a, to: b)
            // The nearer to opposite, the more of the cosine's digits are lost.
            #expect(distance(rotation.apply(a), b) < 3e-14)
            // Shortest: its angle is the angle between the vectors, no more.
            let angle = 2 * atan2(Vector3(rotation.x, rotation.y, rotation.z).norm, abs(rotation.w))
            #expect(abs(angle - atan2(a.cross(b).norm, a.dot(b))) < 3e-14)
        }
    }

    @Test func shortestRotationToTheSameVectorIsTheIdentity() throws {
        let a = try #require(Vector3(0.3, -0.5, 0.8).normalized())
        #expect(distance(Rotation(shortestFrom: a, to: a), .identity) < 1e-15)
    }

    @Test func shortestRotationOfOppositeVectorsIsAHalfTurn() throws {
        var random = SeededRandom(seed: 13)
        var vectors = [
            Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1), Vector3(-1, 0, 0),
            Vector3(0, -1, 0), Vector3(0, 0, -1),
        ]
        for _ in 0..<200 { vectors.append(try #require(unit(&random))) }
        for a in vectors {
            let rotation = Rotation(shortestFrom: a, to: -a)
            #expect(distance(rotation.apply(a), -a) < 1e-14)
            #expect(abs(rotation.w) < 1e-15)
            #expect(abs(length(rotation) - 1) < 1e-15)
        }
    }

    /// Between the exact half turn and the general formula nothing jumps or loses more than the
    /// millionth of a radian that the half turn's threshold allows.
    @Test func shortestRotationOfNearlyOppositeVectorsStaysAccurate() throws {
        let a = Vector3(0, 0, 1)
        for exponent in stride(from: -12.0, through: -1.0, by: 0.25) {
            let angle = pow(10, exponent)
            let b = Vector3(sin(angle), 0, -cos(angle))
            let image = Rotation(shortestFrom: a, to: b).apply(a)
            #expect(distance(image, b) < 1.5e-6, "angle \(angle)")
            #expect(abs(image.norm - 1) < 1e-14)
        }
    }

    @Test func normalizedBringsTheLengthBackAndRefusesNonsense() {
        let rotation = Rotation(w: 3, x: -4, y: 12, z: 0).normalized()
        #expect(distance(rotation, Rotation(w: 3 / 13.0, x: -4 / 13.0, y: 12 / 13.0, z: 0)) < 1e-15)
        #expect(Rotation(w: 0, x: 0, y: 0, z: 0).normalized() == .identity)
        #expect(Rotation(w: .nan, x: 0, y: 0, z: 0).normalized() == .identity)
        #expect(Rotation(w: .infinity, x: 0, y: 0, z: 0).normalized() == .identity)
    }

    @Test func finitenessLooksAtEveryComponent() {
        #expect(Rotation.identity.isFinite)
        for bad in [Double.nan, .infinity, -.infinity] {
            #expect(!Rotation(w: bad, x: 0, y: 0, z: 0).isFinite)
            #expect(!Rotation(w: 1, x: bad, y: 0, z: 0).isFinite)
            #expect(!Rotation(w: 1, x: 0, y: bad, z: 0).isFinite)
            #expect(!Rotation(w: 1, x: 0, y: 0, z: bad).isFinite)
        }
    }

    private func unit(_ random: inout SeededRandom) -> Vector3? {
        Vector3(
            Double.random(in: -1...1, using: &random), Double.random(in: -1...1, using: &random),
            Double.random(in: -1...1, using: &random)
        ).normalized()
    }

    private func length(_ r: Rotation) -> Double {
        sqrt(r.w * r.w + r.x * r.x + r.y * r.y + r.z * r.z)
    }
}
