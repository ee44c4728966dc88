import Domain
import Foundation
import Yams

/// A file that a command is given, or what it is given on standard input, which is called `-`.
enum CommandFile {
    static let standard = "-"

    /// - Throws: `invalid` for what cannot be read as UTF-8 text.
    static func text(_ path: String) throws(Refusal) -> String {
        let bytes =
            path == standard
            ? try? FileHandle.standardInput.readToEnd() ?? Data() : try? Data(contentsOf: URL(filePath: path))
        guard let text = bytes.flatMap({ String(data: $0, encoding: .utf8) }) else {
            let name = path == standard ? "Standard input" : "The file \(path)"
            throw .invalid("file", "\(name) cannot be read as UTF-8 text.")
        }
        return text
    }

    /// What a document in JSON or in YAML says.
    static func document(_ path: String) throws(Refusal) -> JSONValue {
        let text = try text(path)
        if let json = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) { return json }
        let node: Node?
        do { node = try compose(yaml: text) } catch {
            throw .invalid("file", "\(path) is neither JSON nor YAML\(problem(error)).")
        }
        guard let node else { throw .invalid("file", "\(path) is empty.") }
        return try JSONValue(node, within: path)
    }

    private static func problem(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            ": \(problem) in line \(mark.line)"
        case .duplicatedKeysInMapping(let names, let context):
            ": \(names.sorted().joined(separator: ", ")) stands twice in line \(context.mark.line)"
        default: ""
        }
    }
}

extension JSONValue {
    fileprivate init(_ node: Node, within path: String) throws(Refusal) {
        switch node {
        case .scalar(let scalar): self = Self.plain(scalar)
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            for element in sequence { elements.append(try JSONValue(element, within: path)) }
            self = .array(elements)
        case .mapping(let mapping):
            var members: [String: JSONValue] = [:]
            for (key, value) in mapping {
                guard let name = key.scalar?.string else {
                    throw .invalid("file", "\(path):\(key.mark?.line ?? 1): a key is a word.")
                }
                members[name] = try JSONValue(value, within: path)
            }
            self = .object(members)
        case .alias: self = .null
        }
    }

    /// What stands in quotes is text, whatever it looks like.
    private static func plain(_ scalar: Node.Scalar) -> JSONValue {
        let text = scalar.string
        guard scalar.style == .plain || scalar.style == .any else { return .string(text) }
        return JSONValue(plain: text) ?? .string(text)
    }

    /// What a word in YAML means without quotes; nil for what is only text.
    private init?(plain text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .bool(true)
        case "false", "False", "FALSE": self = .bool(false)
        default:
            let number = /[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?/
            guard text.wholeMatch(of: number) != nil else { return nil }
            if let integer = Int64(text) {
                self = .integer(integer)
            } else if let number = Double(text), number.isFinite {
                self = .number(number)
            } else {
                return nil
            }
        }
    }
}

/// A value as YAML that is read back as the same.
enum YAMLText {
    static func render(_ value: JSONValue) -> String {
        let text = (try? serialize(node: node(value), width: -1, allowUnicode: true)) ?? ""
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    private static func node(_ value: JSONValue) -> Node {
        switch value {
        case .null: Node("null")
        case .bool(let value): Node(value ? "true" : "false")
        case .integer(let value): Node(String(value))
        case .number(let value): Node("\(value)")
        case .string(let text): Node(text, .implicit, JSONValue.isPlain(text) ? .any : .doubleQuoted)
        case .array(let elements): Node(elements.map(node))
        case .object(let members):
            Node(members.sorted { $0.key < $1.key }.map { (Node($0.key), node($0.value)) })
        }
    }
}

extension JSONValue {
    /// Whether a text needs no quotes to be read as text.
    fileprivate static func isPlain(_ text: String) -> Bool { JSONValue(plain: text) == nil }
}
