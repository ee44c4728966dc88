import Domain
import Outbound
import Testing

@Suite
struct TargetURLTests {
    @Test(
        "A URL is taken apart",
        arguments: [
            ("https://rialto.example", "rialto.example", 443, "/", "https://rialto.example/"),
            ("HTTP://Rialto.EXAMPLE:80?a=b", "rialto.example", 80, "/?a=b", "http://rialto.example/?a=b"),
            ("https://a:8443/x/y?z=1&w=%20#part", "a", 8443, "/x/y?z=1&w=%20", "https://a:8443/x/y?z=1&w=%20"),
            ("http://[::1]:8080/", "::1", 8080, "/", "http://[::1]:8080/"),
            ("http://[2606:4700::AB]", "2606:4700::ab", 80, "/", "http://[2606:4700::ab]/"),
            ("http://127.1/a//b/./c/../d", "127.1", 80, "/a//b/./c/../d", "http://127.1/a//b/./c/../d"),
            ("http://x/città?q={1}|[2]", "x", 80, "/citt%C3%A0?q=%7B1%7D%7C%5B2%5D", nil),
            ("http://xn--bcher-kva.example/@:?/?", "xn--bcher-kva.example", 80, "/@:?/?", nil),
            ("http://a_b.c-d.e.:65535/%2F%2e", "a_b.c-d.e.", 65535, "/%2F%2e", nil),
        ] as [(String, String, Int, String, String?)])
    func parts(text: String, host: String, port: Int, path: String, whole: String?) throws {
        let target = try TargetURL(parsing: text)
        #expect(target.host == host)
        #expect(target.port == port)
        #expect(target.path == path)
        if let whole { #expect(target.description == whole) }
        #expect(try TargetURL(parsing: target.description) == target)
    }

    @Test(
        "A URL that could be read in several ways is refused",
        arguments: [
            ("", "The URL does not begin with http:// or https://."),
            ("rialto.example", "The URL does not begin with http:// or https://."),
            ("ftp://rialto.example/", "The URL does not begin with http:// or https://."),
            ("http+unix://%2Ftmp%2Fx/", "The URL does not begin with http:// or https://."),
            ("http:/rialto.example", "The URL does not begin with http:// or https://."),
            ("x://http://rialto.example", "The URL does not begin with http:// or https://."),
            ("http://", "The URL has no host."), ("http:///x", "The URL has no host."),
            ("http://:80/", "The URL has no host."), ("http://?x", "The URL has no host."),
            ("https://user:pass@host/", "The URL contains a user name or a password."),
            ("https://@host/", "The URL contains a user name or a password."),
            ("https://a:80@b:90/", "The URL contains a user name or a password."),
            ("http://a b/", "The URL contains a space, a backslash or a control character."),
            ("http://a\\@b/", "The URL contains a space, a backslash or a control character."),
            ("http://a/\r\nHost: b", "The URL contains a space, a backslash or a control character."),
            ("http://a/\0", "The URL contains a space, a backslash or a control character."),
            ("http://a/\u{7f}", "The URL contains a space, a backslash or a control character."),
            ("http://bücher.example/", "The host is not ASCII. Write it in Punycode (xn--…)."),
            ("http://127。0。0。1/", "The host is not ASCII. Write it in Punycode (xn--…)."),
            ("http://①②⑦.1/", "The host is not ASCII. Write it in Punycode (xn--…)."),
            // A mark that joins with a sign makes another letter of it, for readers of letters.
            ("http://a/\u{301}b", "The host is not ASCII. Write it in Punycode (xn--…)."),
            ("http://a@\u{301}b", "The host is not ASCII. Write it in Punycode (xn--…)."),
            ("http://%31%32%37.1/", oddHost), ("http://a%00b/", oddHost), ("http://a,b/", oddHost),
            ("http://a[b]/", oddHost), ("http://a;b/", oddHost),
            ("http://a:/", noPort), ("http://a:0/", noPort), ("http://a:65536/", noPort), ("http://a:+80/", noPort),
            ("http://a:80:90/", noPort), ("http://a:８０/", noPort), ("http://[::1]:/", noPort),
            ("http://::1/", "The URL has no host."),
            ("http://[::1/", noAddress), ("http://[127.0.0.1]/", noAddress), ("http://[fe80::1%25lo]/", noAddress),
            ("http://[::1]x/", noAddress), ("http://[]/", noAddress), ("http://[v1.x]/", noAddress),
            ("http://a/%", badPercent), ("http://a/%4", badPercent), ("http://a/?%zz", badPercent),
            ("http://a/%FF", "The path of the URL is not UTF-8."),
        ])
    func refused(text: String, message: String) {
        #expect(throws: OutboundFault(.invalid, message)) { try TargetURL(parsing: text) }
        #expect(throws: OutboundFault(.invalid, message)) { try Messenger.real().check(url: text) }
    }

    private static let oddHost = "The host contains something else than letters, digits, “-”, “.” and “_”."
    private static let noPort = "The port is not a number from 1 to 65535."
    private static let noAddress = "The URL has no IPv6 address in its brackets."
    private static let badPercent = "A “%” in the URL does not begin the encoding of a letter."

    @Test("A URL has at most 2048 bytes")
    func length() throws {
        let longest = "http://a/" + String(repeating: "x", count: 2039)
        #expect(try TargetURL(parsing: longest).description == longest)
        #expect(throws: OutboundFault(.invalid, "The URL is longer than 2048 bytes.")) {
            try TargetURL(parsing: longest + "x")
        }
    }
}
