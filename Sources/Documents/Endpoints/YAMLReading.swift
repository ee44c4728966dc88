import Domain
import Yams

/// Reads YAML whole, but not what its aliases would make of it without end.
struct YAMLReading {
    /// What is no YAML, or not one that is read here.
    struct Fault: Error {
        var reason: String
    }

    private static let mostValues = 1_000_000
    private static let deepest = 200

    private var values = 0

    static func read(_ text: String) throws(Fault) -> Value {
        if AliasCheck(text).isDangerous { throw Fault(reason: "it uses aliases within keys") }
        let node: Node?
        do { node = try Yams.compose(yaml: text) } catch { throw Fault(reason: Self.reason(error)) }
        guard let node else { throw Fault(reason: "it is empty") }
        var reading = YAMLReading()
        return try reading.value(node, depth: 1)
    }

    private static func reason(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "\(problem) in line \(mark.line)"
        default: "it cannot be parsed"
        }
    }

    /// An alias is read again at each place, which is why they are counted.
    private mutating func value(_ node: Node, depth: Int) throws(Fault) -> Value {
        values += 1
        guard values <= Self.mostValues else { throw Fault(reason: "it has more than \(Self.mostValues) values") }
        guard depth <= Self.deepest else { throw Fault(reason: "it is nested too deeply") }
        switch node {
        case .scalar(let scalar):
            return .text(scalar.style == .plain && Self.isNull(scalar.string) ? "" : scalar.string)
        case .sequence(let sequence):
            var list: [Value] = []
            for node in sequence { list.append(try value(node, depth: depth + 1)) }
            return .list(list)
        case .mapping(let mapping): return .mapping(try members(mapping, depth))
        case .alias: return .text("")
        }
    }

    private mutating func members(_ mapping: Node.Mapping, _ depth: Int) throws(Fault) -> Mapping {
        var members = Mapping()
        for (key, node) in mapping {
            let value = try value(node, depth: depth + 1)
            if key.string == "<<", let merged = value.mapping {
                for member in merged.members where members[member.key] == nil {
                    members.add(member.key, member.value, line: member.line)
                }
            } else if let name = key.scalar?.string {
                members.add(name, value, line: key.mark?.line ?? 1)
            }
        }
        return members
    }

    private static func isNull(_ text: String) -> Bool { ["", "~", "null", "Null", "NULL"].contains(text) }
}

/// Looks for aliases in keys. To compare such keys, the parser would go through all that they stand for, which can
/// be more than there is time for.
struct AliasCheck {
    private static let harmless = 12
    let isDangerous: Bool

    init(_ text: String) {
        var aliases = 0
        var hasComplexKeys = false
        // A key without a question mark stands on one line, and `/pets/{id}:` is none that is complex.
        var isAliasInLine = false
        var (before, last) = (Byte.newline, Byte.newline)
        for byte in text.utf8 {
            let isBeginning = before.isSpace || "[{,:-?".utf8.contains(before)
            if byte == Byte.newline { isAliasInLine = false }
            if last == Byte.star, isBeginning, byte.isWordByte || byte == Byte.dash {
                aliases += 1
                isAliasInLine = true
            }
            if last == UInt8(ascii: "?"), isBeginning, byte.isSpace { hasComplexKeys = true }
            if byte == Byte.colon, isAliasInLine, last.isSpace || last == Byte.closeBracket || last == Byte.closeBrace
            {
                hasComplexKeys = true
            }
            (before, last) = (last, byte)
        }
        isDangerous = aliases > Self.harmless && hasComplexKeys
    }
}
