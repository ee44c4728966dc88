/// An amount of money, in millionths of a US dollar. Arithmetic that would overflow answers nil.
package struct Money: Hashable, Comparable, Sendable {
    package static let zero = Money(micros: 0)
    /// Millionths in a cent.
    package static let microsPerMinor: Int64 = 10_000
    package static let microsPerDollar: Int64 = 1_000_000

    package var micros: Int64

    package init(micros: Int64) {
        self.micros = micros
    }

    /// - Parameter minor: cents; nil where they are too many.
    package init?(minor: Int64) {
        let (micros, overflow) = minor.multipliedReportingOverflow(by: Self.microsPerMinor)
        guard !overflow else { return nil }
        self.micros = micros
    }

    /// Cents, rounded towards zero.
    package var minor: Int64 { micros / Self.microsPerMinor }

    /// Whether it is a whole number of cents.
    package var isWhole: Bool { micros % Self.microsPerMinor == 0 }

    package func plus(_ other: Money) -> Money? {
        let (sum, overflow) = micros.addingReportingOverflow(other.micros)
        return overflow ? nil : Money(micros: sum)
    }

    package func minus(_ other: Money) -> Money? {
        let (rest, overflow) = micros.subtractingReportingOverflow(other.micros)
        return overflow ? nil : Money(micros: rest)
    }

    package func times(_ count: Int64) -> Money? {
        let (product, overflow) = micros.multipliedReportingOverflow(by: count)
        return overflow ? nil : Money(micros: product)
    }

    package static func < (left: Money, right: Money) -> Bool { left.micros < right.micros }
}

extension Money {
    /// From dollars in decimal digits, such as `25`, `25.5` or `0.07`: no sign, no exponent, never through a float.
    /// - Parameter places: digits after the point at most, 6 or fewer; nil comes back for more, or for too much.
    package init?(dollars text: some StringProtocol, places: Int = 2) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, whole.utf8.count <= 12, whole.utf8.allSatisfy(Self.isDigit)
        else { return nil }
        let fraction = parts.count == 2 ? parts[1] : "0"
        guard !fraction.isEmpty, fraction.utf8.count <= min(max(places, 1), 6),
            fraction.utf8.allSatisfy(Self.isDigit), places > 0 || fraction == "0", let dollars = Int64(whole),
            let rest = Int64(fraction + String(repeating: "0", count: 6 - fraction.utf8.count))
        else { return nil }
        micros = dollars * Self.microsPerDollar + rest
    }

    /// `25.00`; as many places as it takes, two at least.
    package var dollars: String {
        let (whole, rest) = micros.magnitude.quotientAndRemainder(dividingBy: UInt64(Self.microsPerDollar))
        var places = String(rest)
        places = String(repeating: "0", count: 6 - places.utf8.count) + places
        while places.utf8.count > 2, places.hasSuffix("0") { places.removeLast() }
        return (micros < 0 ? "-" : "") + "\(whole).\(places)"
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
