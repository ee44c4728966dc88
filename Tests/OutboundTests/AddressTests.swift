import Domain
import Outbound
import Testing

@Suite
struct AddressTests {
    @Test(
        "What is not global unicast is closed, to the first and the last address of each range",
        arguments: [
            ("0.0.0.0", "0.255.255.255"), ("10.0.0.0", "10.255.255.255"), ("100.64.0.0", "100.127.255.255"),
            ("127.0.0.0", "127.255.255.255"), ("169.254.0.0", "169.254.255.255"), ("172.16.0.0", "172.31.255.255"),
            ("192.0.0.0", "192.0.0.255"), ("192.0.2.0", "192.0.2.255"), ("192.88.99.0", "192.88.99.255"),
            ("192.168.0.0", "192.168.255.255"), ("198.18.0.0", "198.19.255.255"),
            ("198.51.100.0", "198.51.100.255"), ("203.0.113.0", "203.0.113.255"), ("224.0.0.0", "239.255.255.255"),
            ("240.0.0.0", "255.255.255.255"), ("::", "::1"), ("::2", "::ffff"), ("::127.0.0.1", "::8.8.8.8"),
            ("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"), ("100::", "100::ffff:ffff:ffff:ffff"),
            ("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), ("::ffff:10.0.0.0", "::ffff:10.255.255.255"),
            ("::ffff:127.0.0.1", "::ffff:169.254.169.254"), ("64:ff9b::7f00:1", "64:ff9b::192.168.1.1"),
        ])
    func closed(first: String, last: String) throws {
        for text in [first, last] { #expect(try AddressGuard().isForbidden(address(text)), "\(text)") }
    }

    @Test(
        "What lies next to a closed range is open",
        arguments: [
            ("1.0.0.0", "9.255.255.255"), ("11.0.0.0", "100.63.255.255"), ("100.128.0.0", "126.255.255.255"),
            ("128.0.0.0", "169.253.255.255"), ("169.255.0.0", "172.15.255.255"), ("172.32.0.0", "191.255.255.255"),
            ("192.0.1.0", "192.0.1.255"), ("192.0.3.0", "192.88.98.255"), ("192.88.100.0", "192.167.255.255"),
            ("192.169.0.0", "198.17.255.255"), ("198.20.0.0", "198.51.99.255"), ("198.51.101.0", "203.0.112.255"),
            ("203.0.114.0", "223.255.255.255"), ("2000::", "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("2001:200::", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("2001:db9::", "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("2003::", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("3fff:1000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), ("::ffff:8.8.8.8", "::ffff:93.184.216.34"),
            ("64:ff9b::8.8.8.8", "64:ff9b::93.184.216.34"), ("2606:4700:4700::1111", "2a00:1450:4001:80b::200e"),
        ])
    func open(first: String, last: String) throws {
        for text in [first, last] { #expect(try !AddressGuard().isForbidden(address(text)), "\(text)") }
    }

    @Test("The operator opens exactly what his list contains")
    func allowList() throws {
        let ranges = try ["192.168.7.0/24", "10.1.2.3", "fd00:aa::/32"].map { try #require(AddressRange(parsing: $0)) }
        let door = AddressGuard(allow: ranges)
        for text in ["192.168.7.0", "192.168.7.255", "::ffff:192.168.7.9", "10.1.2.3", "fd00:aa::1"] {
            #expect(try !door.isForbidden(address(text)), "\(text)")
        }
        #expect(try !door.isForbidden(address("64:ff9b::10.1.2.3")))
        for text in ["192.168.6.255", "192.168.8.0", "10.1.2.4", "fd00:ab::1", "127.0.0.1", "64:ff9b::10.1.2.4"] {
            #expect(try door.isForbidden(address(text)), "\(text)")
        }
    }

    @Test("A range of IPv4-mapped addresses is one of IPv4 addresses; all of IPv6 contains none of them")
    func mappedRanges() throws {
        #expect(AddressRange(parsing: "::ffff:10.0.0.0/104") == AddressRange(parsing: "10.0.0.0/8"))
        let all = try #require(AddressRange(parsing: "::/0"))
        #expect(try AddressGuard(allow: [all]).isForbidden(address("::ffff:127.0.0.1")))
        #expect(try !AddressGuard(allow: [all]).isForbidden(address("::1")))
    }

    @Test(
        "What is no range is not taken for one",
        arguments: [
            "", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.1/8", "10/8",
            "fc00::/129", "fc00::1/7", "[::1]", "localhost", "10.0.0.0/٨", " 10.0.0.0/8", "fe80::1%lo",
            "127.0.0.1\0", "127.1", "0x7f.0.0.1", "010.0.0.1", "2130706433",
        ])
    func noRanges(text: String) {
        #expect(AddressRange(parsing: text) == nil)
    }

    @Test("Every range of the table can be read")
    func table() {
        #expect(AddressRange.special.count == 32)
    }

    private func address(_ text: String) throws -> IPAddress {
        try #require(IPAddress(parsing: text), "\(text)")
    }
}
