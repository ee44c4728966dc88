import Domain
import Ledger
import Wire

/// A tool being used: by whom, with what.
struct ToolCall: Sendable {
    let front: Shopfront
    let buyer: Buyer
    let input: ToolInput
    /// nil where none was sent.
    let key: IdempotencyKey?

    var shop: Shop { front.shop }

    /// - Throws: `invalid` where none was sent.
    var neededKey: IdempotencyKey {
        get throws(Refusal) {
            guard let key else { throw .keyRequired }
            return key
        }
    }
}

/// What came of using a tool.
struct ToolAnswer: Sendable {
    /// How far it got.
    enum Kind: Sendable {
        case ok, created
        /// It goes on, or waits for somebody.
        case accepted
    }

    var body: JSON
    var kind = Kind.ok
    /// Whether it is the first answer of an earlier, equal call.
    var isRepeated = false
    /// A no that is kept, and told again to whoever asks again.
    var refusal: Refusal?
    /// What stands for the request in a kept no, so that it is always told in the same letters.
    var refusedAs: ID?

    static func ok(_ body: JSON) -> ToolAnswer { ToolAnswer(body: body) }
}

/// A tool's input, after it was checked against its fields.
struct ToolInput: Sendable {
    let object: JSON.Object

    init(_ object: JSON.Object) {
        self.object = object
    }

    func value(_ name: String) -> JSON? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    func text(_ name: String) -> String? { value(name)?.string }
    func flag(_ name: String) -> Bool? { value(name)?.bool }
    func integer(_ name: String) -> Int64? { value(name)?.integer }
    func count(_ name: String) -> Int? { integer(name).map { Int($0) } }
    func moment(_ name: String) -> Timestamp? { text(name).flatMap { Timestamp(iso8601: $0) } }
    func texts(_ name: String) -> [String]? { value(name)?.array?.compactMap(\.string) }

    /// An id of a kind of thing; letters that are none name nothing.
    func id(_ name: String) throws(Refusal) -> ID? {
        guard let text = text(name) else { return nil }
        guard let id = ID(spelled: text) else {
            throw Refusal(.notFound, "There is nothing called “\(text)”.", field: name)
        }
        return id
    }

    func neededID(_ name: String) throws(Refusal) -> ID {
        guard let id = try id(name) else { throw .invalid(name, "\(name) is needed.") }
        return id
    }

    func needed(_ name: String) throws(Refusal) -> String {
        guard let text = text(name) else { throw .invalid(name, "\(name) is needed.") }
        return text
    }

    /// Cents.
    func minor(_ name: String) throws(Refusal) -> Money? {
        guard let number = integer(name) else { return nil }
        guard let money = Money(minor: number) else { throw .invalid(name, "\(name) is too much.") }
        return money
    }

    /// Dollars, with two places at most.
    func dollars(_ name: String) throws(Refusal) -> Money? {
        guard let value = value(name) else { return nil }
        guard let money = JSONValue(value).digits.flatMap({ Money(dollars: $0) }) else {
            throw .invalid(name, "\(name) is an amount of dollars, with two places at most.")
        }
        return money
    }

    /// One of the words of a type.
    func word<Word: RawRepresentable>(_ name: String) -> Word? where Word.RawValue == String {
        text(name).flatMap { Word(rawValue: $0) }
    }

    /// Everything but these, as the domain has it.
    func value(without names: Set<String>) -> JSONValue {
        var rest = JSON.Object()
        for member in object.members where !names.contains(member.key) && !member.value.isNull {
            rest[member.key] = member.value
        }
        return JSONValue(rest)
    }
}
