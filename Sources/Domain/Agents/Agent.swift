/// Who answers, known by its code in every dialect.
package struct Agent: Sendable, Equatable {
    /// What becomes of a run when its last reader leaves.
    package enum Leaving: String, Sendable, CaseIterable, Codable {
        case cancel, `continue`, grace
    }

    /// A model of an upstream; a list of them is tried in order, before the first token only.
    package struct Source: Sendable, Equatable, Codable {
        package var upstream: String
        package var model: String

        package init(upstream: String, model: String) {
            self.upstream = upstream
            self.model = model
        }
    }

    package var code: String
    /// The small integer that some dialects show beside the code.
    package var number: Int64
    package var account: ID
    package var name: String
    package var source: Source
    package var highPerformanceModel: String?
    package var fallback: [Source]
    package var instructions: String?
    package var temperature: Double?
    package var maxOutputTokens: Int?
    package var leaving: Leaving
    /// The slugs of the knowledge sources that it answers from.
    package var knowledge: [String] = []
    package var createdAt: Timestamp

    package init(
        code: String, number: Int64 = 0, account: ID, name: String, source: Source,
        highPerformanceModel: String? = nil, fallback: [Source] = [], instructions: String? = nil,
        temperature: Double? = nil, maxOutputTokens: Int? = nil, leaving: Leaving = .grace, createdAt: Timestamp
    ) {
        self.code = code
        self.number = number
        self.account = account
        self.name = name
        self.source = source
        self.highPerformanceModel = highPerformanceModel
        self.fallback = fallback
        self.instructions = instructions
        self.temperature = temperature
        self.maxOutputTokens = maxOutputTokens
        self.leaving = leaving
        self.createdAt = createdAt
    }

    /// Words that stand where an agent's code stands in some dialect's paths.
    static let literals: Set<String> = [
        "services", "v1", "api", "openai", "federation", "mcp", "a2a", "agent", "agents", "auth", "chat",
        "conversations", "files", "models", "rooms", "async", "sse", "realms", "healthz", "readyz", "metrics",
        "well-known",
    ]

    /// `[a-z0-9][a-z0-9_-]{0,63}`, and no word that is a path of its own.
    package static func check(code: String) throws(Refusal) {
        guard isPlain(code) else {
            throw .invalid(
                "code",
                "“\(code)” is no agent code: use 1 to 64 of a-z, 0-9, _ and -, beginning with a letter or digit.")
        }
        guard !literals.contains(code) else {
            throw .invalid("code", "“\(code)” is a word of the server's own paths; choose another code.")
        }
    }

    /// `[a-z0-9][a-z0-9_-]{0,63}`
    static func isPlain(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        let isPlain = bytes.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95 }
        return isPlain && !bytes.isEmpty && bytes.count <= 64 && bytes[0] != 45 && bytes[0] != 95
    }
}

extension Agent {
    /// The agent made at the first start.
    package static let guideCode = "guide"
    /// Who answers what the router is asked: nobody's to make, as no agent may be called so.
    static let routerCode = "~router"
}
