import Domain
import Foundation

/// What an action was given, read member by member.
struct ActionInput {
    let action: ManagementAction
    /// The object that is read, and its path in the input: `record`.
    let members: JSONValue
    let path: String

    init(_ action: ManagementAction) {
        self.action = action
        members = action.input
        path = ""
    }

    private init(_ action: ManagementAction, _ members: JSONValue, path: String) {
        self.action = action
        self.members = members
        self.path = path
    }

    func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    func refusal(_ name: String, _ what: String) -> Refusal {
        .input(place(name), "\(place(name)) \(what)")
    }

    func has(_ name: String) -> Bool { members[name] != nil }

    func object(_ name: String) throws(Refusal) -> ActionInput {
        guard let inner = members[name], inner.object != nil else { throw refusal(name, "must be an object.") }
        return ActionInput(action, inner, path: place(name))
    }

    func objects(_ name: String, most: Int) throws(Refusal) -> [ActionInput] {
        let elements = try array(name, 0...most)
        var inner: [ActionInput] = []
        for (index, element) in elements.enumerated() {
            guard element.object != nil else { throw refusal("\(name)[\(index)]", "must be an object.") }
            inner.append(ActionInput(action, element, path: place("\(name)[\(index)]")))
        }
        return inner
    }

    /// A text that must be there, unless there is a usual one.
    func text(
        _ name: String, least: Int = 1, most: Int = 255, pattern: String? = nil, usually: String? = nil
    ) throws(Refusal) -> String {
        guard let value = members[name] else {
            guard let usually else { throw refusal(name, "is missing.") }
            return usually
        }
        return try checked(value, name, least: least, most: most, pattern: pattern)
    }

    func optionalText(_ name: String, most: Int = 255, pattern: String? = nil) throws(Refusal) -> String? {
        has(name) ? try text(name, most: most, pattern: pattern) : nil
    }

    func text(_ name: String, from choices: [String], usually: String? = nil) throws(Refusal) -> String {
        let value = try text(name, usually: usually)
        guard choices.contains(value) else {
            throw refusal(name, "must be one of: \(choices.joined(separator: ", ")).")
        }
        return value
    }

    func texts(
        _ name: String, _ count: ClosedRange<Int>, least: Int = 1, most: Int = 255, pattern: String? = nil
    ) throws(Refusal) -> [String] {
        var texts: [String] = []
        for (index, element) in try array(name, count).enumerated() {
            texts.append(try checked(element, "\(name)[\(index)]", least: least, most: most, pattern: pattern))
        }
        return texts
    }

    func integer(_ name: String, _ range: ClosedRange<Int64>, usually: Int64? = nil) throws(Refusal) -> Int64 {
        guard let value = members[name] ?? usually.map(JSONValue.integer) else { throw refusal(name, "is missing.") }
        guard let number = value.integer, range.contains(number) else {
            throw refusal(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    func flag(_ name: String, usually: Bool? = nil) throws(Refusal) -> Bool {
        guard let value = members[name] ?? usually.map(JSONValue.bool) else { throw refusal(name, "is missing.") }
        guard let flag = value.bool else { throw refusal(name, "must be true or false.") }
        return flag
    }

    func moment(_ name: String) throws(Refusal) -> Timestamp? {
        guard let value = members[name] else { return nil }
        guard let moment = value.string.flatMap({ Timestamp(iso8601: $0) }) else {
            throw refusal(name, "must be a moment such as 2026-03-14T10:30:00Z.")
        }
        return moment
    }

    private func array(_ name: String, _ count: ClosedRange<Int>) throws(Refusal) -> [JSONValue] {
        guard let elements = members[name]?.array, count.contains(elements.count) else {
            throw refusal(name, "must be a list of \(count.lowerBound) to \(count.upperBound) elements.")
        }
        return elements
    }

    private func checked(
        _ value: JSONValue, _ name: String, least: Int, most: Int, pattern: String?
    ) throws(Refusal) -> String {
        guard let text = value.string, (least...most).contains(text.utf8.count) else {
            throw refusal(name, "must be a text of \(least) to \(most) bytes.")
        }
        guard let pattern else { return text }
        guard let expression = try? Regex(pattern), text.wholeMatch(of: expression) != nil else {
            throw refusal(name, "does not have the form that it must have.")
        }
        return text
    }
}

extension JSONValue {
    /// This object and other members, which stand in the place of those of the same names.
    func with(_ others: [String: JSONValue]) -> JSONValue {
        .object((object ?? [:]).merging(others) { $1 })
    }

    init(_ text: String?) { self = text.map(JSONValue.string) ?? .null }

    init(_ texts: [String]) { self = .array(texts.map(JSONValue.string)) }
}
