import Domain

extension Rows: AgentRows {
    func insert(_ agent: Agent) throws -> Agent {
        var numbered = agent
        numbered.number =
            try first(
                """
                INSERT INTO agents (code, account, name, upstream, model, high_performance_model, fallback,
                    instructions, temperature, max_output_tokens, leaving, created_at, knowledge)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING number
                """,
                agent.code, agent.account, agent.name, agent.source.upstream, agent.source.model,
                agent.highPerformanceModel, agent.fallback.storedJSON(), agent.instructions, agent.temperature,
                agent.maxOutputTokens, agent.leaving.rawValue, agent.createdAt, agent.knowledge.storedJSON()
            ) { try $0.integer() } ?? 0
        return numbered
    }

    func update(_ agent: Agent) throws {
        try run(
            """
            UPDATE agents SET account = $2, name = $3, upstream = $4, model = $5, high_performance_model = $6,
                fallback = $7, instructions = $8, temperature = $9, max_output_tokens = $10, leaving = $11,
                knowledge = $12
            WHERE code = $1
            """,
            agent.code, agent.account, agent.name, agent.source.upstream, agent.source.model,
            agent.highPerformanceModel, agent.fallback.storedJSON(), agent.instructions, agent.temperature,
            agent.maxOutputTokens, agent.leaving.rawValue, agent.knowledge.storedJSON())
    }

    func agents() throws -> [Agent] {
        try all(
            """
            SELECT code, number, account, name, upstream, model, high_performance_model, fallback, instructions,
                temperature, max_output_tokens, leaving, created_at, knowledge
            FROM agents ORDER BY number
            """
        ) { row in
            var agent = Agent(
                code: try row.text(), number: try row.integer(), account: try row.id(), name: try row.text(),
                source: .init(upstream: try row.text(), model: try row.text()),
                highPerformanceModel: try row.optional { try $0.text() }, fallback: try row.json(),
                instructions: try row.optional { try $0.text() }, temperature: try row.optional { try $0.real() },
                maxOutputTokens: try row.optional { try $0.count() }, leaving: try row.word(),
                createdAt: try row.moment())
            agent.knowledge = try row.json()
            return agent
        }
    }

    func removeAgent(code: String) throws {
        try run("DELETE FROM agents WHERE code = $1", code)
    }
}

extension Rows: UpstreamRows {
    func put(_ upstream: UpstreamSettings) throws {
        try run(
            """
            INSERT INTO upstreams (name, kind, url, key_variable, streams, retries, connect_seconds,
                first_event_seconds, idle_seconds, whole_seconds, connections)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, url = excluded.url,
                key_variable = excluded.key_variable, streams = excluded.streams, retries = excluded.retries,
                connect_seconds = excluded.connect_seconds, first_event_seconds = excluded.first_event_seconds,
                idle_seconds = excluded.idle_seconds, whole_seconds = excluded.whole_seconds,
                connections = excluded.connections
            """,
            upstream.name, upstream.kind.rawValue, upstream.url, upstream.keyVariable, upstream.streams,
            upstream.retries, upstream.connectSeconds, upstream.firstEventSeconds, upstream.idleSeconds,
            upstream.wholeSeconds, upstream.connections)
    }

    func upstreams() throws -> [UpstreamSettings] {
        try all(
            """
            SELECT name, kind, url, key_variable, streams, retries, connect_seconds, first_event_seconds, idle_seconds,
                whole_seconds, connections
            FROM upstreams ORDER BY name
            """
        ) { row in
            var upstream = UpstreamSettings(
                name: try row.text(), kind: try row.word(), url: try row.text(),
                keyVariable: try row.optional { try $0.text() }, streams: try row.flag())
            upstream.retries = try row.count()
            upstream.connectSeconds = try row.count()
            upstream.firstEventSeconds = try row.count()
            upstream.idleSeconds = try row.count()
            upstream.wholeSeconds = try row.count()
            upstream.connections = try row.count()
            return upstream
        }
    }

    func removeUpstream(named name: String) throws {
        try run("DELETE FROM upstreams WHERE name = $1", name)
    }
}

extension Rows: RevisionRows {
    func revision() throws -> Int64 {
        try first("SELECT value FROM revision") { try $0.integer() } ?? 0
    }

    func raiseRevision() throws {
        try run("UPDATE revision SET value = value + 1")
    }
}
