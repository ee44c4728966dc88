/// A zone as RFC 1035 writes it.
extension Zone {
    var text: String {
        var lines = ["$ORIGIN \(domain).", "$TTL \(RecordSet.usualTTL)"]
        let first = nameservers.first ?? "ns.invalid"
        lines.append(
            "@ \(RecordSet.usualTTL) IN SOA \(first). hostmaster.\(domain). ( \(serial) 7200 3600 1209600 300 )")
        lines += nameservers.map { "@ \(RecordSet.usualTTL) IN NS \($0)." }
        lines += sets.flatMap { set in
            set.values.map { "\(set.name) \(set.ttl) IN \(set.type) \(Self.content($0, of: set.type))" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func content(_ value: String, of type: String) -> String {
        switch type {
        case "CNAME", "NS", "MX", "SRV": value.hasSuffix(".") ? value : value + "."
        case "TXT": pieces(of: value).map(quoted).joined(separator: " ")
        default: value
        }
    }

    /// A text has 255 bytes at most; longer ones are several.
    private static func pieces(of value: String) -> [ArraySlice<UInt8>] {
        let bytes = Array(value.utf8)
        return stride(from: 0, to: max(bytes.count, 1), by: 255).map { bytes[$0..<min($0 + 255, bytes.count)] }
    }

    private static func quoted(_ bytes: ArraySlice<UInt8>) -> String {
        let letters = bytes.map { byte in
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): "\\" + String(UnicodeScalar(byte))
            case 32..<127: String(UnicodeScalar(byte))
            default: "\\\(byte)"
            }
        }
        return "\"" + letters.joined() + "\""
    }
}
