/// Names of hosts and records, as DNS has them.
enum DomainName {
    /// A name in small letters without the point at its end; nil for what is none.
    static func host(_ text: String) -> String? {
        checked(text) { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") }
    }

    /// The name of a record, which may have underscores, and a star in its first place.
    static func owner(_ text: String) -> String? {
        guard text != "*" else { return text }
        let hasStar = text.hasPrefix("*.")
        let plain = checked(hasStar ? String(text.dropFirst(2)) : text) {
            $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
        return plain.map { hasStar ? "*.\($0)" : $0 }
    }

    private static func checked(_ text: String, _ isAllowed: (UInt8) -> Bool) -> String? {
        var name = text.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        let isRight = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.utf8.allSatisfy(isAllowed) && !label.hasPrefix("-")
                && !label.hasSuffix("-")
        }
        return isRight && name.utf8.count <= 253 ? name : nil
    }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isLetterOrDigit: Bool { isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
}
