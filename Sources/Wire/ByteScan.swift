/// The places in raw bytes that a format cares about, found eight bytes at a time.
enum ByteScan {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The first byte from `start` on that JSON may not hold plainly in a string (a quote, a backslash, a control
    /// character), or the end. `sawHigh` becomes true when a byte past ASCII was passed.
    static func plainEnd(_ bytes: UnsafeRawBufferPointer, from start: Int, sawHigh: inout Bool) -> Int {
        var index = start
        var high: UInt64 = 0
        while index &+ 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let special =
                zeroBytes(word ^ 0x2222_2222_2222_2222) | zeroBytes(word ^ 0x5C5C_5C5C_5C5C_5C5C)
                | ((word &- 0x2020_2020_2020_2020) & ~word & highs)
            if special != 0 {
                let plain = special.trailingZeroBitCount & ~7
                sawHigh = sawHigh || (high | (word & ((1 << UInt64(plain)) &- 1))) & highs != 0
                return index &+ plain / 8
            }
            high |= word
            index &+= 8
        }
        sawHigh = sawHigh || high & highs != 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { return index }
            sawHigh = sawHigh || byte >= 0x80
            index &+= 1
        }
        return index
    }

    /// The first U+0085, U+2028 or U+2029 in UTF-8, or nil.
    static func lineEndLetter(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Range<Int>? {
        var index = range.lowerBound
        while index &+ 1 < range.upperBound {
            let byte = bytes[index]
            if byte == 0xC2, bytes[index &+ 1] == 0x85 { return index..<index + 2 }
            if byte == 0xE2, bytes[index &+ 1] == 0x80, index &+ 2 < range.upperBound, bytes[index &+ 2] & 0xFE == 0xA8
            {
                return index..<index + 3
            }
            index &+= 1
        }
        return nil
    }

    /// The first CR or LF from `start` on, or the end.
    static func lineEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index &+ 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let ends = zeroBytes(word ^ 0x0A0A_0A0A_0A0A_0A0A) | zeroBytes(word ^ 0x0D0D_0D0D_0D0D_0D0D)
            if ends != 0 { return index &+ ends.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < bytes.count, bytes[index] != 0x0A, bytes[index] != 0x0D { index &+= 1 }
        return index
    }

    /// The first `wanted` byte from `start` on, or the end.
    static func index(of wanted: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        let pattern = UInt64(wanted) &* ones
        while index &+ 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let found = zeroBytes(word ^ pattern)
            if found != 0 { return index &+ found.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < bytes.count, bytes[index] != wanted { index &+= 1 }
        return index
    }

    /// The offset of the first byte in the range that does not belong to well-formed UTF-8.
    static func firstInvalidUTF8(in bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
        var index = range.lowerBound
        while index < range.upperBound {
            if bytes[index] < 0x80 {
                index &+= 1
                continue
            }
            let length = sequenceLength(bytes, at: index, end: range.upperBound)
            if length == 0 { return index }
            index &+= length
        }
        return nil
    }

    /// Length of the well-formed multi-byte sequence at `index`, or 0.
    private static func sequenceLength(_ bytes: UnsafeRawBufferPointer, at index: Int, end: Int) -> Int {
        let lead = bytes[index]
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch lead {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xE1...0xEC, 0xEE, 0xEF: (3, 0x80...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: (0, 0...0)
            }
        guard length > 0, index + length <= end, second.contains(bytes[index + 1]) else { return 0 }
        for offset in 2..<max(2, length) where bytes[index + offset] & 0xC0 != 0x80 { return 0 }
        return length
    }

    /// High bit set in the lowest byte that is zero (higher bytes may be marked falsely).
    private static func zeroBytes(_ word: UInt64) -> UInt64 {
        (word &- ones) & ~word & highs
    }
}
