// State files: whole or not at all, with limits, and one holder of a lock.

import Glibc
import Plumbing
import Synchronization
import Testing

@Suite struct FileStoreTests {
    @Test func whatWasWrittenIsRead() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/state"
        let bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 13) }
        try FileStore.replace(path, with: bytes)
        #expect(try FileStore.read(path, limit: 700_000) == bytes)
        let refused = code { () throws(PlumbingError) in
            _ = try FileStore.read(path, limit: 699_999)
        }
        #expect(refused == EFBIG)
        #expect(FileStore.attributes(path)?.bytes == 700_000)
        #expect(FileStore.attributes(path + "x") == nil)
        try FileStore.replace(path, with: [])
        #expect(try FileStore.read(path, limit: 0) == [])
        #expect(try FileStore.list(directory.path) == ["state"])
    }

    @Test func theModeIsTheOneAskedFor() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/state"
        try FileStore.replace(path, with: [1], mode: 0o600)
        var info = stat()
        #expect(stat(path, &info) == 0)
        #expect(info.st_mode & 0o777 == 0o600)
    }

    /// A reader beside the writer sees the old file or the new one, never a part.
    @Test func aReplacedFileIsNeverSeenInPart() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/state"
        try FileStore.replace(path, with: [UInt8](repeating: 0, count: 5000))
        let done = Flag()
        let writer = try RealtimeThread(name: "writer") {
            for round in 1...200 {
                let bytes = [UInt8](
                    repeating: UInt8(truncatingIfNeeded: round), count: 5000 + round)
                try? FileStore.replace(path, with: bytes)
            }
            done.value.store(true, ordering: .releasing)
        }
        var reads = 0
        var torn = 0
        while !done.value.load(ordering: .acquiring) {
            let bytes = try FileStore.read(path, limit: 10_000)
            reads += 1
            guard let first = bytes.first, bytes.allSatisfy({ $0 == first }),
                bytes.count == 5000 + Int(first)
            else {
                torn += 1
                continue
            }
        }
        writer.join()
        #expect(torn == 0)
        #expect(reads > 0)
    }

    @Test func aReplacementThatCannotBeMadeLeavesTheOldFileAndNoRest() throws {
        let directory = try TemporaryDirectory()
        try FileStore.makeDirectory("\(directory.path)/taken")
        let error = code { () throws(PlumbingError) in
            try FileStore.replace("\(directory.path)/taken", with: [1])
        }
        #expect(error == EISDIR)
        #expect(try FileStore.list(directory.path) == ["taken"])
        let missing = code { () throws(PlumbingError) in
            try FileStore.replace("\(directory.path)/none/state", with: [1])
        }
        #expect(missing == ENOENT)
    }

    @Test func whatIsNoFileIsNotRead() throws {
        let directory = try TemporaryDirectory()
        let isDirectory = code { () throws(PlumbingError) in
            _ = try FileStore.read(directory.path, limit: 100)
        }
        #expect(isDirectory == EISDIR)
        let missing = code { () throws(PlumbingError) in
            _ = try FileStore.read("\(directory.path)/none", limit: 100)
        }
        #expect(missing == ENOENT)
        // A device has no size to check beforehand: the limit still ends the reading.
        let endless = code { () throws(PlumbingError) in
            _ = try FileStore.read("/dev/zero", limit: 100_000)
        }
        #expect(endless == EFBIG)
        let ends = code { () throws(PlumbingError) in
            _ = try FileStore.readEnds("/dev/zero", part: 100)
        }
        #expect(ends == EISDIR)
    }

    /// Whatever the size, head and tail together hold all of a small file and both ends of a large one.
    @Test func bothEndsOfAFileAreRead() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/long"
        for size in [0, 1, 99, 100, 101, 150, 199, 200, 201, 1000] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
            try FileStore.replace(path, with: bytes)
            let (head, tail) = try FileStore.readEnds(path, part: 100)
            if size <= 200 {
                #expect(head == bytes && tail.isEmpty, "size \(size)")
            } else {
                #expect(head == Array(bytes.prefix(100)) && tail == Array(bytes.suffix(100)))
            }
        }
    }

    @Test func aNewFileMustBeNewAndIsAppendedTo() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/log"
        let file = try FileStore.create(path)
        let again = code { () throws(PlumbingError) in _ = try FileStore.create(path) }
        #expect(again == EEXIST)
        try FileStore.write(Array("one\n".utf8), to: file.rawValue, path: path)
        try FileStore.write(Array("two\n".utf8), to: file.rawValue, path: path)
        FileStore.sync(file.rawValue)
        #expect(try FileStore.read(path, limit: 100) == Array("one\ntwo\n".utf8))
    }

    @Test func aFullDiskIsSaid() throws {
        let full = Descriptor(owning: open("/dev/full", O_WRONLY))
        let descriptor = full.rawValue
        let error = #expect(throws: PlumbingError.self) {
            try FileStore.write([1, 2, 3], to: descriptor, path: "/dev/full")
        }
        #expect(error?.code == ENOSPC)
        #expect(error?.description == "cannot write /dev/full: No space left on device")
    }

    @Test func directoriesAreMadeWithTheirParents() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/a"
        try FileStore.makeDirectory("\(path)/b/c")
        try FileStore.makeDirectory("\(path)/b/c")
        #expect(try FileStore.list("\(path)/b") == ["c"])
        for part in ["\(path)/b/c", "\(path)/b"] { #expect(rmdir(part) == 0) }
        let missing = code { () throws(PlumbingError) in _ = try FileStore.list("\(path)/none") }
        #expect(missing == ENOENT)
    }

    @Test func aDirectoryWhereAFileStandsIsRefused() throws {
        let directory = try TemporaryDirectory()
        try FileStore.replace("\(directory.path)/file", with: [1])
        let last = code { () throws(PlumbingError) in
            try FileStore.makeDirectory("\(directory.path)/file")
        }
        #expect(last == ENOTDIR)
        let within = code { () throws(PlumbingError) in
            try FileStore.makeDirectory("\(directory.path)/file/more")
        }
        #expect(within == ENOTDIR)
    }

    @Test func listsAreSortedAndLeaveOutDotFiles() throws {
        let directory = try TemporaryDirectory()
        for name in ["b", "a", "c"] { try FileStore.replace("\(directory.path)/\(name)", with: []) }
        try FileStore.replace("\(directory.path)/.hidden", with: [])
        #expect(try FileStore.list(directory.path) == ["a", "b", "c"])
        try FileStore.remove("\(directory.path)/.hidden")
        try FileStore.remove("\(directory.path)/b")
        #expect(try FileStore.list(directory.path) == ["a", "c"])
        let gone = code { () throws(PlumbingError) in
            try FileStore.remove("\(directory.path)/b")
        }
        #expect(gone == ENOENT)
    }

    @Test func aLockHasOneHolder() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/lock"
        do {
            let first = try FileStore.lock(path)
            let second = try FileStore.lock(path)
            let isHeld = first != nil && second == nil
            #expect(isHeld)
        }
        let third = try FileStore.lock(path)
        let isFree = third != nil
        #expect(isFree)
    }

    @Test func errorsSayWhatWasDoneAndWhy() {
        let error = PlumbingError("read /x", code: -ENOENT)
        #expect(error.code == ENOENT)
        #expect(error.description == "cannot read /x: No such file or directory")
        #expect(!describeErrorNumber(99_999).isEmpty)
    }
}

private final class Flag: Sendable {
    let value = Atomic<Bool>(false)
}
