/// Sixteen time-ordered bytes that name a row: a UUIDv7 and a ULID are two spellings of the same one.
package struct ID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, then 74 random bits.
    package init(at moment: Timestamp, random: (Int) -> [UInt8]) {
        let bits = random(10).reduce(into: (UInt64(0), 0)) { sum, byte in
            if sum.1 < 8 { sum.0 = sum.0 << 8 | UInt64(byte) }
            sum.1 += 1
        }.0
        let more = random(2).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        high = UInt64(bitPattern: moment.milliseconds) << 16 | 0x7000 | (more & 0x0FFF)
        low = (bits & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
    }

    /// From exactly sixteen bytes, most significant first.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// From a UUID in its usual 8-4-4-4-12 spelling, upper or lower case.
    package init?(uuid text: some StringProtocol) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var digits = 0
        for (place, byte) in text.utf8.enumerated() {
            if place == 8 || place == 13 || place == 18 || place == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard digits < 32, let value = Self.value(ofHexDigit: byte) else { return nil }
            if digits < 16 { high = high << 4 | value } else { low = low << 4 | value }
            digits += 1
        }
        guard digits == 32 else { return nil }
        self.init(high: high, low: low)
    }

    package var bytes: [UInt8] {
        [high, low].flatMap { half in stride(from: 56, through: 0, by: -8).map { UInt8(half >> UInt64($0) & 0xFF) } }
    }

    /// `0190163d-8694-739b-aea5-966c26f8ad91`
    package var uuid: String {
        String(unsafeUninitializedCapacity: 36) { text in
            var place = 0
            for digit in 0..<32 {
                if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                    text[place] = UInt8(ascii: "-")
                    place += 1
                }
                let half = digit < 16 ? high : low
                let value = UInt8(half >> UInt64(60 - 4 * (digit & 15)) & 0xF)
                text[place] = value < 10 ? 48 + value : 87 + value
                place += 1
            }
            return 36
        }
    }

    package var description: String { uuid }

    package static func < (left: ID, right: ID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    /// The one right before it, unless it is the first.
    package var predecessor: ID? {
        if low > 0 { return ID(high: high, low: low - 1) }
        return high > 0 ? ID(high: high - 1, low: .max) : nil
    }

    /// The one right after it, unless it is the last.
    package var successor: ID? {
        if low < .max { return ID(high: high, low: low + 1) }
        return high < .max ? ID(high: high + 1, low: 0) : nil
    }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let id = ID(uuid: text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a UUID"))
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(uuid)
    }

    private static func value(ofHexDigit byte: UInt8) -> UInt64? {
        switch byte {
        case 48...57: UInt64(byte - 48)
        case 65...70: UInt64(byte - 55)
        case 97...102: UInt64(byte - 87)
        default: nil
        }
    }
}
