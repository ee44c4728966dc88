import Foundation
import HTTPTypes
import Hummingbird

/// What the `Accept` headers of a request ask for: media ranges with their weights (RFC 9110 §12.5.1).
struct AcceptedTypes {
    private var ranges: [(name: String, weight: Double)] = []

    init(_ headers: [String]) {
        for range in headers.flatMap({ Self.pieces(of: $0, between: ",") }) {
            let parts = Self.pieces(of: range, between: ";").map { Self.trimmed($0.lowercased()) }
            guard let name = parts.first, !name.isEmpty else { continue }
            ranges.append((name, Self.weight(parts.dropFirst())))
        }
    }

    init(of request: Request) {
        self.init(request.headers[values: .accept])
    }

    /// Whether a type is asked for by its name or its family (`text/*`); `*/*` names nothing. The nearer range counts.
    func names(_ type: String) -> Bool {
        let family = type.prefix { $0 != "/" } + "/*"
        return (weight(of: type) ?? weight(of: String(family)) ?? 0) > 0
    }

    private func weight(of name: String) -> Double? {
        ranges.filter { $0.name == name }.map(\.weight).max()
    }

    /// 1 where nothing is said, or nothing that is a number.
    private static func weight(_ parameters: ArraySlice<String>) -> Double {
        for parameter in parameters {
            let halves = parameter.split(separator: "=", maxSplits: 1)
            guard halves.count == 2, trimmed(halves[0]) == "q" else { continue }
            return Double(trimmed(halves[1])) ?? 1
        }
        return 1
    }

    /// A separator within a quoted string is none.
    private static func pieces(of text: String, between separator: Character) -> [String] {
        var pieces = [""]
        var isQuoted = false
        var isEscaped = false
        for letter in text {
            if letter == separator, !isQuoted {
                pieces.append("")
                continue
            }
            pieces[pieces.count - 1].append(letter)
            if letter == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = isQuoted && letter == "\\" && !isEscaped
        }
        return pieces
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        text.trimmingCharacters(in: .whitespaces)
    }
}
