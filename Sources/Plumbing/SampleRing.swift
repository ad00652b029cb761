// One producer, one consumer, no locks: how threads hand plain values to each other.

public import Synchronization

/// A bounded queue of plain values between exactly two threads.
///
/// Domains: `tail` and `refused` are written by the producer, `head` by the consumer; each reads the
/// other's index with acquire order. A full ring refuses and counts; nobody ever waits. Public and
/// inlinable because the real-time law is checked on the specialised code in the client's module.
@safe
public struct SampleRing<Element: BitwiseCopyable & Sendable, let capacity: Int>: ~Copyable,
    @unchecked Sendable
{
    /// Next place to read; owned by the consumer, on a cache line of its own.
    @usableFromInline let head: Atomic<Int>
    @usableFromInline let padding: InlineArray<15, Int>
    /// Next place to write; owned by the producer.
    @usableFromInline let tail: Atomic<Int>
    @usableFromInline let refusals: Atomic<Int>
    @usableFromInline let storage: UnsafeMutablePointer<Element>

    /// Allocates the ring and touches its memory, so that the first lap does not fault.
    @inlinable
    public init(filledWith element: Element) {
        head = Atomic(0)
        padding = InlineArray(repeating: 0)
        tail = Atomic(0)
        refusals = Atomic(0)
        unsafe storage = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
        unsafe storage.initialize(repeating: element, count: capacity)
    }

    deinit { unsafe storage.deallocate() }

    /// Producer only.
    ///
    /// False, and counted, where the ring is full.
    @inlinable
    public func push(_ element: Element) -> Bool {
        let place = tail.load(ordering: .relaxed)
        guard place - head.load(ordering: .acquiring) < capacity else {
            refusals.store(refusals.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
            return false
        }
        unsafe storage[place % capacity] = element
        tail.store(place &+ 1, ordering: .releasing)
        return true
    }

    /// Consumer only.
    ///
    /// The oldest value, removed; nil where the ring is empty.
    @inlinable
    public func pop() -> Element? {
        let place = head.load(ordering: .relaxed)
        guard place < tail.load(ordering: .acquiring) else { return nil }
        let element = unsafe storage[place % capacity]
        head.store(place &+ 1, ordering: .releasing)
        return element
    }

    /// Consumer only.
    ///
    /// The oldest value, left in place; nil where the ring is empty.
    @inlinable
    public func peek() -> Element? {
        let place = head.load(ordering: .relaxed)
        guard place < tail.load(ordering: .acquiring) else { return nil }
        return unsafe storage[place % capacity]
    }

    /// How many values wait; exact for either end's own thread, a moment old for anyone else.
    @inlinable
    public func count() -> Int {
        tail.load(ordering: .acquiring) - head.load(ordering: .acquiring)
    }

    /// How many values were refused so far.
    ///
    /// Any thread.
    @inlinable
    public func refused() -> Int { refusals.load(ordering: .relaxed) }
}
