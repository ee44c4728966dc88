/// Where in a configuration something stands: the part of JSONPath that names members and elements.
struct ConfigurationPath: Equatable {
    enum Step: Equatable {
        case member(String)
        case element(Int)
        /// Each element of a list.
        case all
    }

    private let steps: [Step]

    /// - Parameter text: `$.a.b`, `$['a']`, `$.list[0]`, `$.list[*]`; nil for anything else.
    init?(parsing text: String) {
        guard text.first == "$" else { return nil }
        var rest = text.dropFirst()
        var steps: [Step] = []
        while !rest.isEmpty {
            guard let step = Self.step(&rest) else { return nil }
            steps.append(step)
        }
        guard !steps.isEmpty else { return nil }
        self.steps = steps
    }

    private static func step(_ rest: inout Substring) -> Step? {
        if let match = rest.prefixMatch(of: /\.([A-Za-z_][A-Za-z0-9_\-]*)/) {
            rest = rest[match.range.upperBound...]
            return .member(String(match.output.1))
        }
        if let match = rest.prefixMatch(of: /\[(?:'([^'\\]+)'|"([^"\\]+)")\]/) {
            rest = rest[match.range.upperBound...]
            return (match.output.1 ?? match.output.2).map { .member(String($0)) }
        }
        if let match = rest.prefixMatch(of: /\[([0-9]{1,6}|\*)\]/) {
            rest = rest[match.range.upperBound...]
            return match.output.1 == "*" ? .all : Int(match.output.1).map { .element($0) }
        }
        return nil
    }

    /// Everything that stands there: nil for what is missing, and for a list that has nothing to look at.
    func values(in configuration: JSONValue) -> [JSONValue?] {
        var values: [JSONValue?] = [configuration]
        for step in steps { values = values.flatMap { Self.values(step, in: $0) } }
        return values
    }

    private static func values(_ step: Step, in value: JSONValue?) -> [JSONValue?] {
        switch step {
        case .member(let name): return [value?[name]]
        case .element(let index):
            guard let list = value?.array, list.indices.contains(index), list[index] != .null else { return [nil] }
            return [list[index]]
        case .all:
            guard let list = value?.array, !list.isEmpty else { return [nil] }
            return list.map { $0 == .null ? nil : $0 }
        }
    }
}
