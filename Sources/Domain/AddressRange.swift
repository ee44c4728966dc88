/// A range of addresses: those that begin with the same bits.
package struct AddressRange: Sendable, Hashable, CustomStringConvertible {
    private let first: IPAddress
    private let bits: Int

    /// - Parameter text: `10.0.0.0/8`, `fc00::/7`, or one address. `nil` also for `10.1.2.3/8`, whose writer may
    ///   have meant fewer addresses than it opens.
    package init?(parsing text: String) {
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = IPAddress(parsing: String(halves[0])) else { return nil }
        let all = first.bytes.count * 8
        guard let bits = halves.count == 2 ? Self.number(halves[1]) : all, bits <= all else { return nil }
        // A range of IPv4-mapped addresses is the range of what they are other names of.
        let isMapped = first.unmapped != first && bits >= 96
        self.first = isMapped ? first.unmapped : first
        self.bits = isMapped ? bits - 96 : bits
        guard Self.isEmpty(self.first, after: self.bits) else { return nil }
    }

    package var description: String { "\(first)/\(bits)" }

    /// An IPv4-mapped address is looked for as the IPv4 address that it is.
    package func contains(_ address: IPAddress) -> Bool {
        let bytes = address.unmapped.bytes
        guard bytes.count == first.bytes.count else { return false }
        return bytes.indices.allSatisfy { (bytes[$0] ^ first.bytes[$0]) & Self.mask($0, bits) == 0 }
    }

    private static func number(_ text: Substring) -> Int? {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }

    private static func isEmpty(_ address: IPAddress, after bits: Int) -> Bool {
        address.bytes.indices.allSatisfy { address.bytes[$0] & ~mask($0, bits) == 0 }
    }

    /// Those bits of a byte that a prefix of so many bits covers.
    private static func mask(_ index: Int, _ bits: Int) -> UInt8 {
        let covered = min(8, max(0, bits - index * 8))
        return UInt8(truncatingIfNeeded: 0xff00 >> covered)
    }
}
