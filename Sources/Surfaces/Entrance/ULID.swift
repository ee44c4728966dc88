import Domain

/// An id as a ULID: the same sixteen bytes as its UUID, in 26 of Crockford's letters.
extension ID {
    private static let letters = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// From a ULID, in upper or lower case.
    init?(ulid text: some StringProtocol) {
        let bytes = Array(text.utf8)
        // 26 letters have two bits more than an id.
        guard bytes.count == 26, (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(bytes[0]) else { return nil }
        var (high, low): (UInt64, UInt64) = (0, 0)
        for byte in bytes {
            let upper = (97...122).contains(byte) ? byte - 32 : byte
            guard let value = Self.letters.firstIndex(of: upper) else { return nil }
            (high, low) = (high << 5 | low >> 59, low << 5 | UInt64(value))
        }
        self.init(high: high, low: low)
    }

    /// From either spelling.
    init?(spelled text: some StringProtocol) {
        guard let id = ID(ulid: text) ?? ID(uuid: text) else { return nil }
        self = id
    }

    /// `01K9T3D5752EMVMDJTSEW536AP`
    var ulid: String {
        var (high, low) = (high, low)
        var text = [UInt8](repeating: 0, count: 26)
        for place in text.indices.reversed() {
            text[place] = Self.letters[Int(low & 31)]
            (high, low) = (high >> 5, high << 59 | low >> 5)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
