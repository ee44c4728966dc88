/// Looks whether bytes that come in pieces are UTF-8 (RFC 3629), also where a character stands on the border of two.
struct UTF8Reading: Sendable {
    /// Bytes that the character begun last still needs.
    private var awaited = 0
    /// What the next of them may be: the first one decides whether a character is too long, a surrogate or too large.
    private var allowed = Self.continuation
    private static let continuation: ClosedRange<UInt8> = 0x80...0xBF

    /// Whether no character is left unfinished.
    var isBetweenCharacters: Bool { awaited == 0 }

    /// - Returns: false where the bytes cannot be UTF-8, whatever follows.
    mutating func take(_ bytes: [UInt8]) -> Bool {
        for byte in bytes {
            if awaited > 0 {
                guard allowed.contains(byte) else { return false }
                awaited -= 1
                allowed = Self.continuation
            } else if byte >= 0x80 {
                guard begin(with: byte) else { return false }
            }
        }
        return true
    }

    private mutating func begin(with byte: UInt8) -> Bool {
        switch byte {
        case 0xC2...0xDF: awaited = 1
        case 0xE0...0xEF: awaited = 2
        case 0xF0...0xF4: awaited = 3
        default: return false
        }
        switch byte {
        case 0xE0: allowed = 0xA0...0xBF
        case 0xED: allowed = 0x80...0x9F
        case 0xF0: allowed = 0x90...0xBF
        case 0xF4: allowed = 0x80...0x8F
        default: break
        }
        return true
    }
}
