import Domain

/// The bytes of a text file, made into what the rest of the house reads: valid UTF-8 without marks, with line feeds.
enum TextBytes {
    /// - Throws: `unsupported` where they are no text that can be read.
    static func decode(_ bytes: [UInt8]) throws(Refusal) -> [UInt8] {
        let text = try utf8(bytes)
        guard !text.contains(0) else { throw unreadable("It contains NUL bytes, which no text does.") }
        return text.contains(UInt8(ascii: "\r")) ? withLineFeeds(text) : text
    }

    private static func utf8(_ bytes: [UInt8]) throws(Refusal) -> [UInt8] {
        if bytes.starts(with: [0xFF, 0xFE]) { return try utf16(bytes, high: 1) }
        if bytes.starts(with: [0xFE, 0xFF]) { return try utf16(bytes, high: 0) }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw unreadable("It is not encoded in UTF-8, or in UTF-16 with a byte order mark.")
        }
        return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }

    /// - Parameter high: which byte of the two is the higher one.
    private static func utf16(_ bytes: [UInt8], high: Int) throws(Refusal) -> [UInt8] {
        let units: [UInt16] = stride(from: 2, to: bytes.count - 1, by: 2).map {
            UInt16(bytes[$0 + high]) << 8 | UInt16(bytes[$0 + 1 - high])
        }
        guard bytes.count.isMultiple(of: 2), let text = String(validating: units, as: UTF16.self) else {
            throw unreadable("It begins with the byte order mark of UTF-16, but is not UTF-16.")
        }
        return Array(text.utf8)
    }

    /// A carriage return ends a line with and without the line feed behind it.
    private static func withLineFeeds(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        var isAfterReturn = false
        for byte in bytes {
            let isReturn = byte == UInt8(ascii: "\r")
            if isReturn {
                text.append(Byte.newline)
            } else if !(isAfterReturn && byte == Byte.newline) {
                text.append(byte)
            }
            isAfterReturn = isReturn
        }
        return text
    }

    private static func unreadable(_ reason: String) -> Refusal {
        Refusal(.unsupported, "The file cannot be read as text. \(reason)", field: "file")
    }
}
