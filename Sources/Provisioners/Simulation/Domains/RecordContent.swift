/// What the records of each type say.
enum RecordContent {
    /// Why something is no content of its type: `must be an IPv4 address.`
    struct Fault: Error {
        var what: String
    }

    /// The content as it is kept.
    /// - Parameter priority: for those values of MX and SRV that begin with none.
    static func normal(_ text: String, type: String, priority: Int64?, domain: String) throws(Fault) -> String {
        switch type {
        case "A": try checked(Address.v4(text), "must be an IPv4 address.")
        case "AAAA": try checked(Address.v6(text), "must be an IPv6 address.")
        case "CNAME", "NS": try checked(host(text, domain), "must be the name of a host, such as www.example.com.")
        case "MX": try mail(text, priority, domain)
        case "SRV": try service(text, priority, domain)
        case "CAA": try authority(text)
        case "TXT": try checked(isText(text) ? text : nil, "must be a text of 1 to 2048 bytes, in one line.")
        default: throw Fault(what: "has a type that is not known here.")
        }
    }

    private static func checked(_ value: String?, _ what: String) throws(Fault) -> String {
        guard let value else { throw Fault(what: what) }
        return value
    }

    /// `@` is the domain itself.
    private static func host(_ text: some StringProtocol, _ domain: String) -> String? {
        text == "@" ? domain : DomainName.owner(String(text))
    }

    private static func isText(_ text: String) -> Bool {
        (1...2048).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 32 && $0 != 127 }
    }

    private static func number(_ text: some StringProtocol) -> Int64? {
        text.utf8.allSatisfy(\.isDigit) && text.utf8.count <= 5 ? Int64(text).flatMap { $0 <= 65_535 ? $0 : nil } : nil
    }

    /// `10 mail.example.com`; `0 .` says that there is no mail.
    private static func mail(_ text: String, _ priority: Int64?, _ domain: String) throws(Fault) -> String {
        var parts = text.split(separator: " ")
        if parts.count == 1, let priority { parts.insert(Substring(String(priority)), at: 0) }
        guard parts.count == 2, let first = number(parts[0]),
            let name = parts[1] == "." ? "." : host(parts[1], domain)
        else { throw Fault(what: "must be a priority and the name of a host, such as 10 mail.example.com.") }
        return "\(first) \(name)"
    }

    /// `10 5 5060 sip.example.com`: priority, weight, port, host.
    private static func service(_ text: String, _ priority: Int64?, _ domain: String) throws(Fault) -> String {
        var parts = text.split(separator: " ")
        if parts.count == 3, let priority { parts.insert(Substring(String(priority)), at: 0) }
        guard parts.count == 4, let first = number(parts[0]), let weight = number(parts[1]),
            let port = number(parts[2]), let name = parts[3] == "." ? "." : host(parts[3], domain)
        else { throw Fault(what: "must be priority, weight, port and host, such as 10 5 5060 sip.example.com.") }
        return "\(first) \(weight) \(port) \(name)"
    }

    /// `0 issue "letsencrypt.org"`
    private static func authority(_ text: String) throws(Fault) -> String {
        let parts = text.split(separator: " ", maxSplits: 2)
        let tags = ["issue", "issuewild", "iodef", "issuemail", "contactemail", "contactphone"]
        guard parts.count == 3, let flags = number(parts[0]), flags <= 255, tags.contains(parts[1].lowercased()),
            let value = unquoted(parts[2])
        else { throw Fault(what: #"must be flags, a tag and a value, such as 0 issue "letsencrypt.org"."#) }
        return "\(flags) \(parts[1].lowercased()) \"\(value)\""
    }

    private static func unquoted(_ text: Substring) -> Substring? {
        var value = text
        if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") { value = value.dropFirst().dropLast() }
        let isPlain = value.utf8.allSatisfy {
            (32..<127).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        return isPlain && value.utf8.count <= 255 ? value : nil
    }
}
