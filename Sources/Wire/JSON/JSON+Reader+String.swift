extension JSON.Reader {
    /// Where a string stands in the text: its bytes between the quotes, and whether any of them is an escape.
    struct Name {
        let range: Range<Int>
        let escaped: Bool
    }

    /// Passes the string at the cursor, checking every escape and every byte.
    mutating func passString() throws(JSON.Fault) -> Name {
        let start = position &+ 1
        var index = start
        var escaped = false
        var sawHigh = false
        while true {
            index = ByteScan.plainEnd(bytes, from: index, sawHigh: &sawHigh)
            guard index < bytes.count else { throw fault("a string without its closing quote", at: index) }
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") { break }
            guard byte == UInt8(ascii: "\\") else { throw fault("a control character in a string", at: index) }
            escaped = true
            index = try endOfEscape(at: index)
        }
        if sawHigh, let place = ByteScan.firstInvalidUTF8(in: bytes, start..<index) {
            throw fault("bytes that are not UTF-8", at: place)
        }
        position = index &+ 1
        return Name(range: start..<index, escaped: escaped)
    }

    /// The string's characters, escapes resolved.
    func text(_ name: Name) -> String {
        guard name.escaped else {
            return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[name.range]), as: UTF8.self)
        }
        return String(unsafeUninitializedCapacity: name.range.count) { unescape(name.range, into: $0) }
    }

    /// Whether the string reads as `word`, which is ASCII.
    func matches(_ name: Name, _ word: StaticString) -> Bool {
        if name.escaped { return text(name) == word.description }
        guard name.range.count == word.utf8CodeUnitCount else { return false }
        for offset in 0..<word.utf8CodeUnitCount
        where bytes[name.range.lowerBound &+ offset] != word.utf8Start[offset] { return false }
        return true
    }

    private func endOfEscape(at backslash: Int) throws(JSON.Fault) -> Int {
        guard backslash + 1 < bytes.count else { throw fault("a string without its closing quote", at: bytes.count) }
        switch bytes[backslash + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return backslash + 2
        case UInt8(ascii: "u"): return try endOfUnicodeEscape(at: backslash)
        default: throw fault("an unknown escape in a string", at: backslash)
        }
    }

    private func endOfUnicodeEscape(at backslash: Int) throws(JSON.Fault) -> Int {
        guard let unit = codeUnit(at: backslash) else {
            throw fault("an escape without four hex digits", at: backslash)
        }
        switch unit {
        case 0xD800...0xDBFF:
            guard let low = codeUnit(at: backslash + 6), (0xDC00...0xDFFF).contains(low) else {
                throw fault("half of a surrogate pair", at: backslash)
            }
            return backslash + 12
        case 0xDC00...0xDFFF: throw fault("half of a surrogate pair", at: backslash)
        default: return backslash + 6
        }
    }

    /// The number in an escape such as `\u00e9` that begins at `backslash`.
    private func codeUnit(at backslash: Int) -> UInt32? {
        guard backslash + 6 <= bytes.count, bytes[backslash] == UInt8(ascii: "\\"),
            bytes[backslash + 1] == UInt8(ascii: "u")
        else { return nil }
        var unit: UInt32 = 0
        for offset in 2..<6 {
            guard let digit = hexDigit(bytes[backslash + offset]) else { return nil }
            unit = unit << 4 | digit
        }
        return unit
    }

    private func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte &- UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte &- UInt8(ascii: "a") &+ 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte &- UInt8(ascii: "A") &+ 10)
        default: nil
        }
    }

    /// Writes what a checked string means; never longer than what it was written as.
    private func unescape(_ range: Range<Int>, into target: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var index = range.lowerBound
        var length = 0
        while index < range.upperBound {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "\\") else {
                target[length] = byte
                length &+= 1
                index &+= 1
                continue
            }
            guard let unit = codeUnit(at: index) else {
                target[length] = simpleEscape(bytes[index + 1])
                length &+= 1
                index &+= 2
                continue
            }
            let pair = (0xD800...0xDBFF).contains(unit)
            let low = pair ? codeUnit(at: index + 6) ?? 0 : 0
            let scalar = pair ? 0x10000 + ((unit - 0xD800) << 10) + (low &- 0xDC00) : unit
            for byte in UTF8.encode(Unicode.Scalar(scalar) ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter {
                target[length] = byte
                length &+= 1
            }
            index &+= pair ? 12 : 6
        }
        return length
    }

    private func simpleEscape(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: letter
        }
    }
}
