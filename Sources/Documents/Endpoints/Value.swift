/// A value of JSON or YAML, with the line that it begins on.
indirect enum Value: Sendable {
    case mapping(Mapping)
    case list([Value])
    /// A number and a truth as they are written.
    case text(String)

    var mapping: Mapping? { if case .mapping(let mapping) = self { mapping } else { nil } }
    var list: [Value] { if case .list(let list) = self { list } else { [] } }
    /// One line, or several; `nil` for what is empty.
    var text: String? {
        guard case .text(let text) = self, !text.isBlank else { return nil }
        return text
    }

    subscript(key: String) -> Value? { mapping?[key] }

    /// The text of a key.
    func text(_ key: String) -> String? { self[key]?.text }
}

/// Keys and their values, in the order in which they are written.
struct Mapping: Sendable {
    /// One key.
    struct Member: Sendable {
        var key: String
        var value: Value
        var line: Int
    }

    private(set) var members: [Member] = []
    private var places: [String: Int] = [:]

    /// Of two with the same key, the last one counts.
    mutating func add(_ key: String, _ value: Value, line: Int) {
        let member = Member(key: key, value: value, line: line)
        if let place = places[key] {
            members[place] = member
        } else {
            places[key] = members.count
            members.append(member)
        }
    }

    subscript(key: String) -> Value? { places[key].map { members[$0].value } }
}
