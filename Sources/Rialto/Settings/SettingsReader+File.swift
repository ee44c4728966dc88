import Domain
import Foundation
import Yams

/// Reading the config file.
extension SettingsReader {
    /// - Throws: `invalid`, naming the file, the line and the key.
    mutating func read(file path: String) throws(Refusal) {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Refusal(.invalid, "\(path): this config file cannot be read.")
        }
        guard let root = try Self.parse(text, path) else { return }
        for (section, body) in try Self.members(of: root, called: "the config", in: path) {
            let origin = "\(path):\(section.line)"
            guard SettingKey<Settings>.sections.contains(section.name) else {
                let known = SettingKey<Settings>.sections + SettingKey<Settings>.all.map(\.name)
                throw Self.unknown(section.name, among: known, at: origin)
            }
            let members = try Self.members(of: body, called: section.name, in: path)
            if section.name == "upstreams" {
                try readUpstreams(members, path)
            } else if section.name == "router" {
                try readRouter(members, path)
            } else {
                for (key, value) in members {
                    let name = "\(section.name).\(key.name)"
                    try set(name, to: Self.words(value, of: name, path), from: "\(path):\(key.line)")
                }
            }
        }
        settle(relativeTo: path)
    }

    private typealias Member = (key: (name: String, line: Int), value: Node)

    private mutating func readUpstreams(_ members: [Member], _ path: String) throws(Refusal) {
        for (upstream, body) in members {
            addUpstream(named: upstream.name, from: "\(path):\(upstream.line)")
            for (key, value) in try Self.members(of: body, called: "upstreams.\(upstream.name)", in: path) {
                let words = try Self.words(value, of: "upstreams.\(upstream.name).\(key.name)", path)
                try set(key.name, of: upstream.name, to: words, from: "\(path):\(key.line)")
            }
        }
    }

    private mutating func readRouter(_ members: [Member], _ path: String) throws(Refusal) {
        for (key, value) in members {
            guard key.name == "models" else {
                throw Self.unknown("router.\(key.name)", among: ["router.models"], at: "\(path):\(key.line)")
            }
            guard let list = value.sequence else {
                throw .invalid("router.models", "\(path):\(key.line): router.models must be a list of models.")
            }
            for model in list {
                let place = addModel(from: "\(path):\(model.mark?.line ?? key.line)")
                for (key, value) in try Self.members(of: model, called: "router.models[\(place)]", in: path) {
                    let words = try Self.words(value, of: Self.name(ofModel: place, key.name), path)
                    try set(key.name, ofModel: place, to: words, from: "\(path):\(key.line)")
                }
            }
        }
    }

    private static func parse(_ text: String, _ path: String) throws(Refusal) -> Node? {
        do {
            return try compose(yaml: text)
        } catch {
            throw Refusal(.invalid, "\(path)\(problem(error))")
        }
    }

    private static func problem(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            ":\(mark.line): this is not YAML: \(problem)."
        case .duplicatedKeysInMapping(let names, let context):
            ":\(context.mark.line): \(names.sorted().joined(separator: ", ")) stands there twice."
        default: ": this is not YAML."
        }
    }

    /// An empty section has none.
    private static func members(of node: Node, called name: String, in path: String) throws(Refusal) -> [Member] {
        if isNothing(node) { return [] }
        guard let mapping = node.mapping else {
            throw .invalid(name, "\(path):\(node.mark?.line ?? 1): \(name) must be keys with values.")
        }
        return mapping.map { key, value in
            ((key.scalar?.string ?? "?", key.mark?.line ?? node.mark?.line ?? 1), value)
        }
    }

    private static func words(_ node: Node, of name: String, _ path: String) throws(Refusal) -> String {
        let isList = SettingKey<Settings>.all.contains { $0.name == name && $0.isList }
        if isList, let list = node.sequence, list.allSatisfy({ $0.scalar != nil && !isNothing($0) }) {
            return list.compactMap(\.scalar?.string).joined(separator: ",")
        }
        guard let scalar = node.scalar, !isNothing(node) else {
            throw .invalid(name, "\(path):\(node.mark?.line ?? 1): \(name) must have one value.")
        }
        return scalar.string
    }

    private static func isNothing(_ node: Node) -> Bool {
        guard let scalar = node.scalar else { return false }
        return scalar.style == .plain && ["", "~", "null"].contains(scalar.string)
    }

    /// Files named in the config file stand beside it.
    private mutating func settle(relativeTo path: String) {
        let folder = URL(filePath: path).deletingLastPathComponent()
        let settled = { (file: String?) in file.map { URL(filePath: $0, relativeTo: folder).path } }
        settings.tls.certificate = settled(settings.tls.certificate)
        settings.tls.key = settled(settings.tls.key)
    }
}
