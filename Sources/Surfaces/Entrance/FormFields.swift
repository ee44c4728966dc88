import Foundation

/// The fields of an `application/x-www-form-urlencoded` body, in order, repetitions kept.
struct FormFields {
    let pairs: [(name: String, value: String)]

    /// - Returns: nil for bytes that are no such form: a bad percent escape, or not UTF-8.
    init?(_ text: String) {
        var pairs: [(String, String)] = []
        for piece in text.split(separator: "&") {
            let halves = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(halves[0]), let value = halves.count > 1 ? Self.decode(halves[1]) : "" else {
                return nil
            }
            pairs.append((name, value))
        }
        self.pairs = pairs
    }

    static func decode(_ text: some StringProtocol) -> String? {
        String(text).replacing("+", with: " ").removingPercentEncoding
    }
}
