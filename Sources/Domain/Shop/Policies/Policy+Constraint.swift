import Foundation

/// What a constraint has against a configuration.
extension Policy.Constraint {
    private static let longestText = 1000

    var saysSomething: Bool { among != nil || most != nil || least != nil || pattern != nil || equals != nil }

    func concerns(_ category: String) -> Bool { categories?.contains(category) ?? true }

    /// nil where there is nothing against it.
    /// - Throws: where the constraint itself cannot be understood, which parsing refuses.
    func complaint(about configuration: JSONValue) throws -> String? {
        guard let place = ConfigurationPath(parsing: path) else { throw Unjudgeable() }
        let pattern = try pattern.map { try TextPattern(parsing: $0) }
        for value in place.values(in: configuration) {
            guard let value else {
                if among != nil || equals != nil { return "\(path) is missing: it \(wanted)." }
                continue
            }
            if let complaint = complaint(about: value, pattern) { return complaint }
        }
        return nil
    }

    private func complaint(about value: JSONValue, _ pattern: TextPattern?) -> String? {
        if let among, !among.contains(where: { $0.isSame(as: value) }) { return "\(path) \(wanted)." }
        if let equals, !equals.isSame(as: value) { return "\(path) \(wanted)." }
        if least != nil || most != nil {
            guard let number = value.plainNumber else { return "\(path) must be a number." }
            if let most, number > most { return "\(path) is more than \(JSONValue.number(most).words)." }
            if let least, number < least { return "\(path) is less than \(JSONValue.number(least).words)." }
        }
        if let pattern {
            guard let text = value.string else { return "\(path) must be a text." }
            guard text.unicodeScalars.count <= Self.longestText, pattern.matchesAll(of: text) else {
                return "\(path) does not match \(self.pattern ?? "")."
            }
        }
        return nil
    }

    private var wanted: String {
        if let equals { return "must be \(equals.words)" }
        return "must be one of \((among ?? []).map(\.words).joined(separator: ", "))"
    }
}

extension JSONValue {
    /// Whether both are the same, numbers by what they count.
    fileprivate func isSame(as other: JSONValue) -> Bool {
        if self == other { return true }
        guard let number, let another = other.number else { return false }
        return number == another
    }

    /// A number, or the decimal digits of one in a text, as amounts are written.
    fileprivate var plainNumber: Double? {
        if let number { return number.isFinite ? number : nil }
        guard let text = string, text.utf8.count <= 30, text.wholeMatch(of: /-?[0-9]+(\.[0-9]+)?/) != nil else {
            return nil
        }
        return Double(text)
    }

    /// For people.
    var words: String {
        switch self {
        case .null: "null"
        case .bool(let value): String(value)
        case .integer(let value): String(value)
        case .number(let value): value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
        case .string(let text): text
        case .array, .object: "another value"
        }
    }
}
