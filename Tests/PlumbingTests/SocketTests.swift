// The sockets: packet boundaries, stamps, hang-up, credentials, descriptors that travel along.

import Glibc
import Plumbing
import Testing

/// One reading of a packet socket, with its bytes.
private func receive(_ descriptor: Int32, room: Int = PacketSocket.maximumBytes) -> (
    PacketRead, [UInt8]
) {
    var buffer = [UInt8](repeating: 0xee, count: room)
    var span = buffer.mutableSpan
    let read = PacketSocket.receive(from: descriptor, into: &span)
    if case .packet(let count, _) = read { return (read, Array(buffer.prefix(count))) }
    return (read, [])
}

/// One reading of a stream socket, with its bytes.
private func receiveStream(_ descriptor: Int32) -> (StreamRead, [UInt8]) {
    var buffer = [UInt8](repeating: 0, count: 256)
    let read = UnixSocket.receive(from: descriptor, into: &buffer)
    if case .bytes(let count, _) = read { return (read, Array(buffer.prefix(count))) }
    return (read, [])
}

@Suite struct PacketSocketTests {
    @Test func packetSizesAreKept() throws {
        let pair = try Ends()
        for size in [1, 2, 19, 20, 44, 63, 247, 512, 544] {
            let packet = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            #expect(pair.send(packet))
            let (read, bytes) = receive(pair.sink)
            #expect(read == .packet(count: size, realtimeStamp: nil))
            #expect(bytes == packet)
        }
        #expect(receive(pair.sink).0 == .empty)
    }

    @Test func aPacketBeyondTheLimitIsRefusedAndTheNextIsWhole() throws {
        let pair = try Ends()
        for size in [545, 2000, 60_000] {
            #expect(pair.send([UInt8](repeating: 1, count: size)))
            #expect(pair.send([1, 2, 3]))
            #expect(receive(pair.sink).0 == .oversized)
            #expect(receive(pair.sink).1 == [1, 2, 3])
        }
    }

    @Test func aPacketOfLengthZeroIsNotTheEnd() throws {
        let pair = try Ends()
        #expect(pair.sendEmpty())
        #expect(pair.send([9]))
        #expect(receive(pair.sink).0 == .ended)
        #expect(!PacketSocket.hasHungUp(pair.sink))
        #expect(receive(pair.sink).1 == [9])
        #expect(!PacketSocket.hasHungUp(pair.sink))
    }

    @Test func theEndIsSeenAfterTheLastPacket() throws {
        let pair = try Ends()
        #expect(pair.send([1]))
        pair.closeSource()
        let sink = pair.sink
        #expect(receive(sink).1 == [1])
        #expect(receive(sink).0 == .ended)
        #expect(PacketSocket.hasHungUp(sink))
    }

    /// A packet of length zero, then more, then the end: what waits is not thrown away.
    @Test func packetsThatWaitBehindAnEmptyOneOutliveTheHangUp() throws {
        let pair = try Ends()
        #expect(pair.sendEmpty())
        #expect(pair.send([1, 2]))
        pair.closeSource()
        let sink = pair.sink
        #expect(receive(sink).0 == .ended)
        #expect(!PacketSocket.hasHungUp(sink))
        #expect(receive(sink).1 == [1, 2])
        #expect(receive(sink).0 == .ended)
        #expect(PacketSocket.hasHungUp(sink))
    }

    /// A source may end its half only; reading then gives nothing for ever.
    @Test func aSourceThatOnlyStopsWritingHasHungUp() throws {
        let pair = try Ends()
        #expect(shutdown(pair.source, Int32(SHUT_WR)) == 0)
        #expect(receive(pair.sink).0 == .ended)
        #expect(PacketSocket.hasHungUp(pair.sink))
    }

    @Test func sendingToNobodyIsFalseAndNoSignal() throws {
        let (source, sink) = try PacketSocket.pair().split()
        close(sink)
        let descriptor = Descriptor(owning: source)
        let sent = PacketSocket.send([1], to: descriptor)
        #expect(!sent)
    }

    @Test func kernelStampsLieBetweenTheClockReadings() throws {
        let pair = try Ends()
        try PacketSocket.requestStamps(pair.sink)
        for _ in 0..<20 {
            let before = MonotonicClock.wallTime()
            #expect(pair.send([1]))
            let after = MonotonicClock.wallTime()
            guard case .packet(1, let stamp?) = receive(pair.sink).0 else {
                Issue.record("no stamp came")
                return
            }
            // The kernel's stamp has the resolution of its timekeeping, far below a microsecond.
            #expect(stamp >= before - 1000 && stamp <= after + 1000)
        }
    }

    /// A stranger's descriptor must not stay open here: its other end sees the hang-up.
    @Test func descriptorsThatAStrangerAttachesAreClosed() throws {
        let pair = try Ends()
        for count in [1, 2, 32] {
            var watched: [Int32] = []
            var sent: [Int32] = []
            for _ in 0..<count {
                let (one, other) = try PacketSocket.pair().split()
                watched.append(one)
                sent.append(other)
            }
            let result = UnixSocket.send([1], descriptors: sent, to: pair.source)
            #expect(result == .wrote(1))
            for descriptor in sent { close(descriptor) }
            for descriptor in watched { #expect(!PacketSocket.hasHungUp(descriptor)) }
            #expect(receive(pair.sink).1 == [1])
            for descriptor in watched {
                #expect(PacketSocket.hasHungUp(descriptor))
                close(descriptor)
            }
        }
    }

    @Test func aDescriptorKnowsAPacketSocket() throws {
        let pair = try PacketSocket.pair()
        let isSink = pair.sink.isPacketSocket
        #expect(isSink)
        let shared = try SharedDescriptor(pair.sink.duplicate())
        #expect(shared.isPacketSocket)
        // Asking does not close it.
        #expect(shared.isPacketSocket)
        var stream: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &stream) == 0)
        let first = Descriptor(owning: stream[0])
        let second = Descriptor(owning: stream[1])
        let isFirst = first.isPacketSocket
        let isSecond = second.isPacketSocket
        #expect(!isFirst && !isSecond)
        let file = Descriptor(owning: open("/dev/null", O_RDONLY))
        let isFile = file.isPacketSocket
        #expect(!isFile)
    }
}

@Suite struct DescriptorTests {
    @Test func theLastOwnerCloses() throws {
        let (one, other) = try PacketSocket.pair().split()
        do {
            let owner = SharedDescriptor(Descriptor(owning: other))
            let copy = try owner.duplicate()
            let isOther = copy.rawValue != owner.rawValue
            #expect(isOther)
            #expect(!PacketSocket.hasHungUp(one))
        }
        #expect(PacketSocket.hasHungUp(one))
        close(one)
    }

    @Test func aReleasedNumberStaysOpen() throws {
        let (one, other) = try PacketSocket.pair().split()
        let number = Descriptor(owning: other).release()
        #expect(number == other)
        #expect(!PacketSocket.hasHungUp(one))
        close(other)
        #expect(PacketSocket.hasHungUp(one))
        close(one)
    }

    @Test func duplicatesAreClosedOnExec() throws {
        let pair = try PacketSocket.pair()
        let copy = try pair.sink.duplicate()
        let flags = fcntl(copy.rawValue, F_GETFD)
        #expect(flags & FD_CLOEXEC != 0)
        let original = fcntl(pair.sink.rawValue, F_GETFD)
        #expect(original & FD_CLOEXEC != 0)
    }

    @Test func aClosedNumberCannotBeDuplicated() {
        let none = Descriptor(owning: -1)
        let error = code { () throws(PlumbingError) in _ = try none.duplicate() }
        #expect(error == EBADF)
    }
}

@Suite struct UnixSocketTests {
    @Test func aClientIsAcceptedAndKnown() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/control"
        let listener = try UnixSocket.listen(path: path, mode: 0o600)
        var info = stat()
        #expect(stat(path, &info) == 0)
        #expect(info.st_mode & 0o777 == 0o600)
        let none = UnixSocket.accept(from: listener.rawValue)
        let isNone = none == nil
        #expect(isNone)
        let client = try UnixSocket.connect(path: path)
        #expect(UnixSocket.waitReadable(listener.rawValue, milliseconds: 5000))
        guard let server = UnixSocket.accept(from: listener.rawValue) else {
            Issue.record("no connection was accepted")
            return
        }
        let peer = try UnixSocket.peer(of: server.rawValue)
        #expect(peer == PeerCredentials(processID: getpid(), userID: geteuid(), groupID: getegid()))

        #expect(UnixSocket.send([1, 2, 3], to: client.rawValue) == .wrote(3))
        #expect(receiveStream(server.rawValue).1 == [1, 2, 3])
        guard case .empty = receiveStream(server.rawValue).0 else {
            Issue.record("an empty socket must say so")
            return
        }
        close(client.release())
        guard case .ended = receiveStream(server.rawValue).0 else {
            Issue.record("the end was not seen")
            return
        }
        #expect(UnixSocket.send([1], to: server.rawValue) == .ended)
    }

    @Test func descriptorsTravelAlongAndBelongToTheReceiver() throws {
        var ends: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let (one, other) = try PacketSocket.pair().split()
        #expect(UnixSocket.send([5], descriptors: [other], to: ends[0]) == .wrote(1))
        close(other)
        do {
            guard case .bytes(1, let received) = receiveStream(ends[1]).0 else {
                Issue.record("nothing was received")
                return
            }
            #expect(received.count == 1)
            #expect(received.first?.isPacketSocket == true)
            withExtendedLifetime(received) { #expect(!PacketSocket.hasHungUp(one)) }
        }
        #expect(PacketSocket.hasHungUp(one))
        for descriptor in [one, ends[0], ends[1]] { close(descriptor) }
    }

    @Test func moreDescriptorsThanTheLimitAreNotSent() throws {
        var ends: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let many = [Int32](repeating: ends[0], count: 33)
        #expect(UnixSocket.send([5], descriptors: many, to: ends[0]) != .wrote(1))
        for descriptor in ends { close(descriptor) }
    }

    @Test func aFullSocketSaysSoAndGoesOnFromWhereItStopped() throws {
        var ends: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let writer = Descriptor(owning: ends[0])
        let reader = Descriptor(owning: ends[1])
        try writer.setNonblocking(true)
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 131) }
        var offset = 0
        var wasFull = false
        var received: [UInt8] = []
        while received.count < bytes.count {
            if offset < bytes.count {
                switch UnixSocket.send(bytes, from: offset, to: writer.rawValue) {
                case .wrote(let count): offset += count
                case .full: wasFull = true
                case .ended: Issue.record("the reader is still there")
                }
            }
            if wasFull || offset == bytes.count { received += receiveStream(reader.rawValue).1 }
        }
        #expect(wasFull)
        #expect(received == bytes)
    }

    @Test func anOffsetBeyondTheBytesSendsNothing() throws {
        let pair = try Ends()
        #expect(UnixSocket.send([1], from: 1, to: pair.source) == .wrote(0))
        #expect(UnixSocket.send([1], from: -1, to: pair.source) == .wrote(0))
        #expect(receive(pair.sink).0 == .empty)
    }

    @Test func whatStandsInTheWayIsSaid() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/control"
        let missing = code { () throws(PlumbingError) in _ = try UnixSocket.connect(path: path) }
        #expect(missing == ENOENT)
        let listener = try UnixSocket.listen(path: path, mode: 0o600)
        let again = code { () throws(PlumbingError) in
            _ = try UnixSocket.listen(path: path, mode: 0o600)
        }
        #expect(again == EADDRINUSE)
        close(listener.release())
        let refused = code { () throws(PlumbingError) in _ = try UnixSocket.connect(path: path) }
        #expect(refused == ECONNREFUSED)
        let long = "/tmp/" + String(repeating: "x", count: UnixSocket.pathLimit)
        let tooLong = code { () throws(PlumbingError) in
            _ = try UnixSocket.listen(path: long, mode: 0o600)
        }
        #expect(tooLong == ENAMETOOLONG)
        // sockaddr_un holds 108 bytes with the terminating zero (unix(7)).
        #expect(UnixSocket.pathLimit == 107)
    }

    @Test func waitingEndsAtTheTimeout() throws {
        let pair = try Ends()
        #expect(!UnixSocket.waitReadable(pair.sink, milliseconds: 0))
        #expect(UnixSocket.waitWritable(pair.source, milliseconds: 0))
        #expect(pair.send([1]))
        #expect(UnixSocket.waitReadable(pair.sink, milliseconds: 0))
    }
}
