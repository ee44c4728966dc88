/// How a document is cut into passages.
package struct Splitting: Sendable, Equatable, Codable {
    package enum Strategy: String, Sendable, Codable, CaseIterable {
        case none = "NONE"
        case lines = "LINES_QUANTITY"
        case tokens = "TOKENS_QUANTITY"
        case characters = "CHARACTERS_QUANTITY"
        /// By what the document is made of: headings, keys, definitions, paragraphs.
        case syntactic = "SYNTACTIC"
        /// By the operations of an OpenAPI document.
        case endpoint = "ENDPOINT"

        /// What a passage has where nobody says.
        package var usualQuantity: Int {
            switch self {
            case .lines: 60
            case .characters: 2000
            case .none, .tokens, .syntactic, .endpoint: 400
            }
        }
    }

    package var strategy: Strategy
    /// Lines, tokens or characters of a passage; for the others the most tokens of one.
    package var quantity: Int
    /// How much of the one before a passage repeats, in the same unit.
    package var overlap: Int

    package init(_ strategy: Strategy, quantity: Int, overlap: Int) {
        self.strategy = strategy
        self.quantity = quantity
        self.overlap = overlap
    }

    package static let usual = Splitting(.syntactic, quantity: Strategy.syntactic.usualQuantity, overlap: 0)

    /// - Throws: `invalid` for numbers that no passages can have.
    package init(_ strategy: Strategy, quantity: Int?, overlap: Int?) throws(Refusal) {
        let quantity = quantity ?? strategy.usualQuantity
        guard (1...1_000_000).contains(quantity) else {
            throw .invalid(
                "split_quantity", "A passage has 1 to 1000000 lines, tokens or characters, not \(quantity).")
        }
        let overlap = overlap ?? 0
        guard (0..<quantity).contains(overlap) else {
            throw .invalid(
                "split_overlap",
                "A passage of \(quantity) repeats 0 to \(quantity - 1) of the one before it, not \(overlap).")
        }
        self.init(strategy, quantity: quantity, overlap: overlap)
    }
}

/// A piece of a document, as it was cut.
package struct Cutting: Sendable, Equatable {
    /// Where it stands in the document, such as `Install › Linux`: headings, a definition's name, a path of keys, an
    /// endpoint; empty for none.
    package var heading: String
    package var text: String
    /// The first line of it in the document's text, from 1.
    package var line: Int

    package init(heading: String, text: String, line: Int) {
        self.heading = heading
        self.text = text
        self.line = line
    }
}
