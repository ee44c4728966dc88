import NIOCore

/// Reading lines in place, by absolute indices.
extension ByteBuffer {
    func byte(at index: Int) -> UInt8? {
        getInteger(at: index)
    }

    /// The readable bytes of the range, shared with this buffer.
    func slice(_ range: Range<Int>) -> ByteBuffer {
        getSlice(at: range.lowerBound, length: range.count) ?? ByteBuffer()
    }

    /// Calls `body` with the readable bytes of the range.
    func withUnsafeBytes<Value>(
        in range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Value
    ) rethrows -> Value {
        let start = range.lowerBound - readerIndex
        return try withUnsafeReadableBytes { bytes in
            try body(UnsafeRawBufferPointer(rebasing: bytes[start..<start + range.count]))
        }
    }

    /// The index of the first such byte from `start` on, or the writer index.
    func index(of wanted: UInt8, from start: Int) -> Int {
        withUnsafeReadableBytes { readerIndex + ByteScan.index(of: wanted, in: $0, from: start - readerIndex) }
    }

    /// The index of the first CR or LF from `start` on, or the writer index.
    func lineEnd(from start: Int) -> Int {
        withUnsafeReadableBytes { readerIndex + ByteScan.lineEnd($0, from: start - readerIndex) }
    }

    /// The range without a byte order mark at its beginning.
    func withoutMark(_ range: Range<Int>) -> Range<Int> {
        let marked = withUnsafeBytes(in: range) { $0.starts(with: [0xEF, 0xBB, 0xBF]) }
        return range.lowerBound + (marked ? 3 : 0)..<range.upperBound
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes begin with that word.
    func begins(_ word: StaticString) -> Bool {
        guard count >= word.utf8CodeUnitCount else { return false }
        for index in 0..<word.utf8CodeUnitCount where self[index] != word.utf8Start[index] { return false }
        return true
    }
}
