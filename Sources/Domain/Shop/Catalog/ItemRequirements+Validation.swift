import Ledger

/// Whether a configuration is what an item needs.
extension ItemRequirements {
    /// - Throws: `mismatch` with the code `configuration_invalid` and the place at fault, such as `$.periodYears`.
    package func validate(_ configuration: JSONValue) throws(Refusal) {
        guard configuration == .null || configuration.object != nil else {
            throw Self.refusal("$", "The configuration must be an object.")
        }
        for name in (configuration.object ?? [:]).keys.sorted() where !fields.contains(where: { $0.name == name }) {
            let known = fields.map(\.name).joined(separator: ", ")
            throw Self.refusal("$.\(name.prefix(64))", "This item has no such field. Its fields are: \(known).")
        }
        for field in fields {
            if let value = configuration[field.name] {
                try field.validate(value)
            } else if field.isRequired {
                throw Self.refusal("$.\(field.name)", "\(field.name) is missing. \(field.about)")
            }
        }
    }

    package static func refusal(_ place: String, _ message: String) -> Refusal {
        Refusal(.mismatch, message, field: place, code: "configuration_invalid")
    }
}

extension ItemRequirements.Field {
    /// Texts have no more letters, and arrays no more elements, unless the field says so.
    private static let usualLength = (text: Int64(255), array: Int64(32))

    func validate(_ value: JSONValue) throws(Refusal) {
        switch type {
        case "string": try validate(text: value, at: "$.\(name)")
        case "integer": try validate(integer: value)
        case "number": try validate(dollars: value)
        case "boolean": if value.bool == nil { throw refusal("must be true or false.") }
        case "array": try validate(array: value)
        default: throw refusal("has a type that is unknown here: \(type).")
        }
    }

    private func validate(text value: JSONValue, at place: String) throws(Refusal) {
        guard let text = value.string else { throw refusal("must be a text.", at: place) }
        let most = type == "string" ? self.most ?? Self.usualLength.text : Self.usualLength.text
        let fewest = type == "string" ? self.least ?? 1 : 1
        guard (fewest...max(most, fewest)).contains(Int64(text.count)),
            !text.unicodeScalars.contains(where: \.isControl)
        else { throw refusal("must have from \(fewest) to \(most) letters, all of which can be seen.", at: place) }
        guard choices.isEmpty || choices.contains(text) else {
            throw refusal("must be one of: \(choices.joined(separator: ", ")).", at: place)
        }
        guard let pattern else { return }
        guard let expression = try? Regex(pattern), text.wholeMatch(of: expression) != nil else {
            throw refusal("does not have the form that it must have: \(about)", at: place)
        }
    }

    private func validate(integer value: JSONValue) throws(Refusal) {
        guard let number = value.integer else { throw refusal("must be a whole number.") }
        guard number >= least ?? .min, number <= most ?? .max else { throw refusal("must be \(range).") }
        guard choices.isEmpty || choices.contains(String(number)) else {
            throw refusal("must be one of: \(choices.joined(separator: ", ")).")
        }
    }

    private func validate(dollars value: JSONValue) throws(Refusal) {
        guard let amount = value.digits.flatMap({ Money(dollars: $0) }) else {
            throw refusal("must be an amount in dollars, with two places at most.")
        }
        guard amount.micros >= (least ?? 0) * Money.microsPerDollar,
            amount.micros <= (most ?? Int64.max / Money.microsPerDollar) * Money.microsPerDollar
        else { throw refusal("must be \(range), in dollars.") }
    }

    private func validate(array value: JSONValue) throws(Refusal) {
        guard let elements = value.array else { throw refusal("must be a list of texts.") }
        guard ((least ?? 0)...max(least ?? 0, most ?? Self.usualLength.array)).contains(Int64(elements.count)) else {
            throw refusal("must have from \(least ?? 0) to \(most ?? Self.usualLength.array) elements.")
        }
        for (place, element) in elements.enumerated() {
            try validate(text: element, at: "$.\(name)[\(place)]")
        }
    }

    private var range: String {
        switch (least, most) {
        case (let least?, let most?): "from \(least) to \(most)"
        case (let least?, nil): "\(least) or more"
        case (nil, let most?): "\(most) or less"
        case (nil, nil): "any number"
        }
    }

    private func refusal(_ what: String, at place: String? = nil) -> Refusal {
        ItemRequirements.refusal(place ?? "$.\(name)", "\(name) \(what)")
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control }
}
