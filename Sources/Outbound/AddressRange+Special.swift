package import Domain

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
