// Messages cut out of a stream, however the stream is cut.

import Testing

@testable import Varlink

@Suite struct VarlinkFramingTests {
    private func messages(_ framing: inout VarlinkFraming) throws(VarlinkError) -> [String] {
        var found: [String] = []
        while let (message, _) = try framing.next() {
            found.append(String(decoding: message, as: UTF8.self))
        }
        return found
    }

    @Test func messagesAreTheSameWhereverTheStreamIsCut() throws {
        let stream = Array("first\0\0third é\0".utf8)
        for first in 0...stream.count {
            for second in first...stream.count {
                var framing = VarlinkFraming(limit: 16)
                var found: [String] = []
                for piece in [stream[..<first], stream[first..<second], stream[second...]] {
                    framing.append(piece)
                    found += try messages(&framing)
                }
                #expect(found == ["first", "", "third é"])
                #expect(framing.count == 0)
            }
        }
    }

    @Test func theLimitCountsTheMessageWithoutItsEnd() throws {
        var framing = VarlinkFraming(limit: 4)
        framing.append(Array("abcd\0".utf8)[...])
        #expect(try messages(&framing) == ["abcd"])
        framing.append(Array("abcd".utf8)[...])
        #expect(try messages(&framing) == [])
        framing.append(Array("e".utf8)[...])
        #expect(throws: VarlinkError.tooLong(limit: 4)) { try messages(&framing) }
        var other = VarlinkFraming(limit: 4)
        other.append(Array("abcde\0".utf8)[...])
        #expect(throws: VarlinkError.tooLong(limit: 4)) { try messages(&other) }
    }

    @Test func aFloodWithoutAnEndIsRefusedAtTheLimit() throws {
        var framing = VarlinkFraming(limit: 65_536)
        let chunk = [UInt8](repeating: 0x20, count: 16_384)
        for _ in 0..<4 {
            framing.append(chunk[...])
            #expect(try messages(&framing) == [])
        }
        framing.append(chunk[...])
        #expect(throws: VarlinkError.tooLong(limit: 65_536)) { try messages(&framing) }
    }

    @Test func theLastByteTellsWhichMessageDescriptorsCameWith() throws {
        var framing = VarlinkFraming(limit: 16)
        // One read with the whole first message and the beginning of the second.
        #expect(framing.append(Array("one\0tw".utf8)[...]) == 1)
        #expect(try framing.next()?.number == 0)
        #expect(framing.append(Array("o\0".utf8)[...]) == 1)
        #expect(framing.hasMessage)
        #expect(try framing.next()?.number == 1)
        #expect(!framing.hasMessage)
        #expect(framing.append(Array("three\0four\0".utf8)[...]) == 3)
    }
}
