import Domain
import Ledger
import Wire

/// What a value of a tool's input may be.
indirect enum InputShape: Sendable, Equatable {
    case text(longest: Int = 1000)
    /// A text that all of a regular expression matches.
    case matching(String, longest: Int = 255)
    case word([String])
    /// The name of something that the shop has made.
    case id
    case integer(ClosedRange<Int64>)
    /// An amount of money with two places at most, as a number or as text.
    case dollars
    case flag
    /// A moment in UTC, as RFC 3339 has it.
    case moment
    case list(InputShape, most: Int)
    case object([InputField])
    /// Any object: whoever it is for knows what it must be.
    case free

    /// As JSON Schema 2020-12 says it.
    var schema: JSON.Object {
        switch self {
        case .text(let longest): ["type": "string", "maxLength": .integer(Int64(longest))]
        case .matching(let pattern, let longest):
            ["type": "string", "pattern": .string("^(?:\(pattern))$"), "maxLength": .integer(Int64(longest))]
        case .word(let words): ["type": "string", "enum": .array(words.map { .string($0) })]
        case .id: ["type": "string", "maxLength": 64]
        case .integer(let range):
            ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
        case .dollars: ["type": ["number", "string"], "minimum": 0, "pattern": #"^[0-9]{1,12}(\.[0-9]{1,2})?$"#]
        case .flag: ["type": "boolean"]
        case .moment: ["type": "string", "format": "date-time"]
        case .list(let element, let most):
            ["type": "array", "items": .object(element.schema), "maxItems": .integer(Int64(most))]
        case .object(let fields): InputField.schema(fields)
        case .free: ["type": "object"]
        }
    }

    /// A value of this shape.
    var example: JSON {
        switch self {
        case .text, .matching: "text"
        case .word(let words): words.first.map { .string($0) } ?? .null
        case .id: "0190163d-8694-739b-aea5-966c26f8ad91"
        case .integer(let range): .integer(range.lowerBound)
        case .dollars: 10
        case .flag: true
        case .moment: "2027-01-01T00:00:00Z"
        case .list(let element, _): [element.example]
        case .object(let fields): InputField.example(fields)
        case .free: [:]
        }
    }
}

extension InputShape {
    /// - Parameter field: where the value stands: `record.values[0]`.
    /// - Throws: `invalid`, naming the field.
    func check(_ value: JSON, at field: String) throws(Refusal) {
        switch self {
        case .text(let longest): _ = try Self.text(value, longest, field)
        case .matching(let pattern, let longest): try Self.check(value, pattern, longest, field)
        case .word(let words):
            guard let text = value.string, words.contains(text) else {
                throw .invalid(field, "\(field) is one of \(words.joined(separator: ", ")).")
            }
        case .id: _ = try Self.text(value, 64, field)
        case .integer(let range):
            guard let number = value.integer, range.contains(number) else {
                throw .invalid(
                    field, "\(field) is a whole number from \(range.lowerBound) to \(range.upperBound).")
            }
        case .dollars:
            guard let digits = JSONValue(value).digits, Money(dollars: digits) != nil else {
                throw .invalid(field, "\(field) is an amount of dollars, with two places at most.")
            }
        case .flag:
            guard value.bool != nil else { throw .invalid(field, "\(field): expected a boolean, got \(value.kind)") }
        case .moment:
            guard value.string.flatMap({ Timestamp(iso8601: $0) }) != nil else {
                throw .invalid(field, "\(field) is a moment such as 2027-01-01T00:00:00Z.")
            }
        case .list(let element, let most): try Self.check(value, element, most, field)
        case .object(let fields): try InputField.check(Self.object(value, field), fields, below: field + ".")
        case .free: _ = try Self.object(value, field)
        }
    }

    private static func text(_ value: JSON, _ longest: Int, _ field: String) throws(Refusal) -> String {
        guard let text = value.string else { throw .invalid(field, "\(field): expected a string, got \(value.kind)") }
        // As JSON Schema counts a text's length.
        guard text.unicodeScalars.count <= longest else {
            throw .invalid(field, "\(field) has \(longest) characters at most.")
        }
        return text
    }

    private static func check(
        _ value: JSON, _ pattern: String, _ longest: Int, _ field: String
    ) throws(Refusal) {
        let text = try text(value, longest, field)
        guard let expression = try? Regex(pattern), text.wholeMatch(of: expression) != nil else {
            throw .invalid(field, "\(field) must match \(pattern).")
        }
    }

    private static func check(
        _ value: JSON, _ element: InputShape, _ most: Int, _ field: String
    ) throws(Refusal) {
        guard let list = value.array else { throw .invalid(field, "\(field): expected an array, got \(value.kind)") }
        guard list.count <= most else { throw .invalid(field, "\(field) has \(most) elements at most.") }
        for (place, item) in list.enumerated() { try element.check(item, at: "\(field)[\(place)]") }
    }

    private static func object(_ value: JSON, _ field: String) throws(Refusal) -> JSON.Object {
        guard let object = value.object else {
            throw .invalid(field, "\(field): expected an object, got \(value.kind)")
        }
        return object
    }
}
