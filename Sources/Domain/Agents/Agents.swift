/// Adds, changes and removes agents.
package struct Agents: Sendable {
    private let store: any Store
    private let world: World
    private let configured: [UpstreamSettings]

    package init(store: any Store, world: World, configured: [UpstreamSettings]) {
        self.store = store
        self.world = world
        self.configured = configured
    }

    /// What an owner says of an agent; nil leaves a setting as it is.
    package struct Changes: Sendable {
        package var name: String?
        package var upstream: String?
        package var model: String?
        package var highPerformanceModel: String?
        package var fallback: [Agent.Source]?
        package var instructions: String?
        package var temperature: Double?
        package var maxOutputTokens: Int?
        package var leaving: Agent.Leaving?
        /// Slugs of knowledge sources; none takes them all away.
        package var knowledge: [String]?

        package init() {}
    }

    /// - Throws: `invalid` for a code, upstream or number that cannot be, `conflict` for a code in use.
    package func add(code: String, account name: String, _ changes: Changes) async throws -> Agent {
        try Agent.check(code: code)
        let world = world
        let configured = configured
        return try await store.write { rows in
            guard try !rows.agents().contains(where: { $0.code == code }) else {
                throw Refusal(.conflict, "There already is an agent “\(code)”.", field: "code")
            }
            let account = try Accounts.account(named: name, in: rows)
            let blank = Agent(
                code: code, account: account.id, name: code,
                source: .init(upstream: UpstreamSettings.guideName, model: Agent.guideCode), createdAt: world.now())
            let agent = try rows.insert(Self.apply(changes, to: blank, rows, configured))
            try rows.raiseRevision()
            return agent
        }
    }

    package func set(code: String, _ changes: Changes) async throws -> Agent {
        let configured = configured
        return try await store.write { rows in
            let agent = try Self.apply(changes, to: Self.agent(code: code, in: rows), rows, configured)
            try rows.update(agent)
            try rows.raiseRevision()
            return agent
        }
    }

    package func remove(code: String) async throws {
        try await store.write { rows in
            _ = try Self.agent(code: code, in: rows)
            try rows.removeAgent(code: code)
            try rows.raiseRevision()
        }
    }

    package func list() async throws -> [Agent] {
        try await store.read { try $0.agents() }
    }

    package func show(code: String) async throws -> Agent {
        try await store.read { try Self.agent(code: code, in: $0) }
    }

    private static func agent(code: String, in rows: any Transaction) throws -> Agent {
        guard let agent = try rows.agents().first(where: { $0.code == code }) else {
            throw Refusal(.notFound, "There is no agent “\(code)”.", field: "code")
        }
        return agent
    }

    private static func apply(
        _ changes: Changes, to before: Agent, _ rows: any Transaction, _ configured: [UpstreamSettings]
    ) throws -> Agent {
        var agent = before
        agent.name = changes.name ?? agent.name
        agent.source.upstream = changes.upstream ?? agent.source.upstream
        agent.source.model = changes.model ?? agent.source.model
        agent.highPerformanceModel = changes.highPerformanceModel ?? agent.highPerformanceModel
        agent.fallback = changes.fallback ?? agent.fallback
        agent.instructions = changes.instructions ?? agent.instructions
        agent.temperature = changes.temperature ?? agent.temperature
        agent.maxOutputTokens = changes.maxOutputTokens ?? agent.maxOutputTokens
        agent.leaving = changes.leaving ?? agent.leaving
        agent.knowledge = changes.knowledge ?? agent.knowledge
        if changes.upstream != nil, changes.upstream != UpstreamSettings.guideName, changes.model == nil,
            before.source.upstream == UpstreamSettings.guideName
        {
            throw Refusal.invalid("model", "An upstream needs the name of one of its models: --model.")
        }
        try checkModels(changes, of: agent)
        if changes.upstream == UpstreamSettings.guideName {
            agent.source.model = Agent.guideCode
            agent.highPerformanceModel = nil
        }
        try check(agent, rows, configured)
        try checkKnowledge(changes, of: agent, rows)
        return agent
    }

    /// The guide has no models: whoever names one has forgotten to say which upstream has it.
    private static func checkModels(_ changes: Changes, of agent: Agent) throws(Refusal) {
        guard agent.source.upstream == UpstreamSettings.guideName else { return }
        let isNamed = changes.upstream != nil && changes.model == Agent.guideCode
        guard let model = (isNamed ? nil : changes.model) ?? changes.highPerformanceModel else { return }
        throw .invalid(
            "upstream", "The built-in guide has no model “\(model)”: name the upstream that has it with --upstream.")
    }

    private static func checkKnowledge(_ changes: Changes, of agent: Agent, _ rows: any Transaction) throws {
        for slug in changes.knowledge ?? [] where try rows.source(account: agent.account, slug: slug) == nil {
            throw Refusal.invalid("knowledge", "The agent's account has no knowledge source “\(slug)”.")
        }
        guard agent.source.upstream == UpstreamSettings.guideName, !agent.knowledge.isEmpty else { return }
        throw Refusal.invalid(
            "knowledge", "The built-in guide answers from its handbook alone; name an upstream with --upstream.")
    }

    private static func check(_ agent: Agent, _ rows: any Transaction, _ configured: [UpstreamSettings]) throws {
        let known = try rows.upstreams().map(\.name) + configured.map(\.name) + [UpstreamSettings.guideName]
        for source in [agent.source] + agent.fallback where !known.contains(source.upstream) {
            throw Refusal.invalid("upstream", "There is no upstream “\(source.upstream)”.")
        }
        guard !agent.name.isEmpty, agent.name.utf8.count <= 200 else {
            throw Refusal.invalid("name", "A name is 1 to 200 bytes of text.")
        }
        if let temperature = agent.temperature, !(0...2).contains(temperature) {
            throw Refusal.invalid("temperature", "A temperature lies between 0 and 2.")
        }
        if let most = agent.maxOutputTokens, most < 1 {
            throw Refusal.invalid("max_output_tokens", "The most output tokens are at least 1.")
        }
    }
}
