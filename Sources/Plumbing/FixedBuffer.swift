// Memory taken once and filled again and again: decoders write into it without allocating.

/// A buffer of plain values with a fixed capacity, refilled from the start each time.
///
/// Inlinable, so that a client's module holds the code for its own element: unspecialised, every packet
/// asks the runtime for the types it is made of.
@safe
public struct FixedBuffer<Element: BitwiseCopyable>: ~Copyable {
    @usableFromInline let storage: UnsafeMutableBufferPointer<Element>
    /// How many values the last filling left.
    @inlinable public var count: Int { filled }
    @usableFromInline var filled = 0

    /// Takes memory for `capacity` values.
    @inlinable
    public init(capacity: Int) {
        unsafe storage = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(capacity, 1))
    }

    deinit { unsafe storage.deallocate() }

    /// Empties the buffer and lets `body` append to it.
    ///
    /// What was appended before an error stands.
    @inlinable
    public mutating func refill<Failure: Error>(
        _ body: (inout OutputSpan<Element>) throws(Failure) -> Void
    ) throws(Failure) {
        var output = unsafe OutputSpan(buffer: storage, initializedCount: 0)
        var failure: Failure?
        do throws(Failure) {
            try body(&output)
        } catch {
            failure = error
        }
        filled = unsafe output.finalize(for: storage)
        if let failure { throw failure }
    }

    /// The value at a place below `count`.
    @inlinable
    public subscript(index: Int) -> Element {
        precondition(index >= 0 && index < filled)
        return unsafe storage[index]
    }
}
