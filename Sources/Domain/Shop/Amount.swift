package import Ledger

/// Money as it is stored: millionths of a dollar.
extension Money: Codable {
    package init(from decoder: any Decoder) throws {
        self.init(micros: try decoder.singleValueContainer().decode(Int64.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(micros)
    }
}

extension JSONValue {
    /// Dollars with two places at most, as a number or as text.
    /// - Throws: `invalid` for anything else, and for what is not from `least` to `most`.
    package func dollars(_ field: String, least: Money, most: Money) throws(Refusal) -> Money {
        guard let amount = digits.flatMap({ Money(dollars: $0) }), amount >= least, amount <= most else {
            throw .invalid(
                field,
                "\(field) is an amount from \(least.dollars) to \(most.dollars) dollars, with two places at most.")
        }
        return amount
    }
}
