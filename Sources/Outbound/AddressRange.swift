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

extension AddressRange {
    /// What is not global unicast, by the IANA's registries of special-purpose addresses and of IPv6 space.
    /// `::ffff:0:0/96` and `64:ff9b::/96` are missing: these are judged by the IPv4 address in them.
    package static let special: [AddressRange] = (specialIPv4 + specialIPv6).compactMap { AddressRange(parsing: $0) }

    static let specialIPv4 = [
        "0.0.0.0/8",  // this network
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  // private
        "100.64.0.0/10",  // shared by carriers
        "127.0.0.0/8",  // loopback
        "169.254.0.0/16",  // link-local, and the metadata of clouds
        "168.63.129.16/32",  // Azure's own services, as its machines see them
        "192.0.0.0/24",  // protocol assignments
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",  // documentation
        "192.88.99.0/24",  // relays of 6to4
        "198.18.0.0/15",  // benchmarks
        "224.0.0.0/4",  // multicast
        "240.0.0.0/4",  // reserved, and the broadcast
    ]

    static let specialIPv6 = [
        "::/128", "::1/128",  // unspecified, loopback
        "64:ff9b:1::/48",  // local translation
        "100::/64",  // discard
        "2001::/23",  // protocol assignments, and Teredo
        "2001:db8::/32", "3fff::/20",  // documentation
        "2002::/16",  // 6to4
        "5f00::/16",  // segment routing
        "fc00::/7", "fe80::/10", "fec0::/10",  // unique local, link-local, site-local
        "ff00::/8",  // multicast
        "::/3", "4000::/2", "8000::/1",  // the rest of what is not 2000::/3
    ]
}
