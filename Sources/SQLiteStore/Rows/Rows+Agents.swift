import Domain
import GRDB

extension Rows: AgentRows {
    func insert(_ agent: Agent) throws -> Agent {
        try run(
            """
            INSERT INTO agents (code, account, name, upstream, model, high_performance_model, fallback, instructions,
                temperature, max_output_tokens, leaving, created_at, knowledge)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            agent.code, agent.account, agent.name, agent.source.upstream, agent.source.model,
            agent.highPerformanceModel, agent.fallback.storedJSON(), agent.instructions, agent.temperature,
            agent.maxOutputTokens, agent.leaving.rawValue, agent.createdAt, agent.knowledge.storedJSON())
        var numbered = agent
        numbered.number = database.lastInsertedRowID
        return numbered
    }

    func update(_ agent: Agent) throws {
        try run(
            """
            UPDATE agents SET account = ?, name = ?, upstream = ?, model = ?, high_performance_model = ?, fallback = ?,
                instructions = ?, temperature = ?, max_output_tokens = ?, leaving = ?, knowledge = ?
            WHERE code = ?
            """,
            agent.account, agent.name, agent.source.upstream, agent.source.model, agent.highPerformanceModel,
            agent.fallback.storedJSON(), agent.instructions, agent.temperature, agent.maxOutputTokens,
            agent.leaving.rawValue, agent.knowledge.storedJSON(), agent.code)
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
        try run("DELETE FROM agents WHERE code = ?", code)
    }
}

extension Rows: UpstreamRows {
    func put(_ upstream: UpstreamSettings) throws {
        try run(
            """
            INSERT OR REPLACE INTO upstreams (name, kind, url, key_variable, streams, retries, connect_seconds,
                first_event_seconds, idle_seconds, whole_seconds, connections)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
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
        try run("DELETE FROM upstreams WHERE name = ?", name)
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
