import Domain
import HTTPTypes
import Hummingbird
import Wire

/// From this dialect's requests to the input of a tool.
extension AgentStore {
    /// A request as it was understood.
    struct Asked {
        let tool: Tool
        var input: JSON.Object
        /// From the header.
        let key: String?

        /// `test` says whether an owner looks at play money, where the tool does not ask itself.
        mutating func takeTestMode() -> Bool? {
            let isAsked = tool.input.contains { $0.name == "test" }
            guard !isAsked, let flag = input["test"]?.bool else { return nil }
            input["test"] = nil
            return flag
        }
    }

    /// Words of a query that are shorter than the tools' own.
    private static let shortNames = ["wait": "waitSeconds"]

    /// What the path, the query and the body say together.
    /// - Throws: `invalid` where they say different things.
    func parse(_ request: Request, _ context: DoorContext, at place: Place) async throws -> Asked {
        let query = try Self.query(of: request)
        let body = request.method == .get ? nil : try await Body.jsonIfAny(of: request, limits)
        guard body == nil || body?.object != nil else { throw Refusal(.invalid, "The body must be a JSON object.") }
        let members = body?.object ?? [:]
        let captures = place.routes[0].captures.map { ($0, context.parameter($0)) }
        return try Self.parse(
            at: place, captures: captures, query: query, members: members, key: IdempotencyKey.header(of: request))
    }

    static func parse(
        at place: Place, captures: [(name: String, value: String)], query: [(name: String, value: String)],
        members: JSON.Object, key: String?
    ) throws(Refusal) -> Asked {
        var members = members
        let route = try choose(place, query: query, from: &members)
        guard let tool = tool(route) else { throw .hidden }
        var input = members
        if case .saying(let word, _) = route.choice { input[word] = nil }
        for (name, value) in captures { try put(.string(value), as: name, into: &input) }
        for name in ordered(query.map(\.name)) {
            let values = query.filter { $0.name == name }.map(\.value)
            let known = shortNames[name] ?? name
            // An owner may look at play money also where the tool does not ask.
            let shape = tool.fields.first { $0.name == known }?.shape ?? (name == "test" ? .flag : nil)
            try put(value(values, of: shape), as: known, into: &input)
        }
        return Asked(tool: tool, input: input, key: key)
    }

    /// Each once.
    private static func ordered(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }

    private static func put(_ value: JSON, as name: String, into input: inout JSON.Object) throws(Refusal) {
        if let other = input[name], other != value {
            throw .invalid(name, "\(name) is said twice, and differently.")
        }
        input[name] = value
    }

    /// Which of the tools at a place is meant.
    private static func choose(
        _ place: Place, query: [(name: String, value: String)], from members: inout JSON.Object
    ) throws(Refusal) -> AgentStoreRoute {
        let route = place.routes.first { route in
            switch route.choice {
            case .always: true
            case .naming(let name): query.contains { $0.name == name } || members[name] != nil
            case .saying(let name, let word): members[name]?.string == word
            }
        }
        if let route { return route }
        guard case .saying(let name, _) = place.routes[0].choice else { throw .hidden }
        let words = place.routes.compactMap { route in
            if case .saying(_, let word) = route.choice { word } else { nil }
        }
        throw .invalid(name, "\(name) is one of \(words.joined(separator: ", ")).")
    }

    private static func query(of request: Request) throws(Refusal) -> [(name: String, value: String)] {
        guard let text = request.uri.query, !text.isEmpty else { return [] }
        guard let form = FormFields(text) else {
            throw Refusal(.invalid, "The query cannot be read: a percent escape is broken, or it is not UTF-8.")
        }
        return form.pairs
    }

    /// Letters of a query, as what they are to be; what cannot be that stays letters, and is refused later.
    private static func value(_ values: [String], of shape: InputShape?) -> JSON {
        if case .list(let element, _) = shape {
            let parts = values.flatMap { $0.split(separator: ",", omittingEmptySubsequences: true) }
            return .array(parts.map { value([String($0)], of: element) })
        }
        guard values.count == 1 else { return .array(values.map { .string($0) }) }
        switch shape {
        case .integer: return Int64(values[0]).map { .integer($0) } ?? .string(values[0])
        case .flag: return Bool(values[0].lowercased()).map { .bool($0) } ?? .string(values[0])
        default: return .string(values[0])
        }
    }
}
