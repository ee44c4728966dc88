import Domain

/// What is asked of the letters of a URL, part by part.
enum TargetURLRules {
    /// Of two readers, one may take such letters for an end and the other not.
    static func check(_ text: String, maximumBytes: Int) throws(OutboundFault) {
        guard text.utf8.count <= maximumBytes else {
            throw OutboundFault(.invalid, "The URL is longer than \(maximumBytes) bytes.")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "\\") }) else {
            throw OutboundFault(.invalid, "The URL contains a space, a backslash or a control character.")
        }
    }

    static func scheme(of text: String) throws(OutboundFault) -> (TargetURL.Scheme, Substring) {
        guard let end = text.firstRange(of: "://"),
            let scheme = TargetURL.Scheme(rawValue: text[..<end.lowerBound].lowercased())
        else { throw OutboundFault(.invalid, "The URL does not begin with http:// or https://.") }
        return (scheme, text[end.upperBound...])
    }

    static func hostAndPort(_ authority: Substring) throws(OutboundFault) -> (String, Int?) {
        guard !authority.contains("@") else {
            throw OutboundFault(.invalid, "The URL contains a user name or a password.")
        }
        if authority.hasPrefix("[") { return try bracketed(authority) }
        let halves = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let host = try name(halves.first ?? "")
        return (host, halves.count == 2 ? try port(halves[1]) : nil)
    }

    private static func bracketed(_ authority: Substring) throws(OutboundFault) -> (String, Int?) {
        guard let end = authority.firstIndex(of: "]") else { throw noAddress }
        let host = authority[authority.index(after: authority.startIndex)..<end].lowercased()
        guard let address = IPAddress(parsing: host), !address.isIPv4 else { throw noAddress }
        let rest = authority[authority.index(after: end)...]
        guard !rest.isEmpty else { return (host, nil) }
        guard rest.hasPrefix(":") else { throw noAddress }
        return (host, try port(rest.dropFirst()))
    }

    private static let noAddress = OutboundFault(.invalid, "The URL has no IPv6 address in its brackets.")

    private static func name(_ text: Substring) throws(OutboundFault) -> String {
        guard !text.isEmpty else { throw OutboundFault(.invalid, "The URL has no host.") }
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw OutboundFault(.invalid, "The host is not ASCII. Write it in Punycode (xn--…).")
        }
        guard text.utf8.count <= 253, text.utf8.allSatisfy({ $0.isLetterOrDigit || "-._".utf8.contains($0) }) else {
            throw OutboundFault(.invalid, "The host contains something else than letters, digits, “-”, “.” and “_”.")
        }
        return text.lowercased()
    }

    private static func port(_ text: Substring) throws(OutboundFault) -> Int {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(text), (1...65535).contains(port)
        else { throw OutboundFault(.invalid, "The port is not a number from 1 to 65535.") }
        return port
    }

    /// Path and query, without the fragment. What RFC 3986 does not allow there is encoded here, so that nobody
    /// behind this has a reason to change it.
    static func path(_ text: Substring) throws(OutboundFault) -> String {
        let sent = text.prefix { $0 != "#" }
        let whole = (sent.hasPrefix("/") ? "" : "/") + sent
        let pathOnly = whole.prefix { $0 != "?" }
        guard let bytes = PercentEncoding.decode(pathOnly), PercentEncoding.decode(whole[...]) != nil else {
            throw OutboundFault(.invalid, "A “%” in the URL does not begin the encoding of a letter.")
        }
        // Foundation, and with it the client, reads a path of other bytes as an empty one.
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw OutboundFault(.invalid, "The path of the URL is not UTF-8.")
        }
        return PercentEncoding.encode(whole) { $0.isLetterOrDigit || "-._~!$&'()*+,;=:@/?%".utf8.contains($0) }
    }
}
