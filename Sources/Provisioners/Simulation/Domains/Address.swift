import Foundation

/// Addresses of the internet, as records hold them.
enum Address {
    /// Four numbers from 0 to 255, none of which begins with a 0 that it does not need.
    static func v4(_ text: some StringProtocol) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isRight =
            parts.count == 4
            && parts.allSatisfy { part in
                (1...3).contains(part.utf8.count) && part.utf8.allSatisfy(\.isDigit)
                    && (part.utf8.count == 1 || !part.hasPrefix("0")) && (Int(part) ?? 256) <= 255
            }
        return isRight ? String(text) : nil
    }

    /// Eight groups of up to four hexadecimal digits, `::` for a run of zeros, the last two perhaps as IPv4.
    static func v6(_ text: some StringProtocol) -> String? {
        let text = text.lowercased()
        let halves = text.components(separatedBy: "::")
        guard halves.count <= 2, let left = groups(halves[0], isEnd: halves.count == 1) else { return nil }
        guard halves.count == 2 else { return left == 8 ? text : nil }
        guard let right = groups(halves[1], isEnd: true), left + right <= 7 else { return nil }
        return text
    }

    /// How many groups a part has; nil where one is none.
    private static func groups(_ text: String, isEnd: Bool) -> Int? {
        guard !text.isEmpty else { return 0 }
        var count = 0
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if isEnd, index == parts.count - 1, part.contains(".") {
                guard v4(part) != nil else { return nil }
                count += 2
            } else {
                guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit), part.allSatisfy(\.isASCII)
                else { return nil }
                count += 1
            }
        }
        return count
    }

    /// An address, or a network as `10.0.0.0/8`.
    static func network(_ text: String) -> String? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let isShort = v4(parts[0]) != nil
        guard parts.count <= 2, isShort || v6(parts[0]) != nil else { return nil }
        guard parts.count == 2 else { return text.lowercased() }
        guard parts[1].utf8.allSatisfy(\.isDigit), let bits = Int(parts[1]), bits <= (isShort ? 32 : 128) else {
            return nil
        }
        return text.lowercased()
    }
}
