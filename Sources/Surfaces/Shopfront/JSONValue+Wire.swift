package import Domain
package import Wire

/// A value of the domain from what came over the wire, and back. Numbers keep their digits.
extension JSONValue {
    init(_ json: JSON) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .number(value)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .array(elements.map { JSONValue($0) })
        case .object(let object): self = JSONValue(object)
        }
    }

    init(_ object: JSON.Object) {
        self = .object(
            Dictionary(object.members.map { ($0.key, JSONValue($0.value)) }, uniquingKeysWith: { $1 }))
    }
}

extension JSON {
    /// Members come in the order of their names, so that equal values are equal letters.
    package init(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .number(value)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .array(elements.map { JSON($0) })
        case .object(let members):
            var object = JSON.Object()
            for (key, value) in members.sorted(by: { $0.key < $1.key }) { object[key] = JSON(value) }
            self = .object(object)
        }
    }

    /// The same letters for the same meaning: members in order, nothing that is null, whole numbers without a point.
    var canonical: JSON {
        switch self {
        case .null, .bool, .integer, .string: return self
        case .number(let value): return Int64(exactly: value).map { .integer($0) } ?? self
        case .array(let elements): return .array(elements.map(\.canonical))
        case .object(let object):
            var sorted = JSON.Object()
            for member in object.members.sorted(by: { $0.key < $1.key }) where !member.value.isNull {
                sorted[member.key] = member.value.canonical
            }
            return .object(sorted)
        }
    }
}
